//! The daily record of Bitcoin that fits and backtests read: nothing missing but fees.

use jiff::civil::Date;
use site::hashprice::{HALVING_BLOCKS, RETARGET_BLOCKS, hashprice_usd_per_ph_day};
use thiserror::Error;

use crate::import::BitcoinDays;
use crate::replay::{halving_days, subsidy_on};

/// Fees where the record has none, BTC per block.
pub const MISSING_FEES_BTC: f64 = 0.10;

/// Changes of difficulty closer than this are parts of one retarget, blended over days.
const SHORTEST_EPOCH_DAYS: usize = 5;

/// Relative changes of difficulty below this are rounding in the record.
const SMALLEST_CHANGE: f64 = 1e-6;

/// Blocks a day over the years, a little above 144 since hashrate grows within each epoch.
const USUAL_BLOCKS_PER_DAY: f64 = 147.0;

/// Why a daily record cannot be fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BitcoinFitError {
    /// A day has no difficulty, without which the network cannot be fitted.
    #[error("the daily record has no difficulty on {date}; fits need price and difficulty on every day")]
    NoDifficulty {
        /// The first such day.
        date: Date,
    },
    /// Price or difficulty never moves.
    #[error("the {what} of the daily record never moves; a fit needs one that does")]
    Constant {
        /// Price or difficulty.
        what: &'static str,
    },
    /// The record is too short for a fit.
    #[error("daily record has {found} days, at least {expected} are needed")]
    TooShort {
        /// Days found.
        found: usize,
        /// Days required.
        expected: usize,
    },
}

/// One UTC day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DailyRecord {
    /// The day.
    pub date: Date,
    /// Price at the close, USD.
    pub price_usd: f64,
    /// Difficulty; on the day of a retarget a blend of old and new.
    pub difficulty: f64,
    /// Mean fees of the day's blocks, BTC per block; missing in some years.
    pub fees_btc_per_block: Option<f64>,
}

impl DailyRecord {
    /// The days of an imported record; fees need a day's blocks as well.
    ///
    /// # Errors
    /// When a day has no difficulty.
    pub fn all(record: &BitcoinDays) -> Result<Vec<Self>, BitcoinFitError> {
        let mut date = record.first;
        record
            .days
            .iter()
            .map(|day| {
                let today = Self {
                    date,
                    price_usd: day.price_usd,
                    difficulty: day.difficulty.ok_or(BitcoinFitError::NoDifficulty { date })?,
                    fees_btc_per_block: day
                        .fees_btc
                        .zip(day.blocks)
                        .filter(|(fees, blocks)| *fees > 0.0 && *blocks > 0.0)
                        .map(|(fees, blocks)| fees / blocks),
                };
                // An imported record ends long before the calendar does.
                date = date.tomorrow().unwrap_or(date);
                Ok(today)
            })
            .collect()
    }

    /// Fees of the day, BTC per block, [`MISSING_FEES_BTC`] where there are none.
    #[must_use]
    pub fn filled_fees(&self) -> f64 {
        self.fees_btc_per_block.unwrap_or(MISSING_FEES_BTC)
    }

    /// Hashprice of the day, USD/PH/day.
    #[must_use]
    pub fn hashprice(&self) -> f64 {
        let subsidy = subsidy_on(self.date);
        hashprice_usd_per_ph_day(self.difficulty, subsidy, self.filled_fees(), self.price_usd)
    }
}

/// A change of difficulty: the day of its first trace, and the difficulty once it is complete.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retarget {
    pub(crate) day: usize,
    pub(crate) after: f64,
}

/// The retargets of a record, in order.
pub(crate) fn retargets(days: &[DailyRecord]) -> Vec<Retarget> {
    let mut retargets: Vec<Retarget> = Vec::new();
    for day in 1..days.len() {
        let after = days[day].difficulty;
        let before = days[day - 1].difficulty;
        if (after / before - 1.0).abs() < SMALLEST_CHANGE {
            continue;
        }
        match retargets.last_mut() {
            Some(last) if day - last.day < SHORTEST_EPOCH_DAYS => last.after = after,
            _ => retargets.push(Retarget { day, after }),
        }
    }
    retargets
}

/// Height of the block at which the last of `retargets` took effect, a multiple of 2016.
///
/// Counted in whole epochs from the last halving inside the record, or by the calendar from the one before it.
pub(crate) fn height_of_last(days: &[DailyRecord], retargets: &[Retarget]) -> u64 {
    let (Some(first), Some(last)) = (days.first(), retargets.last()) else { return 0 };
    let date = days[last.day].date;
    let known = halving_days();
    let Some((number, halving)) = (1_u64..).zip(known).take_while(|(_, day)| *day <= date).last() else {
        return 0;
    };
    let blocks = number * HALVING_BLOCKS;
    let first_after = blocks.div_ceil(RETARGET_BLOCKS);
    if halving >= first.date {
        let since = retargets.iter().filter(|retarget| days[retarget.day].date > halving).count() as u64;
        return (first_after + since).saturating_sub(1) * RETARGET_BLOCKS;
    }
    let span = f64::from(halving.until(date).map_or(0, |span| span.get_days()));
    ((blocks as f64 + span * USUAL_BLOCKS_PER_DAY) / RETARGET_BLOCKS as f64).round() as u64 * RETARGET_BLOCKS
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn blended_days_belong_to_one_retarget() {
        let difficulties = [10.0, 10.0, 11.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0 + 1e-9, 13.0];
        let days: Vec<DailyRecord> = difficulties
            .iter()
            .map(|&difficulty| DailyRecord {
                date: date(2020, 1, 1),
                price_usd: 1.0,
                difficulty,
                fees_btc_per_block: None,
            })
            .collect();
        let found: Vec<(usize, f64)> = retargets(&days).iter().map(|r| (r.day, r.after)).collect();
        assert_eq!(found, [(2, 12.0), (9, 13.0)]);
    }

    #[test]
    fn heights_are_counted_from_the_halving() {
        // A record that begins just before the halving of 20 April 2024 at 840,000, with retargets on the 24th and each
        // fortnight after: the first is that of 840,672.
        let start = date(2024, 4, 1);
        let mut day = start;
        let days: Vec<DailyRecord> = (0..60)
            .map(|index| {
                let record = DailyRecord {
                    date: day,
                    price_usd: 1.0,
                    difficulty: 1.0 + f64::from((index + 5) / 14),
                    fees_btc_per_block: None,
                };
                day = day.tomorrow().expect("dates of this century");
                record
            })
            .collect();
        let all = retargets(&days);
        assert_eq!(height_of_last(&days, &all[..2]), 840_672);
        assert_eq!(height_of_last(&days, &all[..3]), 842_688);
        // Before the halving the calendar has to do: the real retarget of 10 April 2024 stood at 838,656.
        let before = height_of_last(&days, &all[..1]);
        assert!(before.abs_diff(838_656) <= 3 * RETARGET_BLOCKS, "{before}");
        assert_eq!(before % RETARGET_BLOCKS, 0);
    }
}
