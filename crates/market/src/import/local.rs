//! The instant of a row that states local time.

use std::collections::{HashMap, HashSet};

use super::error::ImportError;
use super::layout::{Header, LocalColumns};
use super::table::{At, Row};
use super::time::{HourStart, LocalClock, digits};

/// The error for rows that only their order could have told apart.
pub(crate) const NO_ORDER: &str = "rows are out of order and no flag tells the two hours from 01:00 apart when clocks go \
    back; allowed is a file in order of time, or with a flag";

/// Reads local times, and remembers of each long day what tells its repeated hour.
pub(crate) struct LocalTimes {
    clock: LocalClock,
    /// Series, start of the day and quarter whose first hour ending 02:00 has passed, and whether the day had ended before.
    first_pass: HashMap<(usize, i64, i64), bool>,
    /// Series and start of the long days whose last hour has passed.
    ended: HashSet<(usize, i64)>,
    /// Starts of hours moved from the end of their day.
    moved: HashSet<i64>,
    /// Rows told from their twins by their order alone.
    by_order: usize,
}

impl LocalTimes {
    pub(crate) fn new() -> Self {
        Self {
            clock: LocalClock::new(),
            first_pass: HashMap::new(),
            ended: HashSet::new(),
            moved: HashSet::new(),
            by_order: 0,
        }
    }

    /// Hours moved from the end of their day to their place.
    pub(crate) fn hours_moved(&self) -> usize {
        self.moved.len()
    }

    /// Rows of repeated hours that carried no flag and were told apart by their order.
    pub(crate) fn told_by_order(&self) -> usize {
        self.by_order
    }

    pub(crate) fn clock(&self) -> &LocalClock {
        &self.clock
    }

    /// Start of a row's interval; `series` tells apart what else shares these times.
    pub(crate) fn instant(
        &mut self,
        at: &At<'_>,
        header: &Header,
        columns: &LocalColumns,
        row: &Row<'_>,
        series: usize,
    ) -> Result<HourStart, ImportError> {
        let wrong = |column: usize, allowed: &str| {
            at.field_error(row.number, &header.names[column], row.fields[column], allowed)
        };
        let day = self
            .clock
            .day(row.fields[columns.date])
            .ok_or_else(|| wrong(columns.date, "allowed is MM/DD/YYYY or YYYY-MM-DD"))?;
        let ending = hour_ending(row.fields[columns.hour], columns.interval.is_some())
            .ok_or_else(|| wrong(columns.hour, "allowed is an hour from 1 to 24, as 1, 01:00 or 24:00"))?;
        let quarter = match columns.interval {
            None => 1,
            Some(column) => digits(row.fields[column], 2)
                .filter(|quarter| (1..=4).contains(quarter))
                .ok_or_else(|| wrong(column, "allowed is a quarter from 1 to 4"))?,
        };
        let flagged = match columns.flag {
            None => false,
            Some(column) => flag(row.fields[column])
                .ok_or_else(|| wrong(column, "allowed is Y or N, True or False, or 1 or 0"))?,
        };
        let mut start = day.hour(ending, flagged).map_err(|allowed| {
            let column = if flagged { columns.flag.unwrap_or(columns.hour) } else { columns.hour };
            wrong(column, allowed)
        })?;
        if day.hours == 25 && !flagged {
            self.look_for_repeat(
                &mut start,
                (series, day.start_unix_s, quarter),
                ending,
                columns.flag.is_none(),
            );
        }
        if start.moved {
            self.moved.insert(start.unix_s);
        }
        start.unix_s += (quarter - 1) * 900;
        Ok(start)
    }

    /// On a long day, finds the repeated hour among rows without a flag: it is the second hour ending 02:00, when it comes
    /// after the day's last hour while the first one came before, or when no column could have flagged it.
    fn look_for_repeat(
        &mut self,
        start: &mut HourStart,
        key: (usize, i64, i64),
        ending: i64,
        no_flags: bool,
    ) {
        let day = (key.0, key.1);
        if ending == 24 {
            self.ended.insert(day);
        } else if ending == 2 {
            let ended = self.ended.contains(&day);
            let Some(ended_before) = self.first_pass.get(&key) else {
                self.first_pass.insert(key, ended);
                return;
            };
            start.moved = ended && !ended_before;
            if start.moved || no_flags {
                start.unix_s += 3_600;
                self.by_order += usize::from(!start.moved);
            }
        }
    }
}

/// The hour of `7`, `07`, `07:00` or `07:00:00`; a delivery hour may come from a workbook as `7` only.
fn hour_ending(text: &str, delivery_hour: bool) -> Option<i64> {
    let (hour, rest) = text.split_once(':').unwrap_or((text, ""));
    let whole = rest.is_empty() && !text.contains(':') || matches!(rest, "00" | "00:00") && !delivery_hour;
    digits(hour, 2).filter(|_| whole)
}

fn flag(text: &str) -> Option<bool> {
    const YES: [&str; 4] = ["Y", "TRUE", "1", "YES"];
    const NO: [&str; 4] = ["N", "FALSE", "0", "NO"];
    if NO.iter().any(|no| no.eq_ignore_ascii_case(text)) {
        Some(false)
    } else {
        YES.iter().any(|yes| yes.eq_ignore_ascii_case(text)).then_some(true)
    }
}
