//! The two lenses: *outcomes* under the drifts that the user expects, *value* under risk-adjusted ones.
//!
//! A price of risk moves the drift of a factor and nothing else (a change of measure), so the value lens takes a premium a year
//! off the expected log drift of each factor's curve: `E_value[X_t] = E_outcomes[X_t] · exp(−premium · t)` for the price of
//! Bitcoin, the lease rate, the GPU-hour price and the power level. It is done once, when the scenario is made; nothing past it
//! knows of lenses, and one run shows one of them. Source: Harrison and Kreps (1979); Dixit and Pindyck (1994), chapter 4.

use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use market::{BitcoinSource, Market, PowerSource};
use serde::{Deserialize, Serialize};
use site::Calendar;

/// Whose drifts a run is made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lens {
    /// The drifts that the user expects: distributions, cash, what is likely to come.
    Outcomes,
    /// Risk-adjusted drifts: what it is worth.
    Value,
}

impl Lens {
    /// Names in a scenario file and in tables.
    pub const NAMES: [&'static str; 2] = ["outcomes", "value"];

    /// Its name in a scenario file and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Log drift a year that the value lens takes off each factor's curve; 0 in the absence of an estimate that would hold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Premia {
    /// Bitcoin price.
    pub bitcoin_per_year: f64,
    /// Market rent of new leases.
    pub lease_rate_per_year: f64,
    /// GPU-hour price.
    pub gpu_hour_per_year: f64,
    /// Power level; below 0 where buyers pay to be rid of the risk of high prices.
    pub power_per_year: f64,
}

/// Both lenses of a scenario, and the one it is run under.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LensSettings {
    /// The lens of the run.
    pub shown: Lens,
    /// What the value lens takes off.
    pub premia: Premia,
    /// Discount rate of the outcomes lens, effective per year.
    pub outcomes_discount_rate_per_year: f64,
    /// Discount rate of the value lens, effective per year.
    pub value_discount_rate_per_year: f64,
}

/// What a factor's curve makes of its first level by the last opening.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveMultiple {
    /// The factor, for people.
    pub factor: &'static str,
    /// Under the drifts that the user expects.
    pub outcomes: f64,
    /// Under risk-adjusted ones.
    pub value: f64,
}

const BITCOIN: &str = "bitcoin_premium_per_year";
const LEASE_RATE: &str = "lease_rate_premium_per_year";
const GPU_HOUR: &str = "gpu_hour_premium_per_year";
const POWER: &str = "power_premium_per_year";

/// Reads `run.lens` and the premia and discount rate of `[value]`.
pub(crate) fn read(run: &Section<'_>, value: &Section<'_>, discount_rate_per_year: f64) -> LensSettings {
    let shown = [Lens::Outcomes, Lens::Value][run.choice("lens", &Lens::NAMES, Some(0))];
    let premium = |key| value.number_or(key, Rule::between(-1.0, 1.0, "log units per year"), 0.0);
    let premia = Premia {
        bitcoin_per_year: premium(BITCOIN),
        lease_rate_per_year: premium(LEASE_RATE),
        gpu_hour_per_year: premium(GPU_HOUR),
        power_per_year: premium(POWER),
    };
    let value_discount_rate_per_year = value.number_or(
        "discount_rate_per_year",
        Rule::between(0.0, 1.0, "effective per year"),
        discount_rate_per_year,
    );
    LensSettings {
        shown,
        premia,
        outcomes_discount_rate_per_year: discount_rate_per_year,
        value_discount_rate_per_year,
    }
}

impl LensSettings {
    /// Discount rate of the run, effective per year.
    #[must_use]
    pub fn discount_rate_per_year(&self) -> f64 {
        match self.shown {
            Lens::Outcomes => self.outcomes_discount_rate_per_year,
            Lens::Value => self.value_discount_rate_per_year,
        }
    }

