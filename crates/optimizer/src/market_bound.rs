//! An upper bound on every policy on the paths of the full market, where the plan knows only part of what moves.
//!
//! The planning model's surprises are charged on the race's own paths. In month `t` the market draws independent standard normal
//! innovations `(ε1, ε2)` for Bitcoin and the lease rate, whatever else it draws. With the plan's continuation as a polynomial in
//! the conditional mean `μ`, the Hermite terms of [`crate::continuation`] at those innovations have mean zero given everything that is
//! known at `t`: the difficulty, the power level, a path's own parameters. `ε1` explains the share `c` of a month's noise in log hashprice, so
//! of `He_k(ε)` its expectation given `ε1` is charged, `c^k He_k(ε1)`.
//! Gains are those that the path realises, with the surprises of the mining given up and of the machines sold taken out:
//! another sum of mean zero given what is known at the start. What no surprise covers (power level, luck of blocks, errors of fitted
//! parameters) the bound lets foresight use, so it is loose by what knowing those would be worth.
//! Source: information relaxation, Rogers (2002), Haugh and Kogan (2004), Brown, Smith and Sun (2010).

use crate::bound::{AllowedStarts, Offer, StageView, offer_surprise};
use crate::continuation::{DEGREE, Terms, hermite, powers, products};
use crate::conversion::Leaving;
use crate::dp::Dp;
use crate::gains::{PathGains, exit_months};
use market::Opening;
use nalgebra::{DMatrix, DVector};
use site::{Campus, LeaseOffer};

/// Coefficients of a polynomial in the scaled conditional mean of the first coordinate.
type Line = [f64; DEGREE + 1];

/// What the bound needs besides the plan.
#[derive(Debug)]
pub struct MarketBound<'a> {
    dp: &'a Dp,
    allowed: AllowedStarts,
    kinds: Vec<LeavingSurprise>,
    /// Month in which the machines of a start are sold, `[n_months]`.
    sale: Vec<usize>,
}

/// Surprises of one kind of hall's leaving.
#[derive(Debug)]
struct LeavingSurprise {
    /// Of mining on from the next opening, by month.
    mining: Vec<Line>,
    /// Of a start in month `t`, by month from `t` to the one before the machines are sold, `[n_months][months]`.
    on_the_way: Vec<Vec<Line>>,
}

/// A path of the market as the bound sees it, by month.
#[derive(Debug, Clone, Copy)]
pub struct MarketPath<'p> {
    /// Prices at the openings.
    pub openings: &'p [Opening],
    /// Offers.
    pub offers: &'p [Option<LeaseOffer>],
    /// Independent innovations of Bitcoin and of the lease rate from each opening to the next.
    pub innovations: &'p [[f64; 2]],
    /// Realised gains by kind of hall.
    pub gains: &'p [PathGains],
}

/// Values over all-mining on one path, USD discounted to the first opening; their means bound and measure the policies.
#[derive(Debug, Clone, PartialEq)]
pub struct OnMarketPath {
    /// Optimum with foresight, surprises charged.
    pub upper: f64,
    /// Each policy with the same charges.
    pub policies: Vec<f64>,
}

impl<'a> MarketBound<'a> {
    /// Prepares the bound; `None` where the market's innovations are not normal or loads compete for the interconnect. Policies that
    /// start own GPUs are outside it.
    #[must_use]
    pub fn new(campus: &Campus, dp: &'a Dp) -> Option<Self> {
        if !dp.market.has_normal_innovations() || campus.loads_compete() {
            return None;
        }
        Some(Self {
            dp,
            allowed: AllowedStarts::new(&dp.graph, &dp.size_probability),
            kinds: dp.gains.leaving.iter().map(|leaving| LeavingSurprise::new(dp, campus, leaving)).collect(),
            sale: (0..dp.market.calendar.n_months()).map(|t| exit_months(campus, t).0).collect(),
        })
    }

