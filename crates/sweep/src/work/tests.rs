//! Points are each done once, whatever happens at some of them.

use super::*;
use crate::test_support;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// Does a point by a function.
struct Each<F>(F);

impl<F: Fn(&Task<'_>) -> PointOutcome + Sync> Job for Each<F> {
    fn values(&self, point: usize) -> Vec<Value> {
        test_support::record(point).values
    }

    fn seed(&self, _point: usize) -> u64 {
        7
    }

    fn run(&self, task: &Task<'_>) -> PointOutcome {
        (self.0)(task)
    }
}

struct Silent;
impl Observer for Silent {}

fn outcome(task: &Task<'_>) -> PointOutcome {
    test_support::record(task.point).outcome
}

/// Records in the order of points, without the time they took.
fn done(todo: &[usize], threads: usize, job: &impl Job) -> (Vec<PointRecord>, Worked) {
    let mut records = Vec::new();
    let keep = |record: &PointRecord| {
        records.push(PointRecord { seconds: 0.5, ..record.clone() });
        Ok::<(), ()>(())
    };
    let worked = work(todo, threads, job, keep, &Silent).unwrap();
    records.sort_by_key(|record| record.point);
    (records, worked)
}

#[test]
fn every_point_is_done_once_on_any_number_of_threads() {
    let todo: Vec<usize> = (0..50).filter(|point| point % 3 != 0).collect();
    let expected: Vec<PointRecord> = todo.iter().map(|point| test_support::record(*point)).collect();
    for threads in [0, 1, 2, 7, 1_000] {
        let (records, worked) = done(&todo, threads, &Each(outcome));
        assert_eq!(records, expected, "{threads} threads");
        assert_eq!(worked, Worked { n_done: 33, n_failed: 7, is_stopped: false });
    }
    assert_eq!(done(&[], 4, &Each(outcome)), (Vec::new(), Worked::default()));
}

#[test]
fn the_last_wave_shares_all_threads() {
    for threads in 1..=17 {
        for n_turns in 1..=40 {
            let shares: Vec<usize> = (0..n_turns).map(|turn| threads_of(turn, n_turns, threads)).collect();
            for wave in shares.chunks(threads) {
                assert_eq!(
                    wave.iter().sum::<usize>(),
                    threads,
                    "{n_turns} points on {threads} threads: {shares:?}"
                );
                let (least, most) = (wave.iter().min().unwrap(), wave.iter().max().unwrap());
                assert!(*least >= 1 && most - least <= 1, "{shares:?}");
            }
        }
    }
}

#[test]
fn a_point_is_told_its_threads() {
    let threads = Mutex::new(Vec::new());
    let job = Each(|task: &Task<'_>| {
        threads.lock().unwrap().push((task.point, task.threads));
        outcome(task)
    });
    done(&[10, 11, 12], 2, &job);
    let mut threads = threads.into_inner().unwrap();
    threads.sort_unstable();
    assert_eq!(threads, [(10, 1), (11, 1), (12, 2)]);
}

#[test]
fn a_point_that_panics_is_a_failed_one() {
    let job = Each(|task: &Task<'_>| match task.point {
        3 => panic!("no hall {}", 9),
        4 => panic!("plain"),
        5 => std::panic::panic_any(5_u8),
        6 => PointOutcome::Failed("ä".repeat(1_000_000)),
        _ => outcome(task),
    });
    let (records, worked) = done(&[1, 2, 3, 4, 5, 6, 7], 2, &job);
    let reason = |i: usize| match &records[i].outcome {
        PointOutcome::Failed(reason) => reason.clone(),
        PointOutcome::Done(_) => panic!("point {i} is done"),
    };
    assert_eq!(
        [reason(2), reason(3), reason(4)],
        ["panicked: no hall 9", "panicked: plain", "panicked: no message"]
    );
    assert_eq!(reason(5).chars().count(), MOST_REASON_CHARS + 1);
    assert_eq!(worked, Worked { n_done: 7, n_failed: 4, is_stopped: false });
    assert_eq!(records[6], test_support::record(7));
}

#[test]
fn a_number_that_is_not_finite_is_a_failure() {
    let PointOutcome::Done(good) = test_support::record(1).outcome else { panic!("point 1 is done") };
    let mut bad = [good.clone(), good.clone(), good.clone()];
    bad[0].outputs[1][0] = Some(f64::NAN);
    bad[1].differences[0].0 = f64::INFINITY;
    bad[2].differences[0].1 = Some(f64::NEG_INFINITY);
    let job = Each(|task: &Task<'_>| PointOutcome::Done(bad[task.point].clone()));
    let (records, worked) = done(&[0, 1, 2], 1, &job);
    assert_eq!(worked.n_failed, 3);
    let reason = PointOutcome::Failed("an output came out as NaN, which is not finite".into());
    assert_eq!(records[0].outcome, reason);
}

#[test]
fn an_error_of_the_sink_ends_all_work() {
    let todo: Vec<usize> = (0..1_000).collect();
    let (n_started, mut n_kept) = (AtomicUsize::new(0), 0);
    let job = Each(|task: &Task<'_>| {
        n_started.fetch_add(1, Ordering::Relaxed);
        outcome(task)
    });
    let sink = |_: &PointRecord| {
        n_kept += 1;
        if n_kept == 5 { Err("the disk is full") } else { Ok(()) }
    };
    assert_eq!(work(&todo, 3, &job, sink, &Silent), Err("the disk is full"));
    assert_eq!(n_kept, 5, "nothing is handed to a sink that failed");
    assert!(n_started.into_inner() < 1_000);
}

#[test]
fn a_run_sees_that_the_sink_has_failed() {
    // The second point ends only when it is told to, which the failure on the first one does.
    let job = Each(|task: &Task<'_>| {
        while task.point == 1 && !simulate::Observer::stop(task) {
            thread::sleep(Duration::from_millis(1));
        }
        outcome(task)
    });
    let mut points = Vec::new();
    let sink = |record: &PointRecord| {
        points.push(record.point);
        Err(())
    };
    assert_eq!(work(&[0, 1], 2, &job, sink, &Silent), Err(()));
    assert_eq!(points, [0]);
}

/// Says stop once so many points are kept, and then takes it back.
struct After {
    n_points: usize,
    n_kept: AtomicUsize,
    is_told: AtomicBool,
}

impl Observer for After {
    fn advance(&self, _record: &PointRecord) {
        self.n_kept.fetch_add(1, Ordering::SeqCst);
    }

    fn stop(&self) -> bool {
        self.n_kept.load(Ordering::SeqCst) >= self.n_points && !self.is_told.swap(true, Ordering::SeqCst)
    }
}

#[test]
fn told_to_stop_the_points_under_way_are_dropped() {
    let after = After { n_points: 4, n_kept: AtomicUsize::new(0), is_told: AtomicBool::new(false) };
    let job = Each(|task: &Task<'_>| {
        // Later points are long, and give half of what they should when they are stopped.
        while task.point >= 4 && !simulate::Observer::stop(task) {
            thread::sleep(Duration::from_millis(1));
        }
        outcome(task)
    });
    let todo: Vec<usize> = (0..100).collect();
    let mut points = Vec::new();
    let sink = |record: &PointRecord| {
        points.push(record.point);
        Ok::<(), ()>(())
    };
    let worked = work(&todo, 3, &job, sink, &after).unwrap();
    points.sort_unstable();
    assert_eq!(points, [0, 1, 2, 3]);
    assert_eq!(worked, Worked { n_done: 4, n_failed: 0, is_stopped: true });
}
