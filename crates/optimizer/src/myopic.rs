//! Myopic net present value: starts what pays at today's prices, as if they would stay where they are on their curves.
//!
//! For a hall and month `t` with an open offer the value of a start against mining on is
//! `lease(rent) + relet + machines sold − mining given up`, the same four parts that [`crate::gains`] books on a realised path.
//! Here every price after the opening is today's, moved along its expected curve: log hashprice and log lease rate keep their
//! distance from their means, which come from pilot paths of another seed and from the scenario; power is the expected strip of
//! each calendar month. No chance of better or worse prices enters, so waiting is never worth anything.

use crate::conversion::{FactorFit, expected_month, fit_factors};
use crate::dp::DpError;
use crate::dp::contract_values;
use crate::gains::{ContractValues, KindsOfHalls, exit_months, hall_kinds};
use crate::policy::{Policy, View};
use crate::reasons::{Comparison, Quantity, Reasons, Relation, size_limit};
use crate::rules::{start, within};
use market::{Market, PowerModel, PowerSource};
use rayon::prelude::*;
use site::{AiForm, Campus, Decision, Hall, asic_resale_usd};

/// Farthest log deviation of hashprice that is tabulated: a factor of 20 either way; beyond it the end value counts.
const REACH: f64 = 3.0;
/// Spacing of the table: a straight line between two points is off by less than 0.01 % of mining revenue.
const SPACING: f64 = 0.025;
/// Pilot paths on which the curve of hashprice is fitted, as many as for the computed plan.
const PILOT_PATHS: u64 = 512;

/// Starts a hall when its net present value at today's prices passes a margin.
#[derive(Debug, Clone)]
pub struct MyopicNpv {
    margin_usd_per_gross_mw: f64,
    max_gross_mw: f64,
    market: Market,
    fit: FactorFit,
    contracts: Vec<ContractValues>,
    kinds: KindsOfHalls,
    /// Machines sold less mining given up, USD discounted to the first opening, `[n_kinds][n_months][points of the table]`.
    leaving: Vec<Vec<Vec<f64>>>,
}

impl MyopicNpv {
    /// The policy for a campus and its market; it starts halls worth more than `margin_usd_per_gross_mw` (money of the
    /// opening at which it decides) up to `max_gross_mw`.
    ///
    /// # Errors
    /// [`DpError::ReplayedPower`] where power is replayed and has no expected curve.
    pub fn new(
        campus: &Campus,
        market: &Market,
        margin_usd_per_gross_mw: f64,
        max_gross_mw: f64,
    ) -> Result<Self, DpError> {
        let PowerSource::Model(power) = &market.power else { return Err(DpError::ReplayedPower) };
        let fit = fit_factors(market, PILOT_PATHS);
        let leaving = hall_kinds(campus)
            .1
            .iter()
            .map(|&i| leaving_mining(campus, market, power, &fit, &campus.halls[i]))
            .collect();
        Ok(Self {
            margin_usd_per_gross_mw,
            max_gross_mw,
            market: market.clone(),
            fit,
            contracts: contract_values(campus, market),
            kinds: KindsOfHalls::new(campus),
            leaving,
        })
    }

    /// The same policy with another margin.
    #[must_use]
    pub fn with_margin(&self, margin_usd_per_gross_mw: f64) -> Self {
        Self { margin_usd_per_gross_mw, ..self.clone() }
    }

    /// Net present value of a hosting start of a kind of hall under the rent of the view's offer against mining on, USD of
    /// the view's opening; `None` without an offer. Kinds are those of [`hall_kinds`].
    #[must_use]
    pub fn npv_usd(&self, view: &View<'_>, kind: usize) -> Option<f64> {
        let rent = view.offer?.rent.get();
        Some(self.npv_at(view, self.deviations(view), kind, rent))
    }

    /// Today's hashprice and lease rate over their curves, in logs.
    fn deviations(&self, view: &View<'_>) -> [f64; 2] {
        self.fit.deviations(
            &self.market,
            view.state.month as usize,
            view.opening.hashprice_usd_per_ph_day,
            view.opening.lease_rate_usd_per_kw_month,
        )
    }

    fn npv_at(&self, view: &View<'_>, deviations: [f64; 2], kind: usize, rent: f64) -> f64 {
        let [lease, relet, leaving] = self.parts(view, deviations, kind, rent);
        (lease + relet + leaving) * view.money_of_the_opening()
    }

    /// The signed lease, later leases, and machines sold less mining given up, USD of the first opening.
    fn parts(&self, view: &View<'_>, deviations: [f64; 2], kind: usize, rent: f64) -> [f64; 3] {
        let t = view.state.month as usize;
        let contracts = &self.contracts[kind];
        [
            contracts.hosting_start[t].at(rent),
            self.relet(view.campus, contracts, t, deviations[1]),
            between(&self.leaving[kind][t], deviations[0]),
        ]
    }

