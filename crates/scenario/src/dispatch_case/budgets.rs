//! `[[budgets]]`: energy asked or allowed in every window of the calendar.

use super::clock::{EVERY, Every, StepClock, Window};
use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use dispatch::{Budget, BudgetOf, Case, Side};
use std::ops::Range;

/// Most budgets of a case: ten years of days for a few loads.
const MOST: usize = 20_000;

/// Which rule of the file a budget comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetWindow {
    /// Name of the rule.
    pub name: String,
    /// The window: `horizon`, or as `2024`, `2024-03`, `2024-W09` or `2024-03-01`.
    pub window: String,
}

/// Reads the budgets into the case, with the rule behind each.
pub(super) fn read(
    root: &Section<'_>,
    clock: &StepClock,
    case: &mut Case,
    inputs: &mut Inputs,
) -> Vec<BudgetWindow> {
    let mut rules = Vec::new();
    let mut names: Vec<String> = vec![CURTAILMENT_CAP.into()];
    for section in root.list("budgets") {
        section.begin_item("budgets");
        let name = section.text("name", "a name in quotes");
        if names.contains(&name) {
            section.fault("name", format!("`{name}` is the name of two budgets; allowed is one"));
        }
        names.push(name.clone());
        read_rule(&section, clock, case, &name, &mut rules, inputs);
        section.finish();
        if case.budgets.len() > MOST {
            section.fault_here(format!(
                "makes more than {MOST} budgets; allowed are fewer, longer windows (every)"
            ));
            break;
        }
    }
    rules
}

/// Name of the cap on what is left unused.
const CURTAILMENT_CAP: &str = "curtailment cap";

/// Adds the cap on the interconnect's energy left unused over the horizon.
pub(super) fn add_curtailment_cap(case: &mut Case, rules: &mut Vec<BudgetWindow>, cap_mwh: f64) {
    let cap = Budget::curtailment_cap(case, CURTAILMENT_CAP, 0..case.steps(), cap_mwh);
    case.budgets.push(cap);
    rules.push(BudgetWindow { name: CURTAILMENT_CAP.into(), window: EVERY[0].into() });
}

/// How a rule states its size.
#[derive(Clone, Copy)]
enum Size {
    /// Share of what could run.
    Share(f64),
    Mwh(f64),
}

fn read_rule(
    section: &Section<'_>,
    clock: &StepClock,
    case: &mut Case,
    name: &str,
    rules: &mut Vec<BudgetWindow>,
    inputs: &mut Inputs,
) {
    let of = read_of(section, case);
    let every = Every::of(section.choice("every", &EVERY, Some(0)));
    let size = read_size(section);
    let (Some(of), Some((side, size))) = (of, size) else { return };
    let windows = clock.windows(every);
    let cut = windows.iter().filter(|window| window.share < 1.0).count();
    if cut > 0 && matches!(size, Size::Mwh(_)) {
        inputs.warn(format!(
            "budget '{name}': {cut} window(s) reach beyond the horizon and count for their share of hours"
        ));
    }
    for Window { label, steps, share } in windows {
        let mwh = match size {
            Size::Share(of_possible) => of_possible * possible_mwh(case, of, steps.clone()),
            Size::Mwh(mwh) => mwh * share,
        };
        let full = if label.is_empty() { name.to_owned() } else { format!("{name} {label}") };
        let window = if label.is_empty() { EVERY[0].into() } else { label };
        case.budgets.push(Budget { name: full, of, side, steps, mwh });
        rules.push(BudgetWindow { name: name.into(), window });
    }
}

fn read_of(section: &Section<'_>, case: &Case) -> Option<BudgetOf> {
    let site = section.has("site") && section.flag_or("site", false);
    if !section.has("load") {
        if !site {
            section.fault_here("counts nothing; wanted is load = \"the name of a load\", or site = true");
        }
        return site.then_some(BudgetOf::Site);
    }
    if site {
        section.fault("load", "stands beside site = true; allowed is one of the two");
        section.read_elsewhere("load");
        return None;
    }
    let load = section.optional_text("load")?;
    find_load(section, "load", &load, case).map(BudgetOf::Load)
}

/// The index of a load by its name; notes a fault of `key` where there is none.
pub(super) fn find_load(section: &Section<'_>, key: &str, name: &str, case: &Case) -> Option<usize> {
    let found = case.loads.iter().position(|load| load.name == name);
    if found.is_none() {
        let names: Vec<&str> = case.loads.iter().map(|load| load.name.as_str()).collect();
        section.fault(key, format!("names `{name}`; the loads are {}", names.join(", ")));
    }
    found
}

/// Side and size: exactly one of four fields.
fn read_size(section: &Section<'_>) -> Option<(Side, Size)> {
    const KEYS: [&str; 4] = ["at_least_share", "at_least_mwh", "at_most_share", "at_most_mwh"];
    let given: Vec<usize> = (0..KEYS.len()).filter(|i| section.has(KEYS[*i])).collect();
    match given[..] {
        [] => {
            section.fault_here(format!("has no size; wanted is one of {}", KEYS.join(", ")));
            None
        }
        [one] => {
            let side = if one < 2 { Side::AtLeast } else { Side::AtMost };
            let size = if one % 2 == 0 {
                Size::Share(section.number(KEYS[one], Rule::between(0.0, 1.0, "of what could run")))
            } else {
                Size::Mwh(section.number(KEYS[one], Rule::at_least(0.0, "MWh")))
            };
            Some((side, size))
        }
        [first, second, ..] => {
            section.fault(
                KEYS[second],
                format!("stands beside {}; allowed is one of {}", KEYS[first], KEYS.join(", ")),
            );
            None
        }
    }
}

/// Energy that a load could run at its machines, or that the site could draw, MWh.
fn possible_mwh(case: &Case, of: BudgetOf, steps: Range<usize>) -> f64 {
    let series = match of {
        BudgetOf::Load(k) => &case.loads[k].capacity_it_mw,
        BudgetOf::Site => &case.interconnect_mw,
    };
    match series {
        dispatch::Series::Constant(mw) => mw * steps.len() as f64 * case.step_hours,
        dispatch::Series::Steps(mw) => mw[steps].iter().sum::<f64>() * case.step_hours,
    }
}
