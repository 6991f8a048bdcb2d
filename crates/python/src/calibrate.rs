//! Fits of markets to files, as `wattshift calibrate` makes them.

use crate::fault::{bad_input, io};
use crate::literal::from_toml;
use crate::work::{Trouble, progress_of, watched};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use market::Panel;
use market::bitcoin_fit::{DailyRecord, fit_bitcoin};
use market::import::{Gaps, PointQuery, PriceMarket, power_files, reserves_files};
use market::marks_fit::{
    BUILTIN_GPU_MARKS, BUILTIN_LEASE_MARKS, GpuPrior, RateFit, builtin_gpu_marks, builtin_lease_marks,
    fit_gpu, fit_lease, gpu_marks, lease_marks,
};
use market::power_fit::{HourlyHistory, PowerFitSettings, fit_power, part_days};
use market::reserve_fit::{ReserveFitSettings, fit_reserves};
use pyo3::prelude::*;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// A calibration: parameters fitted to history, with what they were fitted to.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Fit {
    title: String,
    toml: String,
    text: String,
    notes: String,
    panels: Vec<Panel>,
}

#[pymethods]
impl Fit {
    /// The calibration as the text of its file.
    #[getter]
    fn toml(&self) -> &str {
        &self.toml
    }

    /// Its parameters, as a dictionary.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let table: toml::Table = self.toml.parse().map_err(crate::fault::broken)?;
        from_toml(py, &toml::Value::Table(table))
    }

    /// What the command line prints of it.
    fn text(&self) -> &str {
        &self.text
    }

    /// What was found in the files: their layout, gaps, days left out.
    #[getter]
    fn notes(&self) -> &str {
        &self.notes
    }

    /// Writes the calibration to a file ending in `.toml`, and a chart of model and history beside it; `force` overwrites.
    #[pyo3(signature = (path, *, force=false))]
    fn write(&self, path: PathBuf, force: bool) -> PyResult<()> {
        if path.extension().is_none_or(|extension| extension != "toml") {
            return Err(bad_input(format!(
                "{} does not end in .toml; name a file that does",
                path.display()
            )));
        }
        let png = path.with_extension("png");
        if let Some(there) = [&path, &png].into_iter().find(|file| !force && file.exists()) {
            return Err(bad_input(format!(
                "{} is already there; name another place or set force",
                there.display()
            )));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if !self.panels.is_empty() {
            report::write_panels(&self.title, &self.panels, &png, None).map_err(io)?;
        }
        report::write_whole(&path, self.toml.as_bytes()).map_err(io)
    }

    fn __repr__(&self) -> String {
        format!("<wattshift.Fit {}>", self.title)
    }
}

/// The date of a fit: as stated, or today (UTC).
fn fit_date(stated: Option<String>) -> PyResult<String> {
    let today = || Ok(Timestamp::now().to_zoned(TimeZone::UTC).date());
    let date: Date = stated.map_or_else(today, |text| parse("date", &text))?;
    Ok(date.to_string())
}

fn parse(field: &str, text: &str) -> PyResult<Date> {
    text.parse().map_err(|_| bad_input(format!("{field} is `{text}`; wanted is a day such as 2024-03-10")))
}

/// The first day of a month.
fn month(field: &str, text: Option<String>) -> PyResult<Option<Date>> {
    let wanted = |text: String| {
        let first = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten();
        first.ok_or_else(|| bad_input(format!("{field} is `{text}`; wanted is a month such as 2024-01")))
    };
    text.map(wanted).transpose()
}

/// Days left out, as pairs of the first and the last.
pub(crate) fn stretches(drop: Vec<(String, String)>) -> PyResult<Vec<[Date; 2]>> {
    let stretch = |(first, last): (String, String)| {
        let days = [parse("drop", &first)?, parse("drop", &last)?];
        if days[0] > days[1] {
            return Err(bad_input(format!("drop has {first} to {last}; the earlier day comes first")));
        }
        Ok(days)
    };
    drop.into_iter().map(stretch).collect()
}

