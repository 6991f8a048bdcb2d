//! What a dispatched case comes to, for the terminal: a table of the loads and a few lines.

use crate::dispatch_tables::method_name;
use crate::numbers::{grouped, million_usd};
use crate::text_table::text_table;
use dispatch::Method;
use simulate::{DispatchStudy, RealTimeStudy};

/// Widest line, in characters.
const WIDTH: usize = 100;
/// Where the text of a line begins, after its word.
const INDENT: usize = 13;
/// Budgets that a line names before it only counts them.
const NAMED: usize = 3;

/// A dispatched case in a table and lines of at most 100 characters; `build_seconds` is what reading the case took.
#[must_use]
pub fn dispatch_report(study: &DispatchStudy<'_>, build_seconds: f64) -> String {
    let case = &study.case.case;
    let mut text = text_table(
        &["load", "IT MWh", "of possible", "revenue", "power", "margin"],
        &study
            .loads
            .iter()
            .zip(&case.loads)
            .map(|(totals, load)| {
                let money = |usd: f64| grouped(usd / 1e6, 3);
                vec![
                    load.name.clone(),
                    grouped(totals.it_mwh, 0),
                    share(totals.it_mwh, totals.possible_it_mwh),
                    money(totals.revenue_usd),
                    money(totals.power_cost_usd),
                    money(totals.revenue_usd - totals.power_cost_usd),
                ]
            })
            .collect::<Vec<_>>(),
    );
    text.push_str("Money in million USD.\n\n");
    let mut line = |word: &str, sentence: String| text.push_str(&hanging(word, &sentence));
    line("value", value_line(study));
    line("certificate", certificate_line(study));
    let curtailed = study.interconnect_mwh - study.meter_mwh();
    line(
        "curtailed",
        format!(
            "{} of {} MWh of interconnect ({})",
            grouped(curtailed, 0),
            grouped(study.interconnect_mwh, 0),
            share(curtailed, study.interconnect_mwh)
        ),
    );
    line("budgets", budget_line(study));
    line(
        "method",
        format!(
            "{}, {} {} over {} steps; build {build_seconds:.3} s, solve {:.3} s",
            method_name(study.optimum.method),
            study.optimum.effort.passes,
            if study.optimum.method == Method::InteriorPoint { "iterations" } else { "passes" },
            grouped(case.steps() as f64, 0),
            study.solve_seconds
        ),
    );
    surroundings_lines(study).into_iter().for_each(|(word, sentence)| line(word, sentence));
    if let Some(real_time) = &study.real_time {
        let words = ["real time", "", ""];
        words.iter().zip(real_time_lines(study, real_time)).for_each(|(word, sentence)| line(word, sentence));
    }
    text
}

/// Calls of the grid, coincident peaks and service, a line each.
fn surroundings_lines(study: &DispatchStudy<'_>) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(calls) = &study.calls {
        let lost: f64 = calls.stops.iter().map(|stop| stop.cost_usd).sum();
        let mut text = format!("cost {} USD of margin", grouped(calls.cost_usd, 0));
        if !calls.stops.is_empty() {
            text += &format!(
                ", and {} interruptions of training {} USD of work lost",
                calls.stops.len(),
                grouped(lost, 0)
            );
        }
        if calls.unmet_mwh > 0.0 {
            text += &format!("; {} MWh of voluntary calls are not met", grouped(calls.unmet_mwh, 1));
        }
        lines.push(("grid calls", text));
    }
    if let Some(peaks) = &study.four_cp {
        let text = format!(
            "charge of the year after {} USD, without avoidance {} USD; standing still {} hours costs {} USD, {} of 4 peaks hit, {} false alarms",
            grouped(peaks.charge_usd, 0),
            grouped(peaks.charge_without_usd, 0),
            grouped(peaks.hours, 0),
            grouped(peaks.cost_usd, 0),
            peaks.hits,
            peaks.false_alarms
        );
        lines.push(("4CP", text));
    }
    for (service, months) in study.case.around.services.iter().zip(&study.services) {
        let credit: f64 = months.iter().map(|month| month.credit_usd).sum();
        let bad = months.iter().filter(|month| month.bad).count();
        let leave =
            if months.iter().any(|month| month.may_terminate) { "; the tenant may terminate" } else { "" };
        let text = format!(
            "{}: credits of {} USD, {bad} of {} months below the chronic threshold{leave}",
            study.case.case.loads[service.load].name,
            grouped(credit, 0),
            months.len()
        );
        lines.push(("service", text));
    }
    lines
}

/// What the reader should know before trusting a number, a paragraph each; empty without any.
#[must_use]
pub fn dispatch_warnings(study: &DispatchStudy<'_>) -> String {
    study.case.warnings.iter().map(|warning| hanging("warning", warning)).collect()
}

