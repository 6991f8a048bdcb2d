//! Exchange of one lognormal flow for another, in units, on fixed dates: irreversible conversion and Bermudan exchange.
//!
//! On date `k` up to `c` further units may be exchanged. A unit exchanged then gains, in money of today,
//! `g_k = receive_k·E1 − pay_k·E2 − cost_k`, where `E_i = exp(σ_i B_i(t_k) − σ_i² t_k / 2)` has mean one and the Brownian motions
//! `B_1`, `B_2` are correlated. `W_k(n) = max_{i ≤ c} { i·g_k + E[W_{k+1}(n − i)] }` is concave in the units left `n`, so its steps
//! `D_j = W(j) − W(j−1)` follow `W_k`'s step `= D_j + (g − D_j)^+ − (g − D_{j−c})^+` (a sup-convolution merges slopes), and
//! steps in the same group of `c` are equal: `⌈n/c⌉` values suffice.
//!
//! Expectations are trapezoid sums on the exact Gaussian transition in independent coordinates. The kink of `(·)^+` is
//! replaced by its average over boxes one and two cells wide, `4/3·box_h − 1/3·box_2h` in each direction, after which the error is
//! regular in `h⁴` and two spacings extrapolate. Only the cone of what can happen is evaluated.
//!
//! This is a solver beside [`crate::kernel`] and [`crate::backward`], not a case of them: their factors revert to a mean, so
//! every point has weights of its own, their offers smooth the kink, and their states form a graph. Random walks have one set
//! of weights for all points and a cone that narrows towards today, and units that are alike need one value each. The tests hold
//! the two against each other.
//! Source: Margrabe (1978) for the exchange, McDonald and Siegel (1986) for its timing.

mod convolution;
mod kink;
mod sweep;

use thiserror::Error;

/// Points over all dates and groups, counted at a spacing of one, for which a finer spacing of one takes five to ten milliseconds; time grows
/// with the cube of the inverse spacing.
const POINT_SUMS: f64 = 1.6e6;

/// What one unit gains by being exchanged on a date, in expectation and in money of today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExchangeDate {
    /// Years from today, at least 0, increasing from date to date.
    pub years: f64,
    /// Expected present value of what is received, at least 0.
    pub receive: f64,
    /// Expected present value of what is given up, at least 0.
    pub pay: f64,
    /// Present value of the cost, of any sign.
    pub cost: f64,
}

/// Units that can be exchanged, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Yearly volatilities of what is received and of what is given up, at least 0.
    pub volatility: [f64; 2],
    /// Correlation of the two, −1 to 1.
    pub correlation: f64,
    /// Dates on which units can be exchanged.
    pub dates: Vec<ExchangeDate>,
    /// Units that can be exchanged in all.
    pub units: usize,
    /// Units that can be exchanged on one date.
    pub units_per_date: usize,
}

/// Equal blocks that earn one margin until they are converted to another, decided monthly. Margins are per block and
/// month in any money; costs in the same money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockConversion {
    /// Number of blocks.
    pub blocks: usize,
    /// Blocks that can be converted in a month.
    pub blocks_per_month: usize,
    /// Months from the first decision to the end, after which nothing is earned.
    pub months: usize,
    /// First month's margin after and before conversion.
    pub margin: [f64; 2],
    /// Yearly growth of the expected margins.
    pub growth: [f64; 2],
    /// Yearly volatilities of the margins.
    pub volatility: [f64; 2],
    /// Correlation of the two.
    pub correlation: f64,
    /// Yearly discount rate, continuous.
    pub rate: f64,
    /// Cost of converting a block; it earns nothing in the month it is converted in.
    pub cost: f64,
}

/// An option to give one asset and a fixed sum for another on any of several dates.
#[derive(Debug, Clone, PartialEq)]
pub struct BermudanExchange {
    /// Prices today of what is received and of what is given.
    pub price: [f64; 2],
    /// Yearly dividend yields.
    pub dividend_yield: [f64; 2],
    /// Yearly volatilities.
    pub volatility: [f64; 2],
    /// Correlation of the two.
    pub correlation: f64,
    /// Yearly interest rate, continuous.
    pub rate: f64,
    /// Fixed sum paid on exercise.
    pub strike: f64,
    /// Exercise dates, years from today.
    pub years: Vec<f64>,
}

/// Why an exchange cannot be solved.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// A number is not finite or outside its range.
    #[error("{field} is {value}; it must be {range}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// Dates do not increase, or there are none.
    #[error("dates must be one or more and increase; date {index} does not")]
    Dates {
        /// Index of the date at fault.
        index: usize,
    },
    /// No unit, or none per date.
    #[error("units and units per date must be at least 1")]
    NoUnits,
    /// The shortest step between dates is so short beside the longest time that the grid would not fit.
    #[error(
        "a grid of spacing {spacing} needs {points} points; the most is {most}: widen it or drop dates that lie close together"
    )]
    TooManyPoints {
        /// Grid spacing.
        spacing: f64,
        /// Points it would need.
        points: f64,
        /// The limit.
        most: usize,
    },
}

/// A solved exchange.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExchangeValue {
    /// Value of the right to exchange all units, extrapolated from the two spacings.
    pub value: f64,
    /// Value on the finer grid, which bounds how far extrapolation has moved it.
    pub on_finer_grid: f64,
}

