//! The trigger map: at which hashprice and offered rent the computed plan starts halls, waits, or stays with mining.
//!
//! At a point the market's rent is the offered one, the offer is of the largest size, and nothing has been started yet. With
//! `v_c` the value of starting `c` halls and `g` the gain of one start over mining on, the call is *convert k* when `v_k` is the largest and
//! `k ≥ 1`, else *wait* when `g > 0`, else *stay*. Values are expectations over the plan's own grid values, taken at the point
//! itself; nothing is interpolated, and what lies off the grid is called *beyond*.
//! Source: boundaries of irreversible investment, Dixit and Pindyck (1994).

use crate::dp::{Dp, KeptStage, Spot};
use crate::reasons::{Alternative, best_of};
use serde::{Deserialize, Serialize};
use site::units::{GrossMw, UsdPerKwMonth};
use site::{Campus, LeaseOffer, State, Tenant, limits};

/// Points along each axis, an odd number so that the marked point is one of them.
const POINTS: usize = 61;
/// Normal quantile of 0.99: either side of it lies the central 98 %.
const CENTRAL_98: f64 = 2.326_347_874_040_841;
/// Least factors either side of the marked point: hashprice, then rent. A month from now little can have moved.
const LEAST_FACTOR: [f64; 2] = [1.5, 1.25];
/// Factors either side of today's point.
const FACTOR_TODAY: [f64; 2] = [3.0, 1.7];

/// What the plan says at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Mining on is worth more than a start.
    Stay,
    /// A start would gain, and waiting is worth more.
    Wait,
    /// Start so many halls.
    Convert(u32),
    /// Off the grid on which the plan was solved.
    Beyond,
}

/// A point of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What the plan says.
    pub call: Call,
    /// Gross MW of the halls that it starts.
    pub gross_mw: f64,
    /// What one start now gains over mining on, USD; none beyond the grid.
    pub gain_of_one_start_usd: Option<f64>,
    /// What waiting and each number of starts are worth over mining for ever, money of the map's opening, USD; empty beyond the grid.
    pub values_usd: Vec<f64>,
}

impl Cell {
    /// Beyond the grid on which the plan was solved.
    #[must_use]
    pub fn beyond() -> Self {
        Self { call: Call::Beyond, gross_mw: 0.0, gain_of_one_start_usd: None, values_usd: Vec::new() }
    }

    /// What the plan says, and what it weighed: waiting and each number of starts.
    #[must_use]
    pub fn new(call: Call, gross_mw: f64, alternatives: &[Alternative]) -> Self {
        Self {
            call,
            gross_mw,
            gain_of_one_start_usd: alternatives.get(1).map(Alternative::own_gain_usd),
            values_usd: alternatives.iter().map(|alternative| alternative.value_usd).collect(),
        }
    }

    /// Value of the best alternative over mining for ever, USD.
    #[must_use]
    pub fn best_usd(&self) -> Option<f64> {
        self.values_usd.iter().copied().reduce(f64::max)
    }

    /// What waiting is worth over the best number of starts, USD; below zero where starting is worth more.
    #[must_use]
    pub fn waiting_less_starting_usd(&self) -> Option<f64> {
        let (wait, starts) = self.values_usd.split_first()?;
        Some(wait - starts.iter().copied().reduce(f64::max)?)
    }
}

/// Calls over hashprice and offered rent at one opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriggerMap {
    /// Months since the first opening.
    pub month: u32,
    /// Size of the offer, gross MW.
    pub offer_gross_mw: f64,
    /// Halls that could be started under it.
    pub startable_halls: u32,
    /// Hashprices, rising, USD/PH/day.
    pub hashprices: Vec<f64>,
    /// Offered rents, rising, USD/kW-month.
    pub rents: Vec<f64>,
    /// A cell per hashprice and rent, `[n_hashprices, n_rents]` row-major.
    pub cells: Vec<Cell>,
    /// Hashprice and market rent of the opening (month 0), or their medians in the planning model.
    pub marked: [f64; 2],
    /// The cell there.
    pub at_mark: Cell,
    /// Lowest rent of the map at which a hall is started at the marked hashprice; none if no rent of it does.
    pub first_start_rent: Option<f64>,
}

impl TriggerMap {
    /// The cell of the `i`-th hashprice and the `j`-th rent.
    #[must_use]
    pub fn cell(&self, i: usize, j: usize) -> &Cell {
        &self.cells[i * self.rents.len() + j]
    }
}

/// The map of a month that was named when the plan was solved, see [`Dp::solve_keeping`].
///
/// `None` for other months, and where no hall could be started under the largest offer.
#[must_use]
pub fn trigger_map(dp: &Dp, campus: &Campus, month: u32) -> Option<TriggerMap> {
    let stage = dp.kept_stages.iter().find(|stage| stage.month == month)?;
    let sizes = dp.market.offers.sizes_gross_mw.iter().filter(|(_, p)| *p > 0.0);
    let offer_gross_mw = sizes.map(|(mw, _)| *mw).fold(0.0, f64::max);
    let starts = Starts::of(dp, campus, stage, offer_gross_mw)?;
    let (marked, axes) = axes(dp, month);
    let [hashprices, rents] = axes;
    let cells: Vec<Cell> =
        hashprices.iter().flat_map(|h| rents.iter().map(|r| starts.cell(*h, *r))).collect();
    Some(TriggerMap {
        month,
        offer_gross_mw,
        startable_halls: (starts.gross_mw.len() - 1) as u32,
        first_start_rent: starts.first_start_rent(marked[0], &rents),
        at_mark: starts.cell(marked[0], marked[1]),
        marked,
        hashprices,
        rents,
        cells,
    })
}

