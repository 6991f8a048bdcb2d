//! Ctrl-C (and being told to terminate or hang up): the first asks the run to stop after the paths under way, the second ends it at once.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static STAGING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Starts listening. Where signals cannot be caught Ctrl-C ends the program as it would have.
pub(crate) fn listen() {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            end();
        }
        crate::output::complain(&"\nstopping after the paths under way; press Ctrl-C again to end at once");
    });
}

/// Starts listening for work that cannot stop half-way: the first Ctrl-C ends the program, leaving nothing behind.
pub(crate) fn listen_to_end() {
    let _ = ctrlc::set_handler(end);
}

fn end() {
    // Files under way are in the staging folder alone; nothing of them may stay.
    if let Ok(Some(staging)) = STAGING.lock().map(|guard| guard.clone()) {
        let _ = std::fs::remove_dir_all(staging);
    }
    std::process::exit(130);
}

/// Whether to stop.
pub(crate) fn asked() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Names the folder to remove when the program is ended at once; `None` once the results are in place.
pub(crate) fn guard(staging: Option<PathBuf>) {
    if let Ok(mut guard) = STAGING.lock() {
        *guard = staging;
    }
}
