//! Lays samples on an unbroken grid of intervals, or says where they do not fit.

use super::error::{ImportError, Place};
use super::{Gap, Gaps};
use std::path::PathBuf;

/// The file and sheet of each table read, in order.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    tables: Vec<(PathBuf, Option<Box<str>>)>,
}

/// A row of one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) table: u32,
    pub(crate) row: u32,
}

impl Sources {
    pub(crate) fn push(&mut self, path: PathBuf, sheet: Option<&str>) {
        self.tables.push((path, sheet.map(Box::from)));
    }

    /// The origin of a row of the table read last.
    pub(crate) fn origin(&self, row: u32) -> Origin {
        Origin { table: self.tables.len().saturating_sub(1) as u32, row }
    }

    /// The file and the place of a row.
    pub(crate) fn locate(&self, origin: Origin) -> (PathBuf, Place) {
        let (path, sheet) = self.tables.get(origin.table as usize).cloned().unwrap_or_default();
        (path, Place { sheet, row: origin.row })
    }
}

/// A value and the interval it belongs to; `None` is a blank field that the caller wants reported.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<T> {
    pub(crate) at: i64,
    pub(crate) value: Option<T>,
    pub(crate) origin: Origin,
    /// Set for a vendor's 25th hour, which stands out of order by design.
    pub(crate) moved: bool,
}

/// Samples on their grid.
pub(crate) struct Laid<T> {
    pub(crate) start: i64,
    pub(crate) values: Vec<Option<T>>,
    pub(crate) gaps: Vec<Gap>,
    /// Whether rows had to be sorted.
    pub(crate) sorted: bool,
}

/// What a grid looks like and how its faults are named.
pub(crate) struct Grid<'a> {
    pub(crate) step_s: i64,
    pub(crate) gaps: Gaps,
    pub(crate) sources: &'a Sources,
    /// Names an interval by its start.
    pub(crate) label: fn(i64) -> String,
}

impl Grid<'_> {
    /// Sorts the samples, of which there is at least one, and puts each in its interval.
    pub(crate) fn lay<T: Copy>(
        &self,
        mut samples: Vec<Sample<T>>,
        show: impl Fn(&T) -> String,
    ) -> Result<Laid<T>, ImportError> {
        let mut in_place = samples.iter().filter(|sample| !sample.moved).map(|sample| sample.at);
        let mut latest = in_place.next().unwrap_or(i64::MIN);
        let sorted = in_place.any(|at| {
            let back = at < latest;
            latest = at;
            back
        });
        // A stable sort keeps doubled rows in the order of the file.
        samples.sort_by_key(|sample| sample.at);
        self.check_spacing(&samples, show)?;
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Ok(Laid { start: 0, values: Vec::new(), gaps: Vec::new(), sorted });
        };
        let start = first.at;
        let n = usize::try_from((last.at - start) / self.step_s).unwrap_or(0) + 1;
        let mut values = vec![None; n];
        for sample in &samples {
            values[usize::try_from((sample.at - start) / self.step_s).unwrap_or(0)] = sample.value;
        }
        let gaps = self.find_gaps(start, &values);
        if let Some(gap) = gaps.first().filter(|_| self.gaps == Gaps::Refuse) {
            // A blank field has a row of its own; for an absent row the next one shows the place.
            let row = samples.iter().find(|sample| sample.at >= gap.from_unix_s).unwrap_or(last);
            let (path, place) = self.sources.locate(row.origin);
            return Err(ImportError::Gaps {
                path,
                place,
                first: (self.label)(gap.from_unix_s).into(),
                missing: gaps.iter().map(|gap| gap.intervals).sum(),
                stretches: gaps.len(),
            });
        }
        Ok(Laid { start, values, gaps, sorted })
    }

    /// Refuses doubled intervals and times off the grid.
    fn check_spacing<T: Copy>(
        &self,
        samples: &[Sample<T>],
        show: impl Fn(&T) -> String,
    ) -> Result<(), ImportError> {
        for pair in samples.windows(2) {
            let apart = pair[1].at - pair[0].at;
            if apart > 0 && apart % self.step_s == 0 {
                continue;
            }
            let (path, place) = self.sources.locate(pair[1].origin);
            if apart != 0 {
                return Err(ImportError::Row {
                    path,
                    place,
                    problem: format!(
                        "{} is not on the grid of {} s that the other rows have",
                        (self.label)(pair[1].at),
                        self.step_s
                    )
                    .into(),
                });
            }
            let (first_path, first) = self.sources.locate(pair[0].origin);
            let text = |value: &Option<T>| value.as_ref().map_or_else(|| "blank".to_string(), &show);
            let (one, other) = (text(&pair[0].value), text(&pair[1].value));
            return Err(ImportError::Duplicate {
                interval: (self.label)(pair[1].at).into(),
                first: if first_path == path {
                    first.to_string()
                } else {
                    format!("{}: {first}", first_path.display())
                }
                .into(),
                what: if one == other { format!("both {one}") } else { format!("{one}, then {other}") }
                    .into(),
                path,
                place,
            });
        }
        Ok(())
    }

    fn find_gaps<T>(&self, start: i64, values: &[Option<T>]) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        let mut open = false;
        for (value, from_unix_s) in values.iter().zip((start..).step_by(self.step_s as usize)) {
            match (value, gaps.last_mut()) {
                (None, Some(gap)) if open => gap.intervals += 1,
                (None, _) => gaps.push(Gap { from_unix_s, intervals: 1 }),
                _ => {}
            }
            open = value.is_none();
        }
        gaps
    }
}
