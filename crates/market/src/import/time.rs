//! Dates and times as the layouts write them, and ERCOT's local clock turned into UTC.
//!
//! Texas keeps US Central time: in spring the hour ending 03:00 does not exist, in autumn the hour ending 02:00 comes twice.
//! The publisher flags the second one; some vendors write it as a 25th hour at the end of the day instead.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use site::calendar::Zone;

/// Days since 1970-01-01 of a date of the Gregorian calendar; `None` when there is no such day.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS.get(usize::try_from(month - 1).ok()?)? + i64::from(leap && month == 2);
    if !(1..=length).contains(&day) || !(1900..=2200).contains(&year) {
        return None;
    }
    // Years that begin in March put the leap day last; the count of days is then a plain polynomial.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468)
}

/// Year, month and day of a count of days since 1970-01-01.
pub(crate) fn civil(days: i64) -> (i16, i8, i8) {
    let origin = jiff::civil::date(1970, 1, 1);
    let date = origin.checked_add(jiff::Span::new().days(days.clamp(-30_000, 90_000))).unwrap_or(origin);
    (date.year(), date.month(), date.day())
}

/// A whole number of at most `width` digits and nothing else.
pub(crate) fn digits(text: &str, width: usize) -> Option<i64> {
    let plain = !text.is_empty() && text.len() <= width && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.bytes().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')))
}

/// Days since 1970-01-01 of `MM/DD/YYYY` or `YYYY-MM-DD`.
pub(crate) fn parse_day(text: &str) -> Option<i64> {
    if let Some((month, rest)) = text.split_once('/') {
        let (day, year) = rest.split_once('/')?;
        return if year.len() == 4 {
            days_from_civil(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
        } else {
            None
        };
    }
    let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    let dashed = text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-' && day.len() == 2;
    if dashed { days_from_civil(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?) } else { None }
}

/// Seconds since 1970-01-01 UTC of `YYYY-MM-DD HH:MM[:SS[.0…]]` with `Z` or an offset; `None` without one.
pub(crate) fn parse_instant(text: &str) -> Option<i64> {
    let day = parse_day(text.get(..10)?)?;
    if !matches!(text.as_bytes().get(10), Some(b'T' | b' ' | b't')) {
        return None;
    }
    let clock = text.get(11..)?;
    let zone = clock.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = clock.split_at(zone);
    let mut parts = clock.trim_end().splitn(3, ':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = match parts.next() {
        None => 0,
        Some(text) => {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            if part.is_empty() || part.bytes().any(|byte| byte != b'0') {
                return None;
            }
            two_digits(whole)?
        }
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(day * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?)
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text, 2) } else { None }
}

/// Seconds east of UTC of `Z`, `+HH:MM` or `+HHMM`.
fn offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = (text.get(..1)?, text.get(1..)?);
    let (hours, minutes) = match rest.len() {
        5 if rest.as_bytes()[2] == b':' => (rest.get(..2)?, rest.get(3..)?),
        4 => (rest.get(..2)?, rest.get(2..)?),
        2 => (rest, "00"),
        _ => return None,
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let seconds = hours * 3_600 + minutes * 60;
    (hours <= 14 && minutes <= 59).then_some(if sign == "-" { -seconds } else { seconds })
}

/// `2021-02-01T06:00:00Z`.
pub(crate) fn iso(unix_s: i64) -> String {
    jiff::Timestamp::from_second(unix_s).map_or_else(|_| unix_s.to_string(), |instant| instant.to_string())
}

/// One local day of the market.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalDay {
    /// Start, seconds since 1970-01-01 UTC.
    pub(crate) start_unix_s: i64,
    /// 23, 24 or 25.
    pub(crate) hours: i64,
}

/// The start of an hour, and whether a vendor's 25th hour was moved to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HourStart {
    pub(crate) unix_s: i64,
    pub(crate) moved: bool,
}

impl LocalDay {
    /// Start of the hour that ends at `ending`, 1 to 25; `repeated` is the publisher's flag.
    pub(crate) fn hour(&self, ending: i64, repeated: bool) -> Result<HourStart, &'static str> {
        let hours_in = match (self.hours, ending, repeated) {
            (25, 2, true) => 2,
            (_, _, true) => {
                return Err(
                    "flagged as repeated, allowed is that for the hour ending 02:00 of the day in autumn when clocks go back",
                );
            }
            (25, 25, false) => {
                return Ok(HourStart { unix_s: self.start_unix_s + 2 * 3_600, moved: true });
            }
            (_, 25, false) => {
                return Err("a 25th hour, allowed is one on the day in autumn when clocks go back");
            }
            (23, 3, false) => return Err("an hour that this day skips, because clocks go forward at 02:00"),
            (_, ending, false) if !(1..=25).contains(&ending) => {
                return Err("allowed is an hour from 1 to 24");
            }
            (23, ending, false) if ending > 3 => ending - 2,
            (25, ending, false) if ending > 2 => ending,
            (_, ending, false) => ending - 1,
        };
        Ok(HourStart { unix_s: self.start_unix_s + hours_in * 3_600, moved: false })
    }
}

