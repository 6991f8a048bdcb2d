use jiff::civil::date;

use super::*;
use crate::import::PriceSeries;

/// Midnight of Sunday 2024-03-10 in Texas, the day on which clocks go forward.
const SUNDAY: i64 = 1_710_050_400;

/// Three days of quarter-hours from half an hour before `SUNDAY` on, 1 USD/MWh dearer every hour.
fn quarter_hours() -> PriceSeries {
    let price = |quarter: i32| f64::from((quarter + 2) / 4 + quarter % 2);
    PriceSeries {
        start_unix_s: SUNDAY - 1800,
        step_s: 900,
        prices_usd_per_mwh: (0..3 * 96).map(price).collect(),
        gaps: Vec::new(),
    }
}

fn taken(series: &PriceSeries, dropped: &[[Date; 2]]) -> HourlyHistory {
    HourlyHistory::from_series(series, Some(date(2024, 3, 10)), Some(date(2024, 3, 11)), dropped)
        .expect("the days are there")
}

#[test]
fn quarter_hours_are_averaged_and_set_on_the_local_clock() {
    let history = taken(&quarter_hours(), &[]);
    assert_eq!(history.prices[..3], [1.5, 2.5, 3.5]);
    assert_eq!(history.prices.len(), 47);
    // Clocks go forward at two on that Sunday: the third hour of the day is three o'clock.
    let clock: Vec<(u8, u8)> = history.clock.iter().map(|at| (at.weekday, at.hour)).collect();
    assert_eq!((clock[0], clock[2], clock[23]), ((6, 0), (6, 3), (0, 0)));
    assert_eq!(history.clock[0].month0(), 2);
    assert_eq!(history.period, ["2024-03", "2024-03"]);
}

#[test]
fn an_hour_that_lacks_an_interval_is_absent() {
    let mut series = quarter_hours();
    series.prices_usd_per_mwh[7] = f64::NAN;
    let history = taken(&series, &[]);
    assert_eq!(history.prices[..2], [1.5, 3.5]);
    assert_eq!(history.clock[1].hour, 3);
}

#[test]
fn dropped_days_are_left_out_of_the_prices_only() {
    let history = taken(&quarter_hours(), &[[date(2024, 3, 10), date(2024, 3, 10)]]);
    assert_eq!(history.prices.len(), 24);
    assert_eq!(history.days.len(), 2);
}

#[test]
fn whole_months_are_taken_where_no_days_are_named() {
    let hours = 24 * 90;
    let prices_usd_per_mwh = vec![20.0; hours];
    let series = PriceSeries { start_unix_s: SUNDAY, step_s: 3600, prices_usd_per_mwh, gaps: Vec::new() };
    let history = HourlyHistory::from_series(&series, None, None, &[]).expect("two whole months");
    assert_eq!(history.period, ["2024-04", "2024-05"]);
    assert_eq!(history.prices.len(), 61 * 24);
    let april = PriceSeries { start_unix_s: SUNDAY + 86_400 * 22 - 3600, ..series };
    let history = HourlyHistory::from_series(&april, None, None, &[]).expect("a series that starts a month");
    assert_eq!(history.days[0].date, date(2024, 4, 1));
}

#[test]
fn what_does_not_fit_is_named() {
    let series = quarter_hours();
    let message = |series: &PriceSeries, first: Date, last: Date, dropped: &[[Date; 2]]| {
        let taken = HourlyHistory::from_series(series, Some(first), Some(last), dropped);
        taken.expect_err("the history does not fit").to_string()
    };
    let (sunday, monday) = (date(2024, 3, 10), date(2024, 3, 11));
    let text = message(&series, sunday, date(2024, 3, 14), &[]);
    assert!(text.contains("which go from 2024-03-09 to 2024-03-13"), "{text}");
    let text = message(&series, monday, sunday, &[]);
    assert!(text.contains("2024-03-11 to 2024-03-10 is empty"), "{text}");
    let text = message(&series, sunday, monday, &[[sunday, monday]]);
    assert_eq!(text, "no hour from 2024-03-10 to 2024-03-11 has a price");
    let odd = PriceSeries { step_s: 7200, ..series.clone() };
    assert!(message(&odd, sunday, monday, &[]).contains("7200 s long"));
    let whole = HourlyHistory::from_series(&series, None, None, &[]).expect_err("no whole month");
    assert!(matches!(whole, PowerFitError::NoWholeMonth { .. }), "{whole}");
    let text = message(&series, sunday, monday, &[[date(2034, 3, 10), date(2034, 3, 11)]]);
    assert!(text.contains("2034-03-10") && text.contains("which go from 2024-03-09 to 2024-03-13"), "{text}");
}

