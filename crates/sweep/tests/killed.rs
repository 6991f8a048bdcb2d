//! A process that is killed at any moment loses the points under way and no other; what is done is done once.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use sweep::{
    Job, Journal, Merge, Observer, PointOutcome, PointRecord, PointResult, Shard, Spec, Status, SweepFolder,
    Task, Value, work,
};

const N_POINTS: usize = 300;

/// Set for the process that is to be killed: the folder and, after a line break, the shard.
const TASK: &str = "SWEEP_KILLED_TEST_TASK";

fn spec() -> Spec {
    serde_json::from_value(serde_json::json!({
        "tool": Spec::TOOL, "version": "1", "name": "killed", "description": "", "design": {"kind": "grid"},
        "n_points": N_POINTS, "parameters": [], "policies": ["all-mining"], "outputs": ["npv_usd"],
        "objective": "npv_usd", "compare": null, "common_random_numbers": true, "set": [],
        "resolved_scenario": "", "resolved_sweep": "", "inputs": [], "points_sha256": "",
    }))
    .unwrap()
}

/// Points of a few milliseconds, whose results depend on the point alone.
struct Naps;

impl Job for Naps {
    fn values(&self, point: usize) -> Vec<Value> {
        vec![Value::Number(point as f64 / 7.0)]
    }

    fn seed(&self, point: usize) -> u64 {
        point as u64
    }

    fn run(&self, task: &Task<'_>) -> PointOutcome {
        thread::sleep(Duration::from_millis(8 + task.point as u64 % 3));
        let outputs = vec![vec![Some((task.point as f64).sqrt())]];
        PointOutcome::Done(PointResult { n_paths: 1, outputs, differences: Vec::new(), warnings: Vec::new() })
    }
}

struct Silent;
impl Observer for Silent {}

fn go_on(folder: &Path, shard: Shard) {
    let folder = SweepFolder::open_or_create(folder, &spec()).unwrap();
    let begun = folder.begin(shard).unwrap();
    let mut journal: Journal = begun.journal;
    work(&begun.todo, 2, &Naps, |record| journal.append(record), &Silent).unwrap();
}

/// Not a test of its own: what the process that is to be killed does.
#[test]
fn process_to_be_killed() {
    if let Ok(task) = std::env::var(TASK) {
        let (folder, shard) = task.split_once('\n').unwrap();
        go_on(Path::new(folder), shard.parse().unwrap());
    }
}

fn records(folder: &Path) -> (Vec<PointRecord>, usize) {
    let merge = Merge::of(&[SweepFolder::read(folder).unwrap()]).unwrap();
    let records =
        merge.records().map(|record| PointRecord { seconds: 0.0, ..record.unwrap() }).collect::<Vec<_>>();
    (records, merge.n_duplicates())
}

#[test]
fn a_sweep_killed_twenty_times_ends_as_one_that_was_not() {
    let place = tempfile::tempdir().unwrap();
    let (calm, killed) = (place.path().join("calm"), place.path().join("killed"));
    go_on(&calm, Shard::WHOLE);
    SweepFolder::open_or_create(&killed, &spec()).unwrap();
    let mut n_done = 0;
    for round in 0..20_u64 {
        let task = format!("{}\n{}", killed.display(), ["1/1", "1/2", "2/2"][round as usize % 3]);
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process_to_be_killed"])
            .env(TASK, task)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Moments spread over start and work: 37 and 61 share no divisor.
        thread::sleep(Duration::from_millis(5 + round * 37 % 61));
        process.kill().unwrap();
        process.wait().unwrap();
        let status = Status::of(&SweepFolder::read(&killed).unwrap()).unwrap();
        assert!(status.n_done >= n_done && status.n_damaged == 0, "round {round}: {status:?}");
        n_done = status.n_done;
    }
    go_on(&killed, Shard::WHOLE);
    let (expected, (found, n_duplicates)) = (records(&calm).0, records(&killed));
    assert_eq!(expected.len(), N_POINTS);
    assert_eq!(found, expected);
    assert_eq!(n_duplicates, 0, "nothing was done twice");
}
