//! The campus's conversion problem as the backward induction sees it: two factors and the gains of a start.
//!
//! Factor 1 is log hashprice about its expected path, a first-order autoregression fitted to pilot paths of the scenario's
//! own market (another seed, so nothing of the valued paths is seen). Factor 2 is the log deviation of the lease rate from its
//! expected path, whose law is the scenario's. Power enters through its expected curve: the mining strip `E[(B − P)^+]` by calendar month.

use crate::backward::Stage;
use crate::gains::{ContractValues, exit_months};
use crate::kernel::{Factors, Kernel};
use dispatch::Worth;
use market::{LANES, Market, MarketLanes, OfferLaw, PowerModel, PowerSource};
use site::{Campus, Hall, Ledger, MiningFigures, MonthEconomics, asic_resale_usd, step_hall};

/// Keeps pilot paths apart from the paths that are valued.
const PILOT_SEED: u64 = 0x7069_6c6f_745f_6670;

/// The two factors of a scenario's market, fitted on pilot paths.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorFit {
    /// Transition of log hashprice and log lease rate about their expected paths.
    pub factors: Factors,
    /// Mean log hashprice at each opening, `[n_months]`.
    pub ln_hashprice: Vec<f64>,
    /// Correlation of a month's innovation of log hashprice with that of Bitcoin, 0 to 1.
    pub bitcoin_share: f64,
    /// Mean log Bitcoin price (USD) at each opening, `[n_months]`.
    pub ln_btc_price: Vec<f64>,
    /// Mean log difficulty at each opening, `[n_months]`.
    pub ln_difficulty: Vec<f64>,
}

impl FactorFit {
    /// Hashprice at opening `m` with deviation `z1`, USD/PH/day.
    #[must_use]
    pub fn hashprice(&self, m: usize, z1: f64) -> f64 {
        (self.ln_hashprice[m] + z1).exp()
    }

    /// Expected hashprice at opening `m + d` when the deviation at opening `m` is `z1`.
    #[must_use]
    pub fn expected_hashprice(&self, m: usize, d: usize, z1: f64) -> f64 {
        let a = self.factors.retained[0];
        let variance: f64 = (0..d).map(|k| a.powi(2 * k as i32)).sum::<f64>() * self.factors.noise[0].powi(2);
        (self.ln_hashprice[m + d] + a.powi(d as i32) * z1 + 0.5 * variance).exp()
    }

    /// Deviations of the two factors from the prices of opening `m`.
    #[must_use]
    pub fn deviations(&self, market: &Market, m: usize, hashprice: f64, lease_rate: f64) -> [f64; 2] {
        let expected = market.lease_rate.rate_at(m as u32, market.lease_rate.expected_deviation(m as u32));
        let lease = (lease_rate / expected).ln();
        [hashprice.max(1e-9).ln() - self.ln_hashprice[m], lease]
    }
}