#[test]
fn days_of_which_the_series_has_a_part_are_named() {
    // It begins half an hour before a midnight and ends as long before another, of which clocks going forward make 00:30.
    let series = quarter_hours();
    assert_eq!(part_days(&series).expect("a time zone"), [date(2024, 3, 9), date(2024, 3, 13)]);
    let whole = PriceSeries {
        start_unix_s: SUNDAY,
        prices_usd_per_mwh: series.prices_usd_per_mwh[..(23 + 24) * 4].to_vec(),
        ..series
    };
    assert_eq!(part_days(&whole).expect("a time zone"), []);
}

#[test]
fn prices_that_never_move_are_refused() {
    let series = PriceSeries {
        start_unix_s: SUNDAY,
        step_s: 3600,
        prices_usd_per_mwh: vec![20.0; 24 * 400],
        gaps: Vec::new(),
    };
    let history = HourlyHistory::from_series(&series, None, None, &[]).expect("whole months");
    let error = fit_power(&history, &PowerFitSettings::new("", "", "")).expect_err("nothing to fit");
    assert!(error.to_string().starts_with("every price is 20 USD/MWh"), "{error}");
}

#[test]
fn local_days_have_23_and_25_hours_when_clocks_change() {
    let days = local_days(date(2024, 1, 1), date(2024, 12, 31)).expect("ordinary dates");
    assert_eq!(days.len(), 366);
    let odd: Vec<_> = days.iter().filter(|day| day.local_hours.len() != 24).collect();
    assert_eq!(odd.len(), 2);
    assert_eq!(odd[0].local_hours[..4], [0, 1, 3, 4]);
    assert_eq!(odd[1].local_hours[..4], [0, 1, 1, 2]);
    let n_hours: usize = days.iter().map(|day| day.local_hours.len()).sum();
    assert_eq!(n_hours, 366 * 24);
}

