//! The policies of a scenario.

mod map_months;
mod plan;
mod rule;
mod schedule;
mod tune;

use crate::reader::{Rule, Section};
use market::Market;
use optimizer::{ContractTerms, LsmcSettings};
use site::units::{Fraction, UsdPerKwMonth};
use site::{AiForm, Campus};

pub use plan::{DpPlan, PolicyKind, PolicyPlan};
pub(crate) use schedule::warnings as schedule_warnings;
pub use tune::MainNumber;

const KINDS: [&str; 11] = [
    "all-mining",
    "all-ai-asap",
    "fixed-schedule",
    "constant-share",
    "hurdle",
    "contract-backed-only",
    "trigger",
    "myopic-npv",
    "rule",
    "dp",
    "lsmc",
];

/// What policies are read against.
pub(crate) struct Grounds<'a> {
    pub(crate) campus: &'a Campus,
    pub(crate) market: &'a Market,
    /// Whether power and Bitcoin follow a model, so that they have an expectation.
    pub(crate) modelled: bool,
}

/// Reads the policies; all-mining is always among them, and the file's order does not matter.
pub(crate) fn read(root: &Section<'_>, grounds: &Grounds<'_>) -> Vec<PolicyPlan> {
    let mut plans: Vec<PolicyPlan> = Vec::new();
    for section in root.list("policies") {
        section.begin_item("policies");
        let faults_before = section.log().n_faults();
        let kind = section.choice("kind", &KINDS, None);
        if section.log().n_faults() > faults_before {
            // What else belongs to a policy depends on its kind.
            continue;
        }
        let name = read_name(&section, KINDS[kind], &plans);
        let tune = tune::read(&section, KINDS[kind], grounds);
        let kind = read_kind(&section, KINDS[kind], tune, grounds);
        plans.push(PolicyPlan { name, kind, tune });
        section.finish();
    }
    if !plans.iter().any(|plan| plan.kind == PolicyKind::AllMining) {
        plans.push(PolicyPlan { name: "all-mining".into(), kind: PolicyKind::AllMining, tune: false });
    }
    plans.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.name.cmp(&b.name)));
    plans
}

