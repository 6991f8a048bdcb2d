//! The model against history, as `wattshift backtest` holds it.

use crate::calibrate::stretches;
use crate::fault::{bad_input, broken, io};
use crate::table::Table;
use crate::work::{Trouble, Watch, progress_of, threads_of, watched};
use jiff::civil::Date;
use market::backtest::{BacktestSettings, Forecast, OriginMonths, Score, panels, scores};
use market::bitcoin_fit::DailyRecord;
use market::import::{Gaps, PointQuery, power_files};
use market::power_fit::{HourlyHistory, part_days};
use pyo3::prelude::*;
use report::typed::{TypedColumn, Values};
use site::YearMonth;
use std::path::{Path, PathBuf};

/// Forecasts from rolling origins, and how they fared.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Backtest {
    forecasts: Vec<Forecast>,
    scores: Vec<Score>,
}

#[pymethods]
impl Backtest {
    /// Coverage, PIT and CRPS of model and random walk, a row for each factor and horizon.
    #[getter]
    fn scores(&self) -> PyResult<Table> {
        Table::of_csv("backtest markets", "scores.csv", &report::scores_csv(&self.scores))
    }

    /// Every forecast beside what came.
    #[getter]
    fn forecasts(&self) -> PyResult<Table> {
        Table::of_csv("backtest markets", "forecasts.csv", &report::forecasts_csv(&self.forecasts))
    }

    /// The scores as the command line prints them.
    fn text(&self) -> String {
        report::backtest_table(&self.scores)
    }

    /// Writes `scores.csv`, `forecasts.csv` and the chart of both into a folder; `force` overwrites.
    #[pyo3(signature = (out, *, force=false))]
    fn write(&self, out: PathBuf, force: bool) -> PyResult<()> {
        let files =
            ["scores.csv", "forecasts.csv", "backtest.png", "backtest.svg"].map(|name| out.join(name));
        if let Some(there) = files.iter().find(|file| !force && file.exists()) {
            return Err(bad_input(format!(
                "{} is already there; name another folder or set force",
                there.display()
            )));
        }
        std::fs::create_dir_all(&out)?;
        let [scores, forecasts, png, svg] = &files;
        report::write_whole(scores, &report::scores_csv(&self.scores)).map_err(io)?;
        report::write_whole(forecasts, &report::forecasts_csv(&self.forecasts)).map_err(io)?;
        let panels = panels(&self.forecasts, &self.scores);
        report::write_panels("Forecasts against what came", &panels, png, Some(svg)).map_err(io)
    }
}

/// What is asked of a backtest of markets.
struct Asked {
    bitcoin: Option<PathBuf>,
    power: Vec<PathBuf>,
    query: PointQuery,
    dropped: Vec<[Date; 2]>,
    period: [Option<YearMonth>; 2],
    paths: u32,
    seed: u64,
}

/// Scores forecasts of Bitcoin, difficulty, hashprice and monthly power from rolling origins against random walks.
///
/// `bitcoin` is a daily record, `power` files of prices at `point`; `from_month` and `to_month` are `"YYYY-MM"`, `drop` holds pairs of days
/// left out. Same bits as the command line.
#[pyfunction]
#[pyo3(signature = (*, bitcoin=None, power=Vec::new(), point=None, point_type=None, drop=Vec::new(), from_month=None, to_month=None, paths=2_000, seed=1, threads=0, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
pub fn backtest_markets(
    py: Python<'_>,
    bitcoin: Option<PathBuf>,
    power: Vec<PathBuf>,
    point: Option<String>,
    point_type: Option<String>,
    drop: Vec<(String, String)>,
    from_month: Option<String>,
    to_month: Option<String>,
    paths: i64,
    seed: u64,
    threads: i64,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Backtest> {
    if bitcoin.is_none() && power.is_empty() {
        return Err(bad_input("nothing to hold the model against; name files with bitcoin or power"));
    }
    if !power.is_empty() && point.is_none() {
        return Err(bad_input(
            "power needs point, the settlement point of the prices or the name of their column",
        ));
    }
    let Some(paths) = u32::try_from(paths).ok().filter(|paths| (100..=1_000_000).contains(paths)) else {
        return Err(bad_input(format!("paths is {paths}; allowed is 100 to 1,000,000")));
    };
    let mut query = PointQuery::new(point.unwrap_or_default());
    query.point_type = point_type;
    query.gaps = Gaps::Report;
    let period = [month("from_month", from_month)?, month("to_month", to_month)?];
    let asked = Asked { bitcoin, power, query, dropped: stretches(drop)?, period, paths, seed };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads_of(threads)?).build().map_err(broken)?;
    let progress = progress_of(py, progress)?;
    let forecasts = watched(py, progress, Trouble::default(), |watch| {
        pool.install(|| -> PyResult<Vec<Forecast>> {
            let mut forecasts = Vec::new();
            if let Some(file) = &asked.bitcoin {
                forecasts.extend(of_bitcoin(file, &asked, watch)?);
            }
            if !asked.power.is_empty() {
                forecasts.extend(of_power(&asked, watch)?);
            }
            Ok(forecasts)
        })
    })??;
    Ok(Backtest { scores: scores(&forecasts), forecasts })
}

