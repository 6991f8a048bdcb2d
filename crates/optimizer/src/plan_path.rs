//! Paths of the planning model: what a policy sees on them, what it gains there, and what no policy can exceed.
//!
//! A policy decides on the model's paths by the same view as in a run: hashprice and market rent of the path, Bitcoin and
//! difficulty about their mean paths, mining by its expectation at the hashprice. Its value is the sum of its starts' gains, each
//! the expectation given what is known at the start. Backwards over the path, [`crate::bound::Walker`] charges the surprises of
//! [`crate::continuation`] as penalty to all alike: to the optimum with foresight, which makes it the upper bound `Y`, and to
//! every policy, where they are a control variate. Since a policy's starts are among those that the bound may choose,
//! `Y ≥ L_p` holds on every path and for every policy `p`: a theorem, not a finding. Where the penalties of
//! [`crate::cash_plan`] are charged, each at its own funds, it holds in the mean.

use crate::bound::{BoundPaths, Offer, OfferLaw, PathValues, StageView, Walker};
use crate::cash_bound::{CashTerms, CashWalker, Charges};
use crate::continuation::Continuation;
use crate::conversion::expected_mining;
use crate::dp::Dp;
use crate::states::StateGraph;
use market::Opening;
use site::units::{GrossMw, UsdPerKwMonth};
use site::{Campus, GpuFigures, LeaseOffer, MiningFigures, MonthEconomics, Tenant};

/// A path of the planning model.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanPath {
    /// Grid coordinates at each opening, `[n_months]`.
    pub points: Vec<[f64; 2]>,
    /// Independent standard normal innovations from each opening to the next, `[n_months]`.
    pub innovations: Vec<[f64; 2]>,
    /// Offer of each month, `[n_months]`.
    pub offers: Vec<Option<Offer>>,
}

/// A month of a path as a policy sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanMonth {
    /// Months since the first opening.
    pub month: u32,
    /// Prices at the opening.
    pub opening: Opening,
    /// The offer.
    pub offer: Option<LeaseOffer>,
    /// Expected mining at the opening's hashprice, `[n_fleets]`.
    pub mining: Vec<MiningFigures>,
    /// Expected power price, USD/MWh.
    pub power_price_usd_per_mwh: f64,
}

/// What a policy does on a path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Way {
    /// Halls started in each month, hosting alone, `[n_months]`.
    pub starts: Vec<u32>,
    /// Free funds at each opening, USD, `[n_months + 1]`.
    pub funds_usd: Vec<f64>,
}

/// What a policy gains on a path over mining for ever, USD discounted to the first opening.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolicyOnPath {
    /// Sum of its starts' gains.
    pub plain: f64,
    /// The same less the penalties on its way, which have mean zero.
    pub controlled: f64,
}

/// A judged path, USD discounted to the first opening.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The plan without regard to cash, and both upper marks.
    pub values: PathValues,
    /// Upper bound for policies held to cash, where it was asked for.
    pub held_to_cash: Option<f64>,
    /// Each policy, in the order in which their starts were given.
    pub policies: Vec<PolicyOnPath>,
    /// A policy that holds more funds than the bound over funded starts thinks possible: never, if both follow the same rules.
    pub overfunded: Option<usize>,
}

impl Dp {
    /// `n_pairs` antithetic pairs of paths, which played no part in the plan.
    #[must_use]
    pub fn plan_paths(&self, seed: u64, n_pairs: usize) -> Vec<PlanPath> {
        let law = self.offer_law();
        let n_months = self.market.calendar.n_months();
        let paths = BoundPaths::under(seed, n_pairs, n_months, |_| law);
        let path = |(innovations, offers): (&[[f64; 2]], &[Option<[usize; 2]>])| {
            let mut points = vec![[0.0, 0.0]];
            for &noise in &innovations[..n_months - 1] {
                points.push(self.fit.factors.step(points[points.len() - 1], noise));
            }
            let offers =
                offers.iter().map(|offer| offer.map(|[size, class]| Offer { size, class })).collect();
            PlanPath { points, innovations: innovations.to_vec(), offers }
        };
        paths.innovations.chunks(n_months).zip(paths.offers.chunks(n_months)).map(path).collect()
    }

    /// Hours of a month.
    #[must_use]
    pub fn hours(&self, month: u32) -> f64 {
        self.market.calendar.hours(month as usize) as f64
    }

