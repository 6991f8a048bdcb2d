//! What all paths of a run share, and what a path's month is made of.

use crate::race::Entrant;
use crate::totals::Totals;
use dispatch::{MonthFigures, Worth};
use market::{Market, MonthLanes, Opening};
use optimizer::{ContractValues, MarketBound, StateGraph};
use site::{Campus, GpuFigures, LeaseOffer, MiningFigures, MonthEconomics, MonthEvents, StepError};
use thiserror::Error;

/// Market factors that are reported, in order: column name, title, unit.
pub(crate) const FACTORS: [(&str, &str, &str); 6] = [
    ("btc_price_usd", "Bitcoin price", "USD"),
    ("difficulty_t", "Network difficulty", "T"),
    ("hashprice_usd_per_ph_day", "Hashprice", "USD/PH/day"),
    ("lease_rate_usd_per_kw_month", "Market rent of new leases, first year", "USD/kW-month"),
    ("gpu_hour_price_usd", "GPU-hour price", "USD/GPU-hour"),
    ("power_price_usd_per_mwh", "Power price, mean of the month", "USD/MWh"),
];

/// A theorem of the comparison that did not hold: a bug, never a finding.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ChunkError {
    /// A policy did better than the upper bound of the market allows.
    #[error(
        "policy {policy} on path {path} gains {policy_usd} USD with its penalties, more than the upper bound at {bound_usd} USD: the two disagree about a rule"
    )]
    AboveBound {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// Its gain over all-mining.
        policy_usd: f64,
        /// The bound.
        bound_usd: f64,
    },
    /// A policy decided something that cannot be done.
    #[error("policy {policy} on path {path}: {source}")]
    Infeasible {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// What it wanted.
        source: StepError,
    },
    /// A policy did better than perfect foresight.
    #[error(
        "policy {policy} on path {path} is worth {policy_usd} USD, more than perfect foresight at {foresight_usd} USD: the two disagree about a rule"
    )]
    AboveForesight {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// Its value.
        policy_usd: f64,
        /// The value of foresight.
        foresight_usd: f64,
    },
    /// Megawatts or money did not balance.
    #[error("policy {policy} on path {path}, month {month}: {what}")]
    Unbalanced {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// Months since the first opening.
        month: usize,
        /// What does not balance.
        what: String,
    },
}

/// What is the same for all chunks of a run.
pub(crate) struct Study<'a> {
    pub(crate) campus: &'a Campus,
    pub(crate) market: &'a Market,
    pub(crate) entrants: &'a [Entrant],
    /// Entrants that tables and charts show; those behind them are for the frontier alone.
    pub(crate) n_shown: usize,
    pub(crate) worth: Worth,
    /// States for the foresight mark; none when there are too many.
    pub(crate) graph: Option<&'a StateGraph>,
    pub(crate) contracts: &'a [ContractValues],
    pub(crate) n_kept: usize,
    /// The bound of the full market, and the number of first paths on which it is taken.
    pub(crate) market_bound: Option<(&'a MarketBound<'a>, u64)>,
    /// `(1+r)^(−(m+1)/12)` by month.
    pub(crate) discount: Vec<f64>,
}

/// A path's month as far as it outlives the month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) opening: Opening,
    pub(crate) offer: Option<LeaseOffer>,
    pub(crate) gpu: GpuFigures,
    pub(crate) power_price: f64,
    pub(crate) events: MonthEvents,
}

impl Kept {
    /// What outlives the month of one path.
    pub(crate) fn of(month: &MonthLanes, lane: usize, figures: &MonthFigures) -> Self {
        Self {
            opening: month.openings[lane],
            offer: month.offers[lane],
            gpu: figures.gpu[lane],
            power_price: figures.mean_price_usd_per_mwh[lane],
            events: month.events[lane],
        }
    }

    /// Values of [`FACTORS`].
    pub(crate) fn factors(&self) -> [f64; FACTORS.len()] {
        [
            self.opening.btc_price_usd,
            self.opening.difficulty / 1e12,
            self.opening.hashprice_usd_per_ph_day,
            self.opening.lease_rate_usd_per_kw_month,
            self.opening.gpu_hour_price_usd,
            self.power_price,
        ]
    }
}

impl Study<'_> {
    /// Totals of no path.
    pub(crate) fn empty_totals(&self) -> Totals {
        let n_fleets = self.campus.fleets.len();
        let finance = self.campus.finance.as_ref();
        Totals::new(self.entrants.len(), self.n_shown, FACTORS.len(), n_fleets, self.n_months(), finance)
    }

    pub(crate) fn n_months(&self) -> usize {
        self.market.calendar.n_months()
    }

    /// A path's month as the step sees it.
    pub(crate) fn economics<'m>(
        &self,
        m: usize,
        hours: f64,
        kept: &Kept,
        mining: &'m [MiningFigures],
    ) -> MonthEconomics<'m> {
        MonthEconomics {
            month: m as u32,
            hours,
            cost_index: self.campus.company.cost_index(m as u32),
            hashprice_usd_per_ph_day: kept.opening.hashprice_usd_per_ph_day,
            btc_price_usd: kept.opening.btc_price_usd,
            lease_rate_usd_per_kw_month: kept.opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: kept.opening.gpu_hour_price_usd,
            gpu_price_multiple: kept.opening.gpu_price_multiple,
            power_price_usd_per_mwh: kept.power_price,
            mining,
            gpu: kept.gpu,
            events: kept.events,
        }
    }
}

/// Margin of mining per gross MW over the halls as first built, USD.
pub(crate) fn mining_margin(campus: &Campus, month: &MonthEconomics<'_>) -> f64 {
    let margin: f64 = campus
        .halls
        .iter()
        .filter_map(|hall| Some((hall, hall.fleet?)))
        .map(|(hall, fleet)| {
            let figures = &month.mining[fleet];
            let fleet = &campus.fleets[fleet];
            let variable = fleet.variable_opex_usd_per_mwh * month.cost_index * figures.run_hours;
            hall.gross.get() * fleet.uptime.get() * (figures.revenue_usd - figures.power_cost_usd - variable)
        })
        .sum();
    margin / campus.gross_mw()
}