    /// Faults premia of factors that have no drift, and warns of a value lens that changes nothing.
    pub(crate) fn check(&self, value: &Section<'_>, market: &Market, has_gpus: bool, inputs: &mut Inputs) {
        let premia = &self.premia;
        let replayed = |what: &str| {
            format!(
                "belongs to a model, and here {what} is replayed: history has no drift to take it off; allowed is 0"
            )
        };
        if matches!(market.bitcoin, BitcoinSource::Replay(_)) && premia.bitcoin_per_year != 0.0 {
            value.fault(BITCOIN, replayed("Bitcoin"));
        }
        if matches!(market.power, PowerSource::Replay(_)) && premia.power_per_year != 0.0 {
            value.fault(POWER, replayed("power"));
        }
        if !has_gpus && premia.gpu_hour_per_year != 0.0 {
            value.fault(GPU_HOUR, "belongs to own GPUs; it needs a table [gpus]");
        }
        let same_rate = self.value_discount_rate_per_year == self.outcomes_discount_rate_per_year;
        if self.shown == Lens::Value && *premia == Premia::default() && same_rate {
            inputs.warn("run.lens is \"value\", and it shows what \"outcomes\" shows: every premium of [value] is 0, and its discount rate is the run's".into());
        }
    }

    /// Takes the premia off the market's curves, if this is the value lens; a premium of 0 leaves every bit as it was.
    pub(crate) fn apply(&self, market: &mut Market) {
        if self.shown == Lens::Outcomes {
            return;
        }
        let premia = &self.premia;
        if let (BitcoinSource::Model(bitcoin), true) = (&mut market.bitcoin, premia.bitcoin_per_year != 0.0) {
            bitcoin.take_risk_premium(premia.bitcoin_per_year);
        }
        if let (PowerSource::Model(power), true) = (&mut market.power, premia.power_per_year != 0.0) {
            power.take_drift(premia.power_per_year);
        }
        for (rate, premium) in [
            (&mut market.lease_rate, premia.lease_rate_per_year),
            (&mut market.gpu_hour, premia.gpu_hour_per_year),
        ] {
            if premium != 0.0 {
                rate.curve = rate.curve.less_drift(premium);
            }
        }
    }

    /// What each modelled factor's curve makes of its first level by the last opening, under both lenses.
    ///
    /// Hashprice has no curve of its own: it follows from Bitcoin and a network that answers it.
    #[must_use]
    pub fn curve_multiples(&self, market: &Market, has_gpus: bool) -> Vec<CurveMultiple> {
        let last = market.calendar.n_months() as u32 - 1;
        let years = f64::from(last) / 12.0;
        let mut multiples = Vec::new();
        let mut add = |factor, shown: f64, premium: f64, years: f64| {
            let tilt = (-premium * years).exp();
            let (outcomes, value) = match self.shown {
                Lens::Outcomes => (shown, shown * tilt),
                Lens::Value => (shown / tilt, shown),
            };
            multiples.push(CurveMultiple { factor, outcomes, value });
        };
        if let BitcoinSource::Model(bitcoin) = &market.bitcoin {
            let days = days_to_last_opening(&market.calendar);
            let multiple = bitcoin.price.log_change(0.0, days).exp();
            add("Bitcoin price", multiple, self.premia.bitcoin_per_year, days / 365.25);
        }
        let rate = &market.lease_rate;
        let rent = rate.expected_rate(last) / rate.expected_rate(0);
        add("Market rent of new leases", rent, self.premia.lease_rate_per_year, years);
        if has_gpus {
            let rate = &market.gpu_hour;
            let price = rate.expected_rate(last) / rate.expected_rate(0);
            add("GPU-hour price", price, self.premia.gpu_hour_per_year, years);
        }
        if let PowerSource::Model(power) = &market.power {
            add("Power level", power.scale(last) / power.scale(0), self.premia.power_per_year, years);
        }
        multiples
    }
}

fn days_to_last_opening(calendar: &Calendar) -> f64 {
    let before_last = calendar.n_months() - 1;
    calendar.days[..before_last].iter().map(Vec::len).sum::<usize>() as f64
}
