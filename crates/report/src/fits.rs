//! Fits of the markets as text: estimates with their errors, and history against the model.

use crate::numbers::grouped;
use crate::text_table::text_table;
use market::RateCalibration;
use market::bitcoin_fit::BitcoinCalibration;
use market::marks_fit::Basis;
use market::power::PowerCalibration;
use market::power_fit::{PowerFit, StatisticRow};
use market::reserves::{ReserveCalibration, ReserveStatistics};

/// Columns of a terminal.
const WIDTH: usize = 100;

/// A fitted power model: its factors with their errors, and its statistics beside those of history.
#[must_use]
pub fn power_fit_report(fit: &PowerFit) -> String {
    let mut text = factor_table(&fit.calibration);
    text.push('\n');
    text += &statistic_table(&fit.statistics);
    if !fit.autocorrelations.is_empty() {
        text += "\nAutocorrelation of a price's rank within its month and hour\n\n";
        let row = |(lag, sample, model): &(usize, f64, f64)| {
            vec![grouped(*lag as f64, 0), grouped(*sample, 3), grouped(*model, 3)]
        };
        let rows: Vec<_> = fit.autocorrelations.iter().map(row).collect();
        text += &text_table(&["lag, h", "history", "model"], &rows);
    }
    text
}

/// Share of the variance and time constant of each factor.
fn factor_table(calibration: &PowerCalibration) -> String {
    let errors = calibration.standard_errors.as_ref();
    let factors = calibration.factors();
    let rows: Vec<Vec<String>> = [
        ("slow level", factors.slow, errors.map(|e| e.slow)),
        ("daily", factors.daily, errors.map(|e| e.daily)),
        ("hourly", factors.hourly, errors.map(|e| e.hourly)),
        ("shape of the day", factors.shape, errors.map(|e| e.shape)),
    ]
    .into_iter()
    .map(|(name, law, error)| {
        let dash = || "–".to_owned();
        vec![
            name.into(),
            figure(law.weight),
            error.map_or_else(dash, |e| figure(e.weight)),
            figure(law.hours),
            error.map_or_else(dash, |e| {
                format!("{} to {}", figure(e.hours_16_84[0]), figure(e.hours_16_84[1]))
            }),
        ]
    })
    .collect();
    text_table(&["factor", "variance", "± s.e.", "time constant, h", "16 % to 84 %"], &rows)
}

/// History against simulated histories, a row per statistic; a star marks those outside the middle 90 %.
fn statistic_table(rows: &[StatisticRow]) -> String {
    let outside = |row: &StatisticRow| row.history < row.low || row.history > row.high;
    let cells = |row: &StatisticRow| {
        vec![
            row.name.to_owned(),
            figure(row.history),
            row.standard_error.map_or_else(|| "–".into(), figure),
            figure(row.simulated),
            figure(row.low),
            figure(row.high),
            if outside(row) { "*".into() } else { String::new() },
        ]
    };
    // The number of hours is no statistic of the model.
    let rows: Vec<&StatisticRow> = rows.iter().filter(|row| row.name != "n_hours").collect();
    let table: Vec<_> = rows.iter().map(|row| cells(row)).collect();
    let header = ["statistic", "history", "± s.e.", "simulated", "5 %", "95 %", ""];
    let mut text = text_table(&header, &table);
    if rows.into_iter().any(outside) {
        text += "* history lies outside the middle 90 % of simulated histories\n";
    }
    text
}

/// The tie of each reserve product to the rank of power with its errors, and its statistics beside those of history.
#[must_use]
pub fn reserve_fit_report(calibration: &ReserveCalibration) -> String {
    let [first, last] = &calibration.period;
    let noise = &calibration.noise;
    let mut text = format!(
        "Reserve prices, {first} to {last}; noise remembers {} h, {} days by clock hour, and {} h\n\n",
        figure(noise.hourly_hours),
        figure(noise.profile_days),
        figure(noise.slow_hours)
    );
    let ties = calibration.products.iter().map(|product| {
        let [slope, bend] = product.loading_errors;
        vec![
            product.product.to_string(),
            figure(product.loading.slope),
            figure(slope),
            figure(product.loading.bend),
            figure(bend),
        ]
    });
    text += &text_table(
        &["product", "slope on z", "± s.e.", "bend above 1.5", "± s.e."],
        &ties.collect::<Vec<_>>(),
    );
    text.push('\n');
    let mut rows = Vec::new();
    for product in &calibration.products {
        let all = [&product.history, &product.simulated, &product.simulated_low, &product.simulated_high]
            .map(ReserveStatistics::labelled);
        for (index, (name, _)) in all[0].iter().enumerate() {
            let mut row = vec![format!("{} {name}", product.product)];
            row.extend(all.iter().map(|labelled| figure(labelled[index].1)));
            rows.push(row);
        }
    }
    text + &text_table(&["statistic", "history", "simulated", "5 %", "95 %"], &rows)
}

/// Which hours a fit rests on, and how many are missing.
///
/// ```
/// let line = report::hours_line(&["2024-01".into(), "2024-02".into()], 1438, 1440);
/// assert_eq!(line, "2024-01 to 2024-02: 1,438 hours with a price, 2 of 1,440 missing or dropped\n");
/// ```
#[must_use]
pub fn hours_line([first, last]: &[String; 2], with_price: usize, all: usize) -> String {
    let [n, missing, all] = [with_price, all - with_price, all].map(|n| grouped(n as f64, 0));
    format!("{first} to {last}: {n} hours with a price, {missing} of {all} missing or dropped\n")
}

