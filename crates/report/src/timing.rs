//! A few lines on what a run cost.

use crate::console::wrap_into;
use crate::numbers::{counted_paths, grouped};
use simulate::Outcomes;

/// Paths, hours, policies, wall time by stage, path-hours a second and peak memory.
///
/// Path-hours a second counts the hours of all paths over the time of walking them with all policies.
#[must_use]
pub fn timing_line(
    outcomes: &Outcomes,
    timings: &[(String, f64)],
    threads: usize,
    peak_memory_mb: Option<f64>,
) -> String {
    let hours: f64 = outcomes.hours.iter().sum();
    let path_hours = hours * outcomes.n_paths as f64 / outcomes.step_hours;
    let of = |name: &str| timings.iter().find(|(stage, _)| stage == name).map_or(0.0, |(_, s)| *s);
    let stages: Vec<String> =
        timings.iter().filter(|(name, _)| name != "all").map(|(name, s)| format!("{name} {s:.2}")).collect();
    let memory = peak_memory_mb.map_or(String::new(), |mb| format!(", peak memory {mb:.0} MB"));
    let mut by_stage = String::new();
    wrap_into(&mut by_stage, &format!("Seconds by stage: {}.", stages.join(", ")));
    format!(
        "{} x {} intervals x {} polic{} in {:.2} s on {threads} threads{memory}.\n{by_stage}{} million path-intervals a second with all policies.",
        counted_paths(outcomes.n_paths),
        grouped(hours / outcomes.step_hours, 0),
        outcomes.policies.len(),
        if outcomes.policies.len() == 1 { "y" } else { "ies" },
        of("all"),
        grouped(path_hours / of("paths").max(1e-9) / 1e6, 0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{outcomes, smallest};

    #[test]
    fn one_is_not_many() {
        assert!(timing_line(&smallest(), &[], 2, None).starts_with("1 path x 2,920 intervals x 1 policy in"));
        assert!(timing_line(&outcomes(), &[], 2, None).starts_with("400 paths x "));
    }
}
