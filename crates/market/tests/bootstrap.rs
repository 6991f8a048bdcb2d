//! The bootstrap of real prices against the history that it draws from.

#[path = "importers_common/mod.rs"]
mod common;

use common::shared;
use jiff::civil::date;
use market::bootstrap::{BootstrapLanes, PowerBootstrap, slot_of};
use market::import::{Gaps, PointQuery, power};
use market::power::{LANES, LocalHour, PowerDay, PowerStatistics};
use market::power_fit::local_days;
use site::calendar::{Calendar, YearMonth, Zone};

/// Statistics of 64 simulated histories of the months of Houston's sample.
fn simulate(bootstrap: &PowerBootstrap) -> Vec<PowerStatistics> {
    let calendar = Calendar::new(YearMonth { year: 2022, month: 1 }, 42, Zone::Central);
    let mut lanes = BootstrapLanes::new(bootstrap, 7, 0, LANES);
    let mut paths = vec![Vec::new(); LANES];
    let mut out = vec![0.0; 25 * LANES];
    for (m, days) in calendar.days.iter().enumerate() {
        lanes.start_month(m as u32);
        let month0 = calendar.month(m).month0();
        for (day0, day) in days.iter().enumerate() {
            let today = PowerDay {
                calendar_month0: month0,
                weekday_monday0: day.weekday_monday0,
                local_hours: day.hours,
                slow_innovation: &[],
                scale: 1.0,
                floor: -251.0,
                cap: 5_000.0,
            };
            let out = &mut out[..day.hours.len() * LANES];
            lanes.fill_day(slot_of(month0, day0), &today, out);
            for row in out.chunks_exact(LANES) {
                paths.iter_mut().zip(row).for_each(|(path, price)| path.push(*price));
            }
        }
    }
    let days = local_days(date(2022, 1, 1), date(2025, 6, 30)).expect("ordinary dates");
    let clock: Vec<LocalHour> = days.iter().flat_map(|day| day.hours().collect::<Vec<_>>()).collect();
    paths.iter().map(|path| PowerStatistics::of(&clock, path)).collect()
}

#[test]
fn houston_has_the_statistics_of_the_notes() {
    let Some(path) = shared("ercot_rt15_hb_houston_2021_2025h1.csv.gz") else { return };
    let query = PointQuery { gaps: Gaps::Report, ..PointQuery::new("HB_HOUSTON") };
    let series = power(&path, &query).expect("it can be read").data;
    let period = [YearMonth { year: 2022, month: 1 }, YearMonth { year: 2025, month: 6 }];
    let bootstrap = PowerBootstrap::new(&series, Zone::Central, Some(period), 30.0).expect("every season");
    let all = simulate(&bootstrap);
    let mean = PowerStatistics::combine(&all, |values| values.iter().sum::<f64>() / values.len() as f64)
        .expect("there are paths");
    // Mean, sd, autocorrelations and shares of the prototype of the notes; 64 histories leave an error of about a tenth of
    // their spread, which for mean and sd is about 12 %.
    let near = |value: f64, wanted: f64, tolerance: f64| {
        assert!((value / wanted - 1.0).abs() < tolerance, "{value} against {wanted}");
    };
    near(mean.mean_usd_per_mwh, 46.6, 0.06);
    near(mean.sd_usd_per_mwh, 164.0, 0.08);
    near(mean.median_usd_per_mwh, 25.3, 0.05);
    near(mean.share_above_100, 0.041, 0.1);
    near(mean.share_above_1000, 0.0040, 0.15);
    near(mean.share_below_zero, 0.015, 0.1);
    assert!((mean.autocorrelation_1h - 0.74).abs() < 0.02, "{}", mean.autocorrelation_1h);
    assert!((mean.autocorrelation_24h - 0.23).abs() < 0.03, "{}", mean.autocorrelation_24h);
    assert!((mean.autocorrelation_168h - 0.18).abs() < 0.03, "{}", mean.autocorrelation_168h);
}
