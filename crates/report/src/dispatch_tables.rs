//! Tables of a dispatched case: every step, a summary, the budgets, and what the real-time rule did.
//!
//! Units stand in the headers; MW are at the meter unless a column says `it`. Numbers carry the shortest decimal that reads
//! back to the same number, so equal cases give equal bytes; times and timings are kept apart for that reason.

use crate::folder::{FolderError, OutputFolder};
use crate::numbers::{exact, exact_or_empty};
use crate::tables::{Sheet, column_name};
use dispatch::{BudgetOf, Method, Side};
use simulate::{DispatchStudy, RealTimeStudy};

/// Writes all tables of a dispatched case.
///
/// # Errors
/// If a file cannot be written.
pub fn write_dispatch_tables(
    study: &DispatchStudy<'_>,
    folder: &mut OutputFolder,
) -> Result<(), FolderError> {
    dispatch_tables(study).into_iter().try_for_each(|(file, sheet)| folder.write(file, &sheet.into_bytes()))
}

/// All tables of a dispatched case, by the names of their files.
#[must_use]
pub fn dispatch_tables(study: &DispatchStudy<'_>) -> Vec<(&'static str, Sheet)> {
    let mut tables = vec![
        ("dispatch.csv", dispatch_steps(study)),
        ("summary.csv", dispatch_summary(study)),
        ("budgets.csv", budgets(study)),
    ];
    if !study.services.is_empty() {
        tables.push(("services.csv", services(study)));
    }
    if let Some(real_time) = &study.real_time {
        tables.push(("real_time.csv", real_time_steps(study, real_time)));
    }
    tables
}

/// A name for a method.
pub(crate) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Decomposition => "decomposition",
        Method::InteriorPoint => "interior point",
        Method::OnOff => "off and on states",
    }
}

/// Start of step `t` in UTC and on the local clock with its offset.
fn times(study: &DispatchStudy<'_>, t: usize) -> [String; 2] {
    let utc = study.case.clock.utc(t);
    let local = utc.to_zoned(study.case.clock.calendar.zone.time_zone());
    [utc.to_string(), local.strftime("%Y-%m-%dT%H:%M%:z").to_string()]
}

/// A difference of megawatts, 0 where only rounding made it.
fn unless_rounding(mw: f64) -> f64 {
    if mw.abs() < 1e-9 { 0.0 } else { mw }
}

/// Columns named after loads or reserves, each once.
fn named_columns<'n>(
    names: impl Iterator<Item = &'n str>,
    prefix: &str,
    unit: &str,
    header: &mut Vec<String>,
) {
    for (index, name) in names.enumerate() {
        let name = column_name(name);
        let wanted = format!("{prefix}{name}_{unit}");
        // Names that differ only in what a column cannot hold.
        let taken = header.contains(&wanted);
        header.push(if taken { format!("{prefix}{name}_{}_{unit}", index + 1) } else { wanted });
    }
}

fn load_names<'s>(study: &'s DispatchStudy<'_>) -> impl Iterator<Item = &'s str> {
    study.case.case.loads.iter().map(|load| load.name.as_str())
}

