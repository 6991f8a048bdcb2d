//! `[[calls]]`, `[[training]]`, `[[services]]` and `[four_cp]`: what happens around a case.

use super::budgets::find_load;
use super::clock::{Every, StepClock};
use super::series_file::{MEGAWATTS, SeriesFile};
use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use dispatch::checkpoint::CheckpointLaw;
use dispatch::four_cp::{AvoidanceRule, FourCpTariff, PEAK_MONTHS, PeakWatch, SystemHour};
use dispatch::grid_calls::{Depth, ShedCall, TrainingLoad};
use dispatch::sla::{CreditStep, SlaTerms};
use dispatch::study::{FourCp, Service};
use dispatch::{Case, Series, Surroundings};
use jiff::civil::DateTime;
use site::calendar::YearMonth;
use std::ops::Range;

const MW: Rule = Rule::between(0.0, 1e6, "MW");
const SHARE: Rule = Rule::between(0.0, 1.0, "");
const A_LOAD: &str = "the name of a load";

/// Reads what surrounds the case; calls with `limit_mw` lower its interconnect at once.
pub(super) fn read(
    root: &Section<'_>,
    clock: &StepClock,
    series: &SeriesFile<'_>,
    (case, shed_order): (&mut Case, Vec<String>),
    inputs: &mut Inputs,
) -> Surroundings {
    let mut around = Surroundings { shed_order, ..Surroundings::default() };
    for section in root.list("calls") {
        section.begin_item("calls");
        around.calls.extend(read_call(&section, clock, &mut case.interconnect_mw, inputs));
        section.finish();
    }
    for section in root.list("training") {
        section.begin_item("training");
        around.training.extend(read_training(&section, case));
        section.finish();
    }
    for section in root.list("services") {
        section.begin_item("services");
        around.services.extend(read_service(&section, clock, case));
        section.finish();
    }
    around.four_cp = read_four_cp(root, clock, series, case);
    around
}

/// The order in which loads shed: that of `[site]`, or that of the loads.
pub(super) fn shed_order(section: &Section<'_>, case: &Case) -> Vec<String> {
    if !section.has("shed_order") {
        return case.loads.iter().map(|load| load.name.clone()).collect();
    }
    let names = section.texts("shed_order", "the names of loads, first to shed first");
    for (i, name) in names.iter().enumerate() {
        if find_load(section, "shed_order", name, case).is_some() && names[..i].contains(name) {
            section.fault("shed_order", format!("names `{name}` twice; allowed is once"));
        }
    }
    names
}

/// A call: one with `limit_mw` lowers the interconnect and is done; one with a depth sheds in the stated order.
fn read_call(
    section: &Section<'_>,
    clock: &StepClock,
    interconnect_mw: &mut Series,
    inputs: &mut Inputs,
) -> Option<ShedCall> {
    let steps = read_steps(section, clock, inputs);
    let depths = ["limit_mw", "shed_mw", "shed_share"];
    let given: Vec<&'static str> = depths.into_iter().filter(|key| section.has(key)).collect();
    if given.len() != 1 {
        section.fault_here(format!("gives {} of {}; wanted is one", given.len(), depths.join(", ")));
        return None;
    }
    if given[0] == "limit_mw" {
        let limit = section.number("limit_mw", MW);
        lower(interconnect_mw, clock.steps(), steps?, limit);
        return None;
    }
    let depth = match given[0] {
        "shed_mw" => Depth::Mw(section.number("shed_mw", MW)),
        _ => Depth::Share(section.number("shed_share", SHARE)),
    };
    let notice_hours = section.number_or("notice_hours", Rule::between(0.0, 8_760.0, "hours"), 0.0);
    let mandatory = section.flag_or("mandatory", true);
    Some(ShedCall { steps: steps?, depth, notice_hours, mandatory })
}

/// The steps of a call: whole ones, with a warning where the call has other bounds.
fn read_steps(section: &Section<'_>, clock: &StepClock, inputs: &mut Inputs) -> Option<Range<usize>> {
    const A_TIME: &str = "a local time such as \"2024-08-20T17:00\"";
    let start = section.text("start", A_TIME);
    let hours = section.number("hours", Rule::above(0.0, 8_784.0, "hours"));
    if start.is_empty() {
        return None;
    }
    let at = start.parse::<DateTime>().ok().and_then(|local| clock.local_unix_s(local));
    let Some(at) = at else {
        section.fault("start", format!("is `{start}`; allowed is {A_TIME}"));
        return None;
    };
    let end = at + (hours * 3_600.0).round() as i64;
    let steps = clock.steps_between(at, end);
    if !steps.is_empty() && [at, end] != [clock.unix_s(steps.start), clock.unix_s(steps.end)] {
        inputs.warn(format!(
            "the call of {start} for {hours} h counts as {} whole steps of {} minutes within the horizon",
            steps.len(),
            clock.step_minutes
        ));
    }
    if steps.is_empty() {
        section.fault("start", format!("is `{start}`; allowed is a call within {}", clock.span()));
        return None;
    }
    Some(steps)
}

fn lower(interconnect_mw: &mut Series, n_steps: usize, steps: Range<usize>, limit: f64) {
    if let Series::Constant(mw) = interconnect_mw {
        *interconnect_mw = Series::Steps(vec![*mw; n_steps]);
    }
    if let Series::Steps(mw) = interconnect_mw {
        // After another fault the series may be a stand-in of another length.
        mw.iter_mut().skip(steps.start).take(steps.len()).for_each(|mw| *mw = mw.min(limit));
    }
}

