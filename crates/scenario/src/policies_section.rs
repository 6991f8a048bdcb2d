//! The policies of a scenario.

use crate::reader::{Rule, Section};
use site::AiForm;
use site::units::UsdPerKwMonth;

/// What a policy does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PolicyKind {
    /// Never converts.
    AllMining,
    /// Converts as fast as offers and builders allow.
    AllAiAsap {
        /// Hosting or own GPUs.
        form: AiForm,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// Takes offers from a rent on.
    Hurdle {
        /// Lowest first-year rent.
        required_rent: UsdPerKwMonth,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// Takes offers once hosting has out-earned mining for some months.
    Trigger {
        /// Least spread, USD per gross MW and month.
        spread_usd_per_gross_mw_month: f64,
        /// Months running.
        months: usize,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// Dynamic programming on hashprice and lease rate.
    Dp {
        /// Grid spacing in monthly noise deviations.
        grid_spacing: f64,
    },
}

const KINDS: [&str; 5] = ["all-mining", "all-ai-asap", "hurdle", "trigger", "dp"];

/// A policy of the race.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPlan {
    /// Unique name.
    pub name: String,
    /// What it does.
    pub kind: PolicyKind,
}

impl PolicyPlan {
    /// What it does, in words.
    #[must_use]
    pub fn description(&self) -> String {
        let up_to = |mw: f64| if mw.is_finite() { format!(", up to {mw} gross MW") } else { String::new() };
        match self.kind {
            PolicyKind::AllMining => "never converts".into(),
            PolicyKind::AllAiAsap { form: AiForm::Hosting, max_gross_mw } => {
                format!("takes every lease offer that builders can serve{}", up_to(max_gross_mw))
            }
            PolicyKind::AllAiAsap { form: AiForm::OwnGpus, max_gross_mw } => {
                format!(
                    "builds own GPU halls as fast as builders can{}; let at the market once the GPUs retire",
                    up_to(max_gross_mw)
                )
            }
            PolicyKind::Hurdle { required_rent, max_gross_mw } => {
                format!(
                    "takes lease offers from {} USD/kW-month on{}",
                    required_rent.get(),
                    up_to(max_gross_mw)
                )
            }
            PolicyKind::Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw } => format!(
                "takes offers once hosting has out-earned mining by {spread_usd_per_gross_mw_month} USD per gross MW for {months} months running{}",
                up_to(max_gross_mw)
            ),
            PolicyKind::Dp { .. } => "computed: dynamic programming on hashprice and lease rate".into(),
        }
    }

    fn rank(&self) -> usize {
        match self.kind {
            PolicyKind::AllMining => 0,
            PolicyKind::AllAiAsap { .. } => 1,
            PolicyKind::Hurdle { .. } => 2,
            PolicyKind::Trigger { .. } => 3,
            PolicyKind::Dp { .. } => 4,
        }
    }
}

/// Reads the policies; all-mining is always among them, and the file's order does not matter.
pub(crate) fn read(root: &Section<'_>, has_gpus: bool, modelled: bool) -> Vec<PolicyPlan> {
    let mut plans: Vec<PolicyPlan> = Vec::new();
    for section in root.list("policies") {
        section.begin_item("policies");
        let faults_before = section.log().n_faults();
        let kind = section.choice("kind", &KINDS, None);
        if section.log().n_faults() > faults_before {
            // What else belongs to a policy depends on its kind.
            continue;
        }
        let name = section.optional_text("name").unwrap_or_else(|| KINDS[kind].into());
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
        let max_gross_mw = |section: &Section<'_>| {
            section.optional_number("max_gross_mw", Rule::above(0.0, 20_000.0, "MW")).unwrap_or(f64::INFINITY)
        };
        let kind = match KINDS[kind] {
            "all-ai-asap" => {
                let form = section.choice("form", &["hosting", "own-gpus"], Some(0));
                if form == 1 && !has_gpus {
                    section.fault("form", "is own-gpus; allowed only with a table [gpus]");
                }
                let form = [AiForm::Hosting, AiForm::OwnGpus][form];
                PolicyKind::AllAiAsap { form, max_gross_mw: max_gross_mw(&section) }
            }
            "hurdle" => {
                let rent =
                    section.number("required_rent_usd_per_kw_month", Rule::between(0.0, 1e4, "USD/kW-month"));
                PolicyKind::Hurdle {
                    required_rent: UsdPerKwMonth::try_new(rent).unwrap_or(UsdPerKwMonth::ZERO),
                    max_gross_mw: max_gross_mw(&section),
                }
            }
            "trigger" => PolicyKind::Trigger {
                spread_usd_per_gross_mw_month: section.number(
                    "spread_usd_per_gross_mw_month",
                    Rule::between(-1e7, 1e7, "USD per gross MW and month"),
                ),
                months: section.whole("months", 1, 120, Some(3)) as usize,
                max_gross_mw: max_gross_mw(&section),
            },
            "dp" => {
                if !modelled {
                    section.fault(
                        "kind",
                        "is dp, which plans against modelled prices; remove it where prices are replayed",
                    );
                }
                let grid_spacing =
                    section.number_or("grid_spacing", Rule::between(0.5, 1.5, "noise deviations"), 1.25);
                PolicyKind::Dp { grid_spacing }
            }
            _ => PolicyKind::AllMining,
        };
        plans.push(PolicyPlan { name, kind });
        section.finish();
    }
    if !plans.iter().any(|plan| plan.kind == PolicyKind::AllMining) {
        plans.push(PolicyPlan { name: "all-mining".into(), kind: PolicyKind::AllMining });
    }
    plans.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.name.cmp(&b.name)));
    plans
}
