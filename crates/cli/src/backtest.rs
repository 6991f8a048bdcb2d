//! `wattshift backtest`: the model against history.

use crate::args::{MarketsArgs, ProductionArgs};
use crate::failure::Failure;
use crate::output::say;
use crate::place;
use crate::progress::Progress;
use anyhow::Context;
use jiff::civil::Date;
use market::backtest::{BacktestSettings, Forecast, OriginMonths, panels, scores};
use market::bitcoin_fit::DailyRecord;
use market::import::{Gaps, PointQuery, power_files};
use market::power_fit::{HourlyHistory, part_days};
use simulate::Observer;
use site::YearMonth;
use std::path::{Path, PathBuf};

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
    let names = ["scores.csv", "forecasts.csv", "backtest.png", "backtest.svg"];
    let files = names.map(|name| args.out.join(name));
    place::check(&files.each_ref().map(PathBuf::as_path), args.force)?;
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(args.threads))
        .build()
        .context("starting threads")?;
    let mut forecasts = Vec::new();
    if let Some(file) = &args.bitcoin {
        forecasts.extend(threads.install(|| bitcoin(file, args))?);
    }
    if !args.power.is_empty() {
        forecasts.extend(threads.install(|| power(args))?);
    }
    let scores = scores(&forecasts);
    std::fs::create_dir_all(&args.out).map_err(|error| {
        Failure::BadInput(format!("error: cannot write to {}: {error}", args.out.display()))
    })?;
    let [scores_file, forecasts_file, png, svg] = &files;
    report::write_whole(scores_file, &report::scores_csv(&scores)).context("writing the scores")?;
    report::write_whole(forecasts_file, &report::forecasts_csv(&forecasts))
        .context("writing the forecasts")?;
    report::write_panels("Forecasts against what came", &panels(&forecasts, &scores), png, Some(svg))
        .context("drawing the forecasts")?;
    if args.quiet {
        return Ok(());
    }
    say(&report::backtest_table(&scores))?;
    say(&format!("\n{} in {}\n", names.join(", "), args.out.display()))
}

fn bitcoin(file: &Path, args: &MarketsArgs) -> Result<Vec<Forecast>, Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::BadInput(format!("error: {error}"));
    let record = market::import::bitcoin(file).map_err(|error| bad(&error))?;
    let days = DailyRecord::all(&record.data)
        .map_err(|error| Failure::BadInput(format!("error: {}: {error}", file.display())))?;
    let progress = Progress::new(args.quiet);
    let origins = OriginMonths::of_bitcoin(&days).map_err(|error| bad(&error))?;
    let settings = settings(args, origins)?;
    let months = settings.last.months_since(settings.first).max(0) as usize + 1;
    progress.begin_counting("forecasting Bitcoin", months, "months");
    let made = market::backtest::bitcoin(&days, &settings, &|| progress.advance(1));
    progress.end();
    made.map_err(|error| bad(&error))
}

fn power(args: &MarketsArgs) -> Result<Vec<Forecast>, Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::BadInput(format!("error: {error}"));
    let mut query = PointQuery::new(args.point.clone().unwrap_or_default());
    query.point_type.clone_from(&args.point_type);
    query.gaps = Gaps::Report;
    let series = power_files(&args.power, &query).map_err(|error| bad(&error))?.data;
    let part_days = part_days(&series).map_err(|error| bad(&error))?;
    for day in part_days.iter().filter(|_| !args.quiet) {
        say(&format!("{day} is not whole in the files and is left out\n"))?;
    }
    let dropped: Vec<[Date; 2]> =
        part_days.iter().map(|day| [*day; 2]).chain(args.drop.iter().copied()).collect();
    let history = HourlyHistory::from_series(&series, None, None, &dropped).map_err(|error| bad(&error))?;
    let origins = OriginMonths::of_power(&history).map_err(|error| bad(&error))?;
    let settings = settings(args, origins)?;
    let progress = Progress::new(args.quiet);
    progress.begin("forecasting power", 0);
    let made = market::backtest::power(&history, &settings, &|| ());
    progress.end();
    made.map_err(|error| bad(&error))
}

fn settings(args: &MarketsArgs, origins: OriginMonths) -> Result<BacktestSettings, Failure> {
    const USUAL: YearMonth = YearMonth { year: 2018, month: 1 };
    let [first, last] = origins
        .choose([args.from, args.to], USUAL)
        .map_err(|error| Failure::BadInput(format!("error: {error}; change --from and --to")))?;
    Ok(BacktestSettings { first, last, n_paths: args.paths as usize, seed: args.seed })
}
