//! Two runs side by side: what was set otherwise, what each policy is worth in both, and how sure the change is.
//!
//! Random streams are keyed by seed, path, factor and month, so that path by path two runs of one seed see the same luck whatever else
//! differs between them. A change is the mean over the paths that both kept of the second NPV less the first, with the standard error of
//! that difference. It holds for runs of different seeds too, whose paths are independent: the error is then as large as it must be.

mod json;
mod settings;
mod words;

pub use json::two_runs_json;
pub use settings::SettingChange;
pub use words::two_runs_report;

use crate::manifest::Manifest;
use simulate::{Moments, Outcomes, PolicyOutcome};

/// A run with what its folder says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The folder's name, as given.
    pub name: &'a str,
    /// How the run was made.
    pub manifest: &'a Manifest,
    /// What it found.
    pub outcomes: &'a Outcomes,
}

/// Two runs, compared.
#[derive(Debug)]
pub struct TwoRuns<'a> {
    /// The first run.
    pub first: Side<'a>,
    /// The second.
    pub second: Side<'a>,
    /// Every policy of either, in the order of the first, those of the second alone last.
    pub policies: Vec<PolicyChange<'a>>,
    /// Fields of the scenario that differ.
    pub settings: Vec<SettingChange>,
    /// Paths that both kept.
    pub n_common: usize,
}

/// One policy in both runs.
#[derive(Debug)]
pub struct PolicyChange<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its place in the race of the run in which it is, the first if in both.
    pub place: usize,
    /// In the first run.
    pub first: Option<&'a PolicyOutcome>,
    /// In the second.
    pub second: Option<&'a PolicyOutcome>,
    /// Second NPV less the first on each common path, USD; empty where one run is without the policy.
    pub kept_change_usd: Vec<f64>,
    /// Mean and error of that; `None` likewise.
    pub change_usd: Option<Moments>,
    /// Change of the NPV over all-mining, USD.
    pub change_over_mining_usd: Option<Moments>,
}

impl<'a> TwoRuns<'a> {
    /// Compares two runs.
    #[must_use]
    pub fn of(first: Side<'a>, second: Side<'a>) -> Self {
        let named = |outcomes: &'a Outcomes, name: &str| outcomes.policies.iter().find(|p| p.name == name);
        let of_both = first.outcomes.policies.iter().enumerate().map(|(place, policy)| {
            PolicyChange::of(place, Some(policy), named(second.outcomes, &policy.name))
        });
        let new = second.outcomes.policies.iter().enumerate();
        let new = new.filter(|(_, policy)| named(first.outcomes, &policy.name).is_none());
        Self {
            policies: of_both
                .chain(new.map(|(place, policy)| PolicyChange::of(place, None, Some(policy))))
                .collect(),
            settings: settings::changes(
                &first.manifest.resolved_scenario,
                &second.manifest.resolved_scenario,
            ),
            n_common: first.outcomes.n_kept.min(second.outcomes.n_kept),
            first,
            second,
        }
    }

    /// Whether both runs drew the same random numbers.
    #[must_use]
    pub fn same_seed(&self) -> bool {
        self.first.manifest.seed == self.second.manifest.seed
    }

    /// Whether changes are over all paths of both runs.
    #[must_use]
    pub fn is_over_all_paths(&self) -> bool {
        [self.first, self.second].iter().all(|side| side.outcomes.n_paths == self.n_common)
    }
}

impl<'a> PolicyChange<'a> {
    fn of(place: usize, first: Option<&'a PolicyOutcome>, second: Option<&'a PolicyOutcome>) -> Self {
        let change = |kept: fn(&PolicyOutcome) -> &[f64]| -> Vec<f64> {
            first.zip(second).map_or_else(Vec::new, |(first, second)| {
                kept(first).iter().zip(kept(second)).map(|(before, after)| after - before).collect()
            })
        };
        let moments = |values: &[f64]| {
            let mut moments = Moments::default();
            values.iter().for_each(|value| moments.add(*value));
            (moments.n() > 0).then_some(moments)
        };
        let kept_change_usd = change(|policy| &policy.kept_npv_usd);
        Self {
            name: first.or(second).map_or("", |policy| &policy.name),
            place,
            first,
            second,
            change_usd: moments(&kept_change_usd),
            change_over_mining_usd: moments(&change(|policy| &policy.kept_difference_usd)),
            kept_change_usd,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::test_support::build;

    pub(crate) fn manifest(text: &str, seed: u64) -> Manifest {
        Manifest { resolved_scenario: text.into(), seed, ..Manifest::default() }
    }

    #[test]
    fn changes_are_paired_path_by_path_and_policies_of_one_run_have_none() {
        let first = build(&["all-mining", "a", "b"], 12, 40);
        let mut second = build(&["all-mining", "a", "c"], 12, 30);
        for policy in &mut second.policies {
            policy.kept_npv_usd.iter_mut().enumerate().for_each(|(n, usd)| *usd += 1e6 * (n % 2) as f64);
        }
        let (of_first, of_second) = (manifest("", 1), manifest("", 1));
        let side = |name, manifest, outcomes| Side { name, manifest, outcomes };
        let both = TwoRuns::of(side("x", &of_first, &first), side("y", &of_second, &second));
        assert_eq!(both.n_common, 30);
        assert!(both.same_seed() && !both.is_over_all_paths());
        let names: Vec<&str> = both.policies.iter().map(|policy| policy.name).collect();
        assert_eq!(names, ["all-mining", "a", "b", "c"]);
        let change = both.policies[1].change_usd.unwrap();
        // Half of the paths gain a million: mean 0.5, standard deviation 0.5085, over the root of 30.
        assert!((change.mean() - 5e5).abs() < 1e-3 && (change.standard_error() - 92_847.7).abs() < 1.0);
        assert!(both.policies[2].change_usd.is_none() && both.policies[3].first.is_none());
    }
}
