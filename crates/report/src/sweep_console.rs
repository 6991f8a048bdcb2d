//! What a person reads of a sweep while it runs.

use crate::numbers::grouped;
use std::fmt::Write as _;
use std::path::Path;
use sweep::{Activity, Begun, Design, Shard, Spec, Status, Sweep};

/// What is about to be done.
#[must_use]
pub fn sweep_begins(sweep: &Sweep, begun: &Begun, shard: Shard, target: &Path) -> String {
    let spec = &sweep.spec;
    let mut text = format!(
        "Sweep {}: {}, {}.\n",
        spec.name,
        points_of(spec),
        counted(spec.policies.len(), "policy", "policies")
    );
    let of_shard = if shard == Shard::WHOLE { String::new() } else { format!(" of shard {shard}") };
    let _ = match begun.n_done {
        0 => writeln!(
            text,
            "{} to do{of_shard}, kept in {} as they finish.",
            grouped(begun.todo.len() as f64, 0),
            target.display()
        ),
        done => writeln!(
            text,
            "{} to do{of_shard}; {} were done before, in {}.",
            grouped(begun.todo.len() as f64, 0),
            grouped(done as f64, 0),
            target.display()
        ),
    };
    if begun.n_damaged > 0 {
        let _ = writeln!(
            text,
            "{} of the journals cannot be read; their points are done again.",
            counted(begun.n_damaged, "line", "lines")
        );
    }
    if !begun.is_locked {
        let _ = writeln!(
            text,
            "This file system has no locks: make sure that no second process does the same points."
        );
    }
    for warning in &sweep.warnings {
        let _ = writeln!(text, "Note: {warning}.");
    }
    text
}

/// What a shard has done, and what comes next.
#[must_use]
pub fn sweep_shard_ends(status: &Status, shard: Shard, target: &Path) -> String {
    let (done, all) = (status.n_done, status.n_points);
    let next = if status.n_missing() == 0 {
        format!(
            "All {all} points are done: `wattshift sweep merge {}` writes tables and charts.",
            target.display()
        )
    } else {
        format!("{done} of {all} points of the sweep are done in this folder.")
    };
    format!("Shard {shard} is done. {next}\n")
}

/// How far a sweep is.
#[must_use]
pub fn sweep_status(spec: &Spec, status: &Status) -> String {
    let mut text = format!("Sweep {}: {}, version {}.\n", spec.name, points_of(spec), spec.version);
    let _ = writeln!(
        text,
        "{} of {} points done ({} of them failed), {} to do.",
        grouped(status.n_done as f64, 0),
        grouped(status.n_points as f64, 0),
        status.n_failed,
        grouped(status.n_missing() as f64, 0)
    );
    if let Some(seconds) = status.mean_seconds {
        let hours = seconds * status.n_missing() as f64 / 3_600.0;
        let _ = writeln!(text, "{seconds:.2} s a point; what is left takes {hours:.2} hours of one thread.");
    }
    if status.n_damaged > 0 {
        let _ =
            writeln!(text, "{} of the journals cannot be read.", counted(status.n_damaged, "line", "lines"));
    }
    for shard in &status.shards {
        let activity = match shard.activity {
            Activity::AtWork => "a process is at work on it",
            Activity::Idle => "no process is at work on it",
            Activity::Unknown => "whether a process is at work on it cannot be seen here",
        };
        let _ = writeln!(
            text,
            "  shard {}: {} of {} points done; {activity}",
            shard.shard, shard.n_done, shard.n_points
        );
    }
    text
}

/// The points of a sweep as CSV.
#[must_use]
pub fn sweep_points_csv(sweep: &Sweep) -> String {
    let names = sweep.spec.parameters.iter().map(|parameter| parameter.name.as_str());
    let header: Vec<&str> = std::iter::once("point").chain(names).collect();
    let mut sheet = crate::tables::Sheet::new(&header);
    for (point, values) in sweep.points.rows.iter().enumerate() {
        sheet.row(std::iter::once(point.to_string()).chain(values.iter().map(crate::numbers::value)));
    }
    String::from_utf8_lossy(&sheet.into_bytes()).into_owned()
}

/// How many points, and how they were chosen.
pub(crate) fn points_of(spec: &Spec) -> String {
    let design = match spec.design {
        Design::Grid => "on a grid".into(),
        Design::List => "from lists".into(),
        Design::LatinHypercube { .. } => "in a Latin hypercube".into(),
        Design::Sobol { .. } => "of a Sobol sequence".into(),
        Design::Sensitivity { n_base, .. } => format!("for Sobol indices ({n_base} base points)"),
        Design::OneAtATime => "one parameter at a time around the base".into(),
        Design::Table => "from a table".into(),
    };
    let n = counted(spec.parameters.len(), "parameter", "parameters");
    format!("{} points {design}, {n}", grouped(spec.n_points as f64, 0))
}

pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
