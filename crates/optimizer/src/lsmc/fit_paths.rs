//! Paths that the regression is fitted to: what is known at each opening, and what a start turned out to change.

use super::basis::Features;
use crate::gains::{ContractValues, hall_kinds, path_gains};
use dispatch::{MonthFigures, Worth, month_figures};
use market::{LANES, Market, MarketLanes, Opening};
use rayon::prelude::*;
use site::units::UsdPerKwMonth;
use site::{Campus, GpuFigures, LeaseOffer, MiningFigures, MonthEconomics, Tenant};

/// Put over the scenario's seed, it keeps the paths of the fit apart from those that are valued.
pub const FIT_SEED: u64 = 0x6c73_6d63_5f66_6974;

/// What is known at an opening: logs of hashprice, lease rate and Bitcoin; hashprice and Bitcoin together say where difficulty stands.
///
/// The power price of the month before is left out: it says too little of later ones to pay for its terms (`docs/method.md`).
pub(super) fn features(opening: &Opening) -> Features {
    [opening.hashprice_usd_per_ph_day, opening.lease_rate_usd_per_kw_month, opening.btc_price_usd]
        .map(|price| price.max(1e-9).ln())
}

/// One month of all fit paths.
#[derive(Debug, Default)]
pub(super) struct FitMonth {
    /// What is known at the opening, `[n_paths]`.
    pub(super) features: Vec<Features>,
    /// Market rent at the opening, USD/kW-month, `[n_paths]`.
    pub(super) market_rent: Vec<f64>,
    /// What a start changed besides its own lease: machines sold and later leases less mining given up, USD discounted to the first opening,
    /// `[n_kinds, n_paths]` row-major.
    pub(super) leaving_usd: Vec<f64>,
}

/// All fit paths, month by month.
#[derive(Debug)]
pub(super) struct FitPaths {
    pub(super) months: Vec<FitMonth>,
}

impl FitPaths {
    /// Walks `n_paths` of the market under another seed.
    pub(super) fn walk(campus: &Campus, market: &Market, contracts: &[ContractValues], n_paths: u64) -> Self {
        let mut market = market.clone();
        market.seed ^= FIT_SEED;
        // A start for hosting does not touch the GPU-hour price.
        let campus = Campus { gpus: None, ..campus.clone() };
        let starts: Vec<u64> = (0..n_paths).step_by(LANES).collect();
        let paths: Vec<FitPath> = starts
            .par_iter()
            .flat_map_iter(|&first| {
                let n_lanes = LANES.min((n_paths - first) as usize);
                walk_chunk(&campus, &market, contracts, first, n_lanes)
            })
            .collect();
        let n_kinds = contracts.len();
        let month = |m: usize| FitMonth {
            features: paths.iter().map(|path| path.features[m]).collect(),
            market_rent: paths.iter().map(|path| path.market_rent[m]).collect(),
            leaving_usd: (0..n_kinds)
                .flat_map(|kind| paths.iter().map(move |path| path.leaving_usd[kind][m]))
                .collect(),
        };
        Self { months: (0..market.calendar.n_months()).map(month).collect() }
    }

    pub(super) fn n_paths(&self) -> usize {
        self.months.first().map_or(0, |month| month.features.len())
    }
}

/// What is kept of one path, by month.
struct FitPath {
    features: Vec<Features>,
    market_rent: Vec<f64>,
    /// By kind of hall, then month.
    leaving_usd: Vec<Vec<f64>>,
}

/// A path's months until its gains are known.
#[derive(Default)]
struct Record {
    openings: Vec<Opening>,
    power_price: Vec<f64>,
    /// `[n_months, n_fleets]` row-major.
    mining: Vec<MiningFigures>,
}

fn walk_chunk(
    campus: &Campus,
    market: &Market,
    contracts: &[ContractValues],
    first: u64,
    n_lanes: usize,
) -> Vec<FitPath> {
    let worth = Worth::of(campus);
    let mut lanes = MarketLanes::new(market, first, n_lanes);
    let mut figures = MonthFigures::default();
    let mut records: Vec<Record> = (0..n_lanes).map(|_| Record::default()).collect();
    while let Some(month) = lanes.next_month() {
        month_figures(&worth, campus, month, &mut figures);
        for (lane, record) in records.iter_mut().enumerate() {
            record.openings.push(month.openings[lane]);
            record.power_price.push(figures.mean_price_usd_per_mwh[lane]);
            record.mining.extend_from_slice(figures.mining_of(lane));
        }
    }
    records.iter().map(|record| record.close(campus, market, contracts)).collect()
}

impl Record {
    /// The path once all its months are known.
    fn close(&self, campus: &Campus, market: &Market, contracts: &[ContractValues]) -> FitPath {
        let months: Vec<MonthEconomics<'_>> =
            (0..self.openings.len()).map(|m| self.economics(campus, market, m)).collect();
        // At no rent a start's lease is its cost alone, which is known and taken off again.
        let leaving = |(&hall, contracts): (&usize, &ContractValues)| -> Vec<f64> {
            let gross = campus.halls[hall].gross;
            let free = LeaseOffer { gross, rent: UsdPerKwMonth::ZERO, tenant: Tenant::Steady };
            let no_rent = vec![Some(free); months.len()];
            let gains = path_gains(campus, &campus.halls[hall], contracts, &months, &no_rent);
            let cost = contracts.hosting_start.iter().map(|start| start.at(0.0));
            gains.hosting.iter().flatten().zip(cost).map(|(gain, cost)| gain - cost).collect()
        };
        FitPath {
            features: self.openings.iter().map(features).collect(),
            market_rent: self.openings.iter().map(|opening| opening.lease_rate_usd_per_kw_month).collect(),
            leaving_usd: hall_kinds(campus).1.iter().zip(contracts).map(leaving).collect(),
        }
    }

    fn economics(&self, campus: &Campus, market: &Market, m: usize) -> MonthEconomics<'_> {
        let n_fleets = campus.fleets.len();
        let opening = &self.openings[m];
        MonthEconomics {
            month: m as u32,
            hours: market.calendar.hours(m) as f64,
            cost_index: campus.company.cost_index(m as u32),
            hashprice_usd_per_ph_day: opening.hashprice_usd_per_ph_day,
            btc_price_usd: opening.btc_price_usd,
            lease_rate_usd_per_kw_month: opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: opening.gpu_hour_price_usd,
            gpu_price_multiple: opening.gpu_price_multiple,
            power_price_usd_per_mwh: self.power_price[m],
            mining: &self.mining[m * n_fleets..][..n_fleets],
            gpu: GpuFigures::default(),
            events: site::MonthEvents::default(),
        }
    }
}
