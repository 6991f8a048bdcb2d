//! Fits the hourly power model to a column of a price file and writes the calibration.
//!
//! ```text
//! cargo run --release -p market --example fit_power -- --file F --column C --point LZ_WEST \
//!     --from 2024-01 --to 2025-06 --date 2026-11-22 --source TEXT --out data/calibration/power_lz-west.toml \
//!     [--drop 2024-03-10/2024-03-16]...
//! ```
//!
//! `--from` and `--to` are local months, both included; `--drop` leaves out local days with known defects, and
//! gzip files are recognised by their ending. `TEXT` says where the prices came from, with the file's checksum.
#![allow(clippy::print_stdout, reason = "a tool reports on the terminal")]

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use market::power::PowerStatistics;
use market::power_fit::{HourlyHistory, HourlySource, PowerFit, PowerFitSettings, ReplaySettings, fit_power};

/// Floor and cap of ERCOT's real-time prices since 2022, USD/MWh.
const FLOOR: f64 = -251.0;
const CAP: f64 = 5000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let source = HourlySource {
        column: arguments.one("--column")?,
        first_day: format!("{}-01", arguments.one("--from")?).parse::<Date>()?,
        last_day: format!("{}-01", arguments.one("--to")?).parse::<Date>()?.last_of_month(),
        dropped: arguments.all("--drop").map(stretch).collect::<Result<_, _>>()?,
    };
    let history = HourlyHistory::read(open(&arguments.one("--file")?)?, &source)?;
    let settings = PowerFitSettings {
        point: arguments.one("--point")?,
        source: arguments.one("--source")?,
        fit_date: arguments.one("--date")?,
        floor_usd_per_mwh: FLOOR,
        cap_usd_per_mwh: CAP,
        replay: ReplaySettings { n_histories: 1000, seed: 1, floor_usd_per_mwh: FLOOR, cap_usd_per_mwh: CAP },
    };
    let fit = fit_power(&history, &settings)?;
    std::fs::write(arguments.one("--out")?, &fit.toml)?;
    report(&fit);
    Ok(())
}

fn report(fit: &PowerFit) {
    println!("lag h, sample, model");
    for (lag, sample, model) in &fit.autocorrelations {
        println!("{lag:5} {sample:7.3} {model:7.3}");
    }
    let [history, simulated, low, high] = &fit.statistics;
    let columns = [history, simulated, low, high].map(PowerStatistics::labelled);
    println!("statistic: history, simulated mean, 5 %, 95 %");
    for row in 0..columns[0].len() {
        let values = columns.map(|column| format!("{:12.5}", column[row].1)).join(" ");
        println!("{:32} {values}", columns[0][row].0);
    }
    println!("hour shape correlation {:.3}", history.hour_shape_correlation(simulated));
    println!("file size {} bytes", fit.toml.len());
    for line in fit.toml.lines().skip_while(|line| *line != "[factors]").take(7) {
        println!("{line}");
    }
}

fn open(path: &str) -> Result<Box<dyn Read>, Box<dyn Error>> {
    let file = BufReader::new(File::open(path).map_err(|error| format!("{path}: {error}"))?);
    if path.ends_with(".gz") { Ok(Box::new(MultiGzDecoder::new(file))) } else { Ok(Box::new(file)) }
}

/// Two dates with a slash between them.
fn stretch(text: &str) -> Result<[Date; 2], Box<dyn Error>> {
    let (first, last) = text.split_once('/').ok_or("--drop wants two dates with a slash between")?;
    Ok([first.parse()?, last.parse()?])
}

/// Command line as pairs of a name and its value.
struct Arguments(Vec<(String, String)>);

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut words = std::env::args().skip(1);
        let mut pairs = Vec::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} has no value"))?;
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &str) -> Result<String, String> {
        self.all(name).last().map(str::to_owned).ok_or_else(|| format!("{name} is missing"))
    }
}