/// Fits the factors to `n_paths` pilot paths.
#[must_use]
pub fn fit_factors(market: &Market, n_paths: u64) -> FactorFit {
    let mut pilot = market.clone();
    pilot.seed ^= PILOT_SEED;
    let n_months = market.calendar.n_months();
    // Log hashprice by path and month, and the lease deviation beside it.
    let mut paths: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut bitcoin: Vec<Vec<f64>> = Vec::new();
    let (mut ln_btc_price, mut ln_difficulty) = (vec![0.0; n_months], vec![0.0; n_months]);
    for first in (0..n_paths).step_by(LANES) {
        let n_lanes = LANES.min((n_paths - first) as usize);
        let mut lanes = MarketLanes::without_power(&pilot, first, n_lanes);
        let mut chunk = vec![Vec::with_capacity(n_months); n_lanes];
        let mut innovations = vec![Vec::with_capacity(n_months); n_lanes];
        while let Some(month) = lanes.next_month() {
            for (drawn, innovation) in innovations.iter_mut().zip(&month.innovations) {
                drawn.push(innovation[0]);
            }
            for (path, opening) in chunk.iter_mut().zip(&month.openings) {
                let rate = &market.lease_rate;
                let expected = rate.rate_at(month.month, rate.expected_deviation(month.month));
                let lease = opening.lease_rate_usd_per_kw_month / expected;
                path.push([opening.hashprice_usd_per_ph_day.max(1e-9).ln(), lease.ln()]);
                let m = month.month as usize;
                ln_btc_price[m] += opening.btc_price_usd.ln() / n_paths as f64;
                ln_difficulty[m] += opening.difficulty.ln() / n_paths as f64;
            }
        }
        paths.extend(chunk);
        bitcoin.extend(innovations);
    }
    let mean = |m: usize| paths.iter().map(|path| path[m][0]).sum::<f64>() / paths.len() as f64;
    let ln_hashprice: Vec<f64> = (0..n_months).map(mean).collect();
    let lease_process = market.lease_rate.process;
    let lease_retained = lease_process.retained(1.0 / 12.0);
    let (mut xx, mut xy) = (1e-12, 0.0);
    for path in &paths {
        for m in 1..n_months {
            let (before, after) = (path[m - 1][0] - ln_hashprice[m - 1], path[m][0] - ln_hashprice[m]);
            xx += before * before;
            xy += before * after;
        }
    }
    let retained = (xy / xx).clamp(0.01, 1.0);
    let (mut e1e1, mut e1e2, mut e2e2, mut e1b, mut bb) = (0.0, 0.0, 0.0, 0.0, 1e-12);
    for (path, bitcoin) in paths.iter().zip(&bitcoin) {
        for m in 1..n_months {
            let e1 = (path[m][0] - ln_hashprice[m]) - retained * (path[m - 1][0] - ln_hashprice[m - 1]);
            let e2 = path[m][1] - lease_retained * path[m - 1][1];
            e1e1 += e1 * e1;
            e1e2 += e1 * e2;
            e2e2 += e2 * e2;
            e1b += e1 * bitcoin[m - 1];
            bb += bitcoin[m - 1].powi(2);
        }
    }
    let count = (paths.len() * (n_months - 1)).max(1) as f64;
    // A factor without noise still needs a grid: a spread too small to matter stands for none.
    let noise = [(e1e1 / count).sqrt().max(1e-4), lease_process.variance(1.0 / 12.0).sqrt().max(1e-4)];
    let correlation = if e1e1 > 0.0 && e2e2 > 0.0 { e1e2 / (e1e1 * e2e2).sqrt() } else { 0.0 };
    FactorFit {
        factors: Factors {
            retained: [retained, lease_retained],
            noise,
            correlation: correlation.clamp(-0.95, 0.95),
        },
        ln_hashprice,
        bitcoin_share: if e1e1 > 0.0 { (e1b / (e1e1 * bb).sqrt()).clamp(0.0, 1.0) } else { 0.0 },
        ln_btc_price,
        ln_difficulty,
    }
}

/// What a start is expected to change besides its own lease, by hall kind and month, USD discounted to the first opening.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedGains {
    /// Machines sold less expected mining given up, by hall kind.
    pub(crate) leaving: Vec<Leaving>,
    /// Leases after the first one has expired, `[n_kinds][n_months]`.
    relet: Vec<Vec<f64>>,
}

impl ExpectedGains {
    /// Expectations on the kernel's first axis; `None` when power is a replayed path, which has no law.
    #[must_use]
    pub fn new(
        campus: &Campus,
        market: &Market,
        fit: &FactorFit,
        kernel: &Kernel,
        kinds: &[(&Hall, &ContractValues)],
    ) -> Option<Self> {
        let PowerSource::Model(power) = &market.power else { return None };
        let n_months = market.calendar.n_months();
        Some(Self {
            leaving: kinds
                .iter()
                .map(|(hall, _)| Leaving::new(campus, market, power, fit, kernel, hall))
                .collect(),
            relet: kinds
                .iter()
                .map(|(_, contracts)| {
                    (0..n_months).map(|t| expected_relet(campus, market, contracts, t, n_months)).collect()
                })
                .collect(),
        })
    }

    /// The change for a start of a kind in month `t` at the first coordinate `u1`.
    #[must_use]
    pub fn at(&self, kind: usize, t: usize, axis1: &[f64], u1: f64) -> f64 {
        let [leaving, relet] = self.parts_at(kind, t, axis1, u1);
        leaving + relet
    }

    /// The same in its parts: machines sold less mining given up, by a parabola through three points, and later leases.
    #[must_use]
    pub fn parts_at(&self, kind: usize, t: usize, axis1: &[f64], u1: f64) -> [f64; 2] {
        let table = self.leaving[kind].at_start(t);
        let h = axis1[1] - axis1[0];
        let i = (((u1 - axis1[0]) / h).round() as usize).clamp(1, axis1.len() - 2);
        let x = (u1 - axis1[i]) / h;
        let (before, here, after) = (table[i - 1], table[i], table[i + 1]);
        let leaving = here + 0.5 * x * (after - before) + 0.5 * x * x * (after - 2.0 * here + before);
        [leaving, self.relet[kind][t]]
    }

