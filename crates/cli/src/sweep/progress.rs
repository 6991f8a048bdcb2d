//! How far a sweep is: a bar on a terminal, a line now and then in a log.

use crate::progress::Progress;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use sweep::{Observer, PointRecord};

/// Time between two lines in a log.
const BETWEEN_LINES: Duration = Duration::from_secs(30);

/// Shows how many points are done, how long one takes, and how much time is left.
pub(crate) struct SweepProgress {
    bar: Progress,
    n_points: usize,
    started: Instant,
    /// Lines for a log; none on a terminal or when quiet.
    log: Option<Mutex<Log>>,
}

struct Log {
    n_done: usize,
    last_line: Instant,
}

impl SweepProgress {
    pub(crate) fn new(n_points: usize, quiet: bool) -> Self {
        let bar = Progress::new(quiet);
        bar.begin_counting("running points", n_points, "points");
        let started = Instant::now();
        let log = (!quiet && !std::io::stderr().is_terminal())
            .then(|| Mutex::new(Log { n_done: 0, last_line: started }));
        Self { bar, n_points, started, log }
    }

    pub(crate) fn end(&self) {
        self.bar.end();
    }
}

impl Observer for SweepProgress {
    fn advance(&self, _: &PointRecord) {
        simulate::Observer::advance(&self.bar, 1);
        let Some(mut log) = self.log.as_ref().and_then(|log| log.lock().ok()) else { return };
        log.n_done += 1;
        if log.last_line.elapsed() < BETWEEN_LINES || log.n_done == self.n_points {
            return;
        }
        log.last_line = Instant::now();
        let (n_done, elapsed) = (log.n_done, self.started.elapsed().as_secs_f64());
        let each = elapsed / n_done as f64;
        let left = match each * (self.n_points - n_done) as f64 {
            seconds if seconds < 120.0 => format!("{seconds:.0} s"),
            seconds => format!("{:.0} minutes", seconds / 60.0),
        };
        crate::output::complain(&format!(
            "{n_done} of {} points done, {each:.2} s a point, {left} left",
            self.n_points
        ));
    }

    fn stop(&self) -> bool {
        crate::interrupt::asked()
    }
}
