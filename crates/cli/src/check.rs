//! `wattshift check`: is the scenario sound, what is in it, and what does a megawatt earn today?

use crate::args::CheckArgs;
use crate::failure::Failure;
use optimizer::StateGraph;
use optimizer::dp::hall_line;
use scenario::Scenario;
use simulate::{StaticPrices, static_year};

/// Validates a scenario and prints it.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let scenario = Scenario::load(&args.scenario, &args.set).map_err(|f| Failure::BadInput(f.to_string()))?;
    let graph = StateGraph::new(hall_line(&scenario.campus, &scenario.market))
        .map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    println!("# {} is sound; every value used, defaults included:\n", args.scenario.display());
    print!("{}", scenario.resolved);
    println!();
    let prices = StaticPrices::of(&scenario);
    print!("{}", report::static_table(&static_year(&scenario.campus, prices), prices));
    println!("\n{} states of halls and builders; policies:", graph.n_states());
    for plan in &scenario.policies {
        println!("  {:<16} {}", plan.name, plan.description());
    }
    for warning in &scenario.warnings {
        println!("warning: {warning}");
    }
    Ok(())
}
