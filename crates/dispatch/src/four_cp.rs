//! Transmission by the four coincident peaks (4CP): next year's charge, and a rule that an operator can follow to avoid it.
//!
//! The charge of a year is `rate · 1000 · (a · mean 4CP MW + (1 − a) · billing MW)`: the first part rests on what the load
//! drew in the intervals of the system's highest load in June, July, August and September of the year before, the second
//! cannot be avoided. Today `a = 1` (16 TAC §25.192). Senate Bill 6 has the commission revise the allocation; `a = 0.5` is a
//! scenario for what may come, not a rule. The billing MW of the second part are those that the grid must be built for:
//! contracted capacity, or the highest draw of the year whenever it comes. The mean draw would be wrong, as it falls with
//! every curtailed hour, and so would let the load avoid some of what is meant to be unavoidable.
//!
//! Peaks are known only afterwards. [`PeakWatch`] decides on an hour from what was known before it began.

use site::YearMonth;
use site::units::UnitError;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Calendar months whose peaks count.
pub const PEAK_MONTHS: RangeInclusive<i8> = 6..=9;

/// Terms of the charge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FourCpTariff {
    rate_usd_per_kw_year: f64,
    avoidable_share: f64,
}

impl Default for FourCpTariff {
    /// 70 USD/kW-year, all of it avoidable: the middle of published rates of 50 to 150, an assumption.
    fn default() -> Self {
        Self { rate_usd_per_kw_year: 70.0, avoidable_share: 1.0 }
    }
}

impl FourCpTariff {
    /// A tariff from its rate, USD per kW and year, and the share of it that follows the coincident peaks.
    ///
    /// # Errors
    /// If the rate is below 0 or not finite, or the share is not between 0 and 1.
    pub fn try_new(rate_usd_per_kw_year: f64, avoidable_share: f64) -> Result<Self, UnitError> {
        at_least_zero("4CP rate", rate_usd_per_kw_year, "USD/kW-year")?;
        let met = (0.0..=1.0).contains(&avoidable_share);
        require(met, "avoidable share of the 4CP charge", avoidable_share, ["0 to 1", "of one"])?;
        Ok(Self { rate_usd_per_kw_year, avoidable_share })
    }

    /// Charge of the year after the one with these draws, USD.
    ///
    /// `billing_mw` is contracted capacity or the highest draw, `coincident_mw` the draw in the peak interval of June to
    /// September, all at the meter.
    ///
    /// # Errors
    /// If a MW figure is below 0 or not finite.
    pub fn charge_usd(&self, billing_mw: f64, coincident_mw: [f64; 4]) -> Result<f64, UnitError> {
        at_least_zero("billing draw", billing_mw, "MW")?;
        coincident_mw.into_iter().try_for_each(|mw| at_least_zero("draw at a coincident peak", mw, "MW"))?;
        let mean = coincident_mw.iter().sum::<f64>() / 4.0;
        let billed = self.avoidable_share * mean + (1.0 - self.avoidable_share) * billing_mw;
        Ok(self.rate_usd_per_kw_year * 1_000.0 * billed)
    }

    /// Charge of a load that never changes over its energy in a year of 8760 hours, USD/MWh.
    #[must_use]
    pub fn flat_usd_per_mwh(&self) -> f64 {
        self.rate_usd_per_kw_year * 1_000.0 / 8_760.0
    }
}

/// When to stand still: in a window of the afternoon, while the system's last known load is near the highest seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AvoidanceRule {
    /// First local clock hour of the window, 0 to 23.
    pub first_hour: u8,
    /// Last local clock hour of the window, not before the first, to 23.
    pub last_hour: u8,
    /// Least ratio of the last known load to the highest of the month so far, 0 to 2.
    pub share_of_month: f64,
    /// Least ratio of the last known load to the highest of the same month a year ago, 0 to 2; no test where that is unknown.
    pub share_of_last_year: f64,
}

