//! Bitcoin by day: price, and where the file has them difficulty, blocks and fees.

use std::path::Path;

use jiff::civil::Date;

use super::error::ImportError;
use super::grid::{Grid, Sample, Sources};
use super::layout::Header;
use super::number::Allowed;
use super::table::{self, At, Row, Visitor, unfit};
use super::time::{date_of, parse_day, parse_instant};
use super::{Gaps, ImportNotes, Imported};

/// One UTC day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BitcoinDay {
    /// Price, USD, above zero.
    pub price_usd: f64,
    /// Difficulty, above zero; `None` where the file has none.
    pub difficulty: Option<f64>,
    /// Blocks found in the day; `None` where the file has none.
    pub blocks: Option<f64>,
    /// Fees of all blocks of the day, BTC; `None` where the file has none. Never filled in.
    pub fees_btc: Option<f64>,
}

/// Consecutive UTC days.
#[derive(Debug, Clone, PartialEq)]
pub struct BitcoinDays {
    /// The first day.
    pub first: Date,
    /// Each day from the first on.
    pub days: Vec<BitcoinDay>,
}

const DAY_S: i64 = 86_400;
const PRICE: Allowed = Allowed { range: 1e-6..=1e9, unit: "USD" };
const DIFFICULTY: Allowed = Allowed { range: 1e-3..=1e30, unit: "(no unit)" };
const BLOCKS: Allowed = Allowed { range: 0.0..=2e3, unit: "blocks" };
const FEES: Allowed = Allowed { range: 0.0..=1e6, unit: "BTC" };

const KNOWN: &str = "allowed are `date_utc, price_usd, difficulty, blocks, fees_btc`, Coin Metrics' `time, PriceUSD, DiffMean, \
    FeeTotNtv, BlkCnt`, and, where a price alone is needed (not for fits and backtests), two columns, a date (`date`, \
    `date_utc`, `time` or `timestamp`) and a price (`price`, `price_usd`, `PriceUSD` or `close`)";

/// Reads Bitcoin's daily record.
///
/// Rows without a price before the first or after the last price are left out with a remark, since a network is older than its
/// market and a day under way has no close; days without one in between are an error. Missing difficulty, blocks or fees
/// are `None`, and a remark counts them.
///
/// # Errors
/// When the file cannot be read, its header fits no layout, a field does not hold what it should, or a day is missing or
/// doubled.
pub fn bitcoin(path: &Path) -> Result<Imported<BitcoinDays>, ImportError> {
    let mut reader = BitcoinReader::default();
    let table = table::read(path, &mut reader)?;
    reader.notes.add_table(path, &table);
    reader.finish(path)
}

#[derive(Default)]
struct BitcoinReader {
    table: Option<(Header, Columns)>,
    sources: Sources,
    samples: Vec<Sample<BitcoinDay>>,
    notes: ImportNotes,
}

#[derive(Debug, Clone, Copy)]
struct Columns {
    date: usize,
    price: usize,
    difficulty: Option<usize>,
    blocks: Option<usize>,
    fees: Option<usize>,
}

impl Columns {
    fn recognise(at: &At<'_>, header: &Header) -> Result<(Self, &'static str), ImportError> {
        let date = header.find(&["date_utc", "date", "time", "timestamp", "timestamp_utc", "day"]);
        let price = header.find(&["price_usd", "PriceUSD", "price", "close"]);
        let (Some(date), Some(price)) = (date, price) else { return Err(header.unknown(at, KNOWN)) };
        let difficulty = header.find(&["difficulty", "DiffMean", "difficulty_mean"]);
        let columns = Self {
            date,
            price,
            difficulty,
            blocks: header.find(&["blocks", "BlkCnt"]),
            fees: header.find(&["fees_btc", "FeeTotNtv"]),
        };
        let layout = match difficulty {
            Some(_) if header.find(&["DiffMean"]).is_some() => "Coin Metrics, Bitcoin by day",
            Some(_) => "Bitcoin by day",
            None => "price of Bitcoin by day",
        };
        Ok((columns, layout))
    }
}

