//! `wattshift calibrate bitcoin`.

use super::args::BitcoinArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use market::bitcoin_fit::{DailyRecord, fit_bitcoin};
use market::import::{Imported, bitcoin as import};

/// Fits price, fees and network to a daily record.
pub(super) fn bitcoin(args: &BitcoinArgs) -> Result<(), Failure> {
    let target = Target::open(&args.output, "bitcoin")?;
    let source = source_line(&[&args.file])?;
    let Imported { data, notes } =
        import(&args.file).map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    say(&format!("{notes}\n\n"))?;
    let progress = Progress::new(false);
    progress.begin("fitting Bitcoin", 0);
    let fit =
        DailyRecord::all(&data).and_then(|days| Ok((fit_bitcoin(&days, &source, &target.fit_date)?, days)));
    progress.end();
    let (calibration, days) =
        fit.map_err(|error| Failure::BadInput(format!("error: {}: {error}", args.file.display())))?;
    say(&report::bitcoin_fit_report(&calibration))?;
    let panels = report::bitcoin_panels(&days, &calibration);
    target.write("Bitcoin: model and history", &calibration.to_toml(), &panels, Some("bitcoin"))
}