/// What an interruption costs a load that trains.
fn read_training(section: &Section<'_>, case: &Case) -> Option<(usize, TrainingLoad)> {
    let load = section.text("load", A_LOAD);
    let mtbf_hours = section.number("mean_hours_between_failures", Rule::above(0.0, 1e6, "hours"));
    let checkpoint_minutes = section.number("checkpoint_minutes", Rule::above(0.0, 1_440.0, "minutes"));
    let restart_minutes = section.number("restart_minutes", Rule::between(0.0, 1_440.0, "minutes"));
    let k = find_load(section, "load", &load, case)?;
    let law = CheckpointLaw::try_new(mtbf_hours, checkpoint_minutes / 60.0, restart_minutes / 60.0);
    let law = law.map_err(|error| section.fault_here(error.to_string())).ok()?;
    let value_usd_per_mwh = (case.loads[k].value_usd_per_it_mwh.at(0) / case.loads[k].pue).max(0.0);
    Some((k, TrainingLoad { law, value_usd_per_mwh }))
}

/// Service owed on a load, with its rent and ladder of credits.
fn read_service(section: &Section<'_>, clock: &StepClock, case: &Case) -> Option<Service> {
    let load = section.text("load", A_LOAD);
    let rent =
        section.number("rent_usd_per_it_kw_month", Rule::between(0.0, 10_000.0, "USD per IT kW-month"));
    let usual = SlaTerms::default();
    let below: Vec<f64> = usual.ladder.iter().map(|step| step.below).collect();
    let credits: Vec<f64> = usual.ladder.iter().map(|step| step.credit_share).collect();
    let below = section.numbers_or("credit_below_availability", SHARE, &below);
    let credits = section.numbers_or("credit_share_of_rent", SHARE, &credits);
    if below.len() != credits.len() {
        section.fault(
            "credit_share_of_rent",
            format!("has {} steps; credit_below_availability has {}", credits.len(), below.len()),
        );
        return None;
    }
    let step =
        |(below, credit_share): (&f64, &f64)| CreditStep { below: *below, credit_share: *credit_share };
    let terms = SlaTerms { ladder: below.iter().zip(&credits).map(step).collect(), ..usual };
    terms.check().map_err(|error| section.fault_here(error.to_string())).ok()?;
    let load = find_load(section, "load", &load, case)?;
    let months: Vec<Range<usize>> = clock.windows(Every::Month).into_iter().map(|w| w.steps).collect();
    let most = (0..case.steps()).map(|t| case.loads[load].capacity_it_mw.at(t)).fold(0.0, f64::max);
    Some(Service { load, rent_usd: vec![rent * 1_000.0 * most; months.len()], months, terms })
}

/// The charge by the coincident peaks, with the system's load as the operator came to know it.
fn read_four_cp(
    root: &Section<'_>,
    clock: &StepClock,
    series: &SeriesFile<'_>,
    case: &Case,
) -> Option<FourCp> {
    if !root.has("four_cp") {
        return None;
    }
    let section = root.section("four_cp");
    let rate = section.number_or("rate_usd_per_kw_year", Rule::between(0.0, 1_000.0, "USD/kW-year"), 70.0);
    let avoidable = section.number_or("avoidable_share", SHARE, 1.0);
    let avoid = section.flag_or("avoid", true);
    let mut loads = Vec::new();
    for name in section.texts("loads", "the names of the loads that stand still at feared peaks") {
        loads.extend(find_load(&section, "loads", &name, case));
    }
    section.text("system_load_column", "a column of [series] with the system's load, MW");
    let system = series.column(&section, "system_load_column", &MEGAWATTS);
    section.finish();
    let tariff = FourCpTariff::try_new(rate, avoidable);
    let tariff = tariff.map_err(|error| section.fault_here(error.to_string())).ok()?;
    let hours = system_hours(clock, &system?);
    let peaks = summer_peaks(&hours).or_else(|| {
        section.fault_here("needs one June to September within the horizon; allowed is one such summer");
        None
    })?;
    let standing = if avoid { standing_still(&hours) } else { Vec::new() };
    Some(FourCp { tariff, standing, loads, peaks })
}

/// The system's load by step, with its place on the local calendar.
fn system_hours(clock: &StepClock, load_mw: &[f64]) -> Vec<SystemHour> {
    let mut hours = Vec::with_capacity(load_mw.len());
    let mut loads = load_mw.iter();
    for m in 0..clock.calendar.n_months() {
        let month: YearMonth = clock.calendar.month(m);
        for (d, day) in clock.calendar.days[m].iter().enumerate() {
            for &hour in day.hours {
                for load_mw in loads.by_ref().take(clock.steps_per_hour()) {
                    hours.push(SystemHour { month, day: d as i8 + 1, hour, load_mw: *load_mw });
                }
            }
        }
    }
    hours
}

/// Steps of the four peaks of the one summer in the horizon.
fn summer_peaks(hours: &[SystemHour]) -> Option<[usize; 4]> {
    let peaks = dispatch::four_cp::monthly_peaks(hours);
    let summer: Vec<usize> = peaks
        .into_iter()
        .filter(|(month, _)| PEAK_MONTHS.contains(&month.month))
        .map(|(_, step)| step)
        .collect();
    summer.try_into().ok()
}

/// Runs of steps in which the avoidance rule stands still.
fn standing_still(hours: &[SystemHour]) -> Vec<Range<usize>> {
    let Ok(mut watch) = PeakWatch::try_new(AvoidanceRule::default()) else { return Vec::new() };
    let mut standing: Vec<Range<usize>> = Vec::new();
    for (t, hour) in hours.iter().enumerate() {
        if watch.curtails(hour.month, hour.hour) {
            match standing.last_mut() {
                Some(run) if run.end == t => run.end = t + 1,
                _ => standing.push(t..t + 1),
            }
        }
        watch.observe(hour);
    }
    standing
}
