//! Service levels of hosting: credits by month, and the tenant's right to leave after repeated failure.
//!
//! A month's availability is the energy served over the energy contracted. The ladder turns it into a share of the month's
//! rent that the landlord gives back, never more than the cap; too many bad months within a year give the tenant a right
//! to terminate. Both are terms of contract, so the defaults are assumptions of the usual size and not a published tariff.
//! Source: uptime tiers as published by the Uptime Institute (III 99.982 %, IV 99.995 %).

use crate::units::UnitError;
use thiserror::Error;

/// Minutes of a year of 365 days.
const MINUTES_PER_YEAR: f64 = 525_600.0;

/// Served energy may pass the contracted by this share through rounding.
const ROUNDING: f64 = 1e-9;

/// Minutes a year that an availability (0 to 1) allows to be down.
#[must_use]
pub fn downtime_minutes_per_year(availability: f64) -> f64 {
    (1.0 - availability) * MINUTES_PER_YEAR
}

/// A step of the ladder: below this availability, this credit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CreditStep {
    /// Availability below which the step holds, above 0 to 1.
    pub below: f64,
    /// Share of the month's rent, 0 to 1.
    pub credit_share: f64,
}

/// When failure is chronic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChronicFailure {
    /// Bad months that give the right, 1 to `window`.
    pub months: usize,
    /// Months looked back on, the current one included; at least 1.
    pub window: usize,
    /// Availability below which a month is bad, above 0 to 1.
    pub below: f64,
}

/// Terms of service of a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct SlaTerms {
    /// From the highest availability to the lowest, with rising credits; the last that holds counts.
    pub ladder: Vec<CreditStep>,
    /// Most that is given back of a month's rent, 0 to 1.
    pub cap_share: f64,
    /// Right to terminate, if the lease has one.
    pub chronic: Option<ChronicFailure>,
}

impl Default for SlaTerms {
    /// 5 % below the target of 99.99 %, 10 % below 99.9 %, 25 % below 99 %, at most the month's rent; termination
    /// after 3 months of 12 below 99.9 %.
    ///
    /// The usual ladder gives 5 % below target and 10 to 25 % below 99.9 %; where it turns from 10 to 25 % is assumed.
    fn default() -> Self {
        let steps = [(0.9999, 0.05), (0.999, 0.10), (0.99, 0.25)];
        Self {
            ladder: steps.map(|(below, credit_share)| CreditStep { below, credit_share }).to_vec(),
            cap_share: 1.0,
            chronic: Some(ChronicFailure { months: 3, window: 12, below: 0.999 }),
        }
    }
}

/// Service of one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceMonth {
    /// Energy that the tenant was to have, MWh; 0 outside the lease.
    pub contracted_mwh: f64,
    /// Energy that the tenant could have, MWh, up to the contracted; what it does not ask for counts as served.
    pub served_mwh: f64,
    /// Rent of the month, USD.
    pub rent_usd: f64,
}

/// What a month's service leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlaMonth {
    /// Served over contracted, 0 to 1; none where nothing is contracted.
    pub availability: Option<f64>,
    /// Rent given back, USD.
    pub credit_usd: f64,
    /// Whether the month counts towards chronic failure.
    pub bad: bool,
    /// Whether the tenant may terminate at the end of the month.
    pub may_terminate: bool,
}

/// Why terms or months were refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SlaError {
    /// A step of the ladder is out of range or out of order.
    #[error("step {step} of the credit ladder: {fault}")]
    Ladder {
        /// Index of the step.
        step: usize,
        /// Which figure, and what it may be.
        fault: UnitError,
    },
    /// The cap or the terms of chronic failure are out of range.
    #[error(transparent)]
    Terms(#[from] UnitError),
    /// A figure of a month is out of range.
    #[error("month {month}: {fault}")]
    Month {
        /// Index of the month.
        month: usize,
        /// Which figure, and what it may be.
        fault: UnitError,
    },
}

