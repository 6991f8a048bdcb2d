//! Workers that take points one after the other until none is left.
//!
//! A point runs on one thread, since as many points as threads run side by side without waiting for each other. Points come
//! in waves of as many as there are threads; the last wave, where it is smaller, shares all of them. Which threads a point ran on
//! changes nothing in its results.

use crate::record::{PointOutcome, PointRecord, PointResult};
use crate::value::Value;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// Longest reason of a failure that is kept, characters.
const MOST_REASON_CHARS: usize = 4_000;

/// What is done at the points of a sweep.
pub trait Job: Sync {
    /// Value of each parameter at a point.
    fn values(&self, point: usize) -> Vec<Value>;

    /// Seed of a point's random numbers.
    fn seed(&self, point: usize) -> u64;

    /// Does a point. Once [`simulate::Observer::stop`] of the task says so, what this returns is dropped; it may return anything.
    fn run(&self, task: &Task<'_>) -> PointOutcome;
}

/// What work tells and asks.
pub trait Observer: Sync {
    /// A point is done and kept.
    fn advance(&self, record: &PointRecord) {
        let _ = record;
    }

    /// Whether to stop and drop the points under way.
    fn stop(&self) -> bool {
        false
    }
}

/// A point to do. It observes a run, to stop it as the sweep stops.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The point.
    pub point: usize,
    /// Threads that are its own, at least 1.
    pub threads: usize,
    halt: &'a Halt<'a>,
}

impl simulate::Observer for Task<'_> {
    fn stop(&self) -> bool {
        self.halt.is_asked()
    }
}

/// How far work got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worked {
    /// Points done and kept.
    pub n_done: usize,
    /// Points among them that failed.
    pub n_failed: usize,
    /// Whether the observer stopped it.
    pub is_stopped: bool,
}

/// Does points in order on some threads (0: one per core) and hands each record to `sink`, one at a time, as it finishes.
///
/// A point that panics becomes a failed one with the message. When the observer says stop, the points under way are dropped.
///
/// # Errors
/// The first one of `sink`, which stops all work; the points under way are dropped.
pub fn work<E: Send>(
    todo: &[usize],
    threads: usize,
    job: &impl Job,
    sink: impl FnMut(&PointRecord) -> Result<(), E> + Send,
    observer: &dyn Observer,
) -> Result<Worked, E> {
    let threads = match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let halt = Halt { is_asked: AtomicBool::new(false), observer };
    let crew = Crew {
        todo,
        threads,
        job,
        halt: &halt,
        next: AtomicUsize::new(0),
        desk: Mutex::new(Desk { sink, failure: None, worked: Worked::default() }),
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(todo.len()) {
            // A system that allows no more threads still has this one, and results do not depend on how many there are.
            if thread::Builder::new().spawn_scoped(scope, || crew.take_points()).is_err() {
                break;
            }
        }
        crew.take_points();
    });
    let Desk { failure, mut worked, .. } =
        crew.desk.into_inner().expect("a panic of the sink has ended the work");
    worked.is_stopped = worked.n_done < todo.len();
    failure.map_or(Ok(worked), Err)
}

/// Whether to stop, for ever once asked.
struct Halt<'a> {
    is_asked: AtomicBool,
    observer: &'a dyn Observer,
}

impl Halt<'_> {
    fn ask(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        if !self.is_asked.load(Ordering::Relaxed) && self.observer.stop() {
            self.ask();
        }
        self.is_asked.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Halt<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Halt").field("is_asked", &self.is_asked).finish_non_exhaustive()
    }
}

/// What workers share.
struct Crew<'a, J, S, E> {
    todo: &'a [usize],
    threads: usize,
    job: &'a J,
    halt: &'a Halt<'a>,
    next: AtomicUsize,
    desk: Mutex<Desk<S, E>>,
}

/// Where records are handed in, one at a time.
struct Desk<S, E> {
    sink: S,
    failure: Option<E>,
    worked: Worked,
}

impl<J: Job, S: FnMut(&PointRecord) -> Result<(), E>, E> Crew<'_, J, S, E> {
    fn take_points(&self) {
        while !self.halt.is_asked() {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(&point) = self.todo.get(turn) else { return };
            let threads = threads_of(turn, self.todo.len(), self.threads);
            let record = record(self.job, &Task { point, threads, halt: self.halt });
            // A sink that panicked takes nothing any more; its panic goes on when the workers have ended.
            let Ok(mut desk) = self.desk.lock() else { return };
            // Asked again, since a run that was stopped half-way must not be kept.
            if !self.halt.is_asked() {
                self.hand_in(&mut desk, &record);
            }
        }
    }

    fn hand_in(&self, desk: &mut Desk<S, E>, record: &PointRecord) {
        if let Err(failure) = (desk.sink)(record) {
            desk.failure = Some(failure);
            return self.halt.ask();
        }
        desk.worked.n_done += 1;
        desk.worked.n_failed += usize::from(matches!(record.outcome, PointOutcome::Failed(_)));
        self.halt.observer.advance(record);
    }
}

/// Threads of the point at a turn: one, but that the last wave shares all.
fn threads_of(turn: usize, n_turns: usize, threads: usize) -> usize {
    let last_wave = n_turns % threads;
    let first_of_last = n_turns - last_wave;
    if turn < first_of_last {
        return 1;
    }
    threads / last_wave + usize::from(turn - first_of_last < threads % last_wave)
}

fn record(job: &impl Job, task: &Task<'_>) -> PointRecord {
    let start = Instant::now();
    let (values, seed) = (job.values(task.point), job.seed(task.point));
    // Nothing that a panic may have left half-changed is looked at afterwards: a job is shared and does not change.
    let outcome = match catch_unwind(AssertUnwindSafe(|| job.run(task))) {
        Ok(PointOutcome::Done(result)) => finite(result),
        Ok(PointOutcome::Failed(reason)) => PointOutcome::Failed(shortened(reason)),
        Err(panic) => PointOutcome::Failed(shortened(format!("panicked: {}", message(&*panic)))),
    };
    PointRecord { point: task.point, values, seed, outcome, seconds: start.elapsed().as_secs_f64() }
}

/// A result with a number that is not finite is a failure, since no table could hold it.
fn finite(result: PointResult) -> PointOutcome {
    let outputs = result.outputs.iter().flatten().flatten();
    let differences =
        result.differences.iter().flat_map(|(mean, error)| [Some(mean), error.as_ref()]).flatten();
    let stray = outputs.chain(differences).find(|number| !number.is_finite()).copied();
    match stray {
        Some(number) => PointOutcome::Failed(format!("an output came out as {number}, which is not finite")),
        None => PointOutcome::Done(result),
    }
}

/// A reason that fits into a cell of a table.
fn shortened(mut reason: String) -> String {
    if let Some((end, _)) = reason.char_indices().nth(MOST_REASON_CHARS) {
        reason.truncate(end);
        reason.push('…');
    }
    reason
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests;