/// `dispatch.csv`: a row per step.
///
/// Columns: `time_utc` and `time_local` (start of the step), `price_usd_per_mwh` with the adder, `interconnect_mw`, for each
/// load its running `…_it_mw` at the machines and `…_mw` at the meter, `reserve_…_mw` sold by product, `draw_mw` of all running
/// loads, `curtailed_mw` (interconnect less draw) and `interconnect_usd_per_mw`, the value of one more MW in the step (empty
/// where none is claimed).
#[must_use]
pub fn dispatch_steps(study: &DispatchStudy<'_>) -> Sheet {
    let case = &study.case.case;
    let mut header: Vec<String> =
        ["time_utc", "time_local", "price_usd_per_mwh", "interconnect_mw"].map(str::to_owned).to_vec();
    named_columns(load_names(study), "", "it_mw", &mut header);
    named_columns(load_names(study), "", "mw", &mut header);
    named_columns(case.reserves.iter().map(|r| r.name.as_str()), "reserve_", "mw", &mut header);
    header.extend(["draw_mw", "curtailed_mw", "interconnect_usd_per_mw"].map(str::to_owned));
    let mut sheet = Sheet::new(&header);
    let multipliers = study.optimum.multipliers.as_ref();
    for t in 0..case.steps() {
        let mut row = times(study, t).to_vec();
        row.extend([case.price_usd_per_mwh[t], case.interconnect_mw.at(t)].map(exact));
        row.extend(study.optimum.it_mw.iter().map(|mw| exact(mw[t])));
        row.extend(case.loads.iter().zip(&study.optimum.it_mw).map(|(load, mw)| exact(load.pue * mw[t])));
        for sold in &study.optimum.reserve_mw {
            row.push(exact(sold.iter().map(|mw| mw[t]).sum()));
        }
        let draw = study.draw_mw(t);
        row.extend([draw, unless_rounding(case.interconnect_mw.at(t) - draw)].map(exact));
        let one_more = multipliers.and_then(|found| found.interconnect_usd_per_mw.get(t).copied());
        row.push(exact_or_empty(one_more));
        sheet.row(row);
    }
    sheet
}

/// `summary.csv`: metric, unit and value, a row each.
///
/// Value, its bound and how well the dispatch keeps its limits; energy, revenue and cost of power in all and by load; and what
/// the real-time rule is worth where the case asks for it. No timings: those are in the manifest.
#[must_use]
pub fn dispatch_summary(study: &DispatchStudy<'_>) -> Sheet {
    let mut sheet = Sheet::new(&["metric", "unit", "value"]);
    let mut text = |metric: &str, unit: &str, value: String| sheet.row([metric.into(), unit.into(), value]);
    let (case, found) = (&study.case.case, &study.optimum);
    text("method", "", method_name(found.method).into());
    let mut row = |metric: &str, unit: &str, value: f64| text(metric, unit, exact(value));
    row("steps", "", case.steps() as f64);
    row("step_length", "h", case.step_hours);
    row("value", "USD", found.value_usd);
    row("block_value", "USD", found.block_value_usd);
    row("reserve_revenue", "USD", study.reserve_revenue_usd);
    row("restart_cost", "USD", study.restart_cost_usd);
    row("bound", "USD", found.certificate.dual_usd);
    row("value_recomputed", "USD", found.certificate.primal_usd);
    row("relative_gap", "", found.certificate.relative_gap);
    row("worst_violation_of_a_step", "MW", found.certificate.worst_step_mw);
    row("worst_violation_of_a_budget", "share", found.certificate.worst_budget_share);
    row("passes", "", found.effort.passes as f64);
    row("interconnect_energy", "MWh", study.interconnect_mwh);
    row("drawn_energy", "MWh", study.meter_mwh());
    row("curtailed_energy", "MWh", study.interconnect_mwh - study.meter_mwh());
    row("budgets", "", case.budgets.len() as f64);
    row("binding_budgets", "", (0..case.budgets.len()).filter(|i| study.binds(*i)).count() as f64);
    for (load, totals) in case.loads.iter().zip(&study.loads) {
        let mut of = |what: &str, unit: &str, value: f64| row(&format!("{}.{what}", load.name), unit, value);
        of("energy", "IT MWh", totals.it_mwh);
        of("possible_energy", "IT MWh", totals.possible_it_mwh);
        of("drawn_energy", "MWh", totals.it_mwh * load.pue);
        of("revenue", "USD", totals.revenue_usd);
        of("power_cost", "USD", totals.power_cost_usd);
    }
    if let Some(calls) = &study.calls {
        row("calls.margin_lost", "USD", calls.cost_usd);
        row("calls.training_work_lost", "USD", calls.stops.iter().map(|stop| stop.cost_usd).sum());
        row("calls.training_interruptions", "", calls.stops.len() as f64);
        row("calls.unmet_energy", "MWh", calls.unmet_mwh);
    }
    if let Some(peaks) = &study.four_cp {
        row("four_cp.charge_of_the_year_after", "USD", peaks.charge_usd);
        row("four_cp.charge_without_avoidance", "USD", peaks.charge_without_usd);
        row("four_cp.margin_lost", "USD", peaks.cost_usd);
        row("four_cp.standing_still", "h", peaks.hours);
        row("four_cp.peaks_hit", "of 4", peaks.hits as f64);
        row("four_cp.false_alarms", "", peaks.false_alarms as f64);
    }
    if let Some(real_time) = &study.real_time {
        row("real_time.value", "USD", real_time.run.value_usd);
        row("real_time.foresight_adds", "USD", real_time.foresight_adds_usd);
        row("real_time.missed_budget_energy", "MWh", real_time.run.missed_mwh.iter().sum());
        row("real_time.worst_violation_of_a_step", "MW", real_time.run.worst_step_mw);
        row("forecast.value", "USD", real_time.forecast_value_usd);
    }
    sheet
}

