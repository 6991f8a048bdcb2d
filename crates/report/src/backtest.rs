//! Forecasts against what came: a table for people, and CSV for the rest.

use crate::numbers::{exact, grouped};
use crate::tables::Sheet;
use crate::text_table::text_table;
use market::backtest::{Forecast, INTERVALS, PROBABILITIES, Score};

/// One line per quantity and horizon: coverage, error, and the ratio to each rival with its range.
#[must_use]
pub fn backtest_table(scores: &[Score]) -> String {
    let header = [
        "monthly mean of",
        "months",
        "origins",
        "50 %",
        "80 %",
        "95 %",
        "median low by",
        "CRPS",
        "rival",
        "its CRPS",
        "ratio",
        "90 % range",
    ];
    let mut rows = Vec::new();
    for score in scores {
        for (number, rival) in score.rivals.iter().enumerate() {
            let mut row = if number == 0 { own_cells(score) } else { vec![String::new(); 8] };
            let dash = || "–".to_owned();
            row.extend([
                rival.name.to_owned(),
                grouped(rival.crps, 3),
                grouped(rival.ratio, 2),
                rival.ratio_range.map_or_else(dash, |range| range.map(|edge| grouped(edge, 2)).join(" to ")),
            ]);
            rows.push(row);
        }
    }
    let mut text = text_table(&header, &rows);
    text.push_str(
        "\nCRPS in log units (smaller is better); ratio below 1: the model beats the rival. 50, 80, 95 %: share of outcomes\n\
         inside the central intervals. Bitcoin's random walks start from the last daily value and know the halvings, that\n\
         of power from the last month's mean. Ranges over resampled blocks of twelve origins, for neighbours share\n\
         outcomes; – with no more than one block.\n\
         Everything is estimated on what precedes each origin; structure and priors were chosen with history to 2025 in view.\n",
    );
    text
}

fn own_cells(score: &Score) -> Vec<String> {
    let mut cells = vec![
        score.quantity.name().replace('_', " "),
        score.horizon_months.to_string(),
        score.n_origins.to_string(),
    ];
    cells.extend(score.coverage.map(|share| format!("{} %", grouped(100.0 * share, 0))));
    cells.extend([format!("{} %", grouped(100.0 * score.mean_error, 0)), grouped(score.crps, 3)]);
    cells
}

/// The scores as CSV: a row per quantity, horizon and rival.
#[must_use]
pub fn scores_csv(scores: &[Score]) -> Vec<u8> {
    let mut header: Vec<String> =
        ["quantity", "horizon_months", "origins", "crps_log", "median_low_by_log"].map(String::from).to_vec();
    header.extend(INTERVALS.iter().map(|p| format!("coverage_of_{:.0}_percent_share", 100.0 * p)));
    header.extend((1..=market::backtest::PIT_CLASSES).map(|class| format!("pit_class_{class}_count")));
    header.extend(
        ["rival", "rival_crps_log", "rival_coverage_of_80_percent_share", "ratio", "ratio_p5", "ratio_p95"]
            .map(String::from),
    );
    let mut sheet = Sheet::new(&header);
    for score in scores {
        for rival in &score.rivals {
            let mut row = vec![
                score.quantity.name().to_owned(),
                score.horizon_months.to_string(),
                score.n_origins.to_string(),
                exact(score.crps),
                exact(score.mean_error),
            ];
            row.extend(score.coverage.map(exact));
            row.extend(score.pit_counts.map(|count| count.to_string()));
            row.extend([
                rival.name.to_owned(),
                exact(rival.crps),
                exact(rival.coverage_80),
                exact(rival.ratio),
            ]);
            row.extend(rival.ratio_range.map_or_else(<[String; 2]>::default, |range| range.map(exact)));
            sheet.row(row);
        }
    }
    sheet.into_bytes()
}

/// The forecasts as CSV: a row per quantity, origin and horizon; levels in the quantity's unit.
#[must_use]
pub fn forecasts_csv(forecasts: &[Forecast]) -> Vec<u8> {
    let mut header: Vec<String> =
        ["quantity", "unit", "origin_utc", "horizon_months", "month", "outcome"].map(String::from).to_vec();
    header.extend(PROBABILITIES.map(|p| format!("forecast_p{}", 100.0 * p)));
    header.extend(["pit", "crps_log"].map(String::from));
    let names: Vec<&str> =
        forecasts.first().map_or_else(Vec::new, |f| f.rivals.iter().map(|r| r.name).collect());
    for number in 1..=names.len() {
        header.extend(["name", "mean_log", "sd_log"].map(|part| format!("rival_{number}_{part}")));
    }
    let mut sheet = Sheet::new(&header);
    for forecast in forecasts {
        let mut row = vec![
            forecast.quantity.name().to_owned(),
            forecast.quantity.unit().to_owned(),
            forecast.origin.to_string(),
            forecast.horizon_months.to_string(),
            forecast.month.to_string(),
            exact(forecast.outcome),
        ];
        row.extend(forecast.quantiles.map(exact));
        row.extend([exact(forecast.pit), exact(forecast.crps)]);
        for rival in forecast.rivals.iter().take(names.len()) {
            row.extend([rival.name.to_owned(), exact(rival.mean_ln), exact(rival.sd_ln)]);
        }
        row.resize(header.len(), String::new());
        sheet.row(row);
    }
    sheet.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::backtest::{Quantity, RivalForecast, scores};
    use site::YearMonth;

    fn forecasts() -> Vec<Forecast> {
        let month = YearMonth::parse("2024-03").expect("a month");
        vec![Forecast {
            quantity: Quantity::Hashprice,
            origin: month.first_day().yesterday().expect("a day"),
            horizon_months: 1,
            month,
            outcome: 90.0,
            quantiles: [60.0, 70.0, 80.0, 88.0, 95.0, 110.0, 130.0],
            pit: 0.55,
            crps: 0.05,
            rivals: vec![RivalForecast { name: "random walk", mean_ln: 4.5, sd_ln: 0.2 }],
        }]
    }

    #[test]
    fn tables_are_as_wide_as_their_headers() {
        for text in [forecasts_csv(&forecasts()), scores_csv(&scores(&forecasts()))] {
            let text = String::from_utf8(text).expect("UTF-8");
            let widths: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
            assert_eq!(widths.len(), 2, "{text}");
            assert_eq!(widths[0], widths[1], "{text}");
        }
    }

    #[test]
    fn people_read_shares_and_ratios() {
        let text = backtest_table(&scores(&forecasts()));
        assert!(text.lines().any(|line| line.ends_with(" –")), "{text}");
        assert!(
            text.contains("hashprice") && text.contains("random walk") && text.contains("100 %"),
            "{text}"
        );
    }
}
