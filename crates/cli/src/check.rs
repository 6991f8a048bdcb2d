//! `wattshift check`: is the scenario sound, what is in it, and what does a megawatt earn today?

use crate::args::CheckArgs;
use crate::failure::Failure;
use scenario::Scenario;
use simulate::{StaticPrices, static_year};

/// Validates a scenario and prints it.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let scenario = Scenario::load(&args.scenario, &args.set).map_err(|f| Failure::BadInput(f.to_string()))?;
    println!("# {} is sound; every value used, defaults included:\n", args.scenario.display());
    print!("{}", scenario.resolved);
    println!();
    let prices = StaticPrices::of(&scenario);
    print!("{}", report::static_table(&static_year(&scenario.campus, prices), prices));
    println!("\nPolicies:");
    for plan in &scenario.policies {
        println!("  {:<16} {}", plan.name, plan.description());
    }
    for warning in &scenario.warnings {
        println!("warning: {warning}");
    }
    Ok(())
}
