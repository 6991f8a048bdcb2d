//! What a sweep can keep of each policy at each point; names and meaning are those of the tables of a run.

use simulate::{FinanceOutcome, Moments, Outcomes, PolicyOutcome};

/// The output by which policies are ranked where the file does not say.
pub const NPV: &str = "mean_npv_usd";
/// Value of a share, the other output that is compared path by path.
pub const PER_SHARE: &str = "value_per_share_usd";
/// The output behind maps of AI.
pub const AI_SHARE: &str = "mean_ai_share";

/// One output.
pub struct Output {
    /// Its column, unit in the name.
    pub name: &'static str,
    /// Whether it is kept where the file names none.
    pub by_default: bool,
    /// Whether only scenarios with a capital structure have it.
    pub needs_finance: bool,
    value: fn(&Outcomes, &PolicyOutcome) -> Option<f64>,
}

impl Output {
    /// Its value for a policy; `None` where there is none.
    #[must_use]
    pub fn of(&self, outcomes: &Outcomes, policy: &PolicyOutcome) -> Option<f64> {
        // A ratio over nothing is no number; it is as absent as a rate of return that does not exist.
        (self.value)(outcomes, policy).filter(|value| value.is_finite())
    }
}

const fn kept(name: &'static str, value: fn(&Outcomes, &PolicyOutcome) -> Option<f64>) -> Output {
    Output { name, by_default: true, needs_finance: false, value }
}

const fn more(name: &'static str, value: fn(&Outcomes, &PolicyOutcome) -> Option<f64>) -> Output {
    Output { name, by_default: false, needs_finance: false, value }
}

const fn money(
    name: &'static str,
    by_default: bool,
    value: fn(&Outcomes, &PolicyOutcome) -> Option<f64>,
) -> Output {
    Output { name, by_default, needs_finance: true, value }
}

/// All outputs in the order of their columns.
pub const OUTPUTS: [Output; 41] = [
    kept(NPV, |_, p| Some(p.npv_usd.mean())),
    kept("se_npv_usd", |_, p| Some(p.npv_usd.standard_error())),
    kept("p5_npv_usd", |_, p| Some(p.npv_quantiles_usd[0])),
    kept("p50_npv_usd", |_, p| Some(p.npv_quantiles_usd[1])),
    kept("p95_npv_usd", |_, p| Some(p.npv_quantiles_usd[2])),
    kept("cvar5_npv_usd", |_, p| Some(p.cvar5_usd)),
    more("mean_npv_horizon_usd", |_, p| Some(p.npv_horizon_usd.mean())),
    more("carried_total_usd", |_, p| {
        let [leases, construction, asics, gpus, site] = p.carried_usd;
        Some(leases - construction + asics + gpus + site)
    }),
    kept("difference_to_all_mining_usd", |_, p| Some(p.difference_usd.mean())),
    kept("se_difference_to_all_mining_usd", |_, p| Some(p.difference_usd.standard_error())),
    kept("foresight_less_policy_usd", |_, p| Some(p.foresight_less_policy_usd.mean())),
    more("bound_less_policy_usd", |o, p| below_bound(o, p).map(|moments| moments.mean())),
    more("se_bound_less_policy_usd", |o, p| below_bound(o, p).map(|moments| moments.standard_error())),
    more("incremental_irr_per_year", |_, p| p.incremental_irrs.first().copied()),
    more("incremental_moic", |_, p| p.incremental_moic),
    more("incremental_payback_years", |_, p| p.incremental_payback_years),
    kept("mean_capex_usd", |_, p| Some(p.capex_usd)),
    kept("shortfall_probability", |_, p| Some(p.shortfall_probability)),
    kept("share_bound_by_money", |_, p| Some(p.share_bound_by_money)),
    more("break_even_rent_share", |_, p| p.break_even.rent_share),
    more("break_even_hashprice_share", |_, p| p.break_even.hashprice_share),
    kept(AI_SHARE, |o, p| {
        Some(p.ai_gross_mw.iter().sum::<f64>() / p.ai_gross_mw.len() as f64 / o.campus_gross_mw)
    }),
    kept("horizon_ai_share", |o, p| Some(p.ai_gross_mw.last()? / o.campus_gross_mw)),
    money(PER_SHARE, true, |_, p| mean(p, |money| &money.value_per_share_usd)),
    money("se_value_per_share_usd", true, |_, p| error(p, |money| &money.value_per_share_usd)),
    money("value_per_share_less_all_mining_usd", true, |_, p| {
        mean(p, |money| &money.per_share_difference_usd)
    }),
    money("se_value_per_share_less_all_mining_usd", true, |_, p| {
        error(p, |money| &money.per_share_difference_usd)
    }),
    money("equity_value_usd", true, |_, p| mean(p, |money| &money.equity_value_usd)),
    money("se_equity_value_usd", false, |_, p| error(p, |money| &money.equity_value_usd)),
    money("diluted_shares", false, |_, p| mean(p, |money| &money.diluted_shares)),
    money("taxes_usd", false, |_, p| mean(p, |money| &money.taxes_value_usd)),
    money("guarantee_paid_usd", true, |_, p| mean(p, |money| &money.guarantee_value_usd)),
    money("lenders_lost_usd", true, |_, p| lenders(p, |lender| &lender.lost_usd)),
    money("lenders_enforced_loss_usd", true, |_, p| lenders(p, |lender| &lender.enforced_loss_usd)),
    money("company_creditors_loss_usd", false, |_, p| mean(p, |money| &money.company_creditors_lost_usd)),
    money("lowest_liquidity_usd", false, |_, p| mean(p, |money| &money.lowest_liquidity_usd)),
    money("highest_debt_usd", false, |_, p| mean(p, |money| &money.highest_debt_usd)),
    money("share_short_of_cash", false, |o, p| share(o, p, |money| money.paths_short)),
    money("share_covenant_breached", true, |o, p| share(o, p, |money| money.paths_breached)),
    money("share_project_default", true, |o, p| share(o, p, |money| money.paths_project_default)),
    money("share_company_default", true, |o, p| share(o, p, |money| money.paths_company_default)),
];