/// The parameters of a rate with errors, ranges and what they rest on, then the warnings.
#[must_use]
pub fn rate_fit_report(calibration: &RateCalibration) -> String {
    let row = |(name, parameter): &(&str, &market::marks_fit::Parameter)| {
        let error = figure(parameter.standard_error);
        // The error of the level is one of its log.
        let error = if *name == "level" { percent(parameter.standard_error) } else { error };
        let [low, high] = parameter.range.map(figure);
        let basis = match parameter.basis {
            Basis::Estimate => "estimate",
            Basis::Assumption => "assumption",
        };
        vec![
            (*name).to_owned(),
            figure(parameter.value),
            error,
            format!("{low} to {high}"),
            basis.into(),
            percent(parameter.prior_share),
        ]
    };
    let rows: Vec<_> = calibration.parameters().iter().map(row).collect();
    let mut text = format!(
        "{}: {} marks, {} to {}\nlevel in {}, {}\n\n",
        calibration.subject,
        calibration.n,
        calibration.period[0],
        calibration.period[1],
        calibration.unit,
        calibration.level_month,
    );
    text += &text_table(&["parameter", "value", "± s.e.", "range", "basis", "assumed"], &rows);
    text.push('\n');
    for (name, parameter) in calibration.parameters() {
        text += &wrapped(&format!("{name}: {}.", parameter.note));
        if let Some([value, error]) = parameter.marks_alone {
            text += &wrapped(&format!("{name} of the marks alone: {} ± {}.", figure(value), figure(error)));
        }
    }
    for warning in &calibration.warnings {
        text += &wrapped(&format!("warning: {warning}"));
    }
    text
}

/// The estimates of Bitcoin's laws with their errors, and the diagnostics beside them.
#[must_use]
pub fn bitcoin_fit_report(calibration: &BitcoinCalibration) -> String {
    let (price, fees, network) = (&calibration.price, &calibration.fees, &calibration.network);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (name, estimate) in [
        ("price: volatility per √year", price.volatility),
        ("price: jumps per year", price.jumps.per_year),
        ("price: mean of a jump", price.jumps.mean),
        ("price: sd of a jump", price.jumps.sd),
        ("network: growth per epoch at the cost curve", network.growth_per_epoch),
        ("network: response per epoch to log hashprice", network.response_per_epoch),
        ("network: entry less exit per epoch", network.entry_less_exit_per_epoch),
        ("network: change of growth per year", network.growth_change_per_year),
        ("network: response by least squares, no prior", network.least_squares_response),
    ] {
        rows.push(vec![name.into(), figure(estimate.value), figure(estimate.standard_error)]);
    }
    for (name, value) in [
        ("price: kurtosis of daily returns", price.daily_kurtosis),
        ("fees: mean, BTC per block", fees.mean_log_btc_per_block.exp()),
        ("fees: persistence per day", fees.retained_per_day),
        ("fees: noise of logs per day", fees.noise_per_day),
        ("network: noise of difficulty per epoch", network.noise_per_epoch),
        ("network: noise of hashrate per epoch, last 4 years", network.recent_hashrate_noise_per_epoch),
        ("network: residual autocorrelation", network.residual_autocorrelation),
        ("network: retargets", network.n_retargets),
    ] {
        rows.push(vec![name.into(), figure(value), "–".into()]);
    }
    let [first, last] = &calibration.period;
    format!("Bitcoin, {first} to {last}\n\n{}", text_table(&["estimate", "value", "± s.e."], &rows))
}

/// Four digits of a number, fewer decimals when it is large.
fn figure(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return grouped(value, 0);
    }
    let decimals = (3 - value.abs().log10().floor() as i32).clamp(0, 6);
    grouped(value, if value.fract() == 0.0 { 0 } else { decimals.min(4) as usize })
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(100.0 * share, 0))
}

/// A paragraph no wider than a terminal.
fn wrapped(paragraph: &str) -> String {
    let mut text = String::new();
    let mut length = 0;
    for word in paragraph.split(' ') {
        let more = word.chars().count();
        if length > 0 && length + 1 + more > WIDTH {
            text.push_str("\n  ");
            length = 2;
        } else if length > 0 {
            text.push(' ');
            length += 1;
        }
        text.push_str(word);
        length += more;
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_outside_the_model_is_marked() {
        let row = |history| StatisticRow {
            name: "mean_usd_per_mwh",
            history,
            standard_error: None,
            simulated: 26.0,
            low: 20.0,
            high: 31.0,
        };
        assert!(!statistic_table(&[row(25.0)]).contains('*'));
        let text = statistic_table(&[row(25.0), row(40.123)]);
        assert!(text.contains("40.12") && text.contains("31  *"), "{text}");
    }

    #[test]
    fn reports_of_the_shipped_fits_are_no_wider_than_a_terminal() {
        for text in [
            rate_fit_report(&RateCalibration::builtin_lease()),
            rate_fit_report(&RateCalibration::builtin_gpu()),
            bitcoin_fit_report(&BitcoinCalibration::builtin()),
        ] {
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            assert!(text.contains("± s.e."), "{text}");
        }
    }
}
