use jiff::civil::date;

use super::*;

const CSV: &str = "\
interval_start_utc,other,price_usd_mwh
2024-03-10T05:45:00Z,1,99.0
2024-03-10T06:00:00Z,1,10.0
2024-03-10T06:15:00Z,1,30.0
2024-03-10T07:00:00Z,1,
2024-03-10T08:00:00Z,1,-5.0
2024-03-11T05:00:00Z,1,7.0
2024-03-12T05:00:00Z,1,8.0
";

fn source() -> HourlySource {
    HourlySource {
        column: "price_usd_mwh".to_owned(),
        first_day: date(2024, 3, 10),
        last_day: date(2024, 3, 11),
        dropped: Vec::new(),
    }
}

#[test]
fn quarter_hours_are_averaged_and_set_on_the_local_clock() {
    let history = HourlyHistory::read(CSV.as_bytes(), &source()).expect("valid file");
    assert_eq!(history.prices, [20.0, -5.0, 7.0]);
    // Clocks go forward at two on that Sunday: the third UTC hour of the day is three o'clock.
    let clock: Vec<(u8, u8)> = history.clock.iter().map(|at| (at.weekday, at.hour)).collect();
    assert_eq!(clock, [(6, 0), (6, 3), (0, 0)]);
    assert_eq!(history.clock[0].month0(), 2);
    assert_eq!(history.period, ["2024-03", "2024-03"]);
}

#[test]
fn dropped_days_are_left_out_of_the_prices_only() {
    let dropped = vec![[date(2024, 3, 10), date(2024, 3, 10)]];
    let source = HourlySource { dropped, ..source() };
    let history = HourlyHistory::read(CSV.as_bytes(), &source).expect("valid file");
    assert_eq!(history.prices, [7.0]);
    assert_eq!(history.days.len(), 2);
}

#[test]
fn bad_cells_and_columns_are_named() {
    let read = |text: &str, column: &str| {
        let source = HourlySource { column: column.to_owned(), ..source() };
        HourlyHistory::read(text.as_bytes(), &source).map(|_| ())
    };
    let message = |result: Result<(), PowerFitError>| result.expect_err("the file is damaged").to_string();
    assert_eq!(message(read(CSV, "lmp")), "history has no column lmp");
    let text = message(read("t,p\n2024-03-10T05:45:00Z,dear\n", "p"));
    assert_eq!(text, "line 2 of the history: \"dear\" is not a price");
    let text = message(read("t,p\n2024-03-10T05:45:00Z,inf\n", "p"));
    assert!(text.contains("is not a price"), "{text}");
    let text = message(read("t,p\nyesterday,1.0\n", "p"));
    assert!(text.contains("is not a UTC time"), "{text}");
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
    let settings = PowerFitSettings {
        point: "MADE_UP".to_owned(),
        source: "a \"formula\"".to_owned(),
        fit_date: "2026-11-22".to_owned(),
        floor_usd_per_mwh: -251.0,
        cap_usd_per_mwh: 5000.0,
        replay: ReplaySettings {
            n_histories: 8,
            seed: 1,
            floor_usd_per_mwh: -251.0,
            cap_usd_per_mwh: 5000.0,
        },
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
    let [real, simulated, ..] = &fit.statistics;
    assert!((real.mean_usd_per_mwh - simulated.mean_usd_per_mwh).abs() < 1.0);
    assert!((real.autocorrelation_1h - simulated.autocorrelation_1h).abs() < 0.05);
}