/// The marked point and equal ratios either side of it.
fn axes(dp: &Dp, month: u32) -> ([f64; 2], [Vec<f64>; 2]) {
    let rate = &dp.market.lease_rate;
    let median_rent = rate.rate_at(month, rate.expected_deviation(month));
    let marked = [dp.fit.hashprice(month as usize, 0.0), median_rent];
    // Spread of a factor's own deviation: that of the first coordinate, and of the second's autoregression without its cross term.
    let spread = dp.fit.factors.spread(month);
    let axis = |i: usize| -> Vec<f64> {
        let reached = CENTRAL_98 * dp.fit.factors.noise[i] * spread[i];
        let half = if month == 0 { FACTOR_TODAY[i].ln() } else { reached.max(LEAST_FACTOR[i].ln()) };
        let middle = (POINTS / 2) as f64;
        (0..POINTS).map(|k| marked[i] * (half * (k as f64 - middle) / middle).exp()).collect()
    };
    (marked, [axis(0), axis(1)])
}

/// The plan in a month in which nothing has been started, under the largest offer.
struct Starts<'a> {
    dp: &'a Dp,
    stage: &'a KeptStage,
    /// Gross MW by number of halls started, from none to the most that can be.
    gross_mw: Vec<f64>,
    /// What money of the first opening is in the month.
    money: f64,
}

impl<'a> Starts<'a> {
    /// `None` where no hall can be started.
    fn of(dp: &'a Dp, campus: &Campus, stage: &'a KeptStage, offer_gross_mw: f64) -> Option<Self> {
        let state = State { month: stage.month, ..State::opening(campus) };
        let offer = LeaseOffer {
            gross: GrossMw::try_new(offer_gross_mw).ok()?,
            rent: UsdPerKwMonth::ZERO,
            tenant: Tenant::Steady,
        };
        // What money there will be is not known for later months; a map shows what the plan wants, not what can be paid.
        let mut rich = campus.clone();
        rich.company.hold_to_cash = false;
        let most = limits(&rich, &state, Some(&offer)).hosting_halls as usize;
        let mut sum = 0.0;
        let sums = state.convertible().take(most).map(|i| {
            sum += campus.halls[i].gross.get();
            sum
        });
        let gross_mw: Vec<f64> = std::iter::once(0.0).chain(sums).collect();
        let rate = campus.company.discount_rate_per_year;
        let money = (1.0 + rate).powf(f64::from(stage.month) / 12.0);
        (gross_mw.len() > 1).then_some(Self { dp, stage, gross_mw, money })
    }

    fn cell(&self, hashprice: f64, rent: f64) -> Cell {
        let Some(alternatives) = self.alternatives(hashprice, rent) else {
            return Cell::beyond();
        };
        let best = best_of(&alternatives);
        let gains = alternatives.get(1).is_some_and(|one| one.own_gain_usd() > 0.0);
        let call = match best {
            0 if gains => Call::Wait,
            0 => Call::Stay,
            halls => Call::Convert(halls as u32),
        };
        Cell::new(call, self.gross_mw[best], &alternatives)
    }

    /// Waiting and each number of starts; `None` off the grid.
    fn alternatives(&self, hashprice: f64, rent: f64) -> Option<Vec<Alternative>> {
        let dp = self.dp;
        let month = self.stage.month as usize;
        let u = dp.coordinates(month, hashprice, rent);
        let reach = dp.kernel.reach();
        if u.iter().zip(reach).any(|(u, reach)| u.abs() > reach) {
            return None;
        }
        let weights = dp.kernel.weights_at(u);
        let left = |starts: usize, _: usize| {
            let next = &self.stage.after_starts[starts];
            weights.iter().map(|(node, p)| p * next[*node]).sum()
        };
        let spot = Spot { month, state: dp.graph.start(), u1: u[0], rent_usd_per_kw_month: rent };
        let found = dp.value_starts(spot, self.gross_mw.len() - 1, left);
        Some(found.into_iter().map(|alternative| alternative.times(self.money)).collect())
    }

    /// The lowest of the rents at which a hall is started, refined by bisection against the one below it.
    fn first_start_rent(&self, hashprice: f64, rents: &[f64]) -> Option<f64> {
        /// Enough to part any two rents to the last digit that is shown.
        const HALVINGS: usize = 40;
        let starts = |rent: f64| matches!(self.cell(hashprice, rent).call, Call::Convert(_));
        let first = rents.iter().position(|rent| starts(*rent))?;
        let Some(below) = first.checked_sub(1) else { return Some(rents[0]) };
        let (mut low, mut high) = (rents[below], rents[first]);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if starts(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}
