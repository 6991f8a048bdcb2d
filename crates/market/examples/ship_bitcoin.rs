//! Writes the shipped Bitcoin calibration from a daily record.
//!
//! ```text
//! cargo run --release -p market --example ship_bitcoin -- FILE SOURCE DATE data/calibration/bitcoin.toml
//! ```
//!
//! `SOURCE` says where the record came from, with the file's checksum; `DATE` is the date of the fit.
#![allow(clippy::print_stdout, reason = "a tool reports on the terminal")]

use std::error::Error;
use std::path::Path;

use market::bitcoin_fit::{DailyRecord, fit_bitcoin};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, source, date, out] = arguments.as_slice() else {
        return Err("wants four arguments: file, source, date, output".into());
    };
    let days = DailyRecord::all(&market::import::bitcoin(Path::new(file))?.data)?;
    let text = fit_bitcoin(&days, source, date)?.to_toml();
    std::fs::write(out, &text)?;
    println!("{text}");
    Ok(())
}
