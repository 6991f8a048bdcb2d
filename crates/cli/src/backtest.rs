//! `wattshift backtest`: the model against history.

use crate::args::{MarketsArgs, ProductionArgs};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use anyhow::Context;
use market::backtest::{BacktestSettings, Forecast, panels, scores};
use market::bitcoin_fit::DailyRecord;
use simulate::Observer;
use site::YearMonth;
use std::path::Path;

/// Prints expected beside reported production.
pub(crate) fn production(args: &ProductionArgs) -> Result<(), Failure> {
    let fees = args.missing_fees_btc_per_block;
    if !(0.0..=50.0).contains(&fees) {
        return Err(Failure::BadInput(format!(
            "error: --missing-fees-btc-per-block is {fees}; allowed is 0 to 50 BTC"
        )));
    }
    let months = market::production(&args.miners, &args.bitcoin, fees)
        .map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    say(&report::production_table(&months, fees))
}

/// Forecasts from rolling origins, scored, drawn and written.
pub(crate) fn markets(args: &MarketsArgs) -> Result<(), Failure> {
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(args.threads))
        .build()
        .context("starting threads")?;
    let mut forecasts = Vec::new();
    if let Some(file) = &args.bitcoin {
        forecasts.extend(threads.install(|| bitcoin(file, args))?);
    }
    let scores = scores(&forecasts);
    std::fs::create_dir_all(&args.out).map_err(|error| {
        Failure::BadInput(format!("error: cannot write to {}: {error}", args.out.display()))
    })?;
    let write = |name: &str, bytes: &[u8]| report::write_whole(&args.out.join(name), bytes);
    write("scores.csv", &report::scores_csv(&scores)).context("writing the scores")?;
    write("forecasts.csv", &report::forecasts_csv(&forecasts)).context("writing the forecasts")?;
    let (png, svg) = (args.out.join("backtest.png"), args.out.join("backtest.svg"));
    report::write_panels("Forecasts against what came", &panels(&forecasts, &scores), &png, Some(&svg))
        .context("drawing the forecasts")?;
    if args.quiet {
        return Ok(());
    }
    say(&report::backtest_table(&scores))?;
    say(&format!("\nscores.csv, forecasts.csv, backtest.png and backtest.svg in {}\n", args.out.display()))
}

fn bitcoin(file: &Path, args: &MarketsArgs) -> Result<Vec<Forecast>, Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::BadInput(format!("error: {error}"));
    let record = market::import::bitcoin(file).map_err(|error| bad(&error))?;
    let days = DailyRecord::all(&record.data)
        .map_err(|error| Failure::BadInput(format!("error: {}: {error}", file.display())))?;
    let progress = Progress::new(args.quiet);
    let settings = settings(args, &days);
    let months = settings.last.months_since(settings.first).max(0) as usize + 1;
    progress.begin_counting("forecasting Bitcoin", months, "months");
    let made = market::backtest::bitcoin(&days, &settings, &|| progress.advance(1));
    progress.end();
    made.map_err(|error| bad(&error))
}

fn settings(args: &MarketsArgs, days: &[DailyRecord]) -> BacktestSettings {
    let end = days.last().and_then(|day| YearMonth::parse(&day.date.strftime("%Y-%m").to_string()));
    BacktestSettings {
        first: args.from,
        last: args.to.or(end).unwrap_or(args.from),
        n_paths: args.paths as usize,
        seed: args.seed,
    }
}