fn read_name(section: &Section<'_>, kind: &str, plans: &[PolicyPlan]) -> String {
    let name = section.optional_text("name").unwrap_or_else(|| kind.into());
    if plans.iter().any(|plan| plan.name.eq_ignore_ascii_case(&name)) {
        section.fault(
            "name",
            format!("`{name}` is taken by another policy, capitals apart; allowed is a name used once"),
        );
    }
    if name.to_ascii_lowercase().starts_with("perfect-foresight") {
        section.fault("name", format!("is `{name}`, the name of the upper mark; allowed is any other"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') || name.len() > 40 {
        section.fault("name", format!("is `{name}`; allowed are up to 40 letters, digits, - and _"));
    }
    name
}

fn read_kind(section: &Section<'_>, kind: &str, tune: bool, grounds: &Grounds<'_>) -> PolicyKind {
    match kind {
        "all-ai-asap" => PolicyKind::AllAiAsap {
            form: read_form(section, grounds),
            max_gross_mw: read_max_gross_mw(section),
        },
        "fixed-schedule" => {
            let form = read_form(section, grounds);
            let first_month = grounds.market.calendar.month(0);
            PolicyKind::FixedSchedule { schedule: schedule::read(section, form, grounds), first_month }
        }
        "constant-share" => {
            let rule = Rule::above(0.0, 1.0, "of gross MW");
            let share = tune::read_number(section, "share_of_gross_mw", rule, tune, || 0.5);
            PolicyKind::ConstantShare { share: Fraction::try_new(share).unwrap_or(Fraction::ZERO) }
        }
        "hurdle" => {
            let rule = Rule::between(0.0, 1e4, "USD/kW-month");
            let market_rent = || grounds.market.lease_rate.start;
            let key = "required_rent_usd_per_kw_month";
            let rent = tune::read_number(section, key, rule, tune, market_rent);
            PolicyKind::Hurdle {
                required_rent: UsdPerKwMonth::try_new(rent).unwrap_or(UsdPerKwMonth::ZERO),
                max_gross_mw: read_max_gross_mw(section),
            }
        }
        "contract-backed-only" => PolicyKind::ContractBacked(read_contract_terms(section)),
        "trigger" => PolicyKind::Trigger {
            spread_usd_per_gross_mw_month: tune::read_number(
                section,
                "spread_usd_per_gross_mw_month",
                Rule::between(-1e7, 1e7, "USD per gross MW and month"),
                tune,
                || tune::capex_charge_usd_per_gross_mw_month(grounds),
            ),
            months: section.whole("months", 1, 120, Some(3)) as usize,
            max_gross_mw: read_max_gross_mw(section),
        },
        "myopic-npv" => {
            refuse_replays(section, "myopic-npv, which values mining on modelled prices", grounds);
            PolicyKind::MyopicNpv {
                margin_usd_per_gross_mw: section.number_or(
                    "margin_usd_per_gross_mw",
                    Rule::between(-1e9, 1e9, "USD per gross MW"),
                    0.0,
                ),
                max_gross_mw: read_max_gross_mw(section),
            }
        }
        "rule" => PolicyKind::Rule(Box::new(rule::read(section, grounds))),
        "dp" => {
            refuse_replays(section, "dp, which plans against modelled prices", grounds);
            PolicyKind::Dp(read_dp(section, grounds))
        }
        "lsmc" => {
            refuse_replays(section, "lsmc, which is fitted to other paths of modelled prices", grounds);
            PolicyKind::Lsmc(LsmcSettings {
                fit_paths: section.whole("fit_paths", 100, 20_000, Some(2_000)),
                degree: section.whole("degree", 1, 4, Some(2)) as u32,
            })
        }
        _ => PolicyKind::AllMining,
    }
}

fn read_dp(section: &Section<'_>, grounds: &Grounds<'_>) -> DpPlan {
    let plan = DpPlan {
        grid_spacing: section.number_or("grid_spacing", Rule::between(0.5, 1.5, "noise deviations"), 1.25),
        bound_paths: section.whole("bound_paths", 0, 100_000, Some(512)) as usize,
        race_bound_paths: section.whole("race_bound_paths", 0, 1_000_000, Some(256)),
        cash_buckets: section.whole("cash_buckets", 1, 100, Some(64)) as usize,
        funds_in_state: section.choice("funds", &["ignored", "in-state"], Some(0)) == 1,
        map_months: map_months::read(section, grounds),
    };
    if (1..64).contains(&plan.bound_paths) {
        section.fault(
            "bound_paths",
            format!(
                "is {}; allowed is 0 for no bound, or 64 to 100,000: fewer paths tell no error",
                plan.bound_paths
            ),
        );
    }
    if (1..64).contains(&plan.race_bound_paths) {
        section.fault(
            "race_bound_paths",
            format!("is {}; allowed is 0 for no bound, or 64 to 1,000,000", plan.race_bound_paths),
        );
    }
    if plan.funds_in_state && !grounds.campus.company.hold_to_cash {
        section.fault("funds", "is in-state; allowed only with company.cash_limit = \"funded\"");
    }
    if plan.funds_in_state && grounds.campus.finance.is_some() {
        section
            .fault("funds", "is in-state; allowed with [finance] is ignored, since that state knows no debt");
    }
    plan
}

fn read_contract_terms(section: &Section<'_>) -> ContractTerms {
    let (usd, times, mw) = (
        Rule::between(-1e9, 1e9, "USD per gross MW"),
        Rule::between(0.0, 10.0, "of the market rent"),
        Rule::between(0.0, 20_000.0, "MW"),
    );
    ContractTerms {
        min_contract_npv_usd_per_gross_mw: section.number_or("min_contract_npv_usd_per_gross_mw", usd, 0.0),
        min_rent_over_market: section.number_or("min_rent_over_market", times, 0.0),
        min_offer_gross_mw: section.number_or("min_offer_gross_mw", mw, 0.0),
        max_gross_mw: read_max_gross_mw(section),
    }
}

fn read_max_gross_mw(section: &Section<'_>) -> f64 {
    section.optional_number("max_gross_mw", Rule::above(0.0, 20_000.0, "MW")).unwrap_or(f64::INFINITY)
}

fn read_form(section: &Section<'_>, grounds: &Grounds<'_>) -> AiForm {
    let form = section.choice("form", &["hosting", "own-gpus"], Some(0));
    if form == 1 && grounds.campus.gpus.is_none() {
        section.fault("form", "is own-gpus; allowed only with a table [gpus]");
    }
    [AiForm::Hosting, AiForm::OwnGpus][form]
}

/// Replayed prices have no expectation: the only path is the one that is to come.
fn refuse_replays(section: &Section<'_>, kind: &str, grounds: &Grounds<'_>) {
    if !grounds.modelled {
        section.fault("kind", format!("is {kind}; remove it where prices are replayed"));
    }
}
