//! `wattshift check`: is the scenario sound, what is in it, and what does a megawatt earn today?

use crate::args::CheckArgs;
use crate::color::paint_of;
use crate::failure::Failure;
use crate::output::{complain, say};
use report::CheckFacts;
use scenario::Scenario;
use simulate::{RequiredRent, StaticPrices, static_year};
use std::io::stdout;

/// Validates a scenario and prints it.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let scenario = Scenario::load(&args.scenario, &args.set).map_err(|f| Failure::BadInput(f.to_string()))?;
    if args.json {
        return tell_json(&scenario);
    }
    let prices = StaticPrices::of(&scenario);
    let mut text =
        format!("# {} is sound; every value used, defaults included:\n\n", args.scenario.display());
    text += &scenario.resolved;
    text += "\n";
    text += &report::static_table(&static_year(&scenario.campus, prices), prices);
    text += &format!("\n{}", report::required_rent_line(&RequiredRent::of(&scenario.campus), prices));
    let multiples = scenario.lens.curve_multiples(&scenario.market, scenario.campus.gpus.is_some());
    text += &format!("\n{}", report::lens_table(&scenario.lens, &multiples));
    text += "\nPolicies:\n";
    for plan in &scenario.policies {
        text += &format!("  {:<16} {}\n", plan.name, plan.description_before_tuning());
    }
    for warning in &scenario.warnings {
        text += &format!("warning: {warning}\n");
    }
    say(&paint_of(&stdout()).notices(&text))
}

/// The same as one JSON object; warnings go to standard error too, where people see them.
fn tell_json(scenario: &Scenario) -> Result<(), Failure> {
    for warning in &scenario.warnings {
        complain(&format!("warning: {warning}"));
    }
    let prices = StaticPrices::of(scenario);
    let policies = scenario.policies.iter().map(|plan| (plan.name.clone(), plan.description_before_tuning()));
    say(&report::check_json(&CheckFacts {
        scenario: &scenario.name,
        resolved_scenario: &scenario.resolved,
        policies: &policies.collect::<Vec<_>>(),
        uses: &static_year(&scenario.campus, prices),
        prices,
        required: RequiredRent::of(&scenario.campus),
        warnings: &scenario.warnings,
    }))
}