/// Names of the files with their checksums, without the folders they lie in.
fn source_line(files: &[&Path]) -> PyResult<String> {
    let describe = |path: &&Path| {
        let bytes = fs::read(path).map_err(|error| {
            bad_input(format!("{}: cannot read the file ({error}); check its name", path.display()))
        })?;
        let name = path.file_name().map_or_else(Default::default, |name| name.to_string_lossy());
        Ok(format!("{name} (sha256 {})", report::sha256_hex(&bytes)))
    };
    Ok(files.iter().map(describe).collect::<PyResult<Vec<String>>>()?.join(", "))
}

/// Fits the hourly price of a settlement point to files in the grid operator's layouts.
///
/// `from_month` and `to_month` are `"YYYY-MM"`, `drop` holds pairs of days left out, `market` is `"real-time"` or `"day-ahead"` where a
/// file mixes them, `allow_gaps` fits around missing prices, `name` names the point where `point` is a column, and `date` is the day of the fit
/// (today unless stated).
#[pyfunction]
#[pyo3(signature = (files, point, *, point_type=None, market=None, from_month=None, to_month=None, drop=Vec::new(), allow_gaps=false, name=None, date=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
pub fn calibrate_power(
    py: Python<'_>,
    files: Vec<PathBuf>,
    point: String,
    point_type: Option<String>,
    market: Option<String>,
    from_month: Option<String>,
    to_month: Option<String>,
    drop: Vec<(String, String)>,
    allow_gaps: bool,
    name: Option<String>,
    date: Option<String>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Fit> {
    let market = match market.as_deref() {
        None => None,
        Some("real-time") => Some(PriceMarket::RealTime),
        Some("day-ahead") => Some(PriceMarket::DayAhead),
        Some(other) => {
            return Err(bad_input(format!("market is `{other}`; allowed are real-time and day-ahead")));
        }
    };
    let gaps = if allow_gaps { Gaps::Report } else { Gaps::Refuse };
    let query = PointQuery { point: point.clone(), point_type, market, gaps };
    let (first, last) = (month("from_month", from_month)?, month("to_month", to_month)?);
    let (dropped, date) = (stretches(drop)?, fit_date(date)?);
    let paths: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let source = source_line(&paths)?;
    let progress = progress_of(py, progress)?;
    watched(py, progress, Trouble::default(), |watch| {
        watch.begin("reading prices", 0);
        let imported = power_files(&paths, &query).map_err(bad_input)?;
        let part_days = part_days(&imported.data).map_err(bad_input)?;
        let dropped: Vec<[Date; 2]> = part_days.iter().map(|day| [*day; 2]).chain(dropped).collect();
        let last = last.map(Date::last_of_month);
        let history = HourlyHistory::from_series(&imported.data, first, last, &dropped).map_err(bad_input)?;
        watch.begin("fitting power", 0);
        let named = name.as_ref().unwrap_or(&point);
        let fit = fit_power(&history, &PowerFitSettings::new(named, &source, &date)).map_err(bad_input)?;
        let mut notes = imported.notes.to_string();
        for day in &part_days {
            notes += &format!("\n{day} is not whole in the files and is left out");
        }
        Ok(Fit {
            title: format!("Power at {named}: model and history"),
            text: report::power_fit_report(&fit),
            toml: fit.toml,
            notes,
            panels: fit.panels,
        })
    })?
}

/// Fits the hourly prices of the reserve products, tied to the power price of a settlement point.
#[pyfunction]
#[pyo3(signature = (files, power, point, *, point_type=None, seed=1, date=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
pub fn calibrate_reserves(
    py: Python<'_>,
    files: Vec<PathBuf>,
    power: Vec<PathBuf>,
    point: String,
    point_type: Option<String>,
    seed: u64,
    date: Option<String>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Fit> {
    let mut paths: Vec<&Path> = files.iter().chain(&power).map(AsRef::as_ref).collect();
    // One file may hold both.
    paths.sort_unstable();
    paths.dedup();
    let source = format!("{}; power at {point}", source_line(&paths)?);
    let query = PointQuery { point_type, gaps: Gaps::Report, ..PointQuery::new(point.as_str()) };
    let settings = ReserveFitSettings { source, fit_date: fit_date(date)?, seed };
    let progress = progress_of(py, progress)?;
    watched(py, progress, Trouble::default(), |watch| {
        watch.begin("reading prices", 0);
        let series = reserves_files(&files, Gaps::Report).map_err(bad_input)?;
        let prices = power_files(&power, &query).map_err(bad_input)?;
        watch.begin("fitting reserves", 0);
        let fit = fit_reserves(&series.data, &prices.data, &settings).map_err(bad_input)?;
        Ok(Fit {
            title: format!("Reserves beside power at {point}"),
            text: report::reserve_fit_report(&fit.calibration),
            toml: fit.toml,
            notes: format!("{}\n{}", series.notes, prices.notes),
            panels: fit.panels,
        })
    })?
}

/// Fits volatility, fees and the response of the network to a daily record of at least eight years.
#[pyfunction]
#[pyo3(signature = (file, *, date=None, progress=None))]
pub fn calibrate_bitcoin(
    py: Python<'_>,
    file: PathBuf,
    date: Option<String>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Fit> {
    let (source, date) = (source_line(&[&file])?, fit_date(date)?);
    let progress = progress_of(py, progress)?;
    let of_file = |error: &dyn Display| bad_input(format!("{}: {error}", file.display()));
    watched(py, progress, Trouble::default(), |watch| {
        watch.begin("fitting Bitcoin", 0);
        let imported = market::import::bitcoin(&file).map_err(bad_input)?;
        let days = DailyRecord::all(&imported.data).map_err(|error| of_file(&error))?;
        let calibration = fit_bitcoin(&days, &source, &date).map_err(|error| of_file(&error))?;
        Ok(Fit {
            title: "Bitcoin: model and history".into(),
            toml: calibration.to_toml(),
            text: report::bitcoin_fit_report(&calibration),
            notes: imported.notes.to_string(),
            panels: report::bitcoin_panels(&days, &calibration),
        })
    })?
}

/// Fits the price of a GPU-hour to a file of marks, or to those shipped with the package.
#[pyfunction]
#[pyo3(signature = (file=None, *, date=None))]
pub fn calibrate_gpu(file: Option<PathBuf>, date: Option<String>) -> PyResult<Fit> {
    let (source, date) = (marks_source(file.as_deref(), BUILTIN_GPU_MARKS)?, fit_date(date)?);
    let marks = match &file {
        Some(file) => gpu_marks(file, &source, &date).map_err(bad_input)?,
        None => builtin_gpu_marks(&source, &date),
    };
    Ok(of_marks("Price of a GPU-hour", fit_gpu(&marks, &GpuPrior::default()).map_err(bad_input)?))
}

/// Fits level and spread of lease rents to a file of announced deals, or to those shipped with the package.
#[pyfunction]
#[pyo3(signature = (file=None, *, date=None))]
pub fn calibrate_lease(file: Option<PathBuf>, date: Option<String>) -> PyResult<Fit> {
    let (source, date) = (marks_source(file.as_deref(), BUILTIN_LEASE_MARKS)?, fit_date(date)?);
    let marks = match &file {
        Some(file) => lease_marks(file, &source, &date).map_err(bad_input)?,
        None => builtin_lease_marks(&source, &date),
    };
    Ok(of_marks("Lease rents", fit_lease(&marks).map_err(bad_input)?))
}

fn marks_source(file: Option<&Path>, (name, text): (&str, &str)) -> PyResult<String> {
    match file {
        Some(file) => source_line(&[file]),
        None => Ok(format!("{name} as shipped (sha256 {})", report::sha256_hex(text.as_bytes()))),
    }
}

fn of_marks(title: &str, fit: RateFit) -> Fit {
    let text = report::rate_fit_report(&fit.calibration);
    Fit { title: title.into(), toml: fit.toml, text, notes: String::new(), panels: fit.panels }
}
