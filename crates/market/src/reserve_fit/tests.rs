use super::*;
use crate::import::ReserveProduct;
use crate::power::LANES;
use crate::reserves::{ReserveLanes, ReserveMonth};
use rand_distr::{Distribution, StandardNormal};
use site::calendar::{Calendar, YearMonth, Zone};

fn calendar(n_months: u32) -> Calendar {
    Calendar::new(YearMonth { year: 2026, month: 1 }, n_months, Zone::Central)
}

/// Independent ranks of a month.
fn ranks(n_hours: usize, m: u32) -> Vec<f64> {
    let mut stream = crate::stream::Stream::new(2, 0, crate::stream::Factor::Power, m);
    (0..n_hours * LANES).map(|_| StandardNormal.sample(&mut stream)).collect()
}

fn walk(calibration: &ReserveCalibration, first: u64, n: usize, months: u32) -> Vec<ReserveMonth> {
    let calendar = calendar(months);
    let mut lanes = ReserveLanes::new(calibration, 5, first, n);
    (0..months)
        .map(|m| {
            let mut month = ReserveMonth::default();
            let mut ranks = ranks(calendar.hours(m as usize), m);
            ranks.chunks_exact_mut(LANES).for_each(|row| row.rotate_left(first as usize));
            let month0 = calendar.month(m as usize).month0();
            lanes.fill_month(m, month0, &calendar.days[m as usize], &ranks, &mut month);
            month
        })
        .collect()
}

/// The shipped calibration with tables in which the price is `z_r` itself.
fn unit_tables(text: &str) -> ReserveCalibration {
    let row: Vec<String> = (0..49).map(|knot| format!("{:?}", -3.0 + 0.125 * f64::from(knot))).collect();
    let row = format!("    [{}],", row.join(", "));
    let lines = text.lines().map(|line| if line.starts_with("    [") { row.as_str() } else { line });
    ReserveCalibration::parse(&lines.collect::<Vec<_>>().join("\n")).expect("still valid")
}

const SHIPPED: &str = include_str!("../../../../data/calibration/reserves.toml");

#[test]
fn ranks_of_reserves_have_unit_variance_and_the_products_correlation() {
    let calibration = unit_tables(SHIPPED);
    let months = walk(&calibration, 0, LANES, 24);
    let n_products = calibration.products.len();
    let all: Vec<Vec<f64>> = (0..n_products)
        .map(|p| months.iter().flat_map(|month| month.prices_usd_per_mw_h[p].iter().copied()).collect())
        .collect();
    let n = all[0].len() as f64;
    for (p, values) in all.iter().enumerate() {
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n;
        // The slow part leaves about two thousand independent values; tables end at three.
        assert!(mean.abs() < 0.08 && (variance - 1.0).abs() < 0.08, "{p}: {mean} {variance}");
    }
    let correlation = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / n;
    for i in 0..n_products {
        for j in 0..i {
            let (a, b) = (&calibration.products[i], &calibration.products[j]);
            let noise = a.loading.noise() * b.loading.noise() * calibration.noise.correlation[i][j];
            let seen = correlation(&all[i], &all[j]);
            // Shares differ a little between products, and power adds a little in common.
            assert!(seen > 0.8 * noise && seen < noise + 0.25, "{i} {j}: {seen} {noise}");
        }
    }
}

#[test]
fn a_path_is_the_same_in_any_chunk() {
    let calibration = ReserveCalibration::builtin();
    let all = walk(&calibration, 0, LANES, 3);
    let some = walk(&calibration, 40, 2, 3);
    for (all, some) in all.iter().zip(&some) {
        for (all, some) in all.prices_usd_per_mw_h.iter().zip(&some.prices_usd_per_mw_h) {
            for (all, some) in all.chunks_exact(LANES).zip(some.chunks_exact(LANES)) {
                assert_eq!(all[40..42], some[..2]);
            }
        }
    }
}

#[test]
fn the_shipped_model_resembles_its_history() {
    let calibration = ReserveCalibration::builtin();
    assert_eq!(calibration.products.iter().map(|p| p.product).collect::<Vec<_>>(), ReserveProduct::ALL);
    for product in &calibration.products {
        let (history, model, name) = (&product.history, &product.simulated, product.product);
        let ratio = model.mean_usd_per_mw_h / history.mean_usd_per_mw_h;
        assert!((ratio - 1.0).abs() < 0.1, "{name} mean: {ratio}");
        let (low, high) = (product.simulated_low.rank_correlation, product.simulated_high.rank_correlation);
        assert!((low..=high).contains(&history.rank_correlation), "{name}: {low} to {high}");
        for (model, history) in [
            (model.mean_ratio_above_200, history.mean_ratio_above_200),
            (model.median_ratio_above_200, history.median_ratio_above_200),
        ] {
            assert!(model < 2.0 * history && model > 0.5 * history, "{name}: {model} {history}");
        }
        let (a, b) = (&model.mean_by_local_hour_usd_per_mw_h, &history.mean_by_local_hour_usd_per_mw_h);
        assert!(shape_correlation(a, b) > 0.95, "{name}: {}", shape_correlation(a, b));
    }
}

fn shape_correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - mean_a, y - mean_b)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

#[test]
fn damaged_files_are_refused_with_the_field() {
    for (from, to, wanted) in [
        ("hourly_hours = ", "hourly_hours = -", "hourly_hours"),
        ("first_knot = -3.0", "first_knot = -2.0", "first_knot"),
        ("name = \"RRS\"", "name = \"FFR\"", "FFR"),
        ("bend = { value = ", "bend = { value = 9", "room for noise"),
    ] {
        assert!(SHIPPED.contains(from), "{from}");
        let error = ReserveCalibration::parse(&SHIPPED.replacen(from, to, 1)).expect_err(to).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn too_short_a_history_is_refused() {
    let prices = |n| vec![1.0; n];
    let series = |product| ReserveSeries {
        product,
        start_unix_s: 0,
        prices_usd_per_mw_h: prices(100),
        gaps: Vec::new(),
    };
    let power =
        PriceSeries { start_unix_s: 0, step_s: 3_600, prices_usd_per_mwh: prices(100), gaps: Vec::new() };
    let settings = ReserveFitSettings { source: String::new(), fit_date: String::new(), seed: 1 };
    let one = series(ReserveProduct::RegUp);
    let error = fit_reserves(std::slice::from_ref(&one), &power, &settings).expect_err("too short");
    assert!(matches!(error, ReserveFitError::TooFewHours { found: 100, .. }), "{error}");
    let error = fit_reserves(&[one.clone(), one], &power, &settings).expect_err("doubled");
    assert!(matches!(error, ReserveFitError::Series(2)), "{error}");
}
