//! The month at its limits: no noise, endless cost, more noise with the mean held, and conversions that can be undone.

#![allow(clippy::print_stdout, reason = "figures are meant to be read")]

mod common;

use common::{TEXAS, outcomes, scenario_of};
use optimizer::backward::{KeepNothing, Stage, solve};
use optimizer::conversion::ExpectedGains;
use optimizer::dp::{DpSettings, contract_values, hall_line};
use optimizer::kernel::{BLOCK, Kernel};
use optimizer::states::MAX_DP_STATES;
use optimizer::{ContractValues, FactorFit, StateGraph, fit_factors, hall_kinds, reversible_hall};
use scenario::Scenario;
use site::units::{GrossMw, UsdPerKwMonth};
use site::{Decision, GpuFigures, LeaseOffer, MiningFigures, MonthEconomics, State, Tenant, limits, step};

/// More than enough arrivals for an offer in every month: `exp(−rate/12)` is far below rounding.
const EVERY_MONTH: f64 = 1_200.0;

/// Three halls, two years, one builder; an offer of two halls at the market in every month.
fn small_campus(halls: usize) -> Scenario {
    let start = TEXAS.find("# The race.").expect("the policies");
    let text = format!("{}[[policies]]\nkind = \"dp\"\nbound_paths = 0\n", &TEXAS[..start]);
    let count = format!("halls[0].count={halls}");
    let set = [
        count.as_str(),
        "scenario.end_month=2027-12",
        "conversion.lead_months=4",
        "conversion.mining_lost_months=2",
        "run.paths=64",
    ];
    let mut scenario = scenario_of(&text, &set);
    scenario.market.offers.arrivals_per_year = EVERY_MONTH;
    scenario.market.offers.sizes_gross_mw = vec![(40.0, 1.0)];
    scenario.market.offers.log_spreads = vec![(0.0, 1.0)];
    scenario
}

/// A scenario's problem on the grid of two factors.
struct Plan {
    graph: StateGraph,
    kernel: Kernel,
    contracts: Vec<ContractValues>,
    gains: ExpectedGains,
    stages: Vec<Stage>,
}

impl Plan {
    fn new(scenario: &Scenario, fit: &FactorFit) -> Self {
        let (campus, market) = (&scenario.campus, &scenario.market);
        let kernel = Kernel::for_horizon(fit.factors, 1.0, market.calendar.n_months() as u32);
        let contracts = contract_values(campus, market);
        let examples = hall_kinds(campus).1;
        let kinds: Vec<_> = examples.iter().map(|&i| &campus.halls[i]).zip(&contracts).collect();
        let gains = ExpectedGains::new(campus, market, fit, &kernel, &kinds).expect("modelled power");
        let stages = gains.stages(market, &kernel, &contracts);
        let graph = StateGraph::new(hall_line(campus, market), MAX_DP_STATES).expect("few states");
        Self { graph, kernel, contracts, gains, stages }
    }

    fn value(&self) -> f64 {
        solve(&self.kernel, &self.graph, 1.0, &self.stages, &KeepNothing, self.kernel.origin()).0
    }

    /// What a start at the first opening gains.
    fn gain_at_once(&self) -> f64 {
        self.stages[0].gain[self.kernel.origin()]
    }

    /// Log spread over the market at which a start at the first opening gains nothing.
    fn spread_at_the_edge(&self, scenario: &Scenario) -> f64 {
        let start = self.contracts[0].hosting_start[0];
        let leaving = self.gains.at(0, 0, &self.kernel.axis1, 0.0);
        (-(start.intercept + leaving) / start.slope / scenario.market.lease_rate.start).ln()
    }
}