    /// The stages of the backward induction: gains of a start by rent class, hall kind and grid point.
    #[must_use]
    pub fn stages(&self, market: &Market, kernel: &Kernel, contracts: &[ContractValues]) -> Vec<Stage> {
        let spreads = &market.offers.log_spreads;
        let (class_probability, size_probability) = offer_probabilities(&market.offers);
        let n2 = kernel.axis2.len();
        let lease_deviation: Vec<f64> =
            (0..kernel.n_nodes()).map(|node| kernel.deviations(node)[1]).collect();
        let rate = &market.lease_rate;
        let build = |t: usize| {
            let rates: Vec<f64> = lease_deviation
                .iter()
                .map(|z| rate.rate_at(t as u32, rate.expected_deviation(t as u32) + z))
                .collect();
            let mut gain = Vec::with_capacity(spreads.len() * contracts.len() * rates.len());
            for (spread, _) in spreads {
                for (kind, values) in contracts.iter().enumerate() {
                    let start = values.hosting_start[t];
                    let (leaving, relet) = (self.leaving[kind].at_start(t), self.relet[kind][t]);
                    gain.extend(
                        rates
                            .iter()
                            .enumerate()
                            .map(|(node, rate)| start.at(rate * spread.exp()) + relet + leaving[node / n2]),
                    );
                }
            }
            Stage {
                gain,
                class_probability: class_probability.clone(),
                size_probability: size_probability.clone(),
            }
        };
        (0..market.calendar.n_months()).map(build).collect()
    }
}

/// Probability of each rent class, given an offer, and of an offer of each size in a month.
pub(crate) fn offer_probabilities(offers: &OfferLaw) -> (Vec<f64>, Vec<f64>) {
    let total = |law: &[(f64, f64)]| law.iter().map(|(_, p)| p).sum::<f64>();
    let (spreads, sizes) = (&offers.log_spreads, &offers.sizes_gross_mw);
    let (of_spreads, of_sizes, arrival) = (total(spreads), total(sizes), offers.monthly_probability());
    (
        spreads.iter().map(|(_, p)| p / of_spreads).collect(),
        sizes.iter().map(|(_, p)| arrival * p / of_sizes).collect(),
    )
}

/// Leases after the first one has expired within the horizon, at the curve's rent.
fn expected_relet(
    campus: &Campus,
    market: &Market,
    contracts: &ContractValues,
    t: usize,
    n_months: usize,
) -> f64 {
    let term = campus.hosting.term_months as usize;
    let first = t + campus.conversion.lead_months as usize + term;
    (first..=n_months)
        .step_by(term)
        .map(|s| contracts.relet[s].at(market.lease_rate.expected_rate(s as u32 - 1)))
        .sum()
}

/// What a hall gives up when it leaves mining, by expectation at the points of the first axis, USD discounted to the first opening.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaving {
    /// Mining on from each opening to the horizon, machines sold there, `[n_months + 1][points]`; beyond the last opening by its prices.
    pub(crate) mining_from: Vec<Vec<f64>>,
    /// Machines sold less mining given up of a start in month `t`, as expected at each opening from `t` to the one at which the machines
    /// are sold, `[n_months][openings][points]`; nothing but zeros where that lies beyond the horizon.
    pub(crate) on_the_way: Vec<Vec<Vec<f64>>>,
}

