//! Price paths, side by side and month by month.
//!
//! [`Market`] says what the prices follow; [`MarketLanes`] walks up to [`LANES`] paths of it at once. Each month brings the
//! opening prices and the offer that a policy may see, and the days and intervals that only the hour sees. A path is the
//! same path whatever chunk or lane it is walked in.

use crate::correlation::{Correlation, N_FACTORS, bridge};
use crate::curve::Curve;
use crate::events::{EventLaw, PathEvents};
use crate::mean_reverting::MeanReverting;
use crate::network::{BitcoinSettings, NetworkPath, PathParameters, PriceLaw};
use crate::offers::OfferLaw;
use crate::power::LANES;
use crate::power_source::{PowerSource, PowerWalk};
use crate::replay::BitcoinHistory;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardNormal};
use site::{Calendar, LeaseOffer, MonthEvents};

const MONTH_YEARS: f64 = 1.0 / 12.0;

/// What the prices of a study follow.
#[derive(Debug, Clone)]
pub struct Market {
    /// Seed of every random number.
    pub seed: u64,
    /// Months, days and hours.
    pub calendar: Calendar,
    /// Bitcoin and its network.
    pub bitcoin: BitcoinSource,
    /// Power at the settlement point.
    pub power: PowerSource,
    /// Market rent of new leases, first year, USD/kW-month.
    pub lease_rate: RateSettings,
    /// GPU-hour price, USD.
    pub gpu_hour: RateSettings,
    /// Correlation of monthly innovations, in the order of [`crate::correlation::FACTORS`].
    pub correlation: Correlation,
    /// Arrival of lease offers.
    pub offers: OfferLaw,
    /// Failures of tenants, of the guarantor and of the site.
    pub events: EventLaw,
}

impl Market {
    /// Whether the monthly innovations of Bitcoin are normal, and with them all of [`MonthLanes::innovations`].
    #[must_use]
    pub fn has_normal_innovations(&self) -> bool {
        matches!(&self.bitcoin, BitcoinSource::Model(settings) if settings.price_law == PriceLaw::Gaussian)
    }
}

/// Where Bitcoin prices and hashprice come from.
#[derive(Debug, Clone)]
pub enum BitcoinSource {
    /// The model of [`crate::network`].
    Model(Box<BitcoinSettings>),
    /// Daily history, one path; day by day from the first local day on.
    Replay(BitcoinHistory),
}

/// A rate that reverts, in logs, to a curve; its mean follows the curve once a gap at the start has closed.
#[derive(Debug, Clone, PartialEq)]
pub struct RateSettings {
    /// Rate at the first opening.
    pub start: f64,
    /// The curve, by month from the first opening on.
    pub curve: Curve,
    /// Speed and noise of the log deviation from the curve.
    pub process: MeanReverting,
}

impl RateSettings {
    /// The curve at the opening of month `m`.
    #[must_use]
    pub fn curve_at(&self, m: u32) -> f64 {
        self.curve.at(m)
    }

    /// The rate at the opening of month `m` with log deviation `x`.
    ///
    /// Half the variance since the start is taken off, so that the mean does not rise with the noise.
    #[must_use]
    pub fn rate_at(&self, m: u32, x: f64) -> f64 {
        self.curve_at(m) * (x - 0.5 * self.process.variance(f64::from(m) * MONTH_YEARS)).exp()
    }

    /// Expected log deviation at the opening of month `m`: what is left of the gap at the start.
    #[must_use]
    pub fn expected_deviation(&self, m: u32) -> f64 {
        self.opening_deviation() * self.process.retained(f64::from(m) * MONTH_YEARS)
    }

    /// Expected rate at the opening of month `m`.
    #[must_use]
    pub fn expected_rate(&self, m: u32) -> f64 {
        self.curve_at(m) * self.expected_deviation(m).exp()
    }

    fn opening_deviation(&self) -> f64 {
        (self.start / self.curve_at(0)).ln()
    }
}

/// Prices of a path that are seen at an opening.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Opening {
    /// Bitcoin, USD.
    pub btc_price_usd: f64,
    /// Difficulty.
    pub difficulty: f64,
    /// Hashprice, USD/PH/day.
    pub hashprice_usd_per_ph_day: f64,
    /// Market rent of a new lease, first year, USD/kW-month.
    pub lease_rate_usd_per_kw_month: f64,
    /// GPU-hour price, USD.
    pub gpu_hour_price_usd: f64,
    /// GPU-hour price over that of the first opening.
    pub gpu_price_multiple: f64,
}

