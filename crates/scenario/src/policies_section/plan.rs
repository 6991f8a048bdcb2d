//! What a policy does, as read and checked, and in words.

use optimizer::{ContractTerms, FixedSchedule, LsmcSettings, RuleTerms, Starts};
use site::units::{Fraction, UsdPerKwMonth};
use site::{AiForm, YearMonth};

/// What a policy does.
#[derive(Debug, Clone, PartialEq)]
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
    /// Starts what is due by month.
    FixedSchedule {
        /// The schedule.
        schedule: FixedSchedule,
        /// The first opening, from which its months count.
        first_month: YearMonth,
    },
    /// Takes offers until a share of the campus serves AI.
    ConstantShare {
        /// Share of gross MW.
        share: Fraction,
    },
    /// Takes offers from a rent on.
    Hurdle {
        /// Lowest first-year rent.
        required_rent: UsdPerKwMonth,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// Takes offers whose contract pays for the conversion.
    ContractBacked(ContractTerms),
    /// Takes offers once hosting has out-earned mining for some months.
    Trigger {
        /// Least spread, USD per gross MW and month.
        spread_usd_per_gross_mw_month: f64,
        /// Months running.
        months: usize,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// Takes offers that pay at today's prices.
    MyopicNpv {
        /// Least net present value against mining on, USD per gross MW.
        margin_usd_per_gross_mw: f64,
        /// Gross MW after which it stops.
        max_gross_mw: f64,
    },
    /// A team's own formulas.
    Rule(Box<RuleTerms>),
    /// Dynamic programming on hashprice and lease rate.
    Dp(DpPlan),
    /// Regression Monte Carlo on paths of its own.
    Lsmc(LsmcSettings),
}

/// How the computed policy plans and is bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct DpPlan {
    /// Grid spacing in monthly noise deviations.
    pub grid_spacing: f64,
    /// Paths of the planning model on which its value is bounded; 0 for no bound.
    pub bound_paths: usize,
    /// First paths of the race on which no policy's value is bounded within the whole market; 0 for no bound.
    pub race_bound_paths: u64,
    /// Buckets of free funds in the bound where starts are held to cash; 1 is the plain envelope.
    pub cash_buckets: usize,
    /// Whether free funds are in the state that it plans on.
    pub funds_in_state: bool,
    /// Months of trigger maps, counted from the first opening, rising.
    pub map_months: Vec<u32>,
}

/// A policy of the race.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPlan {
    /// Unique name.
    pub name: String,
    /// What it does; the main number of one that is tuned is where the search starts.
    pub kind: PolicyKind,
    /// Whether its main number is tuned on other paths before the race.
    pub tune: bool,
}

impl PolicyPlan {
    /// What it does, in words.
    #[must_use]
    pub fn description(&self) -> String {
        match &self.kind {
            PolicyKind::AllMining => "never converts".into(),
            PolicyKind::AllAiAsap { form: AiForm::Hosting, max_gross_mw } => {
                format!("takes every lease offer that builders can serve{}", up_to(*max_gross_mw))
            }
            PolicyKind::AllAiAsap { form: AiForm::OwnGpus, max_gross_mw } => {
                format!(
                    "builds own GPU halls as fast as builders can{}; let at the market once the GPUs retire",
                    up_to(*max_gross_mw)
                )
            }
            PolicyKind::FixedSchedule { schedule, first_month } => describe_schedule(schedule, *first_month),
            PolicyKind::ConstantShare { share } => format!(
                "takes every lease offer until {} % of gross MW serve AI, and holds that share",
                percent(share.get())
            ),
            PolicyKind::Hurdle { required_rent, max_gross_mw } => {
                format!(
                    "takes lease offers from {} USD/kW-month on{}",
                    grouped(required_rent.get()),
                    up_to(*max_gross_mw)
                )
            }
            PolicyKind::ContractBacked(terms) => describe_contract(terms),
            PolicyKind::Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw } => format!(
                "takes offers once hosting has out-earned mining by {} USD per gross MW for {months} months running{}",
                grouped(*spread_usd_per_gross_mw_month),
                up_to(*max_gross_mw)
            ),
            PolicyKind::MyopicNpv { margin_usd_per_gross_mw, max_gross_mw } => format!(
                "takes offers worth more than {} USD per gross MW over mining on if today's prices held on their curves{}",
                grouped(*margin_usd_per_gross_mw),
                up_to(*max_gross_mw)
            ),
            PolicyKind::Rule(rule) => describe_rule(rule),
            PolicyKind::Dp(DpPlan { funds_in_state: false, .. }) => {
                "computed: dynamic programming on hashprice and lease rate".into()
            }
            PolicyKind::Dp(DpPlan { funds_in_state: true, .. }) => {
                "computed: dynamic programming on hashprice, lease rate and free funds".into()
            }
            PolicyKind::Lsmc(LsmcSettings { fit_paths, degree }) => format!(
                "computed: regression Monte Carlo of degree {degree} on hashprice, lease rate and Bitcoin, fitted to {} paths of its own",
                grouped(*fit_paths as f64)
            ),
        }
    }

    /// Whether it lists all states of halls and builders to value them backwards.
    #[must_use]
    pub fn lists_states(&self) -> bool {
        matches!(self.kind, PolicyKind::Dp(_) | PolicyKind::Lsmc(_))
    }

    /// Whether it plans on free funds as part of the state.
    #[must_use]
    pub fn has_funds_in_state(&self) -> bool {
        matches!(self.kind, PolicyKind::Dp(DpPlan { funds_in_state: true, .. }))
    }

    /// Place in the race: from what asks least to what computes most.
    pub(super) fn rank(&self) -> usize {
        match self.kind {
            PolicyKind::AllMining => 0,
            PolicyKind::AllAiAsap { .. } => 1,
            PolicyKind::FixedSchedule { .. } => 2,
            PolicyKind::ConstantShare { .. } => 3,
            PolicyKind::Hurdle { .. } => 4,
            PolicyKind::ContractBacked(_) => 5,
            PolicyKind::Trigger { .. } => 6,
            PolicyKind::MyopicNpv { .. } => 7,
            PolicyKind::Rule(_) => 8,
            PolicyKind::Dp(_) => 9,
            PolicyKind::Lsmc(_) => 10,
        }
    }
}

