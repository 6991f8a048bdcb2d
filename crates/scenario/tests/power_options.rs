//! Every option of `[power]` and of the lease curve acts on the market that comes out.

use market::{PowerLaw, PowerModel, PowerSource};
use scenario::Scenario;
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const LEVEL: &str = "level_usd_per_mwh = 37.5 ";

/// The shipped scenario with one text replaced, read in `folder`.
fn load(folder: &Path, from: &str, to: &str) -> Scenario {
    assert!(VALID.contains(from), "no `{from}`");
    let scenario = Scenario::parse("test.toml", &VALID.replacen(from, to, 1), folder, &[])
        .unwrap_or_else(|faults| panic!("{faults}"));
    // What was resolved reads the same again.
    let again = Scenario::parse("resolved.toml", &scenario.resolved, folder, &[])
        .unwrap_or_else(|faults| panic!("{faults}\n{}", scenario.resolved));
    assert_eq!(scenario.resolved, again.resolved);
    scenario
}

fn model(scenario: &Scenario) -> &PowerModel {
    match &scenario.market.power {
        PowerSource::Model(model) => model,
        PowerSource::Replay(_) => panic!("no model"),
    }
}

/// Hourly prices of 2023-01 to 2024-12 in the publisher's day-ahead layout, from 6 to 29 by the hour; `skip` leaves days out.
fn history(name: &str, years: &[i16], skip: &[(i8, i8)], folder: &Path) {
    let mut text = String::from("DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n");
    for &year in years {
        let first = jiff::civil::date(year, 1, 1);
        for day in first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == year) {
            if skip.contains(&(day.month(), day.day())) {
                continue;
            }
            let start = day.to_zoned(jiff::tz::TimeZone::get("America/Chicago").unwrap()).unwrap();
            let end = day.tomorrow().unwrap().to_zoned(start.time_zone().clone()).unwrap();
            let n = (end.timestamp().as_second() - start.timestamp().as_second()) / 3_600;
            for hour in 0..n {
                let at = start.checked_add(jiff::Span::new().hours(hour)).unwrap();
                let repeated = n == 25 && hour == 2;
                text += &format!(
                    "{:02}/{:02}/{year},{:02}:00,HB_WEST,{},{}\n",
                    day.month(),
                    day.day(),
                    at.hour() + 1,
                    6 + at.hour(),
                    if repeated { "Y" } else { "N" }
                );
            }
        }
    }
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn the_slow_level_starts_where_it_is_told() {
    let here = Path::new(".");
    assert_eq!(model(&load(here, LEVEL, LEVEL)).initial_level, None);
    let with = |value: &str| format!("initial_level = {value}\n{LEVEL}");
    assert_eq!(model(&load(here, LEVEL, &with("1.25"))).initial_level, Some((1.25, 0.0)));
    assert_eq!(model(&load(here, LEVEL, &with("\"long-run\""))).initial_level, None);
    let at_end = load(here, LEVEL, &with("\"period-end\""));
    let PowerLaw::Fitted(calibration) = &model(&at_end).law else { panic!("no calibration") };
    assert_eq!(
        model(&at_end).initial_level,
        Some((calibration.level_at_period_end, calibration.level_error_at_period_end))
    );
    let mean_of_first_month = |scenario: &Scenario| {
        let mut lanes = market::MarketLanes::new(&scenario.market, 0, 64);
        let prices = &lanes.next_month().unwrap().price_usd_per_mwh;
        prices.iter().sum::<f64>() / prices.len() as f64
    };
    let low = mean_of_first_month(&load(here, LEVEL, &with("-2")));
    let high = mean_of_first_month(&load(here, LEVEL, &with("2")));
    assert!(high > 1.2 * low, "{high} {low}");
}

#[test]
fn the_mean_of_the_first_year_counts_where_the_slow_level_starts() {
    for level in ["-1.5", "1.5"] {
        let scenario = load(Path::new("."), LEVEL, &format!("initial_level = {level}\n{LEVEL}"));
        let (mut sum, mut n) = (0.0, 0);
        for chunk in 0..4 {
            let mut lanes = market::MarketLanes::new(&scenario.market, 64 * chunk, 64);
            for _ in 0..12 {
                let prices = &lanes.next_month().unwrap().price_usd_per_mwh;
                sum += prices.iter().sum::<f64>();
                n += prices.len();
            }
        }
        let (simulated, stated) =
            (sum / n as f64, model(&scenario).first_year_mean_usd_per_mwh(scenario.market.calendar.start));
        assert!((stated - 37.5).abs() > 1.0, "{level}: {stated}");
        // 256 paths know the mean to about one in a hundred.
        assert!((simulated / stated - 1.0).abs() < 0.03, "{level}: {simulated} {stated}");
    }
}

