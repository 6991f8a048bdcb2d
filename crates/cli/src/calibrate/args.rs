//! What can be said to `wattshift calibrate`.

use crate::args::exit_codes;
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use market::import::PriceMarket;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum CalibrateCommand {
    /// Hourly power price of a settlement point, from files in the grid operator's layouts
    Power(PowerArgs),
    /// Hourly prices of the reserve products, tied to the power price of a settlement point
    Reserves(ReservesArgs),
    /// Volatility, fees and the response of the network, from a daily record
    Bitcoin(BitcoinArgs),
    /// Decline, reversion and volatility of the price of a GPU-hour, from marks
    Gpu(MarksArgs),
    /// Level and spread of lease rents, from announced deals
    Lease(MarksArgs),
}

/// Where a fit goes, for every one of them.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// The calibration to write; a chart of the same name ending in .png stands beside it
    #[arg(short, long, value_name = "FILE.toml")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite files that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Date of the fit; today (UTC) unless stated, so that a fit can be repeated to the byte
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<Date>,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift calibrate power rtm_2022.csv rtm_2023.csv rtm_2024.csv --point HB_WEST\n  wattshift calibrate power prices.csv.gz --point LZ_WEST --point-type LZ --from 2023-01 --to 2025-06\n  wattshift calibrate power prices.csv --point HB_WEST --allow-gaps --drop 2024-03-10/2024-03-16 -o my/power_west.toml\n\nLayouts: ERCOT's yearly and daily files, gridstatus, or a UTC time with a column per series; CSV, gzip or (in a build with\nthe feature xlsx) workbooks. Use the result in a scenario: [power] calibration = \"my/power_west.toml\".", exit_codes!())
)]
pub(crate) struct PowerArgs {
    /// Files of prices; their order does not matter
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Settlement point, such as HB_WEST, or the column of a file with a column per series
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) point: String,
    /// Type of the point, such as LZ or LZEW, where a name has several; not for a file with a column per series
    #[arg(long, value_name = "TYPE")]
    pub(crate) point_type: Option<String>,
    /// The market, where a file mixes them or its columns name them
    #[arg(long)]
    pub(crate) market: Option<MarketArg>,
    /// First local month; the first whole one unless stated
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) from: Option<Date>,
    /// Last local month; the last whole one unless stated
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) to: Option<Date>,
    /// Local days left out as known defects, first and last; repeatable
    #[arg(long, value_name = "DATE/DATE", value_parser = stretch)]
    pub(crate) drop: Vec<Stretch>,
    /// Fit around missing prices instead of refusing them
    #[arg(long)]
    pub(crate) allow_gaps: bool,
    /// Name of the point in the calibration, where --point is a column
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Example:\n  wattshift calibrate reserves as_2024.csv as_2025.csv --power rtm_2024.csv rtm_2025.csv --point HB_HOUSTON -o my/reserves.toml\n\nHours that lack a price of power or of a product are left out. Layouts: ERCOT's yearly and daily files, gridstatus, or a\nUTC time with a column per product.", exit_codes!())
)]
pub(crate) struct ReservesArgs {
    /// Files of clearing prices; their order does not matter
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Files of power prices over the same hours
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(crate) power: Vec<PathBuf>,
    /// Settlement point of the power prices, or the name of their column
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) point: String,
    /// Type of the point, such as LZ or LZEW, where a name has several; not for a file with a column per series
    #[arg(long, value_name = "TYPE")]
    pub(crate) point_type: Option<String>,
    /// Seed of the simulations beside history, a whole number from 0
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..), allow_negative_numbers = true)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Example:\n  wattshift calibrate bitcoin btc_daily.csv.gz -o my/bitcoin.toml\n\nColumns: date_utc, price_usd, difficulty, blocks, fees_btc; at least eight years, which is two halvings.", exit_codes!())
)]
pub(crate) struct BitcoinArgs {
    /// The daily record, CSV or gzip
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift calibrate lease -o my/lease.toml\n  wattshift calibrate gpu my_marks.csv -o my/gpu.toml\n\nColumns of leases: deal, month, total_usd, years, it_mw, escalator_per_year, in_fit.\nColumns of GPU-hours: gpu, month, price_usd_per_gpu_hour, in_fit. Others are left aside; in_fit is yes or no.", exit_codes!())
)]
pub(crate) struct MarksArgs {
    /// CSV of marks; those shipped with the program unless stated
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// A market as the command line names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MarketArg {
    /// Real-time settlement
    RealTime,
    /// The day-ahead auction
    DayAhead,
}

impl From<MarketArg> for PriceMarket {
    fn from(market: MarketArg) -> Self {
        match market {
            MarketArg::RealTime => Self::RealTime,
            MarketArg::DayAhead => Self::DayAhead,
        }
    }
}

/// First and last local day.
pub(crate) type Stretch = [Date; 2];

/// The first day of a month.
fn month(text: &str) -> Result<Date, String> {
    let wanted = || "wanted is a month such as 2024-01".to_owned();
    if text.len() != 7 {
        return Err(wanted());
    }
    format!("{text}-01").parse().map_err(|_| wanted())
}

/// A name that a file and a line of text can hold.
pub(crate) fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("wanted is a name, not empty and without control characters".into());
    }
    Ok(text.trim().to_owned())
}

pub(crate) fn stretch(text: &str) -> Result<Stretch, String> {
    let days = text.split_once('/').and_then(|(a, b)| Some([a.parse().ok()?, b.parse().ok()?]));
    days.filter(|[first, last]: &Stretch| first <= last).ok_or_else(|| {
        "wanted are two days with a slash between, the earlier first, such as 2024-03-10/2024-03-16".into()
    })
}
