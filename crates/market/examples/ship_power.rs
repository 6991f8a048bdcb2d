//! Fits the shipped power calibrations anew and rewrites their files.
//!
//! ```text
//! cargo run --release -p market --example ship_power -- DATA_FOLDER FIT_DATE [OUT_FOLDER]
//! ```
//!
//! `DATA_FOLDER` holds the two price files named below; `OUT_FOLDER` is `data/calibration` unless given.
#![allow(clippy::print_stdout, reason = "a tool reports on the terminal")]

use std::error::Error;
use std::path::Path;

use jiff::civil::{Date, date};
use market::import::{Gaps, PointQuery, power};
use market::power_fit::{
    FittedHistory, HourlyHistory, PowerFit, PowerFitSettings, fit_power, long_run_power,
};

const HOUSTON_FILE: &str = "ercot_rt15_hb_houston_2021_2025h1.csv.gz";
const HOUSTON_SOURCE: &str = "ERCOT real-time settlement point prices, HB_HOUSTON, hourly means of quarter-hours; \
    ercot_rt15_hb_houston_2021_2025h1.csv.gz, sha256 495e2df2f658c3e2f5ef0d02ea1259f0f941ec9ecccde0dde618ddf29805741d";
const WEST_FILE: &str = "ercot_hourly_dam_rtm_as_2024_2025h1.csv.gz";
const WEST_SUM: &str = "ercot_hourly_dam_rtm_as_2024_2025h1.csv.gz, sha256 \
    618ddc543be59afb0ee6f57937f722b019ba35d221fab2663f7a566cd3bbf521";

/// The weeks after spring clock changes, in which the zone's cells repeat the week before.
const COPIED_WEEKS: [[Date; 2]; 2] =
    [[date(2024, 3, 10), date(2024, 3, 16)], [date(2025, 3, 9), date(2025, 3, 15)]];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, fit_date, rest @ ..] = arguments.as_slice() else {
        return Err("wants a data folder and a date".into());
    };
    let out = Path::new(rest.first().map_or("data/calibration", String::as_str));
    let data = Path::new(data);
    let houston =
        history(&data.join(HOUSTON_FILE), "hb_houston_usd_mwh", [date(2022, 1, 1), date(2025, 6, 30)], &[])?;
    let reference = fit_power(&houston, &PowerFitSettings::new("HB_HOUSTON", HOUSTON_SOURCE, fit_date))?;
    ship(&reference, &out.join("power_hb-houston.toml"))?;
    for (point, name, column, dropped) in [
        ("HB_WEST", "hb-west", "hb_west_rtm", &[][..]),
        ("LZ_WEST", "lz-west", "lz_west_rtm", &COPIED_WEEKS[..]),
    ] {
        let west = history(&data.join(WEST_FILE), column, [date(2024, 1, 1), date(2025, 6, 30)], dropped)?;
        let left_out =
            if dropped.is_empty() { "" } else { "; the weeks after spring clock changes left out" };
        let source =
            format!("ERCOT real-time settlement point prices, {point}, hourly means; {WEST_SUM}{left_out}");
        let mut settings = PowerFitSettings::new(point, &source, fit_date);
        let observed = fit_power(&west, &settings)?;
        ship(&observed, &out.join(format!("power_{name}.toml")))?;
        settings.source = format!("{source}; and {HOUSTON_SOURCE}");
        let long_run = long_run_power(
            FittedHistory { calibration: &observed.calibration, history: &west },
            FittedHistory { calibration: &reference.calibration, history: &houston },
            &settings,
        )?;
        ship(&long_run, &out.join(format!("power_{name}-long-run.toml")))?;
    }
    Ok(())
}

fn history(
    file: &Path,
    column: &str,
    [first, last]: [Date; 2],
    dropped: &[[Date; 2]],
) -> Result<HourlyHistory, Box<dyn Error>> {
    let query = PointQuery { gaps: Gaps::Report, ..PointQuery::new(column) };
    let series = power(file, &query)?.data;
    Ok(HourlyHistory::from_series(&series, Some(first), Some(last), dropped)?)
}

fn ship(fit: &PowerFit, file: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::write(file, &fit.toml)?;
    println!("{}, {} bytes", file.display(), fit.toml.len());
    println!("  {:?}", fit.calibration.factors());
    if let Some(errors) = &fit.calibration.standard_errors {
        println!("  {errors:?}");
    }
    for row in &fit.statistics {
        let error = row.standard_error.map_or(String::new(), |error| format!("± {error:.5}"));
        println!(
            "  {:32} {:12.5} {error:10} -> {:12.5} [{:.5}, {:.5}]",
            row.name, row.history, row.simulated, row.low, row.high
        );
    }
    for (lag, sample, model) in &fit.autocorrelations {
        println!("  {lag:5} h {sample:7.3} {model:7.3}");
    }
    Ok(())
}