/// Best value over all start schedules that the step itself allows, by trying every one.
fn best_schedule(scenario: &Scenario, state: &State, offer: &LeaseOffer, gain: &dyn Fn(usize) -> f64) -> f64 {
    let (campus, calendar) = (&scenario.campus, &scenario.market.calendar);
    let m = state.month;
    if m as usize == calendar.n_months() {
        return 0.0;
    }
    let possible = limits(campus, state, Some(offer)).hosting_halls;
    let month = MonthEconomics {
        month: m,
        hours: calendar.hours(m as usize) as f64,
        cost_index: 1.0,
        hashprice_usd_per_ph_day: 0.0,
        btc_price_usd: 0.0,
        lease_rate_usd_per_kw_month: 0.0,
        gpu_hour_price_usd: 0.0,
        gpu_price_multiple: 0.0,
        power_price_usd_per_mwh: 0.0,
        mining: &[MiningFigures::default()],
        gpu: GpuFigures::default(),
        events: site::MonthEvents::default(),
    };
    let after = |halls: u32| {
        let mut next = state.clone();
        let decision = Decision { hosting_halls: halls, gpu_halls: 0 };
        step(campus, &mut next, decision, Some(offer), &month).expect("within the limits");
        f64::from(halls) * gain(m as usize) + best_schedule(scenario, &next, offer, gain)
    };
    (0..=possible).map(after).fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn without_noise_and_with_offers_known_dp_equals_the_best_of_all_schedules() {
    for (builders_mw, rent_growth) in [(20.0, -0.15), (20.0, 0.35), (40.0, 0.1)] {
        let mut scenario = small_campus(3);
        scenario.campus.conversion.max_under_construction = GrossMw::try_new(builders_mw).unwrap();
        scenario.market.lease_rate.process.sigma_per_sqrt_year = 0.0;
        // A curve that moves makes the best month an inner one.
        scenario.market.lease_rate.curve =
            market::Curve::growing(scenario.market.lease_rate.start, rent_growth);
        let mut fit = fit_factors(&scenario.market, 64);
        fit.factors.noise = [1e-9; 2];
        fit.factors.correlation = 0.0;
        let plan = Plan::new(&scenario, &fit);
        let rate = &scenario.market.lease_rate;
        let gain = |t: usize| {
            let rent = rate.expected_rate(t as u32);
            plan.contracts[0].hosting_start[t].at(rent) + plan.gains.at(0, t, &plan.kernel.axis1, 0.0)
        };
        let offer = LeaseOffer {
            gross: GrossMw::try_new(40.0).unwrap(),
            rent: UsdPerKwMonth::try_new(1.0).unwrap(),
            tenant: Tenant::Steady,
        };
        let best = best_schedule(&scenario, &State::opening(&scenario.campus), &offer, &gain);
        let value = plan.value();
        assert!(best > 1e6, "something is worth starting: {best}");
        assert!((value / best - 1.0).abs() < 1e-6, "{value} {best}");
    }
}

#[test]
fn endless_conversion_cost_equals_all_mining_to_the_last_bit() {
    let mut scenario = small_campus(3);
    // A cost that no rent repays; an infinite one has no differences.
    scenario.campus.conversion.capex_usd_per_it_mw = 1e15;
    let found = outcomes(&scenario, 2);
    let [mining, dp] = ["all-mining", "dp"].map(|name| {
        found.policies.iter().find(|policy| policy.name == name).unwrap_or_else(|| panic!("no {name}"))
    });
    assert_eq!(dp.kept_npv_usd, mining.kept_npv_usd);
    assert_eq!(dp.ledger, mining.ledger);
    assert!(dp.ai_mw.kept().iter().all(|mw| *mw == 0.0));
    assert_eq!(found.foresight.kept_npv_usd, mining.kept_npv_usd);
}

/// `W − max(g, 0)` of one hall where `g` is nothing: what the right to wait is worth.
fn value_of_waiting(scenario: &mut Scenario, fit: &FactorFit) -> f64 {
    let spread = Plan::new(scenario, fit).spread_at_the_edge(scenario);
    scenario.market.offers.log_spreads = vec![(spread, 1.0)];
    let plan = Plan::new(scenario, fit);
    let gain = plan.gain_at_once();
    assert!(gain.abs() < 1.0, "at the edge: {gain} USD");
    plan.value() - gain.max(0.0)
}

/// A fit whose hashprice has given noise and the same mean in every month.
fn with_hashprice_noise(fit: &FactorFit, monthly: f64) -> FactorFit {
    let variance = |noise: f64, m: usize| {
        let a = fit.factors.retained[0];
        noise * noise * (0..m).map(|k| a.powi(2 * k as i32)).sum::<f64>()
    };
    let mut changed = fit.clone();
    for (m, ln_hashprice) in changed.ln_hashprice.iter_mut().enumerate() {
        *ln_hashprice += 0.5 * (variance(fit.factors.noise[0], m) - variance(monthly, m));
    }
    changed.factors.noise[0] = monthly;
    changed
}

fn assert_rises(values: &[f64]) {
    println!("value of waiting, USD: {values:.0?}");
    assert!(values.windows(2).all(|pair| pair[1] > pair[0]), "{values:?}");
}

#[test]
fn more_rent_volatility_never_lowers_the_value_of_waiting() {
    let mut scenario = small_campus(1);
    let fit = fit_factors(&scenario.market, 256);
    let values = [0.02, 0.06, 0.10, 0.18, 0.26].map(|volatility| {
        scenario.market.lease_rate.process.sigma_per_sqrt_year = volatility;
        let mut fit = fit.clone();
        fit.factors.noise[1] = scenario.market.lease_rate.process.variance(1.0 / 12.0).sqrt();
        value_of_waiting(&mut scenario, &fit)
    });
    assert_rises(&values);
}

#[test]
fn more_hashprice_volatility_never_lowers_the_value_of_waiting() {
    let mut scenario = small_campus(1);
    let fit = fit_factors(&scenario.market, 256);
    let values = [0.15, 0.3, 0.6, 0.9].map(|volatility: f64| {
        let fit = with_hashprice_noise(&fit, volatility / 12.0_f64.sqrt());
        value_of_waiting(&mut scenario, &fit)
    });
    assert_rises(&values);
}

#[test]
fn conversions_that_can_be_undone_at_no_cost_give_each_month_to_the_better_use() {
    let scenario = small_campus(1);
    let (campus, market) = (&scenario.campus, &scenario.market);
    let value = |cost: [f64; 2]| {
        let settings = DpSettings { grid_spacing: 1.0, ..DpSettings::default() };
        let (kernel, problem) =
            reversible_hall(campus, market, &campus.halls[0], settings, cost).expect("modelled power");
        let found = problem.value(&kernel).expect("well posed");
        (kernel, problem, found)
    };
    let (kernel, problem, [from_mining, from_hosting]) = {
        let (kernel, problem, found) = value([0.0; 2]);
        (kernel, problem, <[f64; 2]>::try_from(found).unwrap())
    };
    // Each month's better use on its own, taken back to the first opening by the kernel.
    let n = kernel.n_nodes();
    let (mut sum, mut mining, mut hosting) = (0.0, 0.0, 0.0);
    for (t, reward) in problem.reward.iter().enumerate() {
        let mut wide = vec![0.0; n * BLOCK];
        for node in 0..n {
            let [a, b] = [reward[node], reward[n + node]];
            wide[node * BLOCK..][..3].copy_from_slice(&[a.max(b), a, b]);
        }
        let (mut half, mut earlier) = (wide.clone(), wide.clone());
        for _ in 0..t {
            kernel.expect(&wide, &mut half, &mut earlier);
            std::mem::swap(&mut wide, &mut earlier);
        }
        let at = &wide[kernel.origin() * BLOCK..][..3];
        let discount = problem.discount.powi(t as i32);
        sum += discount * at[0];
        mining += discount * at[1];
        hosting += discount * at[2];
    }
    assert!((from_mining / sum - 1.0).abs() < 1e-9 && from_mining == from_hosting, "{from_mining} {sum}");
    assert!(sum > mining.max(hosting), "{sum} {mining} {hosting}");
    let (.., dear) = value([f64::INFINITY; 2]);
    assert!((dear[0] / mining - 1.0).abs() < 1e-9 && (dear[1] / hosting - 1.0).abs() < 1e-9);
    // A cost between the two is worth something between them.
    let (.., some) = value([1e6, 1e6]);
    assert!(some[0] <= from_mining && some[0] >= dear[0] && some[0] >= dear[1] - 1e6);
}
