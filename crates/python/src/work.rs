//! Long work beside the interpreter: it runs on a thread of its own without the interpreter's lock, while this one looks for Ctrl-C and
//! tells how far it is.

use crate::fault::bad_input;
use pyo3::prelude::*;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at the signals, and two tellings of progress.
const LOOK: Duration = Duration::from_millis(50);

/// Whether the interpreter is about to end, so that nothing may ask it any more.
static EXITING: AtomicBool = AtomicBool::new(false);
/// Work under way.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// Why work should stop: somebody asked for it, or code in Python raised an exception while the engine asked it; the first one counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trouble(Arc<Reason>);

#[derive(Debug, Default)]
struct Reason {
    stop: AtomicBool,
    raised: Mutex<Option<PyErr>>,
}

impl Trouble {
    /// Notes an exception, unless there was one before.
    pub(crate) fn raise(&self, error: PyErr) {
        self.0.raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.stop();
    }

    fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Whether Python should not be asked any more.
    pub(crate) fn stops(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed) || EXITING.load(Ordering::Relaxed)
    }

    fn take(&self) -> Option<PyErr> {
        self.0.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Stops all work that other threads of Python have begun, and waits for it a little: the interpreter is about to end.
#[pyfunction]
pub fn _end(py: Python<'_>) {
    const PATIENCE: Duration = Duration::from_secs(10);
    EXITING.store(true, Ordering::Relaxed);
    let started = Instant::now();
    py.detach(|| {
        while AT_WORK.load(Ordering::Relaxed) > 0 && started.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(5));
        }
    });
}

/// Counts work as under way for as long as it lives.
struct AtWork;

impl AtWork {
    fn begin() -> Self {
        AT_WORK.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What work tells, and whether it should stop.
pub(crate) struct Watch {
    stage: Mutex<(&'static str, usize)>,
    done: AtomicUsize,
    trouble: Trouble,
}

impl Watch {
    fn new(trouble: Trouble) -> Self {
        Self { stage: Mutex::new(("", 0)), done: AtomicUsize::new(0), trouble }
    }

    /// A stage begins: its name, and how many steps it has (0 where that is not known).
    pub(crate) fn begin(&self, name: &'static str, steps: usize) {
        self.done.store(0, Ordering::Relaxed);
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = (name, steps);
    }

    /// More steps are done.
    pub(crate) fn advanced(&self, steps: usize) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Whether to stop.
    pub(crate) fn stops(&self) -> bool {
        self.trouble.stops()
    }

    /// Tells a function of Python how far the work is.
    fn tell(&self, py: Python<'_>, progress: &Py<PyAny>) -> PyResult<()> {
        let (stage, steps) = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        progress.call1(py, (stage, self.done.load(Ordering::Relaxed), steps)).map(drop)
    }
}

impl simulate::Observer for Watch {
    fn stage(&self, name: &'static str, paths: usize) {
        self.begin(name, paths);
    }

    fn advance(&self, paths: usize) {
        self.advanced(paths);
    }

    fn stop(&self) -> bool {
        self.stops()
    }
}

impl sweep::Observer for Watch {
    fn advance(&self, _record: &sweep::PointRecord) {
        self.advanced(1);
    }

    fn stop(&self) -> bool {
        self.stops()
    }
}

/// What is told of progress: `None` and `True` the package's own bar, `False` nothing, or a function of stage, done and all.
pub(crate) fn progress_of<'py>(
    py: Python<'py>,
    asked: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Py<PyAny>>> {
    let own = |always: bool| -> PyResult<Option<Py<PyAny>>> {
        let bar = py.import("wattshift._progress")?.call_method1("bar", (always,))?;
        Ok((!bar.is_none()).then(|| bar.unbind()))
    };
    match asked {
        None => own(false),
        Some(asked) if asked.is_callable() => Ok(Some(asked.unbind())),
        Some(asked) => {
            if asked.is_truthy()? {
                own(true)
            } else {
                Ok(None)
            }
        }
    }
}

/// Threads to work on; 0 takes one per core.
pub(crate) fn threads_of(asked: i64) -> PyResult<usize> {
    match usize::try_from(asked) {
        Ok(threads) if threads <= 256 => Ok(threads),
        _ => Err(bad_input(format!("threads is {asked}; allowed are 0 to 256, where 0 takes one per core"))),
    }
}

/// Does `job` off the lock. Ctrl-C, an exception of `progress` and `trouble` each stop it, and are raised once it has ended.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    trouble: Trouble,
    job: impl FnOnce(&Watch) -> T + Send,
) -> PyResult<T> {
    let _at_work = AtWork::begin();
    let watch = Watch::new(trouble.clone());
    let (ended, ends) = mpsc::channel();
    let mut raised: Option<PyErr> = None;
    let (looked_at, heard, told) = (&watch, &mut raised, progress.as_ref());
    let done = py.detach(move || {
        thread::scope(|scope| {
            let watch = looked_at;
            let worker = scope.spawn(move || {
                let done = job(watch);
                // Nobody to hear it means that the other side has panicked.
                let _ = ended.send(());
                done
            });
            while ends.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if heard.is_some() || EXITING.load(Ordering::Relaxed) {
                    continue;
                }
                let looked = Python::attach(|py| {
                    py.check_signals()?;
                    told.map_or(Ok(()), |progress| watch.tell(py, progress))
                });
                if let Err(error) = looked {
                    watch.trouble.stop();
                    *heard = Some(error);
                }
            }
            worker.join()
        })
    });
    let done = done.unwrap_or_else(|panic| resume_unwind(panic));
    if raised.is_none()
        && let Some(progress) = &progress
    {
        // A bar is closed by a stage without a name. What was worked out is not lost to an exception here.
        let told = watch.tell(py, progress).and_then(|()| progress.call1(py, ("", 0, 0)).map(drop));
        if let Err(error) = told {
            error.write_unraisable(py, None);
        }
    }
    match trouble.take().or(raised) {
        Some(error) => Err(error),
        None => Ok(done),
    }
}