    /// Holds policies against the bound on a path; `starts` has the hosting halls that each policy starts in each month.
    ///
    /// # Panics
    /// If a policy starts more halls than builders and the connection allow.
    #[must_use]
    pub fn judge(&self, path: MarketPath<'_>, starts: &[Vec<u32>]) -> OnMarketPath {
        let (dp, graph) = (self.dp, &self.dp.graph);
        let points: Vec<[f64; 2]> = (0..path.openings.len()).map(|t| self.point(path, t)).collect();
        let gains = self.compensated(path, &points);
        let ways: Vec<Vec<usize>> = starts.iter().map(|starts| graph.way(starts)).collect();
        let law = dp.offer_law();
        let n_states = graph.n_states();
        let mut policies = vec![0.0; starts.len()];
        let (mut value, mut before) = (vec![0.0; n_states], vec![0.0; n_states]);
        let mut offers = vec![0.0; n_states];
        let mut continuation = vec![0.0; dp.continuation.stride()];
        let mut surprise = continuation.clone();
        let mut planned = vec![0.0; law.class.len() * graph.n_kinds()];
        let mut later = Vec::new();
        for t in (0..path.openings.len()).rev() {
            let (expected, came) = self.terms(t, points[t], path.innovations[t]);
            dp.continuation.values(t, &expected, &came, &mut continuation, &mut surprise);
            dp.gains_at(t, points[t], &mut planned);
            let offer = path.offers[t].as_ref();
            let stage = StageView {
                discount: 1.0,
                law,
                gains: &planned,
                offer: offer.and_then(|o| self.class(path, t, o)),
            };
            let gained =
                |x: usize, n: usize| -> f64 { (0..n).map(|k| gains[graph.kind_of_next(x, k)][t]).sum() };
            for ((policy, starts), way) in policies.iter_mut().zip(starts).zip(&ways) {
                let (x, next) = (way[t], way[t + 1]);
                *policy += gained(x, starts[t] as usize) - surprise[next] - offers[next];
            }
            std::mem::swap(&mut value, &mut before);
            let mut new_offers = vec![0.0; n_states];
            for x in 0..n_states {
                let moves = graph.moves(x);
                let most = offer.map_or(0, |offer| graph.starts_for_offer(x, offer.gross.get()));
                let after =
                    |n: usize| gained(x, n) + before[moves[n]] - surprise[moves[n]] - offers[moves[n]];
                value[x] = (0..=most.min(moves.len() - 1)).map(after).fold(f64::NEG_INFINITY, f64::max);
                if moves.len() > 1 {
                    later.clear();
                    later.extend(moves.iter().map(|&next| continuation[next]));
                    new_offers[x] = offer_surprise(graph, &stage, x, self.allowed.of(x), &later);
                }
            }
            offers = new_offers;
        }
        let before_offer = offers[graph.start()];
        OnMarketPath {
            upper: value[graph.start()] - before_offer,
            policies: policies.into_iter().map(|policy| policy - before_offer).collect(),
        }
    }

    /// Grid coordinates of an opening, held to the grid.
    fn point(&self, path: MarketPath<'_>, t: usize) -> [f64; 2] {
        let opening = &path.openings[t];
        let (hashprice, rent) = (opening.hashprice_usd_per_ph_day, opening.lease_rate_usd_per_kw_month);
        self.dp.within_reach(self.dp.coordinates(t, hashprice, rent))
    }

    /// Terms of the continuation at a point, and those whose expectation they are at the innovations that came.
    fn terms(&self, t: usize, u: [f64; 2], innovations: [f64; 2]) -> (Terms, Terms) {
        let mu = self.dp.fit.factors.step(u, [0.0, 0.0]);
        let scale = self.dp.continuation.scale(t);
        let expected = self.dp.continuation.terms(t, mu);
        let came = products(
            damped(mu[0], innovations[0], self.dp.fit.bitcoin_share, scale[0]),
            hermite(mu[1] + innovations[1], scale[1]),
        );
        (expected, came)
    }