impl BitcoinReader {
    fn finish(mut self, path: &Path) -> Result<Imported<BitcoinDays>, ImportError> {
        let label = |unix_s: i64| date_of(unix_s.div_euclid(DAY_S)).to_string();
        let priced = || self.samples.iter().filter(|sample| sample.value.is_some()).map(|sample| sample.at);
        let (Some(begin), Some(end)) = (priced().min(), priced().max()) else {
            return Err(unfit(path, "a header without prices, allowed is at least one row with a price"));
        };
        let rows = self.samples.len();
        self.samples.retain(|sample| (begin..=end).contains(&sample.at));
        if self.samples.len() < rows {
            let left_out = rows - self.samples.len();
            self.notes.remarks.push(format!(
                "{left_out} row(s) without a price before {} or after {} were left out",
                label(begin),
                label(end)
            ));
        }
        self.notes.rows_used = self.samples.len() as u64;
        let grid = Grid { step_s: DAY_S, gaps: Gaps::Refuse, sources: &self.sources, label };
        let laid = grid.lay(self.samples, |day| format!("price {}", day.price_usd))?;
        self.notes.sorted = laid.sorted;
        let days: Vec<BitcoinDay> = laid.values.into_iter().flatten().collect();
        let first = date_of(begin.div_euclid(DAY_S));
        remark_missing(&mut self.notes, begin, &days);
        Ok(Imported { data: BitcoinDays { first, days }, notes: self.notes })
    }
}

/// Counts what days lack.
fn remark_missing(notes: &mut ImportNotes, begin: i64, days: &[BitcoinDay]) {
    let mut remark = |name: &str, missing: &dyn Fn(&BitcoinDay) -> bool| {
        if let Some(first) = days.iter().position(missing) {
            let date = date_of(begin.div_euclid(DAY_S) + first as i64);
            let (n, all) = (days.iter().filter(|day| missing(day)).count(), days.len());
            notes.remarks.push(format!("{name}: missing on {n} of {all} days, the first is {date}"));
        }
    };
    remark("difficulty", &|day| day.difficulty.is_none());
    remark("blocks", &|day| day.blocks.is_none());
    remark("fees", &|day| day.fees_btc.is_none());
}

impl Visitor for BitcoinReader {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, names: &[&str]) -> Result<(), ImportError> {
        let header = Header::new(at, names)?;
        let (columns, layout) = Columns::recognise(at, &header)?;
        self.sources.push(at.path.into(), at.sheet);
        self.notes.add_layout(layout.into());
        self.table = Some((header, columns));
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        let Some((header, columns)) = &self.table else { return Ok(()) };
        let text = row.fields[columns.date];
        let midnight =
            parse_day(text).map(|day| day * DAY_S).or_else(|| parse_instant(text)).filter(|s| s % DAY_S == 0);
        let Some(midnight) = midnight else {
            let allowed = "allowed is a date such as 2021-02-01, or its midnight 2021-02-01T00:00:00Z";
            return Err(at.field_error(row.number, &header.names[columns.date], text, allowed));
        };
        let optional = |allowed: &Allowed, column: Option<usize>| match column {
            Some(column) => allowed.read(at, header, row, column),
            None => Ok(None),
        };
        let (difficulty, blocks, fees_btc) = (
            optional(&DIFFICULTY, columns.difficulty)?,
            optional(&BLOCKS, columns.blocks)?,
            optional(&FEES, columns.fees)?,
        );
        let price = PRICE.read(at, header, row, columns.price)?;
        self.samples.push(Sample {
            at: midnight,
            value: price.map(|price_usd| BitcoinDay { price_usd, difficulty, blocks, fees_btc }),
            origin: self.sources.origin(row.number),
            moved: false,
        });
        Ok(())
    }
}