#[test]
fn storms_have_their_rate() {
    let stormy = load(Path::new("."), LEVEL, &format!("storms.per_year = 0.1\n{LEVEL}"));
    assert_eq!(model(&stormy).storms.per_year(), 0.1);
    assert!(
        (model(&stormy).first_year_mean_usd_per_mwh(stormy.market.calendar.start) - 37.5 - 7.0).abs() < 0.5
    );
}

#[test]
fn spikes_are_multiplied_at_the_same_level() {
    let plain = load(Path::new("."), LEVEL, LEVEL);
    let same = load(Path::new("."), LEVEL, &format!("spikes.multiple = 1.0\n{LEVEL}"));
    let spiky = load(Path::new("."), LEVEL, &format!("spikes.multiple = 2.0\n{LEVEL}"));
    assert_eq!(model(&same).scale(0).to_bits(), model(&plain).scale(0).to_bits());
    assert!(model(&spiky).scale(0) < model(&plain).scale(0));
    // USD/MWh of a scenario's first year, on 512 paths: mean, median, share of hours above 300.
    let figures = |scenario: &scenario::Scenario| {
        let mut prices = Vec::new();
        for chunk in 0..8 {
            let mut lanes = market::MarketLanes::new(&scenario.market, 64 * chunk, 64);
            for _ in 0..12 {
                prices.extend(lanes.next_month().unwrap().price_usd_per_mwh.iter());
            }
        }
        prices.sort_by(f64::total_cmp);
        let above = prices.len() - prices.partition_point(|price| *price <= 300.0);
        let n = prices.len() as f64;
        (prices.iter().sum::<f64>() / n, prices[prices.len() / 2], above as f64 / n)
    };
    let (plain, spiky) = (figures(&plain), figures(&spiky));
    // The mean is the level in both, to the noise of 64 years, but for what the cap takes off twice as large spikes.
    assert!(
        (plain.0 / 37.5 - 1.0).abs() < 0.04 && (spiky.0 / 37.5 - 1.0).abs() < 0.06,
        "{plain:?} {spiky:?}"
    );
    assert!(spiky.1 < 0.9 * plain.1 && spiky.2 > 1.5 * plain.2, "{plain:?} {spiky:?}");
}

#[test]
fn a_bootstrap_and_a_replay_read_the_publishers_layout() {
    let folder = tempfile::tempdir().unwrap();
    history("a.csv", &[2023], &[], folder.path());
    history("b.csv", &[2024], &[(5, 17)], folder.path());
    let files = "history_file = [\"a.csv\", \"b.csv\"]\npoint = \"HB_WEST\"";
    let from = "calibration = \"lz-west\"";
    let scenario =
        load(folder.path(), from, &format!("model = \"bootstrap\"\n{files}\nmean_block_days = 7.0"));
    let PowerLaw::Bootstrap(bootstrap) = &model(&scenario).law else { panic!("no bootstrap") };
    assert_eq!((bootstrap.mean_block_days(), bootstrap.n_days(), bootstrap.skipped_days()), (7.0, 730, 1));
    // The short day of March lends its missing hour the price of the hour before.
    assert!((model(&scenario).law.mean(3) - 17.5).abs() < 0.01);
    assert!(scenario.warnings.iter().any(|w| w.contains("lack an hour")), "{:?}", scenario.warnings);
    assert!(scenario.warnings.iter().any(|w| w.contains("no slow level")), "{:?}", scenario.warnings);
    assert_eq!(scenario.inputs.len(), 2);
    // The level of the scenario moves it, and without one it stays where history is.
    assert!((model(&scenario).scale(0) * 17.5 - 37.5).abs() < 0.5);
    let one_year = format!("model = \"bootstrap\"\n{files}\nhistory_end_month = \"2023-12\"");
    let scenario = load(folder.path(), from, &one_year);
    let PowerLaw::Bootstrap(bootstrap) = &model(&scenario).law else { panic!("no bootstrap") };
    assert_eq!((bootstrap.mean_block_days(), bootstrap.n_days()), (30.0, 365));
    for line in ["history_end_month = \"2025-01\"", "history_start_month = \"2021-12\""] {
        let text = VALID.replacen(from, &format!("model = \"bootstrap\"\n{files}\n{line}"), 1);
        let message = Scenario::parse("test.toml", &text, folder.path(), &[]).unwrap_err().to_string();
        assert!(message.contains("the history allows 2023-01 to 2024-12"), "{message}");
    }

    let replay = |line: &str| {
        let text = VALID
            .replace("start_month = \"2026-01\"", "start_month = \"2023-06\"")
            .replace("end_month = \"2035-12\"", "end_month = \"2024-06\"");
        let (a, b) = (text.find("[power]").unwrap(), text.find("# Correlations").unwrap());
        let text = format!("{}[power]\n{line}\n{}", &text[..a], &text[b..]);
        let text =
            text[..text.find("[[policies]]\nkind = \"dp\"").unwrap()].replace("tune = true", "tune = false");
        Scenario::parse("test.toml", &text, folder.path(), &[]).map_err(|faults| faults.to_string())
    };
    let files = "replay_file = [\"b.csv\", \"a.csv\"]\nreplay_point = \"HB_WEST\"";
    let message = replay(files).unwrap_err();
    assert!(message.contains("24 interval(s)") && message.contains("2024-05-17T05:00:00Z"), "{message}");
    history("b.csv", &[2024], &[], folder.path());
    let scenario = replay(files).unwrap();
    let PowerSource::Replay(prices) = &scenario.market.power else { panic!("no replay") };
    assert_eq!(prices.prices_usd_per_mwh.len(), scenario.market.calendar.total_hours());
    assert_eq!(prices.prices_usd_per_mwh[..3], [6.0, 7.0, 8.0]);
}

