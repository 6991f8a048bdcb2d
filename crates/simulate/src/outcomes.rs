//! What a run found: plain results with units in their names, ready for tables and charts.
//!
//! Means and errors come from all paths; quantiles, distributions and per-path values from the first
//! [`Outcomes::n_kept`] paths, so that memory does not grow with the number of paths.

use crate::break_even::BreakEven;
use crate::capital::CapitalStructure;
use crate::exposure::Exposures;
use crate::fan::Fan;
use crate::finance_totals::FinanceOutcome;
use crate::frontier::FrontierRow;
use crate::pairs::PairedDifferences;
use crate::plan_race::PlanRace;
use crate::policy_map::PolicyMap;
use crate::statistics::Moments;
use crate::tuning::Tuning;
use dispatch::HourRow;
use scenario::{HistoryMark, Lens};
use serde::{Deserialize, Serialize};
use site::{Ledger, YearMonth};

/// Everything a run found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcomes {
    /// Name of the scenario.
    pub scenario: String,
    /// Whose drifts all money of this run is under.
    pub lens: Lens,
    /// Months of the study.
    pub months: Vec<YearMonth>,
    /// Hours of each month, `[n_months]`.
    pub hours: Vec<f64>,
    /// Rate at which project flows are discounted, effective per year.
    pub discount_rate_per_year: f64,
    /// Discount factor of each month, `(1+r)^(−(m+1)/12)`, `[n_months]`.
    pub discount: Vec<f64>,
    /// Paths simulated.
    pub n_paths: usize,
    /// First paths of which values are kept one by one.
    pub n_kept: usize,
    /// Whether the run was stopped before all paths were done.
    pub interrupted: bool,
    /// Gross MW of the campus.
    pub campus_gross_mw: f64,
    /// Names of the fleets.
    pub fleets: Vec<String>,
    /// Policies, all-mining first.
    pub policies: Vec<PolicyOutcome>,
    /// Every policy against every other, in the order of `policies`.
    pub differences: PairedDifferences,
    /// The same of value per share, USD, where the scenario has a capital structure.
    pub share_differences: Option<PairedDifferences>,
    /// Perfect foresight over all-mining.
    pub foresight: ForesightOutcome,
    /// Market factors.
    pub markets: Vec<FactorOutcome>,
    /// What history shows of the markets that were fitted to one, beside what the run assumes.
    pub history: Vec<HistoryMark>,
    /// Hours by month and fleet in which mining did not pay its power, mean over paths, `[n_fleets][n_months]`.
    pub out_of_money_hours: Vec<Vec<f64>>,
    /// Length of an interval, hours.
    pub step_hours: f64,
    /// A dispatched week of the first path.
    pub week: DispatchWeek,
    /// The race within the planning model of the computed policy, with what no policy can exceed there.
    pub plan_race: Option<PlanRace>,
    /// What no policy can exceed on the paths of the race themselves.
    pub market_bounds: Option<MarketBounds>,
    /// Where the computed policies start halls, wait and stay, by policy and month.
    pub trigger_maps: Vec<PolicyMap>,
    /// What tuning of rules found, if any is tuned.
    pub tuning: Option<Tuning>,
    /// Mean against tail, on these paths.
    pub frontier: Vec<FrontierRow>,
    /// What the policies' money stands on, where the scenario has a capital structure.
    pub capital: Option<CapitalStructure>,
    /// Things the reader should know before trusting a number.
    pub warnings: Vec<String>,
}

/// An upper bound on every policy that lets halls to tenants, on the first paths of the race with the whole market in them, USD.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MarketBounds {
    /// Paths on which it was taken.
    pub n_paths: u64,
    /// The bound over all-mining.
    pub upper_usd: Moments,
    /// The bound less each policy, paired and with the bound's penalties taken off both, in the order of the policies; `None` for
    /// policies that start own GPUs.
    pub below_bound_usd: Vec<Option<Moments>>,
}