impl SlaTerms {
    /// Looks whether the terms are in range and the ladder in order.
    ///
    /// # Errors
    /// For the first figure that is not.
    pub fn check(&self) -> Result<(), SlaError> {
        let mut last = CreditStep { below: f64::INFINITY, credit_share: 0.0 };
        for (step, &now) in self.ladder.iter().enumerate() {
            let fault = |fault| SlaError::Ladder { step, fault };
            let range = "above 0 to 1, and lower than the last step,";
            let met = now.below > 0.0 && now.below <= 1.0 && now.below < last.below;
            require(met, "availability", now.below, [range, "of one"]).map_err(fault)?;
            let range = "0 to 1, and no less than the last step,";
            let met = (last.credit_share..=1.0).contains(&now.credit_share);
            require(met, "credit", now.credit_share, [range, "of the rent"]).map_err(fault)?;
            last = now;
        }
        require((0.0..=1.0).contains(&self.cap_share), "cap", self.cap_share, ["0 to 1", "of the rent"])?;
        let Some(ChronicFailure { months, window, below }) = self.chronic else { return Ok(()) };
        let met = below > 0.0 && below <= 1.0;
        require(met, "availability of a bad month", below, ["above 0 to 1", "of one"])?;
        let met = (1..=window).contains(&months);
        Ok(require(met, "bad months", months as f64, ["1 to the window of", "months"])?)
    }

    /// Share of a month's rent given back at an availability of 0 to 1.
    #[must_use]
    pub fn credit_share(&self, availability: f64) -> f64 {
        let step = self.ladder.iter().rev().find(|step| availability < step.below);
        step.map_or(0.0, |step| step.credit_share).min(self.cap_share)
    }

    /// Credits and rights month by month; months without contracted energy pass for good.
    ///
    /// # Errors
    /// If the terms or a month are out of range.
    pub fn settle(&self, months: &[ServiceMonth]) -> Result<Vec<SlaMonth>, SlaError> {
        self.check()?;
        let mut settled: Vec<SlaMonth> = Vec::with_capacity(months.len());
        for (i, month) in months.iter().enumerate() {
            let availability = availability(month).map_err(|fault| SlaError::Month { month: i, fault })?;
            let credit_usd = availability.map_or(0.0, |served| month.rent_usd * self.credit_share(served));
            let bad = availability.zip(self.chronic).is_some_and(|(served, chronic)| served < chronic.below);
            let may_terminate = self.chronic.is_some_and(|chronic| {
                let earlier = settled.iter().rev().take(chronic.window - 1).filter(|past| past.bad).count();
                earlier + usize::from(bad) >= chronic.months
            });
            settled.push(SlaMonth { availability, credit_usd, bad, may_terminate });
        }
        Ok(settled)
    }
}

fn availability(month: &ServiceMonth) -> Result<Option<f64>, UnitError> {
    let ServiceMonth { contracted_mwh, served_mwh, rent_usd } = *month;
    let amount = |value: f64| value >= 0.0 && value.is_finite();
    require(amount(contracted_mwh), "contracted energy", contracted_mwh, ["at least 0", "MWh"])?;
    require(amount(rent_usd), "rent", rent_usd, ["at least 0", "USD"])?;
    let met = (0.0..=contracted_mwh * (1.0 + ROUNDING)).contains(&served_mwh);
    require(met, "served energy", served_mwh, ["0 to the contracted energy", "MWh"])?;
    Ok((contracted_mwh > 0.0).then(|| (served_mwh / contracted_mwh).min(1.0)))
}