impl BlockConversion {
    /// Present value of never converting.
    #[must_use]
    pub fn never(&self) -> f64 {
        self.blocks as f64 * self.margin[1] * self.annuity(1, 0)
    }

    /// Sum of discounted growth factors from month `from` to the end.
    fn annuity(&self, factor: usize, from: usize) -> f64 {
        let monthly = (self.growth[factor] - self.rate) / 12.0;
        (from..self.months).map(|k| (monthly * k as f64).exp()).sum()
    }

    /// The right to convert, as an exchange: the old margin from the month of conversion on, and the cost, for the new margin
    /// from the next month on.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        let date = |k: usize| ExchangeDate {
            years: k as f64 / 12.0,
            receive: self.margin[0] * self.annuity(0, k + 1),
            pay: self.margin[1] * self.annuity(1, k),
            cost: self.cost * (-self.rate * k as f64 / 12.0).exp(),
        };
        Exchange {
            volatility: self.volatility,
            correlation: self.correlation,
            dates: (0..self.months).map(date).collect(),
            units: self.blocks,
            units_per_date: self.blocks_per_month,
        }
    }
}

impl BermudanExchange {
    /// The option as an exchange of one unit.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        let held = |i: usize, t: f64| self.price[i] * (-self.dividend_yield[i] * t).exp();
        let dates = self
            .years
            .iter()
            .map(|&t| ExchangeDate {
                years: t,
                receive: held(0, t),
                pay: held(1, t),
                cost: self.strike * (-self.rate * t).exp(),
            })
            .collect();
        Exchange {
            volatility: self.volatility,
            correlation: self.correlation,
            dates,
            units: 1,
            units_per_date: 1,
        }
    }
}

impl Exchange {
    /// Value of the right, on the spacings of [`Self::spacings`].
    ///
    /// # Errors
    /// When a field is out of range or the grid would be too large.
    pub fn solve(&self) -> Result<ExchangeValue, ExchangeError> {
        self.check()?;
        self.solve_on(self.spacings())
    }

    /// Two spacings, coarser first, of which the finer lies between 0.4 and 0.8 as the work allows: some ten to
    /// fifteen milliseconds on one core, less or more where a limit binds.
    #[must_use]
    pub fn spacings(&self) -> [f64; 2] {
        let fine = (sweep::point_sums(self) / POINT_SUMS).cbrt().clamp(0.4, 0.8);
        [1.5 * fine, fine]
    }

    /// Value of the right, from grids of two spacings.
    ///
    /// Spacings are in noise deviations of the shortest step between dates, coarser first, 0.2 to 1.25: above, the trapezoid rule's
    /// own error `2 exp(−2π²/h²)` shows. Errors that wander with the grid remain: in three
    /// cases up to 3e-5 of the value at finer spacings of 0.8 and 1e-4 at 0.9 to 1.0 (coarser one 1.25 times as wide).
    ///
    /// # Errors
    /// When a field is out of range or the grid would be too large.
    pub fn solve_on(&self, spacings: [f64; 2]) -> Result<ExchangeValue, ExchangeError> {
        let [coarse, fine] = spacings;
        let on_finer_grid = self.on_grid(fine)?;
        let step = self.on_grid(coarse)? - on_finer_grid;
        let ratio = (coarse / fine).powi(4);
        let value = if ratio > 1.0 { on_finer_grid - step / (ratio - 1.0) } else { on_finer_grid };
        Ok(ExchangeValue { value, on_finer_grid })
    }

    /// Value of the right on one grid of spacing `h`, without extrapolation.
    ///
    /// # Errors
    /// When a field is out of range or the grid would be too large.
    pub fn on_grid(&self, h: f64) -> Result<f64, ExchangeError> {
        self.check()?;
        in_range("grid spacing", h, h > 0.0 && h <= 1.5, "above 0 and at most 1.5")?;
        sweep::value(self, h)
    }

    fn check(&self) -> Result<(), ExchangeError> {
        for v in self.volatility {
            in_range("volatility", v, v >= 0.0, "0 or more a year")?;
        }
        in_range("correlation", self.correlation, self.correlation.abs() <= 1.0, "between -1 and 1")?;
        if self.units == 0 || self.units_per_date == 0 {
            return Err(ExchangeError::NoUnits);
        }
        let mut before = f64::NEG_INFINITY;
        for (index, date) in self.dates.iter().enumerate() {
            in_range("date", date.years, date.years >= 0.0, "0 years or more")?;
            in_range("receive", date.receive, date.receive >= 0.0, "0 or more")?;
            in_range("pay", date.pay, date.pay >= 0.0, "0 or more")?;
            in_range("cost", date.cost, true, "finite")?;
            if date.years <= before {
                return Err(ExchangeError::Dates { index });
            }
            before = date.years;
        }
        if self.dates.is_empty() { Err(ExchangeError::Dates { index: 0 }) } else { Ok(()) }
    }
}

fn in_range(field: &'static str, value: f64, inside: bool, range: &'static str) -> Result<(), ExchangeError> {
    if inside && value.is_finite() { Ok(()) } else { Err(ExchangeError::OutOfRange { field, value, range }) }
}