/// Outputs by which policies may be ranked: the more the better, and every policy has them.
pub const OBJECTIVES: [&str; 10] = [
    NPV,
    "p5_npv_usd",
    "p50_npv_usd",
    "p95_npv_usd",
    "cvar5_npv_usd",
    "mean_npv_horizon_usd",
    "difference_to_all_mining_usd",
    PER_SHARE,
    "value_per_share_less_all_mining_usd",
    "equity_value_usd",
];

/// Names of all outputs.
#[must_use]
pub fn names() -> Vec<&'static str> {
    OUTPUTS.iter().map(|output| output.name).collect()
}

/// The output of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Output> {
    static ALL: [Output; OUTPUTS.len()] = OUTPUTS;
    ALL.iter().find(|output| output.name == name)
}

/// Names of the outputs that are kept where a file names none.
#[must_use]
pub fn defaults(has_finance: bool) -> Vec<String> {
    let wanted = |output: &&Output| output.by_default && (has_finance || !output.needs_finance);
    OUTPUTS.iter().filter(wanted).map(|output| output.name.to_owned()).collect()
}

fn below_bound<'a>(outcomes: &'a Outcomes, policy: &PolicyOutcome) -> Option<&'a Moments> {
    let at = outcomes.policies.iter().position(|other| other.name == policy.name)?;
    outcomes.market_bounds.as_ref()?.below_bound_usd.get(at)?.as_ref()
}

fn mean(policy: &PolicyOutcome, of: fn(&FinanceOutcome) -> &Moments) -> Option<f64> {
    policy.finance.as_ref().map(|money| of(money).mean())
}

fn error(policy: &PolicyOutcome, of: fn(&FinanceOutcome) -> &Moments) -> Option<f64> {
    policy.finance.as_ref().map(|money| of(money).standard_error())
}

fn share(outcomes: &Outcomes, policy: &PolicyOutcome, of: fn(&FinanceOutcome) -> u64) -> Option<f64> {
    policy.finance.as_ref().map(|money| of(money) as f64 / outcomes.n_paths as f64)
}

fn lenders(policy: &PolicyOutcome, of: fn(&simulate::LenderOutcome) -> &Moments) -> Option<f64> {
    policy.finance.as_ref().map(|money| money.lenders.iter().map(|lender| of(lender).mean()).sum())
}