/// One month of up to [`LANES`] paths.
#[derive(Debug, Clone, Default)]
pub struct MonthLanes {
    /// Months since the first opening.
    pub month: u32,
    /// Length of an interval, hours.
    pub step_hours: f64,
    /// Intervals of each local day, `[n_days]`.
    pub steps_by_day: Vec<usize>,
    /// Local clock hour of each interval, `[n_steps]`.
    pub local_hour: Vec<u8>,
    /// Mean hashprice of each day, USD/PH/day, `[n_days, LANES]` row-major.
    pub hashprice_usd_per_ph_day: Vec<f64>,
    /// Settlement point price of each interval, USD/MWh, `[n_steps, LANES]` row-major.
    pub price_usd_per_mwh: Vec<f64>,
    /// Opening prices, `[n_lanes]`.
    pub openings: Vec<Opening>,
    /// Offer of the month, `[n_lanes]`.
    pub offers: Vec<Option<LeaseOffer>>,
    /// Events of the month, `[n_lanes]`. No policy may see them.
    pub events: Vec<MonthEvents>,
    /// Innovations that carry Bitcoin and, beside it, the lease rate from this opening to the next, `[n_lanes]`: independent and
    /// standard normal where Bitcoin's returns are ([`Market::has_normal_innovations`]). No policy may see them.
    pub innovations: Vec<[f64; 2]>,
}

/// The random state of one path, hours apart.
struct PathState {
    network: Option<NetworkPath>,
    lease_x: f64,
    gpu_x: f64,
    events: PathEvents,
}

/// Up to [`LANES`] neighbouring paths, walked month by month.
pub struct MarketLanes<'a> {
    market: &'a Market,
    first_path: u64,
    paths: Vec<PathState>,
    power: Option<PowerWalk<'a>>,
    next: u32,
    /// Days of history used so far.
    replayed_days: usize,
    month: MonthLanes,
    btc_daily: Vec<f64>,
    power_daily: Vec<f64>,
}

impl<'a> MarketLanes<'a> {
    /// Paths `first_path .. first_path + n_lanes` at the first opening.
    ///
    /// # Panics
    /// If `n_lanes` is zero or above [`LANES`].
    #[must_use]
    pub fn new(market: &'a Market, first_path: u64, n_lanes: usize) -> Self {
        assert!((1..=LANES).contains(&n_lanes), "{n_lanes} lanes, at most {LANES}");
        let power = PowerWalk::new(&market.power, market.seed, first_path, n_lanes);
        let paths = (0..n_lanes)
            .map(|lane| PathState {
                network: match &market.bitcoin {
                    BitcoinSource::Model(settings) => {
                        let path = first_path + lane as u64;
                        Some(NetworkPath::new(settings, PathParameters::draw(settings, market.seed, path)))
                    }
                    BitcoinSource::Replay(_) => None,
                },
                lease_x: market.lease_rate.opening_deviation(),
                gpu_x: market.gpu_hour.opening_deviation(),
                events: PathEvents::new(&market.events, market.seed, first_path + lane as u64),
            })
            .collect();
        Self {
            market,
            first_path,
            paths,
            power: Some(power),
            next: 0,
            replayed_days: 0,
            month: MonthLanes::default(),
            btc_daily: Vec::new(),
            power_daily: Vec::new(),
        }
    }

    /// The same paths with opening prices, offers and hashprice alone: power prices are left at zero.
    ///
    /// # Panics
    /// If `n_lanes` is zero or above [`LANES`].
    #[must_use]
    pub fn without_power(market: &'a Market, first_path: u64, n_lanes: usize) -> Self {
        let mut lanes = Self::new(market, first_path, n_lanes);
        lanes.power = None;
        lanes
    }

    /// The next month, or `None` after the last.
    pub fn next_month(&mut self) -> Option<&MonthLanes> {
        let (m, market) = (self.next, self.market);
        if m as usize >= market.calendar.n_months() {
            return None;
        }
        self.next += 1;
        self.lay_out(m);
        self.open(m);
        self.walk_paths(m);
        if let Some(power) = &mut self.power {
            power.fill_month(&market.calendar, m, &self.power_daily, &mut self.month.price_usd_per_mwh);
        }
        Some(&self.month)
    }

    /// Sizes the month's tables.
    fn lay_out(&mut self, m: u32) {
        let days = &self.market.calendar.days[m as usize];
        let step_hours = self.market.power.step_hours();
        let per_hour = (1.0 / step_hours).round() as usize;
        let month = &mut self.month;
        month.month = m;
        month.step_hours = step_hours;
        month.steps_by_day.clear();
        month.steps_by_day.extend(days.iter().map(|day| day.hours.len() * per_hour));
        month.local_hour.clear();
        for day in days {
            month.local_hour.extend(day.hours.iter().flat_map(|&hour| std::iter::repeat_n(hour, per_hour)));
        }
        month.price_usd_per_mwh.resize(month.local_hour.len() * LANES, 0.0);
        month.hashprice_usd_per_ph_day.resize(days.len() * LANES, 0.0);
    }

