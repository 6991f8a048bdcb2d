//! A checked scenario, ready to run.

use crate::document;
use crate::fault::{Fault, Faults};
use crate::history::HistoryMark;
use crate::inputs::{InputFile, Inputs};
use crate::lens::LensSettings;
use crate::policies_section::{Grounds, PolicyKind, PolicyPlan, schedule_warnings};
use crate::reader::{Rule, Section};
use crate::shape::Shape;
use crate::template::TEMPLATE;
use crate::tuning_section::TuningSettings;
use crate::{base, campus_section, finance_section, lens, market_section, policies_section, tuning_section};
use market::{BitcoinSource, Market, PowerSource};
use optimizer::StateGraph;
use optimizer::cash_plan::{FUNDS_NODES, MOST_FUNDS_HALLS};
use optimizer::dp::hall_line;
use optimizer::states::MAX_DP_STATES;
use site::{AiForm, Calendar, Campus, YearMonth, Zone, start_cost_usd};
use std::path::{Path, PathBuf};

/// How a scenario is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSettings {
    /// Number of paths.
    pub paths: usize,
    /// Paths of which values are kept one by one.
    pub keep_paths: usize,
    /// Seed of every random number.
    pub seed: u64,
}

/// A checked scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Name, which is also the default name of the output folder.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// The campus.
    pub campus: Campus,
    /// The market.
    pub market: Market,
    /// The policies, all-mining first.
    pub policies: Vec<PolicyPlan>,
    /// How it is run.
    pub run: RunSettings,
    /// The lens of the run, already applied to campus and market, and what the other would show.
    pub lens: LensSettings,
    /// How rules are tuned.
    pub tuning: TuningSettings,
    /// Every field with the value used, defaults included, as TOML.
    pub resolved: String,
    /// Files it read.
    pub inputs: Vec<InputFile>,
    /// What history shows of the markets that were fitted to one, beside what is assumed.
    pub history: Vec<HistoryMark>,
    /// What the reader should know before trusting a number.
    pub warnings: Vec<String>,
}

/// Longest horizon, months.
const MAX_MONTHS: i32 = 360;
/// Most paths of a run.
const MAX_PATHS: u64 = 10_000_000;

impl Scenario {
    /// Every field that a scenario file may hold, as the reader asks for it.
    #[must_use]
    pub fn shape() -> Shape {
        // A short horizon, and no calibration to be read over and over again.
        let brief = ["scenario.end_month='2026-02'", "power.calibration='-'"];
        Shape::of(TEMPLATE, &brief, &base::asks(), read)
    }

    /// Reads and checks a scenario file with `--set` overrides on top.
    ///
    /// # Errors
    /// All that is wrong with it, in one [`Faults`].
    pub fn load(file: &Path, overrides: &[String]) -> Result<Self, Faults> {
        let text = document::text_of(file, "scenario file", "write one with `wattshift init`")?;
        let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self::parse(&file.display().to_string(), &text, &folder, overrides)
    }

    /// Reads and checks the text of a scenario; paths in it count from `folder`.
    ///
    /// # Errors
    /// All that is wrong with it, in one [`Faults`].
    pub fn parse(named: &str, text: &str, folder: &Path, overrides: &[String]) -> Result<Self, Faults> {
        let read = document::read(named, text, folder, overrides, read)?;
        let mut scenario = read.value;
        // Computed policies list all states of halls and builders; too many are refused here.
        let computed = scenario.policies.iter().find(|plan| plan.lists_states());
        // Free funds in the state take a value for each of their nodes.
        let nodes =
            if scenario.policies.iter().any(PolicyPlan::has_funds_in_state) { FUNDS_NODES } else { 1 };
        let graph = StateGraph::new(hall_line(&scenario.campus, &scenario.market), MAX_DP_STATES / nodes);
        if let (Some(plan), Err(error)) = (computed, graph) {
            let problem = format!("cannot be computed: {error}, or leave this policy out");
            let fault = Fault { field: format!("policies[{}]", plan.name), problem, origin: None };
            return Err(Faults {
                file: named.into(),
                text: text.into(),
                bases: Vec::new(),
                overrides: overrides.to_vec(),
                faults: vec![fault],
            });
        }
        scenario.resolved = read.resolved;
        scenario.inputs = read.inputs.files;
        scenario.history = read.inputs.history;
        scenario.warnings = read.inputs.warnings;
        warn_of_maps(&mut scenario);
        warn_of_riches(&mut scenario);
        warn_of_contest(&mut scenario);
        warn_of_stuck_halls(&mut scenario);
        warn_of_wild_rents(&mut scenario);
        warn_of_schedules(&mut scenario);
        Ok(scenario)
    }
}