impl Default for AvoidanceRule {
    /// Hours 15 to 17, 99 % of the month, 89 % of last year.
    ///
    /// From the eight peaks of 2021 and 2022 alone: each share is three standard deviations below its mean at those peaks,
    /// rounded down to a percent; the window is their hour and one more on either side. `tests/four_cp_history.rs` holds
    /// this derivation and the rule's record in later years.
    fn default() -> Self {
        Self { first_hour: 15, last_hour: 17, share_of_month: 0.99, share_of_last_year: 0.89 }
    }
}

impl AvoidanceRule {
    /// Looks whether the fields are in their ranges.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<(), UnitError> {
        let met = (self.first_hour..=23).contains(&self.last_hour);
        require(met, "last_hour", f64::from(self.last_hour), ["first_hour to 23", "h"])?;
        let share = |name, value| require((0.0..=2.0).contains(&value), name, value, ["0 to 2", "of one"]);
        share("share_of_month", self.share_of_month)?;
        share("share_of_last_year", self.share_of_last_year)
    }
}

/// An hour of the system's load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SystemHour {
    /// Local month.
    pub month: YearMonth,
    /// Local day of the month, 1 to 31.
    pub day: i8,
    /// Local clock hour at the start, 0 to 23.
    pub hour: u8,
    /// Mean load of the system, MW.
    pub load_mw: f64,
}

/// Follows the system's load hour by hour and says before each hour whether to stand still.
#[derive(Debug, Clone)]
pub struct PeakWatch {
    rule: AvoidanceRule,
    last_known_mw: Option<f64>,
    highest_mw: BTreeMap<YearMonth, f64>,
}

impl PeakWatch {
    /// A watch that knows no load yet.
    ///
    /// # Errors
    /// If the rule is out of range.
    pub fn try_new(rule: AvoidanceRule) -> Result<Self, UnitError> {
        rule.check()?;
        Ok(Self { rule, last_known_mw: None, highest_mw: BTreeMap::new() })
    }

    /// Whether to stand still in the hour that begins, from the hours [observed](Self::observe) before it.
    #[must_use]
    pub fn curtails(&self, month: YearMonth, hour: u8) -> bool {
        let in_window = (self.rule.first_hour..=self.rule.last_hour).contains(&hour);
        let Some(load) = self.last_known_mw.filter(|_| in_window && PEAK_MONTHS.contains(&month.month))
        else {
            return false;
        };
        let near = |share: f64, month| self.highest_mw.get(&month).is_none_or(|high| load >= share * high);
        near(self.rule.share_of_month, month)
            && near(self.rule.share_of_last_year, YearMonth { year: month.year - 1, ..month })
    }

    /// Takes note of an hour that has passed; hours come in order, and over a gap the last known load stands.
    pub fn observe(&mut self, hour: &SystemHour) {
        self.last_known_mw = Some(hour.load_mw);
        let highest = self.highest_mw.entry(hour.month).or_insert(hour.load_mw);
        *highest = highest.max(hour.load_mw);
    }
}

/// Record of a rule in the summer of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AvoidanceYear {
    /// Calendar year.
    pub year: i16,
    /// Hours in which the load stood still.
    pub hours_curtailed: usize,
    /// Days with such hours.
    pub days_curtailed: usize,
    /// Monthly peaks in the data, 4 in a whole summer.
    pub peaks: usize,
    /// Peaks at which the load stood still.
    pub hits: usize,
    /// Days with curtailed hours, none of which was the month's peak.
    pub false_alarm_days: usize,
}

