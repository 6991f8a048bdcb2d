//! Writes one simulated year of hourly power prices as a table with a row per hour, rounded to cents.
//!
//! `cargo run --release -p market --example price_path -- hb-houston 2025 1 0` takes a shipped calibration, a year, a seed and the
//! number of a path, and prints `price_usd_per_mwh` for the hours of that year on a clock of UTC−6 without clock changes.

#![allow(clippy::print_stdout, reason = "an example prints its table")]

use market::{PowerCalibration, PowerModel, PowerSource};
use site::{Calendar, YearMonth, Zone};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, year, seed, path] = words.as_slice() else {
        return Err("wanted are a calibration, a year, a seed and a path: hb-houston 2025 1 0".into());
    };
    let calibration = PowerCalibration::builtin(name).ok_or("no such calibration is shipped")?;
    let start = YearMonth::parse(&format!("{year}-01")).ok_or("a year is 2009 to 2200")?;
    let calendar = Calendar::new(start, 12, Zone::FixedUtcMinus6);
    let level = calibration.mean_usd_per_mwh();
    let model = PowerModel::new(calibration, level, 0.0, -251.0, 5_000.0);
    let prices = PowerSource::Model(Box::new(model)).path(&calendar, seed.parse()?, path.parse()?);
    println!("price_usd_per_mwh");
    for price in prices {
        // Adding zero turns negative zero into zero.
        println!("{:.2}", (price * 100.0).round() / 100.0 + 0.0);
    }
    Ok(())
}