    /// Size and rent class of an offer of the law.
    fn class(&self, path: MarketPath<'_>, t: usize, offer: &LeaseOffer) -> Option<Offer> {
        let size = self.dp.graph.size_class(offer.gross.get())?;
        let spread = (offer.rent.get() / path.openings[t].lease_rate_usd_per_kw_month).ln();
        let spreads = &self.dp.market.offers.log_spreads;
        let distance = |class: &usize| (spreads[*class].0 - spread).abs();
        let class = (0..spreads.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some(Offer { size, class })
    }

    /// Realised gains of a start in each month with the surprises after it taken out, by kind of hall; zero without an offer.
    fn compensated(&self, path: MarketPath<'_>, points: &[[f64; 2]]) -> Vec<Vec<f64>> {
        let n = points.len();
        let line = |t: usize| {
            let scale = self.dp.continuation.scale(t)[0];
            let mu = self.dp.fit.factors.retained[0] * points[t][0];
            let came = damped(mu, path.innovations[t][0], self.dp.fit.bitcoin_share, scale);
            let expected = powers(mu, scale);
            let change: Line = std::array::from_fn(|i| came[i] - expected[i]);
            change
        };
        let changes: Vec<Line> = (0..n).map(line).collect();
        self.kinds
            .iter()
            .zip(path.gains)
            .map(|(kind, gains)| {
                // Surprises of mining on, summed from a month to the horizon.
                let mut mining_after = vec![0.0; n + 1];
                for t in (0..n).rev() {
                    mining_after[t] = mining_after[t + 1] + dot(&kind.mining[t], &changes[t]);
                }
                let gain = |t: usize| {
                    let realised = gains.hosting[t].unwrap_or(0.0);
                    let way = &kind.on_the_way[t];
                    let before: f64 =
                        way.iter().zip(&changes[t..]).map(|(line, change)| dot(line, change)).sum();
                    if self.sale[t] >= n { realised } else { realised - before + mining_after[self.sale[t]] }
                };
                (0..n).map(gain).collect()
            })
            .collect()
    }
}

impl LeavingSurprise {
    fn new(dp: &Dp, campus: &Campus, leaving: &Leaving) -> Self {
        let n = dp.market.calendar.n_months();
        let fits: Vec<LineFit> = (0..n).map(|t| LineFit::new(dp, t)).collect();
        let expect = |table: &[f64]| {
            let mut now = vec![0.0; table.len()];
            dp.kernel.expect_first(table, &mut now);
            now
        };
        let mining = (0..n)
            // What is sold at the horizon fetches the price of the last opening: nothing is left to surprise.
            .map(|t| {
                if t + 1 < n { fits[t].line(&expect(&leaving.mining_from[t + 1])) } else { [0.0; DEGREE + 1] }
            })
            .collect();
        let on_the_way = (0..n)
            .map(|t| {
                let (sale, _) = exit_months(campus, t);
                let last = if sale < n { sale } else { t };
                // The expectation at an opening is what the surprise on the way to the next is about.
                (t..last).map(|s| fits[s].line(&leaving.on_the_way[t][s - t])).collect()
            })
            .collect();
        Self { mining, on_the_way }
    }
}

/// Least squares of a table on the first axis by a polynomial in the conditional mean.
struct LineFit {
    /// `[DEGREE + 1, points]`.
    projection: DMatrix<f64>,
}

impl LineFit {
    fn new(dp: &Dp, t: usize) -> Self {
        let scale = dp.continuation.scale(t)[0];
        let axis = &dp.kernel.axis1;
        let weight = |u: f64| (-0.25 * (u / scale).powi(2)).exp();
        let rows: Vec<Line> = axis.iter().map(|u| powers(dp.fit.factors.retained[0] * u, scale)).collect();
        let design = DMatrix::from_fn(axis.len(), DEGREE + 1, |r, c| weight(axis[r]) * rows[r][c]);
        let qr = design.qr();
        let mut projection = qr.q().transpose();
        if !qr.r().solve_upper_triangular_mut(&mut projection) {
            projection.fill(0.0);
        }
        for (mut column, u) in projection.column_iter_mut().zip(axis) {
            column *= weight(*u);
        }
        Self { projection }
    }

    fn line(&self, table: &[f64]) -> Line {
        let coefficients = &self.projection * DVector::from_column_slice(table);
        std::array::from_fn(|i| coefficients[i])
    }
}

fn dot(a: &Line, b: &Line) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Expectation of `He_i(μ + ε) / scale^i` given the part `ε1` of `ε = c ε1 + √(1−c²) ξ`:
/// `Σ_k C(i,k) μ^(i−k) c^k He_k(ε1) / scale^i`. With `c = 1` it is `He_i(μ + ε1) / scale^i`.
fn damped(mu: f64, innovation: f64, share: f64, scale: f64) -> Line {
    let (mean, he) = (powers(mu, scale), hermite(innovation, scale));
    std::array::from_fn(|i| {
        let mut sum = 0.0;
        let (mut choose, mut damping) = (1.0, 1.0);
        for k in 0..=i {
            sum += choose * mean[i - k] * damping * he[k];
            choose *= (i - k) as f64 / (k + 1) as f64;
            damping *= share;
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_in_part_is_damped() {
        for (mu, e) in [(0.0, 0.3), (1.7, -1.1), (-4.0, 2.2)] {
            let (whole, none) = (damped(mu, e, 1.0, 2.0), damped(mu, e, 0.0, 2.0));
            for i in 0..=DEGREE {
                assert!((whole[i] - hermite(mu + e, 2.0)[i]).abs() < 1e-9 * (1.0 + whole[i].abs()), "{i}");
                assert!((none[i] - powers(mu, 2.0)[i]).abs() < 1e-12 * (1.0 + none[i].abs()), "{i}");
            }
        }
    }
}
