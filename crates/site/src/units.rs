//! Quantities with their unit in the type, so that gross, IT and machine megawatts cannot mix.
//!
//! Range-checked types have one fallible constructor, `try_new`; signed types have `new`.
//! Only operations with a meaning exist: gross MW become IT MW through a [`PeakRatio`] and machine MW through a [`Pue`].

use thiserror::Error;

/// A number outside the range of its quantity.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{quantity} is {value}, allowed is {range} {unit}")]
pub struct UnitError {
    /// What was being built, for example "energy PUE".
    pub quantity: &'static str,
    /// The value that was refused.
    pub value: f64,
    /// The allowed range in words, for example "at least 1".
    pub range: &'static str,
    /// The unit of value and range.
    pub unit: &'static str,
}

macro_rules! ranged {
    ($(#[$doc:meta])* $name:ident, $quantity:literal, $range:literal, $unit:literal, |$v:ident| $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// The allowed range in words.
            pub const RANGE: &'static str = $range;
            /// The unit as it is written in messages.
            pub const UNIT: &'static str = $unit;

            /// Builds the quantity.
            ///
            /// # Errors
            /// When the value is not finite or lies outside [`Self::RANGE`].
            pub fn try_new(value: f64) -> Result<Self, UnitError> {
                let $v = value;
                if value.is_finite() && $check {
                    Ok(Self(value))
                } else {
                    Err(UnitError { quantity: $quantity, value, range: $range, unit: $unit })
                }
            }

            /// The bare number, in the unit of the type.
            #[must_use]
            pub const fn get(self) -> f64 {
                self.0
            }
        }
    };
}

ranged!(
    /// Power at the grid connection that a hall or contract may draw, MW.
    GrossMw, "gross power", "at least 0", "MW", |v| v >= 0.0
);
ranged!(
    /// Critical IT power that a tenant may use, MW.
    ItMw, "IT power", "at least 0", "MW", |v| v >= 0.0
);
ranged!(
    /// Power that reaches the mining machines, MW.
    MachineMw, "machine power", "at least 0", "MW", |v| v >= 0.0
);
ranged!(
    /// Gross MW that must be contracted per IT MW (peak cooling and reserve); sizes halls, never energy.
    PeakRatio, "contracted peak ratio", "at least 1", "gross MW per IT MW", |v| v >= 1.0
);
ranged!(
    /// Mean energy at the meter per energy at the equipment; for MWh only, never for sizing.
    Pue, "energy PUE", "at least 1", "MWh per MWh", |v| v >= 1.0
);
ranged!(
    /// A share between nothing and all.
    Fraction, "share", "0 to 1", "of one", |v| (0.0..=1.0).contains(&v)
);
ranged!(
    /// Efficiency of a mining machine, J per TH.
    JoulesPerTh, "machine efficiency", "above 0", "J/TH", |v| v > 0.0
);
ranged!(
    /// Revenue of one PH/s held for a day, USD.
    UsdPerPhsDay, "hashprice", "at least 0", "USD/PH/day", |v| v >= 0.0
);
ranged!(
    /// Rent of one kW of critical IT for a month, USD.
    UsdPerKwMonth, "rent", "at least 0", "USD/kW-month", |v| v >= 0.0
);

impl GrossMw {
    /// Critical IT MW that this connection can host.
    #[must_use]
    pub fn to_it(self, ratio: PeakRatio) -> ItMw {
        ItMw(self.0 / ratio.0)
    }

    /// Power left for the machines behind mining overhead.
    #[must_use]
    pub fn to_machines(self, pue: Pue) -> MachineMw {
        MachineMw(self.0 / pue.0)
    }
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self(0.0);
}

impl UsdPerKwMonth {
    /// No rent.
    pub const ZERO: Self = Self(0.0);

    /// A multiple of this rent; none where that is no rent.
    #[must_use]
    pub fn times(self, share: f64) -> Self {
        Self::try_new(self.0 * share).unwrap_or(Self::ZERO)
    }
}

impl ItMw {
    /// The same power in kW, the unit in which rent is quoted.
    #[must_use]
    pub fn kilowatts(self) -> f64 {
        self.0 * 1_000.0
    }
}

impl MachineMw {
    /// Hashrate of machines of the given efficiency, TH/s.
    #[must_use]
    pub fn hashrate_th_s(self, efficiency: JoulesPerTh) -> f64 {
        self.0 * 1e6 / efficiency.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_refuse_values_outside_and_non_finite_ones() {
        assert!(Pue::try_new(0.99).is_err());
        assert!(PeakRatio::try_new(0.5).is_err());
        assert!(Fraction::try_new(1.01).is_err());
        assert!(JoulesPerTh::try_new(0.0).is_err());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(GrossMw::try_new(bad).is_err());
        }
        let message = Pue::try_new(0.9).unwrap_err().to_string();
        assert!(message.contains("0.9") && message.contains("at least 1"), "{message}");
    }

    #[test]
    fn twenty_joule_machines_give_the_published_hashrate_per_meter_mw() {
        let machines = GrossMw::try_new(1.0).unwrap().to_machines(Pue::try_new(1.04).unwrap());
        let th_s = machines.hashrate_th_s(JoulesPerTh::try_new(20.0).unwrap());
        assert!((th_s / 1e3 - 48.0769).abs() < 1e-3);
    }
}
