//! Tables of the markets that all policies share.

use super::Sheet;
use crate::numbers::{exact, unit};
use simulate::Outcomes;

/// Each market factor at each opening.
///
/// Columns: `factor` (its name ends in the unit), `unit`, `month`; `mean` over all paths, quantiles `p5` … `p95` over the
/// kept paths; `mean_multiple`, the mean over the value of the first month; `effective_sample`, the paths that this mean
/// really rests on, `(Σw)²/Σw²`: a small one says that few paths carry it; `lens`, whose drifts these are.
#[must_use]
pub fn markets(outcomes: &Outcomes) -> Sheet {
    let columns = [
        "factor",
        "unit",
        "month",
        "mean",
        "p5",
        "p25",
        "p50",
        "p75",
        "p95",
        "mean_multiple",
        "effective_sample",
    ];
    let mut sheet = Sheet::under(outcomes.lens, &columns);
    for factor in &outcomes.markets {
        let quantiles = factor.fan.quantiles();
        for (m, month) in outcomes.months.iter().enumerate() {
            let mut row = vec![factor.name.clone(), unit(&factor.unit).to_owned(), month.to_string()];
            row.push(exact(factor.mean[m]));
            row.extend(quantiles.iter().map(|by_month| exact(by_month[m])));
            row.extend([factor.mean_multiple[m], factor.effective_sample[m]].map(exact));
            sheet.row(row);
        }
    }
    sheet
}

/// How much of each month mining does not pay for its power, by fleet.
///
/// Columns: `fleet`, `month`, `hours` of the month, `mean_out_of_money_hours` over all paths, `mean_out_of_money_intervals`, the
/// same counted in intervals of dispatch.
#[must_use]
pub fn mining_hours(outcomes: &Outcomes) -> Sheet {
    let mut sheet =
        Sheet::new(&["fleet", "month", "hours", "mean_out_of_money_hours", "mean_out_of_money_intervals"]);
    for (fleet, by_month) in outcomes.fleets.iter().zip(&outcomes.out_of_money_hours) {
        for ((month, hours), out_of_money) in outcomes.months.iter().zip(&outcomes.hours).zip(by_month) {
            let numbers = [*hours, *out_of_money, out_of_money / outcomes.step_hours].map(exact);
            sheet.row([fleet.clone(), month.to_string()].into_iter().chain(numbers));
        }
    }
    sheet
}