fn month(field: &str, text: Option<String>) -> PyResult<Option<YearMonth>> {
    let parsed = |text: String| {
        YearMonth::parse(&text).ok_or_else(|| {
            bad_input(format!("{field} is `{text}`; allowed is YYYY-MM from 2009-01 to 2200-12"))
        })
    };
    text.map(parsed).transpose()
}

fn of_bitcoin(file: &Path, asked: &Asked, watch: &Watch) -> PyResult<Vec<Forecast>> {
    let record = market::import::bitcoin(file).map_err(bad_input)?;
    let days =
        DailyRecord::all(&record.data).map_err(|error| bad_input(format!("{}: {error}", file.display())))?;
    let settings = settings(asked, OriginMonths::of_bitcoin(&days).map_err(bad_input)?)?;
    let months = settings.last.months_since(settings.first).max(0) as usize + 1;
    watch.begin("forecasting Bitcoin", months);
    market::backtest::bitcoin(&days, &settings, &|| watch.advanced(1)).map_err(bad_input)
}

fn of_power(asked: &Asked, watch: &Watch) -> PyResult<Vec<Forecast>> {
    watch.begin("reading prices", 0);
    let series = power_files(&asked.power, &asked.query).map_err(bad_input)?.data;
    let part_days = part_days(&series).map_err(bad_input)?;
    let dropped: Vec<[Date; 2]> =
        part_days.iter().map(|day| [*day; 2]).chain(asked.dropped.iter().copied()).collect();
    let history = HourlyHistory::from_series(&series, None, None, &dropped).map_err(bad_input)?;
    let settings = settings(asked, OriginMonths::of_power(&history).map_err(bad_input)?)?;
    watch.begin("forecasting power", 0);
    market::backtest::power(&history, &settings, &|| ()).map_err(bad_input)
}

fn settings(asked: &Asked, origins: OriginMonths) -> PyResult<BacktestSettings> {
    const USUAL: YearMonth = YearMonth { year: 2018, month: 1 };
    let [first, last] = origins
        .choose(asked.period, USUAL)
        .map_err(|error| bad_input(format!("{error}; change from_month and to_month")))?;
    Ok(BacktestSettings { first, last, n_paths: asked.paths as usize, seed: asked.seed })
}

/// Compares reported production of miners with what their hashrate should have found, a row for each reported month.
///
/// `miners` is a CSV of reported months, `bitcoin` a daily record; `missing_fees_btc_per_block` stands in for days without fees.
#[pyfunction]
#[pyo3(signature = (miners, bitcoin, *, missing_fees_btc_per_block=0.05))]
pub fn backtest_production(
    miners: PathBuf,
    bitcoin: PathBuf,
    missing_fees_btc_per_block: f64,
) -> PyResult<Table> {
    let fees = missing_fees_btc_per_block;
    if !(0.0..=50.0).contains(&fees) {
        return Err(bad_input(format!("missing_fees_btc_per_block is {fees}; allowed is 0 to 50 BTC")));
    }
    let months = market::production(&miners, &bitcoin, fees).map_err(bad_input)?;
    let number = |of: fn(&market::ProductionMonth) -> f64| {
        Values::Number(months.iter().map(|month| Some(of(month))).collect())
    };
    let column = |name: &str, unit: &'static str, meaning: &str, values: Values| TypedColumn {
        name: name.into(),
        unit,
        meaning: meaning.into(),
        values,
    };
    let companies = Values::Text(months.iter().map(|month| Some(month.company.clone())).collect());
    let calendar = Values::Text(months.iter().map(|month| Some(month.month.to_string())).collect());
    let filled = Values::Whole(months.iter().map(|month| Some(month.filled_fee_days as i64)).collect());
    Table::of(
        "production",
        vec![
            column("company", "text", "the company", companies),
            column("month", "YYYY-MM", "calendar month", calendar),
            column(
                "hashrate_eh_s",
                "EH/s",
                "mean operating hashrate as reported",
                number(|m| m.hashrate_eh_s),
            ),
            column("reported_btc", "BTC", "bitcoin produced as reported", number(|m| m.reported_btc)),
            column(
                "expected_btc",
                "BTC",
                "bitcoin that the hashrate should have produced",
                number(|m| m.expected_btc),
            ),
            column(
                "error_share",
                "share",
                "expected over reported, less one",
                number(market::ProductionMonth::error),
            ),
            column("filled_fee_days", "count", "days whose fees were missing and stood in for", filled),
        ],
    )
}
