//! A fixed schedule: starts decided before the first month, whatever prices do.
//!
//! What is due by a month and not yet started is started as soon as offers (for hosting) and builders allow, so a month without
//! an offer delays the schedule and does not shorten it.

use crate::policy::{Policy, View};
use crate::rules::{start, within};
use site::{AiForm, Decision, HallUse};

/// Starts by month, counted in months since the first opening.
#[derive(Debug, Clone, PartialEq)]
pub enum Starts {
    /// Month and number of halls.
    Halls(Vec<(u32, u32)>),
    /// Month and gross MW; whole halls start that fit into what is due.
    GrossMw(Vec<(u32, f64)>),
}

/// Follows a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedSchedule {
    /// Hosting under any offer, or own GPUs.
    pub form: AiForm,
    /// What starts when.
    pub starts: Starts,
}

impl Policy for FixedSchedule {
    fn decide(&self, view: &View<'_>) -> Decision {
        let possible = view.startable(self.form);
        if possible == 0 {
            return Decision::WAIT;
        }
        let month = view.state.month;
        let halls = match &self.starts {
            Starts::Halls(starts) => {
                let due: u32 = starts.iter().filter(|(when, _)| *when <= month).map(|(_, halls)| halls).sum();
                let at_opening = |hall: &&site::Hall| hall.opening.is_committed();
                let committed = view.state.halls.iter().filter(|hall| hall.is_committed()).count();
                let started = committed - view.campus.halls.iter().filter(at_opening).count();
                possible.min(due.saturating_sub(started as u32))
            }
            Starts::GrossMw(starts) => {
                let due: f64 = starts.iter().filter(|(when, _)| *when <= month).map(|(_, mw)| mw).sum();
                let at_opening: f64 = view
                    .campus
                    .halls
                    .iter()
                    .filter(|hall| HallUse::is_committed(&hall.opening))
                    .map(|hall| hall.gross.get())
                    .sum();
                within(view, possible, at_opening + due)
            }
        };
        start(self.form, halls)
    }
}