type Checked = Result<(), UnitError>;
fn require(met: bool, quantity: &'static str, value: f64, [range, unit]: [&'static str; 2]) -> Checked {
    if met { Ok(()) } else { Err(UnitError { quantity, value, range, unit }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 1 GWh contracted at a rent of 1 million USD.
    fn month(availability: f64) -> ServiceMonth {
        ServiceMonth { contracted_mwh: 1_000.0, served_mwh: 1_000.0 * availability, rent_usd: 1e6 }
    }

    fn settle(availabilities: &[f64]) -> Vec<SlaMonth> {
        let months: Vec<ServiceMonth> = availabilities.iter().map(|&share| month(share)).collect();
        SlaTerms::default().settle(&months).unwrap()
    }

    #[test]
    fn downtime_budgets_match_the_published_tiers() {
        for (availability, minutes) in
            [(0.999, 525.6), (0.9999, 52.56), (0.999_99, 5.256), (0.999_82, 94.608)]
        {
            let budget = downtime_minutes_per_year(availability);
            assert!((budget - minutes).abs() < 1e-9, "{availability}: {budget}");
        }
    }

    #[test]
    fn each_step_of_the_ladder_gives_its_credit() {
        let credits: Vec<f64> = settle(&[1.0, 0.9999, 0.9998, 0.999, 0.998, 0.99, 0.98, 0.0])
            .iter()
            .map(|m| m.credit_usd)
            .collect();
        assert_eq!(credits, [0.0, 0.0, 5e4, 5e4, 1e5, 1e5, 2.5e5, 2.5e5]);
    }

    #[test]
    fn cap_bounds_the_credit() {
        let steps =
            [(0.999, 0.25), (0.95, 1.0)].map(|(below, credit_share)| CreditStep { below, credit_share });
        let terms = SlaTerms { ladder: steps.to_vec(), cap_share: 0.5, chronic: None };
        let settled = terms.settle(&[month(0.9), month(0.99)]).unwrap();
        assert_eq!([settled[0].credit_usd, settled[1].credit_usd], [5e5, 2.5e5]);
        assert!(settled.iter().all(|month| !month.bad && !month.may_terminate));
    }

    #[test]
    fn third_bad_month_within_twelve_gives_the_right_to_leave() {
        let mut year = [1.0; 14];
        for bad in [0, 5, 11] {
            year[bad] = 0.998;
        }
        let rights = |months: &[f64]| settle(months).iter().map(|m| m.may_terminate).collect::<Vec<_>>();
        let held: Vec<usize> =
            rights(&year).iter().enumerate().filter(|(_, may)| **may).map(|(i, _)| i).collect();
        assert_eq!(held, [11], "a month later the first bad month is forgotten");
        year[11] = 1.0;
        year[12] = 0.998;
        assert!(rights(&year).iter().all(|may| !may), "three bad months in thirteen");
    }

    #[test]
    fn months_outside_the_lease_are_neither_paid_nor_counted() {
        let empty = ServiceMonth { contracted_mwh: 0.0, served_mwh: 0.0, rent_usd: 0.0 };
        let settled = SlaTerms::default().settle(&[month(0.9), empty, month(0.9)]).unwrap();
        let expected = SlaMonth { availability: None, credit_usd: 0.0, bad: false, may_terminate: false };
        assert_eq!(settled[1], expected);
        assert!(!settled[2].may_terminate);
    }

    #[test]
    fn figures_out_of_range_name_field_value_and_range() {
        let mut terms = SlaTerms::default();
        let over = ServiceMonth { served_mwh: 1_001.0, ..month(1.0) };
        assert_eq!(
            terms.settle(&[month(1.0), over]).unwrap_err().to_string(),
            "month 1: served energy is 1001, allowed is 0 to the contracted energy MWh"
        );
        assert!(terms.settle(&[ServiceMonth { rent_usd: f64::NAN, ..over }]).is_err());
        terms.chronic = Some(ChronicFailure { months: 13, window: 12, below: 0.999 });
        assert_eq!(
            terms.check().unwrap_err().to_string(),
            "bad months is 13, allowed is 1 to the window of months"
        );
        terms.cap_share = 1.1;
        assert_eq!(terms.check().unwrap_err().to_string(), "cap is 1.1, allowed is 0 to 1 of the rent");
        terms.ladder[2].below = 0.9995;
        assert_eq!(
            terms.check().unwrap_err().to_string(),
            "step 2 of the credit ladder: availability is 0.9995, allowed is above 0 to 1, and lower than the last step, of one"
        );
        terms.ladder[1].credit_share = 0.01;
        assert!(matches!(terms.check(), Err(SlaError::Ladder { step: 1, .. })));
    }

    proptest! {
        #[test]
        fn better_service_never_costs_more_and_credit_stays_below_the_rent(
            served in 0.97..1.0_f64, better in 0.0..0.03_f64, cap_share in 0.0..1.0_f64,
        ) {
            let terms = SlaTerms { cap_share, ..SlaTerms::default() };
            let credit = |availability: f64| terms.settle(&[month(availability.min(1.0))]).unwrap()[0].credit_usd;
            prop_assert!(credit(served + better) <= credit(served));
            prop_assert!((0.0..=cap_share * 1e6).contains(&credit(served)));
        }
    }
}