    /// Leases after the first one has expired within the horizon, at today's rent moved along its curve.
    fn relet(&self, campus: &Campus, contracts: &ContractValues, t: usize, deviation: f64) -> f64 {
        let term = campus.hosting.term_months as usize;
        let first = t + campus.conversion.lead_months as usize + term;
        let rate = &self.market.lease_rate;
        (first..=self.market.calendar.n_months())
            .step_by(term)
            .map(|s| {
                let m = s as u32 - 1;
                contracts.relet[s].at(rate.rate_at(m, rate.expected_deviation(m)) * deviation.exp())
            })
            .sum()
    }
}

impl Policy for MyopicNpv {
    fn decide(&self, view: &View<'_>) -> Decision {
        let Some(offer) = view.offer else { return Decision::WAIT };
        let possible = within(view, view.limits.hosting_halls, self.max_gross_mw);
        if possible == 0 {
            return Decision::WAIT;
        }
        let deviations = self.deviations(view);
        let worth_it = |kind: usize, gross_mw: f64| {
            self.npv_at(view, deviations, kind, offer.rent.get()) > self.margin_usd_per_gross_mw * gross_mw
        };
        start(AiForm::Hosting, self.kinds.first_halls(view, possible, worth_it))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        const UNIT: &str = "USD per gross MW";
        let next = view.state.convertible().next();
        let parts = view.offer.zip(next.and_then(|hall| self.kinds.of(hall))).map(|(offer, (hall, kind))| {
            let per_mw = view.money_of_the_opening() / view.campus.halls[hall].gross.get();
            self.parts(view, self.deviations(view), kind, offer.rent.get()).map(|usd| usd * per_mw)
        });
        let npv = parts.map(|parts| parts.iter().sum());
        let margin = self.margin_usd_per_gross_mw;
        let worth = Comparison::new("next hall at today's prices", npv, UNIT, Relation::MoreThan, margin);
        let quantity = |i: usize, name: &str| Quantity {
            name: name.into(),
            value: parts.map(|parts| parts[i]),
            unit: UNIT,
        };
        Reasons {
            comparisons: std::iter::once(worth).chain(size_limit(view, self.max_gross_mw)).collect(),
            quantities: vec![
                quantity(0, "signed lease after capex"),
                quantity(1, "later leases"),
                quantity(2, "machines sold less mining given up"),
            ],
            ..Reasons::default()
        }
    }
}

/// Log deviations of the table.
fn points() -> impl Iterator<Item = f64> {
    let half = (REACH / SPACING).round() as i32;
    (-half..=half).map(|i| f64::from(i) * SPACING)
}

/// A tabulated value at a deviation, by a straight line between points.
fn between(table: &[f64], deviation: f64) -> f64 {
    let at = ((deviation + REACH) / SPACING).clamp(0.0, (table.len() - 1) as f64);
    let i = (at as usize).min(table.len() - 2);
    let share = at - i as f64;
    table[i] * (1.0 - share) + table[i + 1] * share
}

/// Machines sold less mining given up by month of start and deviation, with the deviation held to the horizon.
fn leaving_mining(
    campus: &Campus,
    market: &Market,
    power: &PowerModel,
    fit: &FactorFit,
    hall: &Hall,
) -> Vec<Vec<f64>> {
    let n_months = market.calendar.n_months();
    let discount = |m: usize| campus.company.discount_factor(m as u32);
    let resale = |m: usize, z: f64| discount(m) * asic_resale_usd(campus, hall, fit.hashprice(m, z));
    let at = |z: f64| -> Vec<f64> {
        // Mining on from each opening, machines sold at the horizon.
        let mut mining_from = vec![0.0; n_months + 1];
        mining_from[n_months] = resale(n_months - 1, z);
        for t in (0..n_months).rev() {
            mining_from[t] =
                mining_from[t + 1] + expected_month(campus, market, power, hall, t, fit.hashprice(t, z));
        }
        let gain = |t: usize| {
            let (sale, stop) = exit_months(campus, t);
            // Whoever stops beyond the horizon mines on until then and sells there in either case.
            if sale < n_months { resale(sale, z) - mining_from[stop] } else { 0.0 }
        };
        (0..n_months).map(gain).collect()
    };
    let by_point: Vec<Vec<f64>> = points().collect::<Vec<f64>>().into_par_iter().map(at).collect();
    (0..n_months).map(|t| by_point.iter().map(|values| values[t]).collect()).collect()
}
