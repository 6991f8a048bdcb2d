//! How far a sweep is, for programs that watch it: one JSON object.

use serde_json::{Value, json};
use sweep::{Activity, Spec, Status};

/// The status of a sweep as indented JSON with a final line break; what is not known is null.
#[must_use]
pub fn sweep_status_json(spec: &Spec, status: &Status) -> String {
    let shard = |shard: &sweep::ShardStatus| {
        json!({
            "shard": shard.shard.to_string(),
            "points": shard.n_points,
            "done": shard.n_done,
            "failed": shard.n_failed,
            "records": shard.n_records,
            "at_work": at_work(shard.activity),
        })
    };
    let value = json!({
        "sweep": spec.name,
        "version": spec.version,
        "points": status.n_points,
        "done": status.n_done,
        "failed": status.n_failed,
        "missing": status.n_missing(),
        "damaged_lines": status.n_damaged,
        "mean_seconds": status.mean_seconds,
        "shards": status.shards.iter().map(shard).collect::<Vec<_>>(),
    });
    // Keys of a map are text, so it can always be written.
    format!("{value:#}\n")
}

/// Whether a process is at work; null where that cannot be seen.
fn at_work(activity: Activity) -> Value {
    match activity {
        Activity::AtWork => true.into(),
        Activity::Idle => false.into(),
        Activity::Unknown => Value::Null,
    }
}