/// What a rule would have done over a record of hours in order, by year; years without a summer hour are left out.
///
/// The hour with the month's highest mean load stands for the quarter-hour that counts.
///
/// # Errors
/// If the rule is out of range.
pub fn replay(rule: AvoidanceRule, hours: &[SystemHour]) -> Result<Vec<AvoidanceYear>, UnitError> {
    let mut watch = PeakWatch::try_new(rule)?;
    let peaks = monthly_peaks(hours);
    let mut years: Vec<AvoidanceYear> = Vec::new();
    let mut last_day = None;
    for (i, hour) in hours.iter().enumerate() {
        let stands_still = watch.curtails(hour.month, hour.hour);
        watch.observe(hour);
        if !PEAK_MONTHS.contains(&hour.month.month) {
            continue;
        }
        let year = year_record(&mut years, hour.month.year);
        let is_peak = peaks[&hour.month] == i;
        year.peaks += usize::from(is_peak);
        if stands_still {
            year.hours_curtailed += 1;
            year.hits += usize::from(is_peak);
            year.days_curtailed += usize::from(last_day != Some((hour.month, hour.day)));
            last_day = Some((hour.month, hour.day));
            // Months have one peak each, so no two hits share a day.
            year.false_alarm_days = year.days_curtailed - year.hits;
        }
    }
    Ok(years)
}

/// Index of the hour with the highest load of each month, the first of equals.
#[must_use]
pub fn monthly_peaks(hours: &[SystemHour]) -> BTreeMap<YearMonth, usize> {
    let mut peaks = BTreeMap::new();
    for (i, hour) in hours.iter().enumerate() {
        let peak = peaks.entry(hour.month).or_insert(i);
        if hour.load_mw > hours[*peak].load_mw {
            *peak = i;
        }
    }
    peaks
}

fn year_record(years: &mut Vec<AvoidanceYear>, year: i16) -> &mut AvoidanceYear {
    if years.last().is_none_or(|last| last.year != year) {
        years.push(AvoidanceYear { year, ..AvoidanceYear::default() });
    }
    let last = years.len() - 1;
    &mut years[last]
}

type Checked = Result<(), UnitError>;
fn at_least_zero(quantity: &'static str, value: f64, unit: &'static str) -> Checked {
    require(value >= 0.0 && value.is_finite(), quantity, value, ["at least 0", unit])
}

