//! Fits reserve prices to a file of reserves and a file of power prices, and writes the calibration.
//!
//! ```text
//! cargo run --release -p market --example fit_reserves -- RESERVES.csv POWER.csv POINT YYYY-MM-DD "SOURCE" OUT.toml
//! ```
//!
//! Files are in any layout that the importers know; `SOURCE` says where the prices came from, with the files' checksums.
#![allow(clippy::print_stdout, reason = "a tool reports on the terminal")]

use market::import::{Gaps, PointQuery, power, reserves};
use market::reserve_fit::{ReserveFitSettings, fit_reserves};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [reserve_file, power_file, point, fit_date, source, out] = arguments.as_slice() else {
        return Err("wanted are RESERVES POWER POINT DATE SOURCE OUT".into());
    };
    let series = reserves(Path::new(reserve_file), Gaps::Report)?.data;
    let query = PointQuery { gaps: Gaps::Report, ..PointQuery::new(point.as_str()) };
    let prices = power(Path::new(power_file), &query)?.data;
    let settings = ReserveFitSettings { source: source.clone(), fit_date: fit_date.clone(), seed: 1 };
    let fit = fit_reserves(&series, &prices, &settings)?;
    std::fs::write(out, &fit.toml)?;
    let noise = &fit.calibration.noise;
    println!(
        "noise: slow {} h, profile {} d, hourly {} h",
        noise.slow_hours, noise.profile_days, noise.hourly_hours
    );
    for product in &fit.calibration.products {
        let [slope, bend] = product.loading_errors;
        println!(
            "{}: slope {:.3} ± {slope:.3}, bend {:.3} ± {bend:.3}, {:?}",
            product.product, product.loading.slope, product.loading.bend, product.weights
        );
        for (name, s) in [
            ("history", &product.history),
            ("mean", &product.simulated),
            ("5 %", &product.simulated_low),
            ("95 %", &product.simulated_high),
        ] {
            println!(
                "  {name:8} mean {:6.2} median {:5.2} rank corr. {:6.3} ratio {:.3} median {:.3} ac {:.2}/{:.2}/{:.2}",
                s.mean_usd_per_mw_h,
                s.median_usd_per_mw_h,
                s.rank_correlation,
                s.mean_ratio_above_200,
                s.median_ratio_above_200,
                s.autocorrelation_1h,
                s.autocorrelation_24h,
                s.autocorrelation_168h
            );
        }
    }
    Ok(())
}