    /// Probabilities of the offers of any month.
    pub(crate) fn offer_law(&self) -> OfferLaw<'_> {
        OfferLaw { size: &self.size_probability, class: &self.class_probability }
    }

    /// What is seen of a path in month `t`.
    ///
    /// # Panics
    /// If the month is beyond the horizon.
    #[must_use]
    pub fn plan_month(&self, campus: &Campus, path: &PlanPath, t: usize) -> PlanMonth {
        let z = self.fit.factors.to_deviations(path.points[t]);
        let (market, m) = (&self.market, t as u32);
        let hashprice = self.fit.hashprice(t, z[0]);
        let rent = self.market_rent(t, z[1]);
        let gpu_hour = market.gpu_hour.expected_rate(m);
        let law = &market.offers;
        let offer = path.offers[t].and_then(|offer| {
            let gross = GrossMw::try_new(law.sizes_gross_mw[offer.size].0).ok()?;
            let rent = UsdPerKwMonth::try_new(rent * law.log_spreads[offer.class].0.exp()).ok()?;
            Some(LeaseOffer { gross, rent, tenant: Tenant::Steady })
        });
        let power = self.power();
        let month0 = market.calendar.month(t).month0();
        PlanMonth {
            month: m,
            opening: Opening {
                btc_price_usd: (self.fit.ln_btc_price[t] + z[0]).exp(),
                difficulty: self.fit.ln_difficulty[t].exp(),
                hashprice_usd_per_ph_day: hashprice,
                lease_rate_usd_per_kw_month: rent,
                gpu_hour_price_usd: gpu_hour,
                gpu_price_multiple: gpu_hour / market.gpu_hour.start,
            },
            offer,
            mining: (0..campus.fleets.len())
                .map(|fleet| expected_mining(campus, market, power, fleet, t, hashprice))
                .collect(),
            power_price_usd_per_mwh: power.scale(m) * power.expected_below(m, month0, f64::INFINITY).1,
        }
    }

    /// Holds policies against the bound on a path. With a walker of cash the bound is also taken over funded starts alone.
    ///
    /// # Panics
    /// If a policy starts more halls than builders and the connection allow.
    #[must_use]
    pub fn judge(&self, path: &PlanPath, ways: &[Way], mut cash: Option<CashWalker<'_>>) -> Judged {
        let graph = &self.graph;
        let mut runners: Vec<Runner<'_>> = ways.iter().map(|way| Runner::new(self, way)).collect();
        let overfunded = cash.as_ref().and_then(|cash| {
            runners.iter().position(|runner| !cash.covers(&runner.states, &runner.way.funds_usd))
        });
        let mut walker = Walker::new(graph.n_states());
        let law = self.offer_law();
        let mut gains = vec![0.0; law.class.len() * graph.n_kinds()];
        let mut known = Known::new(&self.continuation);
        let terms = cash.as_ref().map(CashWalker::terms);
        let mut funded = terms.and_then(CashTerms::funded).map(|plan| Known::new(&plan.continuation));
        for (t, &offer) in path.offers.iter().enumerate().rev() {
            let u = self.within_reach(path.points[t]);
            let mu = self.fit.factors.step(u, [0.0, 0.0]);
            let next = [0, 1].map(|i| mu[i] + path.innovations[t][i]);
            known.fill(t, mu, next);
            self.gains_at(t, u, &mut gains);
            let pairs = known.value.iter().zip(&known.surprise);
            walker.take(pairs.map(|(value, surprise)| [*value, *surprise]));
            let stage = StageView { discount: 1.0, law, gains: &gains, offer };
            let charges = match &mut funded {
                Some(known) => {
                    known.fill(t, mu, next);
                    Charges::Funded { value: &known.value, surprise: &known.surprise, u1: u[0] }
                }
                None => Charges::Unlimited(walker.penalties()),
            };
            for runner in &mut runners {
                runner.step_back(t, graph, &stage, charges, terms);
            }
            if let Some(cash) = &mut cash {
                cash.step_back(t, &stage, charges);
            }
            walker.step_back(graph, &stage);
        }
        let before_offer = walker.offer_penalty(graph.start());
        Judged {
            values: walker.values(graph.start()),
            held_to_cash: cash.map(|cash| cash.value(before_offer)),
            overfunded,
            policies: runners.iter().map(|runner| runner.on_path(funded.is_some(), before_offer)).collect(),
        }
    }

    /// Market rent of new leases in month `t` at a deviation from its expected log, USD/kW-month.
    pub(crate) fn market_rent(&self, t: usize, deviation: f64) -> f64 {
        let rate = &self.market.lease_rate;
        rate.rate_at(t as u32, rate.expected_deviation(t as u32) + deviation)
    }

    /// Gains of a start in month `t` at grid coordinates, `[n_classes, n_kinds]` row-major.
    pub(crate) fn gains_at(&self, t: usize, u: [f64; 2], out: &mut [f64]) {
        let rent = self.market_rent(t, self.fit.factors.to_deviations(u)[1]);
        let spreads = &self.market.offers.log_spreads;
        for ((spread, _), row) in spreads.iter().zip(out.chunks_mut(self.contracts.len())) {
            for (kind, gain) in row.iter_mut().enumerate() {
                *gain = self.gain(t, kind, rent * spread.exp(), u);
            }
        }
    }
}