/// One policy's results.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyOutcome {
    /// Its name.
    pub name: String,
    /// What it does, in words.
    pub description: String,
    /// NPV with contracts carried past the horizon, USD.
    pub npv_usd: Moments,
    /// NPV of the horizon alone, USD.
    pub npv_horizon_usd: Moments,
    /// Mean value of what is carried past the horizon, USD, by part: leases, construction (a cost), ASICs, GPUs, site.
    pub carried_usd: [f64; 5],
    /// NPV less that of all-mining on the same path, USD.
    pub difference_usd: Moments,
    /// NPV of perfect foresight less this policy's on the same path, USD.
    pub foresight_less_policy_usd: Moments,
    /// NPV of each kept path, USD, `[n_kept]`.
    pub kept_npv_usd: Vec<f64>,
    /// NPV difference to all-mining of each kept path, USD, `[n_kept]`.
    pub kept_difference_usd: Vec<f64>,
    /// 5th, 50th and 95th percentile of the kept NPVs, USD.
    pub npv_quantiles_usd: [f64; 3],
    /// Mean of the worst 5 % of the kept NPVs, USD.
    pub cvar5_usd: f64,
    /// Share of paths on which cash and committed funding run out at some month end.
    pub shortfall_probability: f64,
    /// Rates of return of the mean flow incremental to all-mining, effective per year, carried value at the horizon;
    /// empty without a sign change, more than one with several.
    pub incremental_irrs: Vec<f64>,
    /// The same without the carried value.
    pub incremental_irrs_horizon: Vec<f64>,
    /// Share of paths whose incremental flow has no rate of return.
    pub share_without_irr: f64,
    /// Inflows over outflows of the mean incremental flow with the carried value; `None` without outflow.
    pub incremental_moic: Option<f64>,
    /// Years until the mean incremental flow, without the carried value, has paid back; `None` if not within the horizon.
    pub incremental_payback_years: Option<f64>,
    /// Mean capex over the horizon, USD, undiscounted.
    pub capex_usd: f64,
    /// Mean ledger of each month, `[n_months]`.
    pub ledger: Vec<Ledger>,
    /// Mean cash with funding drawn counted as negative, USD at month end, `[n_months]`.
    pub cash_usd: Vec<f64>,
    /// Mean gross MW committed to AI at month end, under construction included, `[n_months]`.
    pub ai_gross_mw: Vec<f64>,
    /// Gross MW committed to AI at month end.
    pub ai_mw: Fan,
    /// Net cash flow of the month, USD.
    pub flow_usd: Fan,
    /// Net cash flow of each whole year from the first opening, USD.
    pub year_flow_usd: Fan,
    /// Cash at month end, USD.
    pub cash_fan_usd: Fan,
    /// Share of paths on which it would have started more than the money allowed.
    pub share_bound_by_money: f64,
    /// Months of a path in which that was so, mean.
    pub months_bound_by_money: f64,
    /// Factors on rents and on hashprice at which it is worth as much as all-mining.
    pub break_even: BreakEven,
    /// What part of its value follows each assumption.
    pub exposures: Exposures,
    /// Its money, where the scenario has a capital structure.
    pub finance: Option<FinanceOutcome>,
}

/// The upper mark: the best that anyone could have done who knew each path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForesightOutcome {
    /// NPV, USD.
    pub npv_usd: Moments,
    /// NPV less that of all-mining, USD.
    pub difference_usd: Moments,
    /// NPV of each kept path, USD.
    pub kept_npv_usd: Vec<f64>,
}

/// One market factor at each opening (power: mean of the month).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FactorOutcome {
    /// Column-friendly name with unit, for example `hashprice_usd_per_ph_day`.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Unit for people.
    pub unit: String,
    /// Mean over all paths, `[n_months]`.
    pub mean: Vec<f64>,
    /// Mean over the value of the first month, `[n_months]`.
    pub mean_multiple: Vec<f64>,
    /// Effective sample behind that mean, `(Σw)²/Σw²` over paths, `[n_months]`.
    pub effective_sample: Vec<f64>,
    /// How it spreads over the kept paths.
    pub fan: Fan,
}

/// A week, hour by hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DispatchWeek {
    /// Policy shown.
    pub policy: String,
    /// Path shown.
    pub path: usize,
    /// Month of the week.
    pub month: YearMonth,
    /// Length of an interval, hours.
    pub step_hours: f64,
    /// Power that may be drawn, MW.
    pub interconnect_mw: f64,
    /// Names of the fleets.
    pub fleets: Vec<String>,
    /// Intervals in order.
    pub rows: Vec<HourRow>,
}

impl Outcomes {
    /// The one-sided 95 % limit of the plan's gap over the bound with all-mining's value; `None` without a plan or where the
    /// bound is not positive.
    #[must_use]
    pub fn gap_limit_of_bound(&self) -> Option<f64> {
        let race = self.plan_race.as_ref()?;
        let whole = self.policies.first()?.npv_usd.mean() + race.upper_usd.mean;
        (whole > 0.0).then(|| race.gap_limit_usd() / whole)
    }

    /// The policy with the highest mean NPV, of equals the first.
    ///
    /// # Panics
    /// If there is no policy; a run always has all-mining.
    #[must_use]
    pub fn best(&self) -> &PolicyOutcome {
        &self.policies[self.best_place()]
    }

    /// Its place in the race.
    ///
    /// # Panics
    /// If there is no policy; a run always has all-mining.
    #[must_use]
    pub fn best_place(&self) -> usize {
        // Of equals the first, which is the simpler one.
        let means = self.policies.iter().map(|policy| policy.npv_usd.mean()).enumerate().rev();
        means.max_by(|(_, a), (_, b)| a.total_cmp(b)).expect("a run has at least all-mining").0
    }
}