/// Local days, each looked up once: rows of a day follow each other, and there are few days.
pub(crate) struct LocalClock {
    zone: TimeZone,
    days: HashMap<i64, LocalDay>,
    last_text: String,
    last: Option<LocalDay>,
}

impl LocalClock {
    pub(crate) fn new() -> Self {
        Self { zone: Zone::Central.time_zone(), days: HashMap::new(), last_text: String::new(), last: None }
    }

    /// The local day of a date in one of the layouts' forms.
    pub(crate) fn day(&mut self, text: &str) -> Option<LocalDay> {
        if let Some(day) = self.last.filter(|_| self.last_text == text) {
            return Some(day);
        }
        // The public interface writes some dates with a midnight behind them.
        let bare = ["T00:00:00", " 00:00:00"].iter().find_map(|tail| text.strip_suffix(tail)).unwrap_or(text);
        let count = parse_day(bare)?;
        let zone = &self.zone;
        let day = *self.days.entry(count).or_insert_with(|| local_day(zone, count));
        self.last_text.clear();
        self.last_text.push_str(text);
        self.last = Some(day);
        Some(day)
    }

    /// The local day in which an instant falls.
    pub(crate) fn day_of(&self, unix_s: i64) -> LocalDay {
        let date = jiff::Timestamp::from_second(unix_s)
            .map_or(jiff::civil::date(1970, 1, 1), |instant| instant.to_zoned(self.zone.clone()).date());
        let count = days_from_civil(date.year().into(), date.month().into(), date.day().into());
        local_day(&self.zone, count.unwrap_or(0))
    }
}

fn local_day(zone: &TimeZone, count: i64) -> LocalDay {
    let unix = |count: i64| {
        let (year, month, day) = civil(count);
        jiff::civil::date(year, month, day)
            .to_zoned(zone.clone())
            .map_or(count * 86_400, |midnight| midnight.timestamp().as_second())
    };
    let start_unix_s = unix(count);
    LocalDay { start_unix_s, hours: (unix(count + 1) - start_unix_s) / 3_600 }
}

/// The date of a UTC day counted from 1970-01-01.
pub(crate) fn date_of(days: i64) -> Date {
    let (year, month, day) = civil(days);
    jiff::civil::date(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_as_the_calendar_does() {
        let mut date = jiff::civil::date(1900, 1, 1);
        let origin = jiff::civil::date(1970, 1, 1);
        while date.year() < 2200 {
            let days = days_from_civil(date.year().into(), date.month().into(), date.day().into()).unwrap();
            assert_eq!(days, i64::from(origin.until(date).unwrap().get_days()), "{date}");
            assert_eq!(date_of(days), date);
            date = date.checked_add(jiff::Span::new().days(17)).unwrap();
        }
        for bad in ["02/30/2021", "13/01/2021", "2021-02-29", "2021-2-01", "1/1/21", "", "2021/01/01"] {
            assert_eq!(parse_day(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_need_an_offset() {
        let noon = Some(1_612_180_800);
        for text in [
            "2021-02-01T12:00:00Z",
            "2021-02-01 12:00Z",
            "2021-02-01 06:00:00-06:00",
            "2021-02-01T06:00:00.000-0600",
            "2021-02-01 12:00:00+00",
        ] {
            assert_eq!(parse_instant(text), noon, "{text}");
        }
        for bad in
            ["2021-02-01", "2021-02-01 06:00:00", "2021-02-01T24:00:00Z", "2021-02-01T06:00:00.5Z", "é"]
        {
            assert_eq!(parse_instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn short_and_long_days_neither_lose_nor_double_an_hour() {
        let mut clock = LocalClock::new();
        let spring = clock.day("03/13/2016").unwrap();
        let starts = |day: &LocalDay, endings: &[(i64, bool)]| -> Vec<i64> {
            endings.iter().map(|(h, flag)| day.hour(*h, *flag).unwrap().unix_s).collect()
        };
        let endings: Vec<_> = (1..=24).filter(|h| *h != 3).map(|h| (h, false)).collect();
        assert_eq!(
            starts(&spring, &endings),
            (0..23).map(|h| spring.start_unix_s + h * 3_600).collect::<Vec<_>>()
        );
        assert!(spring.hour(3, false).is_err() && spring.hour(25, false).is_err());
        let autumn = clock.day("2016-11-06").unwrap();
        let mut endings: Vec<_> = (1..=24).map(|h| (h, false)).collect();
        endings.insert(2, (2, true));
        let all: Vec<i64> = (0..25).map(|h| autumn.start_unix_s + h * 3_600).collect();
        assert_eq!(starts(&autumn, &endings), all);
        assert_eq!(autumn.hour(25, false), Ok(HourStart { unix_s: all[2], moved: true }));
        assert!(
            autumn.hour(3, true).is_err()
                && autumn.hour(0, false).is_err()
                && autumn.hour(26, false).is_err()
        );
    }
}