/// `budgets.csv`: a row per budget and window.
///
/// Columns: `name`, `window`, `of` (a load or `site`), `side`, `asked_mwh` and `served_mwh` (at the machines for a load, at the
/// meter for the site), `multiplier_usd_per_mwh` (what the last MWh of it costs; empty where none is claimed), `binding`; with a
/// real-time rule its `bid_usd_per_mwh` and the `real_time_missed_mwh`.
#[must_use]
pub fn budgets(study: &DispatchStudy<'_>) -> Sheet {
    let mut header =
        vec!["name", "window", "of", "side", "asked_mwh", "served_mwh", "multiplier_usd_per_mwh", "binding"];
    if study.real_time.is_some() {
        header.extend(["bid_usd_per_mwh", "real_time_missed_mwh"]);
    }
    let mut sheet = Sheet::new(&header);
    let case = &study.case.case;
    let multipliers = study.optimum.multipliers.as_ref();
    for (i, (budget, rule)) in case.budgets.iter().zip(&study.case.windows).enumerate() {
        let of = match budget.of {
            BudgetOf::Load(k) => case.loads[k].name.as_str(),
            BudgetOf::Site => "site",
        };
        let side = match budget.side {
            Side::AtLeast => "at least",
            Side::AtMost => "at most",
        };
        let mut row = [rule.name.as_str(), rule.window.as_str(), of, side].map(str::to_owned).to_vec();
        row.extend([budget.mwh, study.served_mwh[i]].map(exact));
        row.push(exact_or_empty(multipliers.and_then(|found| found.budget_usd_per_mwh.get(i).copied())));
        row.push(study.binds(i).to_string());
        if let Some(real_time) = &study.real_time {
            row.extend([real_time.bids_usd_per_mwh[i], real_time.run.missed_mwh[i]].map(exact));
        }
        sheet.row(row);
    }
    sheet
}

/// `services.csv`: a row per service and local month.
///
/// Columns: `load`, `month`, `availability` (energy served over contracted), `rent_usd`, `credit_usd`, `bad` (counts towards
/// chronic failure) and `may_terminate`.
#[must_use]
pub fn services(study: &DispatchStudy<'_>) -> Sheet {
    let header = ["load", "month", "availability", "rent_usd", "credit_usd", "bad", "may_terminate"];
    let mut sheet = Sheet::new(&header);
    let calendar = &study.case.clock.calendar;
    for (service, months) in study.case.around.services.iter().zip(&study.services) {
        for (m, (month, rent_usd)) in months.iter().zip(&service.rent_usd).enumerate() {
            sheet.row([
                study.case.case.loads[service.load].name.clone(),
                calendar.month(m).to_string(),
                exact_or_empty(month.availability),
                exact(*rent_usd),
                exact(month.credit_usd),
                month.bad.to_string(),
                month.may_terminate.to_string(),
            ]);
        }
    }
    sheet
}