#[test]
fn curves_set_the_months_and_growth_carries_on() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.csv"), "month,usd_per_mwh\n2025-12,99\n2026-01,30\n2026-03,50\n")
        .unwrap();
    let scenario = load(folder.path(), LEVEL, "curve_file = \"p.csv\" ");
    let power = model(&scenario);
    for (m, wanted) in [(0, 30.0), (1, 40.0), (2, 50.0), (14, 51.0)] {
        let mean = power.scale(m) * power.law.mean(m as usize % 12);
        assert!((mean - wanted).abs() < 1e-9, "{m}: {mean}");
    }
    assert!(
        scenario.warnings.iter().any(|w| w.contains("1 month(s) from 2026-02")),
        "{:?}",
        scenario.warnings
    );
    std::fs::write(folder.path().join("late.csv"), "month,usd_per_mwh\n2026-02,30\n").unwrap();
    let text = VALID.replace(LEVEL, "curve_file = \"late.csv\" ");
    let message = Scenario::parse("test.toml", &text, folder.path(), &[]).unwrap_err().to_string();
    assert!(message.contains("begins at 2026-02, the scenario at 2026-01"), "{message}");
    std::fs::write(folder.path().join("low.csv"), "month,value\n2026-01,-3\n").unwrap();
    let text = VALID.replace(LEVEL, "curve_file = \"low.csv\" ");
    let message = Scenario::parse("test.toml", &text, folder.path(), &[]).unwrap_err().to_string();
    assert!(message.contains("power.curve_file") && message.contains("value is `-3`"), "{message}");
    assert!(message.contains("0.01 to 20000 USD/MWh"), "{message}");

    std::fs::write(folder.path().join("r.csv"), "month,usd_per_kw_month\n2026-01,120\n2026-02,125\n")
        .unwrap();
    let scenario = load(
        folder.path(),
        "curve_growth_per_year = 0.02          # assumption\nreversion",
        "curve_file = \"r.csv\"\nreversion",
    );
    let rate = &scenario.market.lease_rate;
    assert_eq!(
        (rate.start, rate.curve_at(0), rate.curve_at(1), rate.curve_at(50)),
        (134.5, 120.0, 125.0, 125.0)
    );
    // Without a start of its own, the rate starts on the curve.
    let text = VALID.replace("start_usd_per_kw_month = 134.5\n", "").replace(
        "curve_growth_per_year = 0.02          # assumption\nreversion",
        "curve_file = \"r.csv\"\nreversion",
    );
    let scenario = Scenario::parse("test.toml", &text, folder.path(), &[]).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(scenario.market.lease_rate.start, 120.0);
}
