//! The comparison of two runs for the terminal.

use super::{PolicyChange, SettingChange, Side, TwoRuns};
use crate::console::{cut, listed, wrap_into};
use crate::numbers::{common_decimals, counted_paths, grouped, million_usd_with_error};
use crate::text_table::text_table;
use simulate::{Moments, PolicyOutcome};

/// Names longer than this are cut.
const NAME: usize = 24;
/// Settings that are listed; the rest is counted.
const SETTINGS: usize = 20;
/// A value longer than this is cut.
const VALUE: usize = 24;

/// Both runs in a table and a few sentences, and what was set otherwise; lines have at most 100 characters.
#[must_use]
pub fn two_runs_report(runs: &TwoRuns<'_>) -> String {
    let mut text = String::new();
    for (which, side) in [("first ", &runs.first), ("second", &runs.second)] {
        text += &format!(
            "{which}  {}: {}, {}\n",
            side.name,
            side.outcomes.scenario,
            counted_paths(side.outcomes.n_paths)
        );
    }
    text.push('\n');
    text += &table(runs);
    text += "NPVs in million USD, ± one standard error; changes: second less first, path by path.\n\n";
    for sentence in sentences(runs) {
        wrap_into(&mut text, &sentence);
    }
    text.push('\n');
    text + &settings(&runs.settings)
}

fn table(runs: &TwoRuns<'_>) -> String {
    let shown = |of: fn(&PolicyOutcome) -> Moments, policy: Option<&PolicyOutcome>, decimals| {
        policy.map_or_else(|| "–".into(), |policy| with_error(&of(policy), decimals))
    };
    let npv: fn(&PolicyOutcome) -> Moments = |policy| policy.npv_usd;
    let values = runs.policies.iter().flat_map(|policy| policy.first.into_iter().chain(policy.second));
    let decimals = decimals(values.map(npv));
    let changes = runs
        .policies
        .iter()
        .flat_map(|policy| policy.change_usd.into_iter().chain(policy.change_over_mining_usd));
    let of_changes = self::decimals(changes);
    let change =
        |moments: Option<Moments>| moments.map_or_else(|| "–".into(), |m| with_error(&m, of_changes));
    let row = |policy: &PolicyChange<'_>| {
        let over = if policy.place == 0 { None } else { policy.change_over_mining_usd };
        vec![
            cut(policy.name, NAME),
            shown(npv, policy.first, decimals),
            shown(npv, policy.second, decimals),
            change(policy.change_usd),
            change(over),
        ]
    };
    let rows: Vec<Vec<String>> = runs.policies.iter().map(row).collect();
    text_table(&["policy", "first NPV", "second NPV", "change", "change over mining"], &rows)
}

fn decimals(values: impl Iterator<Item = Moments>) -> usize {
    let values: Vec<_> = values.map(|m| (m.mean() / 1e6, m.standard_error() / 1e6)).collect();
    common_decimals(values.into_iter())
}

fn with_error(moments: &Moments, decimals: usize) -> String {
    let mean = grouped(moments.mean() / 1e6, decimals);
    if moments.n() < 2 {
        mean
    } else {
        format!("{mean} ± {}", grouped(moments.standard_error() / 1e6, decimals))
    }
}