    /// Opening prices and offers, before anything of the month has happened, and the events that will.
    fn open(&mut self, m: u32) {
        let market = self.market;
        self.month.openings.clear();
        self.month.offers.clear();
        self.month.innovations.clear();
        self.month.events.clear();
        let hours = market.calendar.hours(m as usize) as f64;
        for (lane, path) in self.paths.iter_mut().enumerate() {
            let lease_rate = market.lease_rate.rate_at(m, path.lease_x);
            let gpu_hour = market.gpu_hour.rate_at(m, path.gpu_x);
            let (btc_price_usd, difficulty, hashprice_usd_per_ph_day) = match (&market.bitcoin, &path.network)
            {
                (BitcoinSource::Replay(history), _) => {
                    let day = history.opening(self.replayed_days);
                    (day.price_usd, day.difficulty, day.hashprice_usd_per_ph_day)
                }
                (BitcoinSource::Model(settings), Some(network)) => {
                    (network.price_usd(), network.difficulty(), network.hashprice(settings))
                }
                // A modelled path always has a network.
                (BitcoinSource::Model(settings), None) => (settings.price.start(), settings.difficulty, 0.0),
            };
            self.month.openings.push(Opening {
                btc_price_usd,
                difficulty,
                hashprice_usd_per_ph_day,
                lease_rate_usd_per_kw_month: lease_rate,
                gpu_hour_price_usd: gpu_hour,
                gpu_price_multiple: gpu_hour / market.gpu_hour.start,
            });
            let number = self.first_path + lane as u64;
            self.month.offers.push(market.offers.draw(market.seed, number, m, lease_rate));
            self.month.events.push(path.events.month(&market.events, (market.seed, number), m, hours));
        }
    }

    /// Moves each path over the month and writes hashprice and the daily innovations of the power level.
    fn walk_paths(&mut self, m: u32) {
        let market = self.market;
        let n_days = self.month.steps_by_day.len();
        self.power_daily.resize(n_days * LANES, 0.0);
        self.btc_daily.resize(n_days, 0.0);
        let mut power_daily = vec![0.0; n_days];
        for (lane, path) in self.paths.iter_mut().enumerate() {
            let number = self.first_path + lane as u64;
            let key = |factor| Stream::new(market.seed, number, factor, m);
            let mut correlated = key(Factor::Correlated);
            let mut independent: [f64; N_FACTORS] =
                std::array::from_fn(|_| StandardNormal.sample(&mut correlated));
            // Bitcoin is the first factor, so its own innovation is its correlated one; a bootstrap brings one of its own.
            if let (BitcoinSource::Model(settings), Some(network)) = (&market.bitcoin, &mut path.network) {
                let key = (market.seed, number, m);
                independent[0] = network.draw_price(settings, key, independent[0], &mut self.btc_daily);
            }
            self.month.innovations.push([independent[0], independent[1]]);
            let [_, lease, gpu, power] = market.correlation.apply(&independent);
            let rent_multiple =
                self.month.openings[lane].lease_rate_usd_per_kw_month / market.lease_rate.start;
            path.lease_x = market.lease_rate.process.step(path.lease_x, 0.0, MONTH_YEARS, lease);
            path.gpu_x = market.gpu_hour.process.step(path.gpu_x, 0.0, MONTH_YEARS, gpu);

            let column = &mut self.month.hashprice_usd_per_ph_day;
            match (&market.bitcoin, &mut path.network) {
                (BitcoinSource::Model(settings), Some(network)) => {
                    let key = (market.seed, number, m);
                    network.month(settings, key, &self.btc_daily, rent_multiple, |day, mined| {
                        column[day * LANES + lane] = mined.hashprice_usd_per_ph_day;
                    });
                }
                (BitcoinSource::Replay(history), _) => {
                    let days = &history.days[self.replayed_days..][..n_days];
                    for (day, row) in days.iter().enumerate() {
                        column[day * LANES + lane] = row.hashprice_usd_per_ph_day;
                    }
                }
                (BitcoinSource::Model(_), None) => {}
            }
            if self.power.as_ref().is_some_and(PowerWalk::has_level) {
                fill_normals(&mut power_daily, &mut key(Factor::PowerLevel), power);
                for (day, z) in power_daily.iter().enumerate() {
                    self.power_daily[day * LANES + lane] = *z;
                }
            }
        }
        self.replayed_days += n_days;
    }
}

/// Standard normals of a month's days whose normalised sum is `monthly`.
pub(crate) fn fill_normals(daily: &mut [f64], stream: &mut Stream, monthly: f64) {
    for z in daily.iter_mut() {
        *z = StandardNormal.sample(stream);
    }
    bridge(daily, monthly);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_starts_off_its_curve_is_expected_to_return_to_it() {
        let rate = RateSettings {
            start: 90.0,
            curve: Curve::growing(120.0, 0.0),
            process: MeanReverting { kappa_per_year: 0.5, sigma_per_sqrt_year: 0.2 },
        };
        assert!((rate.expected_rate(0) - 90.0).abs() < 1e-9);
        assert!((rate.expected_rate(240) / 120.0 - 1.0).abs() < 1e-4);
    }
}
