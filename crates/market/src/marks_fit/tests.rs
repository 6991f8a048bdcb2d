use super::*;
use crate::marks_fit::marks::Marks;

#[test]
fn shipped_rents_match_the_published_averages_and_their_first_years() {
    let marks = builtin_lease_marks("marks", "2026-11-22");
    // Average and first year, USD/kW-month, at 3 % a year.
    for (deal, average, first_year) in [
        ("CB-3 and CB-4", 154.2, 134.5),
        ("Abernathy", 188.5, 129.3),
        ("Core Scientific - CoreWeave", 120.8, 102.1),
    ] {
        let mark =
            marks.rows.iter().find(|mark| mark.deal.ends_with(deal) || mark.deal.contains(deal)).unwrap();
        let mean = first_year_rent_usd_per_kw_month(mark.total_usd, mark.years, mark.it_mw, 0.0);
        // The published first years are those of the rounded averages.
        let rent = mark.first_year_usd_per_kw_month();
        assert!((mean - average).abs() < 0.05, "{deal}: {mean}");
        assert!((rent - first_year).abs() < 0.1, "{deal}: {rent}");
    }
    let used = marks.rows.iter().filter(|mark| mark.in_fit).count();
    assert_eq!((marks.rows.len(), used), (10, 6));
    assert!(marks.rows.iter().all(|mark| !mark.in_fit || !mark.deal.contains("GPU")));
}

#[test]
fn the_shipped_calibrations_are_the_fits_of_the_shipped_marks() {
    let same = |fit: RateFit, builtin: RateCalibration| {
        let wanted = RateCalibration {
            source: builtin.source.clone(),
            fit_date: builtin.fit_date.clone(),
            ..fit.calibration
        };
        for ((name, a), (_, b)) in wanted.parameters().iter().zip(builtin.parameters()) {
            assert!((a.value / b.value - 1.0).abs() < 1e-3, "{name}: {} {}", a.value, b.value);
        }
        assert_eq!((&wanted.period, wanted.n), (&builtin.period, builtin.n));
    };
    let lease = fit_lease(&builtin_lease_marks("marks", "2026-11-22")).unwrap();
    same(lease, RateCalibration::builtin_lease());
    let gpu = fit_gpu(&builtin_gpu_marks("marks", "2026-11-22"), &GpuPrior::default()).unwrap();
    same(gpu, RateCalibration::builtin_gpu());
}

#[test]
fn lease_numbers_say_what_they_rest_on() {
    let lease = fit_lease(&builtin_lease_marks("marks", "2026-11-22")).unwrap().calibration;
    assert!((115.0..145.0).contains(&lease.level.value), "{}", lease.level.value);
    assert_eq!(lease.reversion_per_year.basis, Basis::Assumption);
    assert_eq!(lease.volatility_per_sqrt_year.basis, Basis::Assumption);
    assert_eq!(lease.spread_between_marks.basis, Basis::Estimate);
    let drift = &lease.drift_per_year;
    assert!(drift.note.contains("but not once a single contract is left out"), "{}", drift.note);
    let [low, high] = lease.volatility_per_sqrt_year.range;
    assert!(low == 0.0 && high < 0.5, "{high}");
}

#[test]
fn gpu_numbers_lie_between_prior_and_marks() {
    let gpu = fit_gpu(&builtin_gpu_marks("marks", "2026-11-22"), &GpuPrior::default()).unwrap().calibration;
    let [alone, _] = gpu.drift_per_year.marks_alone.unwrap();
    let (least, most) = (alone.min(-0.25), alone.max(-0.25));
    assert!((least..=most).contains(&gpu.drift_per_year.value), "{} {alone}", gpu.drift_per_year.value);
    for (name, parameter) in &gpu.parameters()[1..] {
        assert!((0.0..=1.0).contains(&parameter.prior_share), "{name}");
    }
    assert!(gpu.reversion_per_year.prior_share > 0.5);
    assert_eq!(gpu.reversion_per_year.basis, Basis::Assumption);
}

#[test]
fn a_file_reads_back_what_was_written() {
    let fit = fit_lease(&builtin_lease_marks("marks", "2026-11-22")).unwrap();
    assert_eq!(RateCalibration::parse(&fit.toml).unwrap(), fit.calibration);
    let broken = fit.toml.replacen("value = ", "value = -", 1);
    assert!(RateCalibration::parse(&broken).unwrap_err().to_string().contains("level"));
}

#[test]
fn faults_of_a_table_name_row_column_and_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marks.csv");
    let check = |from: &str, to: &str, expected: &str| {
        let text = BUILTIN_LEASE_MARKS.1.replacen(from, to, 1);
        assert_ne!(text, BUILTIN_LEASE_MARKS.1);
        std::fs::write(&path, text).unwrap();
        let error = lease_marks(&path, "", "").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("2025-08", "2025-13", "row 2: month is `2025-13`, allowed is a month such as 2025-08");
    check(",134.5,yes", ",154.2,yes", "give 134.5, allowed is that within 1 %");
    check(",134.5,yes", ",134.5,maybe", "in_fit is `maybe`, allowed is yes or no");
    check("total_usd", "total", "no column total_usd");
    let text = BUILTIN_LEASE_MARKS.1.replace(",yes", ",maybe");
    std::fs::write(&path, text).unwrap();
    let all = lease_marks(&path, "", "").unwrap_err().to_string();
    assert!(all.starts_with("6 rows cannot be read:") && all.lines().count() == 7, "{all}");
    let few = Marks { rows: Vec::new(), source: String::new(), fit_date: String::new(), caveats: Vec::new() };
    assert!(fit_lease(&few).unwrap_err().to_string().contains("at least 4"));
}

#[test]
fn caveats_of_the_shipped_marks_are_not_those_of_others() {
    let marks = builtin_gpu_marks("marks", "2026-11-22");
    let own = Marks { caveats: Vec::new(), ..marks.clone() };
    let warnings = |marks| fit_gpu(marks, &GpuPrior::default()).unwrap().calibration.warnings;
    assert_eq!((warnings(&marks).len(), warnings(&own).len()), (3, 1));
}
