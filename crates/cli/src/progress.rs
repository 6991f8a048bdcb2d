//! A progress bar on a terminal, nothing in a pipe.

use crate::color::can_redraw;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use simulate::Observer;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

/// Shows how far a run is.
pub(crate) struct Progress {
    bar: Mutex<ProgressBar>,
    visible: bool,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            bar: Mutex::new(ProgressBar::hidden()),
            visible: !quiet && std::io::stderr().is_terminal() && can_redraw(),
        }
    }

    /// Begins a stage with a known number of paths, or an unknown one at 0.
    pub(crate) fn begin(&self, name: &'static str, length: usize) {
        self.begin_counting(name, length, "paths");
    }

    /// Begins a stage with a known number of what `unit` says, or an unknown one at 0.
    pub(crate) fn begin_counting(&self, name: &'static str, length: usize, unit: &'static str) {
        if !self.visible {
            return;
        }
        let bar = if length > 0 {
            let template = format!("{{msg:<20}} {{bar:32}} {{human_pos}}/{{human_len}} {unit}, {{eta}} left");
            let style =
                ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(length as u64).with_style(style)
        } else {
            let style = ProgressStyle::with_template("{msg:<20} {spinner} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            ProgressBar::new_spinner().with_style(style)
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        self.replace(bar);
    }

    /// Clears the line.
    pub(crate) fn end(&self) {
        self.replace(ProgressBar::hidden());
    }

    fn replace(&self, bar: ProgressBar) {
        if let Ok(mut guard) = self.bar.lock() {
            guard.finish_and_clear();
            *guard = bar;
        }
    }
}

impl Observer for Progress {
    fn stage(&self, name: &'static str, paths: usize) {
        self.begin(name, paths);
    }

    fn advance(&self, paths: usize) {
        if let Ok(bar) = self.bar.lock() {
            bar.inc(paths as u64);
        }
    }

    fn stop(&self) -> bool {
        crate::interrupt::asked()
    }
}