/// `real_time.csv`: what the rule that cannot see ahead did, a row per step.
///
/// Columns: times and `price_usd_per_mwh` as in `dispatch.csv`, `forecast_usd_per_mwh` of the same step, each load's running
/// `…_it_mw`, `draw_mw`, and `draw_of_optimum_mw` beside it.
#[must_use]
pub fn real_time_steps(study: &DispatchStudy<'_>, real_time: &RealTimeStudy) -> Sheet {
    let case = &study.case.case;
    let mut header: Vec<String> =
        ["time_utc", "time_local", "price_usd_per_mwh", "forecast_usd_per_mwh"].map(str::to_owned).to_vec();
    named_columns(load_names(study), "", "it_mw", &mut header);
    header.extend(["draw_mw", "draw_of_optimum_mw"].map(str::to_owned));
    let mut sheet = Sheet::new(&header);
    let forecast = study.case.forecast_usd_per_mwh.as_ref();
    for t in 0..case.steps() {
        let mut row = times(study, t).to_vec();
        row.push(exact(case.price_usd_per_mwh[t]));
        row.push(exact_or_empty(forecast.map(|prices| prices[t])));
        row.extend(real_time.run.it_mw.iter().map(|mw| exact(mw[t])));
        let draw = simulate::dispatch_study::draw_mw(case, &real_time.run.it_mw, t);
        row.extend([draw, study.draw_mw(t)].map(exact));
        sheet.row(row);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::dispatch_case;
    use simulate::study_dispatch;

    fn rows(sheet: Sheet) -> Vec<Vec<String>> {
        let bytes = sheet.into_bytes();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }

    #[test]
    fn every_step_has_its_times_and_balances() {
        let case = dispatch_case();
        let study = study_dispatch(&case).unwrap();
        let rows = rows(dispatch_steps(&study));
        assert_eq!(
            rows[0].join(","),
            "time_utc,time_local,price_usd_per_mwh,interconnect_mw,mining_s19_it_mw,mining_s19_2_it_mw,\
             inference_it_mw,training_it_mw,mining_s19_mw,mining_s19_2_mw,inference_mw,training_mw,draw_mw,\
             curtailed_mw,interconnect_usd_per_mw"
        );
        assert_eq!(rows.len(), 1 + 743);
        assert_eq!(rows[1][..2], ["2024-03-01T06:00:00Z", "2024-03-01T00:00-06:00"]);
        // The clock goes from 02:00 to 03:00 in the night to 10 March.
        assert_eq!(rows[1 + 9 * 24 + 2][..2], ["2024-03-10T08:00:00Z", "2024-03-10T03:00-05:00"]);
        for row in &rows[1..] {
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            let draw: f64 = (8..12).map(number).sum();
            assert!((draw - number(12)).abs() < 1e-9 && (number(3) - draw - number(13)).abs() < 1e-6);
            assert!((number(7) * 1.2 - number(11)).abs() < 1e-9);
        }
    }

    #[test]
    fn summary_and_budgets_say_what_they_count() {
        let case = dispatch_case();
        let study = study_dispatch(&case).unwrap();
        let summary = rows(dispatch_summary(&study));
        let value = |metric: &str| {
            let row = summary.iter().find(|row| row[0] == metric).unwrap_or_else(|| panic!("{metric}"));
            row[2].parse::<f64>().unwrap()
        };
        assert_eq!(summary[0], ["metric", "unit", "value"]);
        assert_eq!(value("value"), study.optimum.value_usd);
        assert_eq!(value("training.drawn_energy"), study.loads[3].it_mwh * 1.2);
        assert_eq!(value("real_time.value"), study.real_time.as_ref().unwrap().run.value_usd);
        let budgets = rows(budgets(&study));
        assert_eq!(budgets.len(), 1 + 5 + 1);
        assert_eq!(budgets[1][..4], ["training", "2024-W09", "training", "at least"]);
        assert_eq!(budgets[6][..4], ["curtailment cap", "horizon", "site", "at least"]);
        assert_eq!(budgets[0][8..], ["bid_usd_per_mwh", "real_time_missed_mwh"]);
        assert_eq!(rows(real_time_steps(&study, study.real_time.as_ref().unwrap())).len(), 1 + 743);
    }
}