fn read(root: &Section<'_>, inputs: &mut Inputs) -> Scenario {
    let about = root.section("scenario");
    let name = document::read_name(&about);
    let description = about.optional_text("description").unwrap_or_default();
    let calendar = read_calendar(&about);
    about.finish();
    let run = root.section("run");
    let discount = run.number("discount_rate_per_year", Rule::between(0.0, 1.0, "effective per year"));
    let paths = run.whole("paths", 1, MAX_PATHS, Some(1_000)) as usize;
    let keep_paths = run.whole("keep_paths", 1, 100_000, Some(1_000)) as usize;
    let seed = run.whole("seed", 0, i64::MAX as u64, Some(1));
    let tuning = tuning_section::read(&run);
    let value = root.section_or_empty("value");
    let lens = lens::read(&run, &value, discount);
    run.finish();
    let (mut campus, chances) = campus_section::read(root, lens.discount_rate_per_year());
    let mut market = market_section::read(root, seed, calendar, inputs);
    chances.apply(&mut market);
    lens.check(&value, &market, campus.gpus.is_some(), inputs);
    value.finish();
    lens.apply(&mut market);
    campus.finance = finance_section::read(root, &campus, &market, inputs);
    let all_replayed =
        matches!(market.bitcoin, BitcoinSource::Replay(_)) && matches!(market.power, PowerSource::Replay(_));
    if all_replayed && paths > 1 && market.offers.arrivals_per_year == 0.0 {
        inputs.warn(format!(
            "all {paths} paths are the same: power and Bitcoin are replayed and no offers arrive"
        ));
    }
    let grounds = Grounds { campus: &campus, market: &market, modelled: !inputs.replays };
    let policies = policies_section::read(root, &grounds);
    tuning_section::warn(&tuning, &policies, inputs);
    root.finish();
    Scenario {
        name,
        description,
        campus,
        market,
        policies,
        run: RunSettings { paths, keep_paths, seed },
        lens,
        tuning,
        resolved: String::new(),
        inputs: Vec::new(),
        history: Vec::new(),
        warnings: Vec::new(),
    }
}

/// A month that must be there.
pub(crate) fn read_month(section: &Section<'_>, key: &'static str) -> Option<YearMonth> {
    let text = section.text(key, "a month such as \"2026-01\"");
    let parsed = YearMonth::parse(&text);
    if parsed.is_none() && !text.is_empty() {
        section.fault(key, format!("is `{text}`; allowed is a month such as \"2026-01\", 2009 to 2200"));
    }
    parsed
}

/// The months of `start_month` to `end_month` on the clock of `time_zone`.
pub(crate) fn read_calendar(about: &Section<'_>) -> Calendar {
    let (start, end) = (read_month(about, "start_month"), read_month(about, "end_month"));
    let zone = about.choice("time_zone", &Zone::NAMES, Some(0));
    let zone = Zone::parse(Zone::NAMES[zone]).unwrap_or(Zone::Utc);
    let stand_in = YearMonth { year: 2026, month: 1 };
    let (Some(start), Some(end)) = (start, end) else { return Calendar::new(stand_in, 1, zone) };
    let n_months = end.months_since(start) + 1;
    if n_months < 1 {
        about
            .fault("end_month", format!("is {end}, before start_month {start}; allowed is {start} or later"));
    } else if n_months > MAX_MONTHS {
        about.fault(
            "end_month",
            format!("makes {n_months} months; allowed is at most {MAX_MONTHS} (30 years)"),
        );
    }
    Calendar::new(start, n_months.clamp(1, MAX_MONTHS) as u32, zone)
}

