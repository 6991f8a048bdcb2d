//! Fits price, fees and network growth of Bitcoin to a daily record and writes the calibration.
//!
//! ```text
//! cargo run --release -p market --example fit_bitcoin -- FILE.csv.gz SOURCE DATE data/calibration/bitcoin.toml
//! ```
//!
//! `SOURCE` says where the record came from, with the file's checksum; `DATE` is the date of the fit.
#![allow(clippy::print_stdout, reason = "a tool reports on the terminal")]

use std::error::Error;
use std::fs::File;

use flate2::read::MultiGzDecoder;
use market::bitcoin_fit::{fit_bitcoin, read_daily};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, source, date, out] = arguments.as_slice() else {
        return Err("wants four arguments: file, source, date, output".into());
    };
    let days = read_daily(MultiGzDecoder::new(File::open(file)?))?;
    let calibration = fit_bitcoin(&days, source, date)?;
    let text = calibration.to_toml();
    std::fs::write(out, &text)?;
    println!("{text}");
    Ok(())
}