#[test]
fn history_made_by_the_model_is_fitted_back() {
    // Prices that are a known function of hour and season with known persistence: the fit must find the tables.
    let days = local_days(date(2023, 1, 1), date(2024, 12, 31)).expect("ordinary dates");
    let clock: Vec<_> = days.iter().flat_map(LocalDay::hours).collect();
    let mut stream = crate::stream::Stream::new(1, 0, crate::stream::Factor::Power, 0);
    let mut hourly = 0.0;
    let prices: Vec<f64> = clock
        .iter()
        .map(|at| {
            let innovation: f64 = rand_distr::Distribution::sample(&rand_distr::StandardNormal, &mut stream);
            hourly = 0.8 * hourly + 0.6 * innovation;
            30.0 + f64::from(at.hour) + 10.0 * hourly
        })
        .collect();
    let history = HourlyHistory { clock, prices, days, period: ["2023-01".to_owned(), "2024-12".to_owned()] };
    let replay = ReplaySettings { n_histories: 8, ..ReplaySettings::default() };
    let bootstrap = BootstrapSettings { n_resamples: 40, ..BootstrapSettings::default() };
    let settings = PowerFitSettings {
        replay,
        bootstrap,
        ..PowerFitSettings::new("MADE_UP", "a \"formula\"", "2026-11-22")
    };
    let fit = fit_power(&history, &settings).expect("enough prices");
    let calibration = PowerCalibration::parse(&fit.toml).expect("a valid file");
    assert_eq!(calibration.source, "a \"formula\"");
    // Days of one month move together: about a hundred independent prices of sd 10 stand behind a cell.
    assert!((calibration.price(5, 12, 0.0) - 42.0).abs() < 4.0);
    let spread = calibration.price(5, 12, 1.0) - calibration.price(5, 12, -1.0);
    assert!((spread - 20.0).abs() < 4.0, "{spread}");
    // Neither level nor day can be told from an AR(1) of five hours beyond the error of two years.
    assert!(calibration.factors().hourly.weight > 0.75, "{:?}", calibration.factors());
    assert!(calibration.factors().slow.weight < 0.05, "{:?}", calibration.factors());
    for row in &fit.statistics {
        if row.name == "mean_usd_per_mwh" {
            assert!((row.history - row.simulated).abs() < 1.0);
            // Hours of sd 10 that remember for about five hours leave 0.23 on the mean; blocks see seasons and hours too.
            let error = row.standard_error.expect("forty resamples");
            assert!((0.1..0.6).contains(&error), "{error}");
        }
        if row.name == "autocorrelation_1h" {
            assert!((row.history - row.simulated).abs() < 0.05);
        }
    }
    let hourly = calibration.standard_errors.as_ref().expect("forty resamples").hourly;
    assert!(hourly.hours > 0.0 && hourly.hours < 2.0, "{hourly:?}");
    let titles: Vec<&str> = fit.panels.iter().map(|panel| panel.title.as_str()).collect();
    assert_eq!(titles.len(), 4, "{titles:?}");
    assert!(fit.panels.iter().all(|panel| panel.curves.len() == 3));
}

#[test]
fn long_run_joins_the_tables_of_two_points() {
    let made = |spread: f64, shift: f64| {
        let days = local_days(date(2023, 1, 1), date(2024, 12, 31)).expect("ordinary dates");
        let clock: Vec<_> = days.iter().flat_map(LocalDay::hours).collect();
        let mut stream = crate::stream::Stream::new(1, 0, crate::stream::Factor::Power, 0);
        let prices = clock
            .iter()
            .map(|at| {
                let innovation: f64 =
                    rand_distr::Distribution::sample(&rand_distr::StandardNormal, &mut stream);
                let calm = if at.month_number >= 2024 * 12 { -0.5 } else { 0.5 };
                shift + spread * (0.8 * innovation + calm)
            })
            .collect();
        HourlyHistory { clock, prices, days, period: ["2023-01".to_owned(), "2024-12".to_owned()] }
    };
    let reference = made(100.0, 40.0);
    let mut observed = made(10.0, 30.0);
    let first = observed.clock.iter().position(|at| at.month_number >= 2024 * 12).expect("two years");
    observed.clock.drain(..first);
    observed.prices.drain(..first);
    observed.days.retain(|day| day.date.year() == 2024);
    let mut settings = PowerFitSettings::new("MADE_UP", "a formula", "2026-11-22");
    settings.replay.n_histories = 2;
    settings.bootstrap.n_resamples = 0;
    let fits = [&observed, &reference].map(|history| fit_power(history, &settings).expect("enough prices"));
    let fitted = |index: usize, history| FittedHistory { calibration: &fits[index].calibration, history };
    let joined = long_run_power(fitted(0, &observed), fitted(1, &reference), &settings)
        .expect("a valid calibration")
        .calibration;
    assert_eq!(joined.factors().slow, fits[1].calibration.factors().slow);
    assert_eq!(joined.price(6, 12, 3.0), fits[1].calibration.price(6, 12, 3.0));
    // The later year stands half a unit low, with sd 0.8: a long-run middle is 0.6 of its own deviations up.
    assert!((joined.price(6, 12, 0.0) - 30.0).abs() < 1.5, "{}", joined.price(6, 12, 0.0));
    assert!(joined.assumption.is_some_and(|text| text.contains("mean -0.5")), "the numbers are stated");
}