impl Leaving {
    fn new(
        campus: &Campus,
        market: &Market,
        power: &PowerModel,
        fit: &FactorFit,
        kernel: &Kernel,
        hall: &Hall,
    ) -> Self {
        let n_months = market.calendar.n_months();
        let z1: Vec<f64> = kernel.axis1.iter().map(|u| u * fit.factors.noise[0]).collect();
        let expect = |later: &[f64]| {
            let mut now = vec![0.0; z1.len()];
            kernel.expect_first(later, &mut now);
            now
        };
        let last = campus.company.discount_factor(n_months as u32 - 1);
        let mut mining_from = vec![Vec::new(); n_months + 1];
        mining_from[n_months] = z1
            .iter()
            .map(|z| last * asic_resale_usd(campus, hall, fit.hashprice(n_months - 1, *z)))
            .collect();
        for t in (0..n_months).rev() {
            // Machines sold at the horizon fetch the price of the last opening, which is this one.
            let later =
                if t + 1 < n_months { expect(&mining_from[t + 1]) } else { mining_from[t + 1].clone() };
            let month = |z: f64| expected_month(campus, market, power, hall, t, fit.hashprice(t, z));
            mining_from[t] = z1.iter().zip(&later).map(|(z, later)| later + month(*z)).collect();
        }
        let on_the_way = (0..n_months)
            .map(|t| {
                let (sale, stop) = exit_months(campus, t);
                if sale >= n_months {
                    return vec![vec![0.0; z1.len()]];
                }
                let discount = campus.company.discount_factor(sale as u32);
                let mut lost = mining_from[stop].clone();
                let mut tables = Vec::with_capacity(sale - t + 1);
                for s in (t..=stop.min(n_months - 1)).rev() {
                    if s < stop.min(n_months - 1) {
                        lost = expect(&lost);
                    }
                    if s <= sale {
                        let price = |z: f64| fit.expected_hashprice(s, sale - s, z);
                        let machines = |z: f64| discount * asic_resale_usd(campus, hall, price(z));
                        tables.push(z1.iter().zip(&lost).map(|(z, lost)| machines(*z) - lost).collect());
                    }
                }
                tables.reverse();
                tables
            })
            .collect();
        Self { mining_from, on_the_way }
    }

    /// Of a start in month `t`, as expected at that opening, by point of the first axis.
    pub(crate) fn at_start(&self, t: usize) -> &[f64] {
        &self.on_the_way[t][0]
    }
}

/// Expected discounted flow of a mining hall in month `t` at a hashprice: the strip of hourly options on the power price.
pub(crate) fn expected_month(
    campus: &Campus,
    market: &Market,
    power: &PowerModel,
    hall: &Hall,
    t: usize,
    hashprice: f64,
) -> f64 {
    let figures: Vec<MiningFigures> = (0..campus.fleets.len())
        .map(|fleet| {
            if Some(fleet) == hall.fleet {
                expected_mining(campus, market, power, fleet, t, hashprice)
            } else {
                MiningFigures::default()
            }
        })
        .collect();
    let month =
        MonthEconomics { hashprice_usd_per_ph_day: hashprice, ..quiet_month(campus, market, t, &figures) };
    let mut ledger = Ledger::default();
    step_hall(campus, hall, &mut site::HallUse::Mining, &month, &mut ledger);
    campus.company.discount_factor(t as u32) * ledger.net_cash_flow_usd()
}

/// Expected figures of a fleet in month `t` at a hashprice held over the month.
pub(crate) fn expected_mining(
    campus: &Campus,
    market: &Market,
    power: &PowerModel,
    fleet: usize,
    t: usize,
    hashprice: f64,
) -> MiningFigures {
    let worth = Worth::of(campus);
    let scale = power.scale(t as u32);
    let hours = market.calendar.hours(t) as f64;
    let threshold = worth.mining_threshold(fleet, hashprice, campus.company.cost_index(t as u32));
    let month0 = market.calendar.month(t).month0();
    let (probability, paid) = power.expected_below(t as u32, month0, threshold / scale);
    let run_hours = hours * probability;
    MiningFigures {
        run_hours,
        revenue_usd: run_hours * worth.mining_per_hashprice[fleet] * hashprice,
        power_cost_usd: hours * paid * scale + run_hours * worth.adder_usd_per_mwh,
    }
}

/// A month without prices, round figures of mining.
pub(crate) fn quiet_month<'a>(
    campus: &Campus,
    market: &Market,
    t: usize,
    mining: &'a [MiningFigures],
) -> MonthEconomics<'a> {
    MonthEconomics {
        month: t as u32,
        hours: market.calendar.hours(t) as f64,
        cost_index: campus.company.cost_index(t as u32),
        hashprice_usd_per_ph_day: 0.0,
        btc_price_usd: 0.0,
        lease_rate_usd_per_kw_month: 0.0,
        gpu_hour_price_usd: 0.0,
        gpu_price_multiple: 0.0,
        power_price_usd_per_mwh: 0.0,
        mining,
        gpu: site::GpuFigures::default(),
        events: site::MonthEvents::default(),
    }
}