/// What a reader must know, the answer first.
pub(super) fn sentences(runs: &TwoRuns<'_>) -> Vec<String> {
    let (first, second) = (runs.first.outcomes.best(), runs.second.outcomes.best());
    let worth = |policy: &PolicyOutcome| {
        million_usd_with_error(policy.npv_usd.mean(), policy.npv_usd.standard_error())
    };
    let mut said = vec![if first.name == second.name {
        format!(
            "{} is best in both runs, worth {} million USD in the first and {} in the second.",
            first.name,
            worth(first),
            worth(second)
        )
    } else {
        format!(
            "The best policy changes: {}, worth {} million USD, in the first run, {}, worth {}, in the second.",
            first.name,
            worth(first),
            second.name,
            worth(second)
        )
    }];
    let moved = |policy: &&PolicyChange<'_>| {
        policy.change_usd.is_some_and(|m| m.mean().abs() > 2.0 * m.standard_error() && m.mean() != 0.0)
    };
    let in_both = runs.policies.iter().filter(|policy| policy.change_usd.is_some()).count();
    let n_moved = runs.policies.iter().filter(moved).count();
    said.push(format!(
        "Of {in_both} policies in both, {n_moved} change by more than two standard errors.{}",
        if runs.is_over_all_paths() {
            String::new()
        } else {
            format!(" Changes are over the {} that both runs kept.", counted_paths(runs.n_common))
        }
    ));
    for (which, has, of) in [
        ("first", runs.policies.iter().filter(|p| p.second.is_none()).collect::<Vec<_>>(), &runs.first),
        ("second", runs.policies.iter().filter(|p| p.first.is_none()).collect(), &runs.second),
    ] {
        let names: Vec<&str> = has.iter().map(|policy| policy.name).collect();
        if !names.is_empty() {
            said.push(format!("Only in the {which} run ({}): {}.", of.name, listed(&names)));
        }
    }
    said.extend(cautions(runs));
    said
}

/// Where the two are not the same kind of figure.
fn cautions(runs: &TwoRuns<'_>) -> Vec<String> {
    let (first, second) = (&runs.first, &runs.second);
    let mut said = Vec::new();
    if !runs.same_seed() {
        said.push("The runs have different seeds, so their paths are independent and a change is known less well than between runs of one seed.".to_owned());
    }
    if first.outcomes.lens != second.outcomes.lens {
        said.push(format!(
            "The first run is under the {} lens and the second under the {} lens: their money has different drifts.",
            first.outcomes.lens.name(),
            second.outcomes.lens.name()
        ));
    }
    if first.outcomes.months != second.outcomes.months {
        said.push("The runs cover different months.".into());
    }
    let made = |side: &Side<'_>| {
        side.manifest
            .inputs
            .iter()
            .filter(|i| !i.is_base)
            .skip(1)
            .map(|i| (i.path.clone(), i.sha256.clone()))
            .collect::<Vec<_>>()
    };
    if made(first) != made(second) {
        said.push("Files that the scenarios name differ, or their contents do.".into());
    }
    if first.manifest.version != second.manifest.version {
        said.push(format!(
            "The runs are of versions {} and {}.",
            first.manifest.version, second.manifest.version
        ));
    }
    said
}

fn settings(changes: &[SettingChange]) -> String {
    if changes.is_empty() {
        return "The scenarios are the same, field by field.\n".into();
    }
    let value = |text: &Option<String>| text.as_ref().map_or_else(|| "–".into(), |text| cut(text, VALUE));
    let rows: Vec<Vec<String>> = changes
        .iter()
        .take(SETTINGS)
        .map(|change| vec![cut(&change.path, 48), value(&change.first), value(&change.second)])
        .collect();
    let mut text = text_table(&["set otherwise", "first", "second"], &rows);
    if changes.len() > SETTINGS {
        text += &format!("and {} more fields\n", changes.len() - SETTINGS);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::manifest;
    use super::*;
    use crate::test_support::build;

    #[test]
    fn lines_fit_and_differences_of_kind_are_said() {
        let first = build(&["all-mining", "a policy with a name that is far too long for a table"], 12, 40);
        let mut second = build(&["all-mining", "b"], 24, 30);
        second.lens = simulate::Lens::Value;
        let settings: String = (0..30).map(|n| format!("a{n} = '{}'\n", "9".repeat(n + 1))).collect();
        let (one, two) = (manifest(&settings, 1), manifest("x = 1", 2));
        let side = |name, manifest, outcomes| Side { name, manifest, outcomes };
        let text = two_runs_report(&TwoRuns::of(side("out/a", &one, &first), side("out/b", &two, &second)));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        for wanted in [
            "different seeds",
            "outcomes lens",
            "different months",
            "and 11 more fields",
            "Only in the second run",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        let same = two_runs_report(&TwoRuns::of(side("out/a", &one, &first), side("out/a", &one, &first)));
        assert!(same.contains("is best in both runs") && same.contains("the same, field by field"), "{same}");
        assert!(same.contains("0 change by more"), "{same}");
    }
}