/// Computed policies fit polynomials to values that grow with the exponential of the lease rate's deviation.
fn warn_of_wild_rents(scenario: &mut Scenario) {
    /// Log spread of the lease rate at the horizon up to which the fit was seen to hold.
    const TRIED: f64 = 2.0;
    let years = scenario.market.calendar.n_months() as f64 / 12.0;
    let spread = scenario.market.lease_rate.process.variance(years).sqrt();
    let computed = scenario.policies.iter().find(|plan| plan.lists_states());
    if let (Some(PolicyPlan { name, .. }), true) = (computed, spread > TRIED) {
        scenario.warnings.push(format!(
            "the log lease rate spreads to {spread:.1} at the horizon (hosting.rate), beyond the {TRIED} for which the {name} policy's fit holds: {name} may lose to simple rules"
        ));
    }
}

/// Maps of a plan that knows free funds would need an axis for them.
fn warn_of_maps(scenario: &mut Scenario) {
    for plan in &scenario.policies {
        if let PolicyKind::Dp(dp) = &plan.kind
            && dp.funds_in_state
            && !dp.map_months.is_empty()
        {
            scenario.warnings.push(format!(
                "policy {}: no trigger maps are drawn with funds = \"in-state\", since they have no axis for free funds; set map_months = [] to say so",
                plan.name
            ));
        }
    }
}

/// The plan that knows free funds tells no difference between much money and more.
fn warn_of_riches(scenario: &mut Scenario) {
    let campus = &scenario.campus;
    let Some(hall) = campus.halls.iter().find(|hall| !hall.opening.is_committed()) else { return };
    let price = start_cost_usd(campus, hall, AiForm::Hosting, 0);
    let halls = (campus.company.opening_cash_usd + campus.company.committed_funding_usd) / price.max(1.0);
    let plan = scenario.policies.iter().find(|plan| plan.has_funds_in_state());
    if let (Some(plan), true) = (plan, halls > MOST_FUNDS_HALLS) {
        scenario.warnings.push(format!(
            "policy {}: the money at the opening pays for {halls:.1} halls, and its state counts no more than {MOST_FUNDS_HALLS}; with so much money funds = \"ignored\" may earn more",
            plan.name
        ));
    }
}

/// Says which halls no offer and no builder can ever convert.
fn warn_of_stuck_halls(scenario: &mut Scenario) {
    let campus = &scenario.campus;
    if campus.halls.iter().all(|hall| hall.opening.is_committed()) {
        return;
    }
    let offers = &scenario.market.offers;
    let largest = offers.sizes_gross_mw.iter().map(|(mw, _)| *mw).fold(0.0, f64::max);
    let builders = campus.conversion.max_under_construction.get();
    let mut warnings = Vec::new();
    if offers.arrivals_per_year <= 0.0 {
        warnings.push("hosting.offers.arrivals_per_year is 0: no hall can ever be let".to_string());
    }
    for (limit, name) in [
        (builders, "conversion.max_under_construction_gross_mw"),
        (largest, "the largest of hosting.offers.sizes_gross_mw"),
        (campus.firm.get(), "site.interconnect_firm_mw"),
    ] {
        let stuck: Vec<&str> = campus
            .halls
            .iter()
            .filter(|hall| !hall.opening.is_committed() && hall.gross.get() > limit * (1.0 + 1e-9))
            .map(|hall| hall.name.as_str())
            .collect();
        if let Some(first) = stuck.first() {
            let blocked = if stuck.len() == 1 {
                format!("hall {first} is")
            } else {
                format!("{} halls ({first} …) are", stuck.len())
            };
            warnings.push(format!(
                "{blocked} larger than {name} = {limit} MW and can never be converted; halls after it in the order wait with it"
            ));
        }
    }
    scenario.warnings.extend(warnings);
}

fn warn_of_schedules(scenario: &mut Scenario) {
    let n_months = scenario.market.calendar.n_months() as u32;
    for plan in &scenario.policies {
        if let PolicyKind::FixedSchedule { schedule, .. } = &plan.kind {
            scenario.warnings.extend(schedule_warnings(&plan.name, schedule, &scenario.campus, n_months));
        }
    }
}

fn warn_of_contest(scenario: &mut Scenario) {
    let campus = &scenario.campus;
    if campus.loads_compete() {
        scenario.warnings.push(format!(
            "halls of {} gross MW stand behind {} MW of interconnect: loads compete, every policy is dispatched hour by hour on its own split (slower)",
            campus.gross_mw(),
            campus.interconnect_mw()
        ));
    }
}