/// A word and its sentence in lines that begin below one another.
fn hanging(word: &str, sentence: &str) -> String {
    let mut text = format!("{word:<INDENT$}");
    let mut length = INDENT;
    for part in sentence.split(' ') {
        let wide = part.chars().count();
        if length > INDENT && length + 1 + wide > WIDTH {
            text.push_str(&format!("\n{:INDENT$}", ""));
            length = INDENT;
        }
        if length > INDENT {
            text.push(' ');
            length += 1;
        }
        text.push_str(part);
        length += wide;
    }
    text + "\n"
}

fn share(part: f64, of: f64) -> String {
    if of > 0.0 { format!("{} %", grouped(100.0 * part / of, 2)) } else { "–".into() }
}

/// A number that is mostly a matter of its size.
fn small(value: f64) -> String {
    if value == 0.0 { "0".into() } else { format!("{value:.1e}").replace('-', "−") }
}

fn value_line(study: &DispatchStudy<'_>) -> String {
    let found = &study.optimum;
    let mut text = format!("{} USD", grouped(found.value_usd, 2));
    if study.case.case.block.is_some() {
        text += &format!("; of it the fixed-price block {} million", million_usd(found.block_value_usd));
    }
    if !study.case.case.reserves.is_empty() {
        text += &format!("; reserves pay {} million", million_usd(study.reserve_revenue_usd));
    }
    if study.case.case.loads.iter().any(|load| load.restart.is_some()) {
        text += &format!("; starts cost {} million", million_usd(study.restart_cost_usd));
    }
    text
}

fn certificate_line(study: &DispatchStudy<'_>) -> String {
    let certificate = &study.optimum.certificate;
    format!(
        "bound {} USD, dispatch {} USD, relative gap {}; worst violation {} MW in a step, {} of a budget",
        grouped(certificate.dual_usd, 2),
        grouped(certificate.primal_usd, 2),
        small(certificate.relative_gap),
        small(certificate.worst_step_mw),
        small(certificate.worst_budget_share)
    )
}

fn budget_line(study: &DispatchStudy<'_>) -> String {
    let budgets = &study.case.case.budgets;
    let binding = (0..budgets.len()).filter(|i| study.binds(*i)).count();
    let mut text = format!("{binding} of {} bind", budgets.len());
    let Some(multipliers) = &study.optimum.multipliers else { return text };
    let mut dear: Vec<(f64, &str)> = multipliers
        .budget_usd_per_mwh
        .iter()
        .zip(budgets)
        .filter(|(price, _)| **price >= 0.005)
        .map(|(price, budget)| (*price, budget.name.as_str()))
        .collect();
    dear.sort_by(|a, b| b.0.total_cmp(&a.0));
    let named: Vec<String> =
        dear.iter().take(NAMED).map(|(price, name)| format!("{name} {}", grouped(*price, 2))).collect();
    if !named.is_empty() {
        text += &format!("; dearest (USD/MWh): {}", named.join(", "));
    }
    text
}

fn real_time_lines(study: &DispatchStudy<'_>, real_time: &RealTimeStudy) -> Vec<String> {
    let value = real_time.run.value_usd;
    let mut lines = vec![format!(
        "{} USD without foresight; foresight adds {} USD ({} of the optimum) in {:.3} s",
        grouped(value, 2),
        grouped(real_time.foresight_adds_usd, 2),
        share(real_time.foresight_adds_usd, study.optimum.value_usd.abs()),
        real_time.seconds
    )];
    let mut missed: Vec<(f64, &str)> = real_time
        .run
        .missed_mwh
        .iter()
        .zip(&study.case.case.budgets)
        .filter(|(mwh, budget)| **mwh > 1e-6 * budget.mwh.abs().max(1.0))
        .map(|(mwh, budget)| (*mwh, budget.name.as_str()))
        .collect();
    missed.sort_by(|a, b| b.0.total_cmp(&a.0));
    if missed.is_empty() {
        lines.push("it meets every budget".into());
    } else {
        let named: Vec<String> = missed
            .iter()
            .take(NAMED)
            .map(|(mwh, name)| format!("{name} by {} MWh", grouped(*mwh, 1)))
            .collect();
        let more = missed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("it misses {}{more}", named.join(", ")));
    }
    if real_time.run.worst_step_mw > 1e-6 {
        lines.push(format!(
            "where a limit fell faster than a ramp it stands {} MW outside",
            grouped(real_time.run.worst_step_mw, 2)
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::dispatch_case;
    use simulate::study_dispatch;

    #[test]
    fn the_report_says_value_certificate_budgets_and_real_time_within_its_width() {
        let case = dispatch_case();
        let study = study_dispatch(&case).unwrap();
        let text = dispatch_report(&study, 0.0123) + &dispatch_warnings(&study);
        for wanted in
            ["mining (S19)", "value        ", "relative gap", " of 6 bind", "build 0.012 s", "foresight adds"]
        {
            assert!(text.contains(wanted), "{wanted}:\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn long_sentences_hang_below_their_beginning() {
        let text = hanging("word", &"abcdefghi ".repeat(12));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].starts_with("word         abcdefghi ") && lines[1].starts_with("             abcdefghi")
        );
    }
}