impl PlanMonth {
    /// The month as the step sees it.
    #[must_use]
    pub fn economics(&self, campus: &Campus, hours: f64) -> MonthEconomics<'_> {
        MonthEconomics {
            month: self.month,
            hours,
            cost_index: campus.company.cost_index(self.month),
            hashprice_usd_per_ph_day: self.opening.hashprice_usd_per_ph_day,
            btc_price_usd: 0.0,
            lease_rate_usd_per_kw_month: self.opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: self.opening.gpu_hour_price_usd,
            gpu_price_multiple: self.opening.gpu_price_multiple,
            power_price_usd_per_mwh: self.power_price_usd_per_mwh,
            mining: &self.mining,
            gpu: GpuFigures::default(),
            events: site::MonthEvents::default(),
        }
    }
}

/// Values and surprises of a month's continuation at a path's point.
struct Known<'a> {
    continuation: &'a Continuation,
    value: Vec<f64>,
    surprise: Vec<f64>,
}

impl<'a> Known<'a> {
    fn new(continuation: &'a Continuation) -> Self {
        let zeros = vec![0.0; continuation.stride()];
        Self { continuation, value: zeros.clone(), surprise: zeros }
    }

    /// Fills in month `t`, from the mean `mu` of the next coordinates and those that came.
    fn fill(&mut self, t: usize, mu: [f64; 2], next: [f64; 2]) {
        let (expected, came) = (self.continuation.terms(t, mu), self.continuation.terms_that_came(t, next));
        self.continuation.values(t, &expected, &came, &mut self.value, &mut self.surprise);
    }
}

/// One policy on its way back from the last month.
struct Runner<'a> {
    way: &'a Way,
    /// States that it comes through, `[n_months + 1]`.
    states: Vec<usize>,
    gained: PolicyOnPath,
    /// The offers' part of the cash-aware penalty that leads to the month last gone back over.
    offers: f64,
}

impl<'a> Runner<'a> {
    fn new(dp: &Dp, way: &'a Way) -> Self {
        Self { way, states: dp.graph.way(&way.starts), gained: PolicyOnPath::default(), offers: 0.0 }
    }

    fn step_back(
        &mut self,
        t: usize,
        graph: &StateGraph,
        stage: &StageView<'_>,
        charges: Charges<'_>,
        terms: Option<&CashTerms<'_>>,
    ) {
        let (x, next) = (self.states[t], self.states[t + 1]);
        let gained = stage.gained(graph, x, self.way.starts[t] as usize);
        let charge = match (charges, terms) {
            (Charges::Funded { surprise, .. }, Some(terms)) => {
                let charge = terms.surprise(t, next, self.way.funds_usd[t + 1], surprise) + self.offers;
                self.offers = terms.own_offer_surprise(t, stage, x, self.way.funds_usd[t], charges);
                charge
            }
            (Charges::Unlimited(penalties), _) => penalties[next],
            // Cash-aware charges come with the terms of cash.
            (Charges::Funded { .. }, None) => 0.0,
        };
        self.gained.plain += gained;
        self.gained.controlled += gained - charge;
    }

    fn on_path(&self, funded: bool, unlimited: f64) -> PolicyOnPath {
        let before_offer = if funded { self.offers } else { unlimited };
        PolicyOnPath { controlled: self.gained.controlled - before_offer, ..self.gained }
    }
}