fn up_to(mw: f64) -> String {
    if mw.is_finite() { format!(", up to {} gross MW", grouped(mw)) } else { String::new() }
}

/// A number as it is, with commas between thousands and a minus sign as wide as a plus.
///
/// Results become text in another crate; this one names a setting to its last digit, as the scenario has it.
pub(super) fn grouped(value: f64) -> String {
    let digits = value.abs().to_string();
    let (whole, fraction) = digits.find('.').map_or((digits.as_str(), ""), |point| digits.split_at(point));
    let mut text = if value < 0.0 { "−".to_owned() } else { String::new() };
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// A share in percent, without the noise of binary fractions.
fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

fn describe_schedule(schedule: &FixedSchedule, first_month: YearMonth) -> String {
    let starts: Vec<String> = match &schedule.starts {
        Starts::Halls(starts) => starts
            .iter()
            .map(|(m, halls)| {
                format!("{halls} hall{} from {}", if *halls == 1 { "" } else { "s" }, first_month.plus(*m))
            })
            .collect(),
        Starts::GrossMw(starts) => starts
            .iter()
            .map(|(m, mw)| format!("{} gross MW from {}", grouped(*mw), first_month.plus(*m)))
            .collect(),
    };
    let allowed = match schedule.form {
        AiForm::Hosting => "under any offer",
        AiForm::OwnGpus => "for own GPUs",
    };
    format!("follows a schedule {allowed}: {}", starts.join(", "))
}

fn describe_contract(terms: &ContractTerms) -> String {
    let mut text = format!(
        "takes offers whose lease alone is worth at least {} USD per gross MW after capex",
        grouped(terms.min_contract_npv_usd_per_gross_mw)
    );
    if terms.min_rent_over_market > 0.0 {
        text += &format!(", rent at least {} times the market's", terms.min_rent_over_market);
    }
    if terms.min_offer_gross_mw > 0.0 {
        text += &format!(", for {} gross MW or more", grouped(terms.min_offer_gross_mw));
    }
    text + &up_to(terms.max_gross_mw)
}

fn describe_rule(rule: &RuleTerms) -> String {
    let form = match rule.form {
        AiForm::Hosting => "",
        AiForm::OwnGpus => " for own GPUs",
    };
    let halls = rule.halls.text();
    let whole = halls.parse::<f64>().is_ok();
    let unit = if whole && halls == "1" {
        " hall"
    } else if whole {
        " halls"
    } else {
        ""
    };
    format!(
        "own rule: starts {halls}{unit}{form} when {}{}",
        rule.when.text().split_whitespace().collect::<Vec<_>>().join(" "),
        up_to(rule.max_gross_mw)
    )
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn settings_keep_their_digits_and_get_commas() {
        for (value, text) in [
            (0.0, "0"),
            (999.0, "999"),
            (1_250_000.0, "1,250,000"),
            (-60_000.5, "−60,000.5"),
            (12.25, "12.25"),
        ] {
            assert_eq!(grouped(value), text);
        }
    }
}
