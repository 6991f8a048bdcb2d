//! `wattshift explain`: the folder of a run in, one decision in words out.

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::output::say;
use report::PastRun;
use scenario::Scenario;
use simulate::ExplainError;

/// Simulates a path of a run again and says why a policy did what it did in a month.
pub(crate) fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(format!("error: {text}"));
    let past = PastRun::open(&args.folder).map_err(|error| bad(error.to_string()))?;
    let manifest = &past.manifest;
    let named = format!("the scenario in {}", args.folder.join(report::MANIFEST_FILE).display());
    let scenario = Scenario::parse(&named, &manifest.resolved_scenario, &past.scenario_folder, &[])
        .map_err(|faults| Failure::BadInput(faults.to_string()))?;
    let policy = args.policy.clone().unwrap_or_else(|| best(&past, &scenario));
    if manifest.guests.contains(&policy) {
        return Err(bad(format!(
            "policy {policy} was a function of the program that made this run, which its folder does not hold; name another with --policy"
        )));
    }
    let found = simulate::explain(&scenario, &policy, args.path, args.month).map_err(ended)?;
    let mut notes = past.notes;
    if args.path >= manifest.paths_simulated as u64 {
        notes.push(format!(
            "path {} was not in the run, which had paths 0 to {}; it is as good as any of them",
            args.path,
            manifest.paths_simulated - 1
        ));
    }
    if args.json {
        say(&report::explanation_json(&found, &notes))
    } else {
        say(&report::explanation(&found, &notes))
    }
}

/// The best policy of the run; where the folder does not tell, or does not hold it, the computed one, or else the last of the race.
fn best(past: &PastRun, scenario: &Scenario) -> String {
    let computed = scenario.policies.iter().find(|plan| plan.lists_states());
    let instead = computed.or(scenario.policies.last()).map(|plan| plan.name.clone());
    let held = past.best_policy.clone().filter(|name| !past.manifest.guests.contains(name));
    held.or(instead).unwrap_or_default()
}

/// What was asked for may not exist; a run that contradicts itself is a bug.
fn ended(error: ExplainError) -> Failure {
    match error {
        ExplainError::Month { .. } | ExplainError::Policy { .. } | ExplainError::Dp(_) => {
            Failure::BadInput(format!("error: {error}"))
        }
        other => {
            Failure::Broken(anyhow::Error::new(other).context("the run contradicts itself; please report it"))
        }
    }
}
