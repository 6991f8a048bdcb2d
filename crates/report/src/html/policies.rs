//! The table of policies: the figures of the terminal's table, what a sort goes by, and a small distribution.

use super::spread::{Axis, Spread};
use crate::charts::policy_colour;
use crate::console::{Money, Row, foresight_row, largest_usd, policy_row};
use crate::numbers::{exact, exact_or_empty, grouped};
use serde::Serialize;
use simulate::{Moments, Outcomes, PolicyOutcome};

/// Policies side by side, perfect foresight at the foot.
#[derive(Debug, Serialize)]
pub(super) struct PolicyTable {
    /// What money is in.
    unit: String,
    one_path: bool,
    columns: Vec<Column>,
    rows: Vec<PolicyRow>,
    /// Perfect foresight, which stays at the foot however rows are sorted.
    foresight: PolicyRow,
}

/// The head of a column of figures.
#[derive(Debug, Serialize)]
struct Column {
    name: String,
    /// Words for those who want to know more.
    meaning: &'static str,
}

/// A policy and its figures, in the order of the columns.
#[derive(Debug, Serialize)]
struct PolicyRow {
    name: String,
    description: String,
    colour: String,
    is_best: bool,
    cells: Vec<Cell>,
    spread: Option<Spread>,
    /// The median of the distribution, by which its column sorts.
    median: String,
}

/// A figure for people, and the number that a sort goes by; empty where there is none.
#[derive(Debug, Serialize)]
struct Cell {
    text: String,
    key: String,
}

impl PolicyTable {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let money = Money::of(outcomes, if largest_usd(outcomes) < 1e12 { 2 } else { 3 }, 2);
        let per_share = outcomes.policies.iter().any(|policy| policy.finance.is_some());
        let sample = |kept: &[f64]| {
            let mut sorted = kept.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted
        };
        let samples: Vec<Vec<f64>> =
            outcomes.policies.iter().map(|policy| sample(&policy.kept_npv_usd)).collect();
        let of_foresight = sample(&outcomes.foresight.kept_npv_usd);
        let axis = Axis::of(samples.iter().chain([&of_foresight]).map(Vec::as_slice));
        let row = |(place, sorted): (usize, &Vec<f64>)| PolicyRow {
            spread: Spread::of(sorted, axis, policy_colour(&outcomes.policies[place].name, place)),
            ..policy(outcomes, place, &money, per_share)
        };
        Self {
            unit: money.unit(),
            one_path: outcomes.n_paths == 1,
            columns: columns(outcomes.n_paths == 1, per_share),
            rows: samples.iter().enumerate().map(row).collect(),
            foresight: PolicyRow {
                spread: Spread::of(&of_foresight, axis, "#777777".into()),
                ..foresight(outcomes, &money, per_share)
            },
        }
    }
}

fn columns(one_path: bool, per_share: bool) -> Vec<Column> {
    let with_error = |name: &str| if one_path { name.to_owned() } else { format!("{name} ± s.e.") };
    let column = |name: String, meaning| Column { name, meaning };
    let mut columns = vec![
        column(
            with_error(if one_path { "NPV" } else { "NPV mean" }),
            "Net present value with what is carried past the horizon",
        ),
        column(with_error("Over all-mining"), "NPV less that of all-mining, path by path"),
        column(with_error("Behind the best"), "NPV of the best policy less this one's, path by path"),
        column("NPV P5".into(), "5th percentile of the NPV"),
        column("NPV CVaR 5 %".into(), "Mean of the worst 5 % of NPVs"),
        column("IRR of difference".into(), "Rate of return of the mean flow over all-mining, a year"),
        column("Capex".into(), "Mean capital expenditure over the horizon, undiscounted"),
        column("AI MW at end".into(), "Gross MW that work for AI in the last month"),
        column("Short of cash".into(), "Share of paths on which cash and committed funding run out"),
    ];
    if per_share {
        let name = if one_path { "USD per share" } else { "USD per share ± s.e." };
        columns.push(column(name.into(), "Equity value per share of the first opening"));
    }
    columns
}

fn policy(outcomes: &Outcomes, place: usize, money: &Money, per_share: bool) -> PolicyRow {
    let policy = &outcomes.policies[place];
    let best = outcomes.best_place();
    let [_, npv, over, p5, cvar, irr, capex, ai_mw, short]: Row = policy_row(policy, place, money);
    let [behind, error] = outcomes.differences.between(best, place);
    let behind_text = match (place == best, money.one_path()) {
        (true, _) => "–".into(),
        (_, true) => money.text(behind, money.difference),
        _ => format!("{} ± {}", money.text(behind, money.difference), money.text(error, money.difference)),
    };
    let cell = |text: String, key: f64| Cell { text, key: exact(key) };
    let last = policy.ledger.last().map(|l| l.hosting_mw + l.inference_mw + l.training_mw);
    let mut cells = vec![
        cell(npv, policy.npv_usd.mean()),
        cell(over, policy.difference_usd.mean()),
        cell(behind_text, behind),
        cell(p5, policy.npv_quantiles_usd[0]),
        cell(cvar, policy.cvar5_usd),
        Cell { text: irr, key: exact_or_empty(policy.incremental_irrs.first().copied()) },
        cell(capex, policy.capex_usd),
        Cell { text: ai_mw, key: exact_or_empty(last) },
        cell(short, policy.shortfall_probability),
    ];
    if per_share {
        cells.push(value_per_share(policy, money));
    }
    PolicyRow {
        name: policy.name.clone(),
        description: policy.description.clone(),
        colour: policy_colour(&policy.name, place),
        is_best: place == best,
        cells,
        spread: None,
        median: exact(policy.npv_quantiles_usd[1]),
    }
}

fn value_per_share(policy: &PolicyOutcome, money: &Money) -> Cell {
    let value: Option<&Moments> = policy.finance.as_ref().map(|of| &of.value_per_share_usd);
    let text = match value {
        None => "–".into(),
        Some(value) if money.one_path() => grouped(value.mean(), 2),
        Some(value) => format!("{} ± {}", grouped(value.mean(), 2), grouped(value.standard_error(), 2)),
    };
    Cell { text, key: exact_or_empty(value.map(Moments::mean)) }
}

/// Foresight has values and differences; all else is a dash.
fn foresight(outcomes: &Outcomes, money: &Money, per_share: bool) -> PolicyRow {
    let [name, npv, over, ..]: Row = foresight_row(outcomes, money);
    let n_columns = columns(money.one_path(), per_share).len();
    let texts = [npv, over].into_iter().chain(std::iter::repeat_n("–".to_owned(), n_columns - 2));
    PolicyRow {
        name,
        description: "what someone who knew each path could have earned at best: an upper mark, no policy"
            .into(),
        colour: "#777777".into(),
        is_best: false,
        cells: texts.map(|text| Cell { text, key: String::new() }).collect(),
        spread: None,
        median: String::new(),
    }
}
