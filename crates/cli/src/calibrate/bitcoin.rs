//! `wattshift calibrate bitcoin`.

use super::args::BitcoinArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use flate2::read::MultiGzDecoder;
use market::bitcoin_fit::{fit_bitcoin, read_daily};
use std::fs;
use std::io::Read;

/// Fits price, fees and network to a daily record.
pub(super) fn bitcoin(args: &BitcoinArgs) -> Result<(), Failure> {
    let target = Target::open(&args.output, "bitcoin")?;
    let source = source_line(&[&args.file])?;
    let bad =
        |error: &dyn std::fmt::Display| Failure::BadInput(format!("error: {}: {error}", args.file.display()));
    let bytes = fs::read(&args.file).map_err(|error| bad(&error))?;
    let reader: Box<dyn Read> = if bytes.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(&bytes[..]))
    } else {
        Box::new(&bytes[..])
    };
    let progress = Progress::new(false);
    progress.begin("fitting Bitcoin", 0);
    let fit = read_daily(reader).and_then(|days| fit_bitcoin(&days, &source, &target.fit_date));
    progress.end();
    let calibration = fit.map_err(|error| bad(&error))?;
    say(&report::bitcoin_fit_report(&calibration))?;
    target.write("Bitcoin: model and history", &calibration.to_toml(), &[])
}