fn require(met: bool, quantity: &'static str, value: f64, [range, unit]: [&'static str; 2]) -> Checked {
    if met { Ok(()) } else { Err(UnitError { quantity, value, range, unit }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn month(month: i8) -> YearMonth {
        YearMonth { year: 2024, month }
    }

    /// Days of June from the first on, 24 hours each.
    fn june(loads_mw: &[f64]) -> Vec<SystemHour> {
        let hour = |(i, &load_mw)| {
            let (day, hour) = (i / 24 + 1, i % 24);
            SystemHour { month: month(6), day: day as i8, hour: hour as u8, load_mw }
        };
        loads_mw.iter().enumerate().map(hour).collect()
    }

    fn decisions(hours: &[SystemHour]) -> Vec<bool> {
        let mut watch = PeakWatch::try_new(AvoidanceRule::default()).unwrap();
        let decide = |hour: &SystemHour| {
            let stands_still = watch.curtails(hour.month, hour.hour);
            watch.observe(hour);
            stands_still
        };
        hours.iter().map(decide).collect()
    }

    /// Oracle O22.
    #[test]
    fn quarter_draw_at_the_peaks_pays_a_quarter() {
        let tariff = FourCpTariff::default();
        assert_eq!(tariff.charge_usd(100.0, [25.0; 4]).unwrap(), 1_750_000.0);
        assert_eq!(tariff.charge_usd(100.0, [100.0, 0.0, 0.0, 0.0]).unwrap(), 1_750_000.0);
        assert_eq!(tariff.charge_usd(100.0, [100.0; 4]).unwrap(), 7_000_000.0);
        assert!((tariff.flat_usd_per_mwh() - 7.990_867_579_9).abs() < 0.5e-10);
    }

    #[test]
    fn half_of_the_charge_stays_when_half_is_avoidable() {
        let tariff = FourCpTariff::try_new(70.0, 0.5).unwrap();
        assert_eq!(tariff.charge_usd(100.0, [0.0; 4]).unwrap(), 3_500_000.0);
        assert_eq!(tariff.charge_usd(100.0, [25.0; 4]).unwrap(), 4_375_000.0);
        assert_eq!(tariff.charge_usd(100.0, [100.0; 4]).unwrap(), 7_000_000.0);
    }

    #[test]
    fn rule_waits_for_window_season_and_load() {
        let mut watch = PeakWatch::try_new(AvoidanceRule::default()).unwrap();
        assert!(!watch.curtails(month(6), 16), "nothing is known yet");
        let mut see = |year, load_mw| {
            watch.observe(&SystemHour { month: YearMonth { year, month: 7 }, day: 1, hour: 12, load_mw });
            watch.clone()
        };
        assert!(see(2023, 100.0).curtails(month(7), 15), "the first day of a month has no high of its own");
        assert!(!see(2024, 88.0).curtails(month(7), 16), "below 89 % of last year");
        let near = see(2024, 90.0);
        assert!(near.curtails(month(7), 16) && near.curtails(month(7), 17));
        assert!(!near.curtails(month(7), 14) && !near.curtails(month(7), 18) && !near.curtails(month(5), 16));
        assert!(!see(2024, 89.05).curtails(month(7), 16), "below 99 % of the month");
    }

    #[test]
    fn record_counts_hits_and_false_alarms_by_day() {
        let mut loads = vec![50.0; 72];
        // Day 1 rises into a peak at 16; day 2 passes it at 17; day 3 stays below.
        for (i, load) in [(15, 60.0), (16, 70.0), (39, 69.9), (40, 70.0), (41, 80.0), (64, 75.0)] {
            loads[i] = load;
        }
        let year = replay(AvoidanceRule::default(), &june(&loads)).unwrap()[0];
        // Day 1 at 15 on the level load of the morning, at 16 and 17 after rises; day 2 at 16 and 17.
        assert_eq!((year.hours_curtailed, year.days_curtailed), (5, 2));
        assert_eq!((year.peaks, year.hits, year.false_alarm_days), (1, 1, 1));
    }

    #[test]
    fn figures_out_of_range_name_field_value_and_range() {
        let text = FourCpTariff::try_new(70.0, 1.5).unwrap_err().to_string();
        assert_eq!(text, "avoidable share of the 4CP charge is 1.5, allowed is 0 to 1 of one");
        assert!(FourCpTariff::try_new(f64::NAN, 1.0).is_err());
        assert!(FourCpTariff::default().charge_usd(100.0, [0.0, -1.0, 0.0, 0.0]).is_err());
        let rule = AvoidanceRule { last_hour: 14, ..AvoidanceRule::default() };
        assert_eq!(
            replay(rule, &[]).unwrap_err().to_string(),
            "last_hour is 14, allowed is first_hour to 23 h"
        );
        assert!(AvoidanceRule { share_of_month: f64::NAN, ..AvoidanceRule::default() }.check().is_err());
    }

    proptest! {
        #[test]
        fn later_loads_never_change_an_earlier_decision(
            loads in prop::collection::vec(40.0..80.0_f64, 120), from in 0_usize..120, other in 40.0..200.0_f64,
        ) {
            let mut changed = loads.clone();
            changed[from..].fill(other);
            let (before, after) = (decisions(&june(&loads)), decisions(&june(&changed)));
            // The decision on hour `from` itself comes before its load is known.
            prop_assert_eq!(&before[..=from], &after[..=from]);
        }

        #[test]
        fn stricter_shares_never_curtail_more(
            loads in prop::collection::vec(40.0..80.0_f64, 120), loose in 0.5..1.0_f64, tighter in 0.0..0.2_f64,
        ) {
            let with = |share_of_month| AvoidanceRule { share_of_month, ..AvoidanceRule::default() };
            let hours = june(&loads);
            let record = |share| replay(with(share), &hours).unwrap()[0];
            let (few, many) = (record(loose + tighter), record(loose));
            prop_assert!(few.hours_curtailed <= many.hours_curtailed && few.hits <= many.hits);
        }
    }
}
