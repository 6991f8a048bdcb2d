//! A fixed schedule: starts decided before the first month, whatever prices do.
//!
//! What is due by a month and not yet started is started as soon as offers (for hosting) and builders allow, so a month without
//! an offer delays the schedule and does not shorten it.

use crate::policy::{Policy, View};
use crate::reasons::{Comparison, Reasons, Relation, size_limit};
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

impl FixedSchedule {
    /// Halls due by now, and those started so far.
    fn halls_due(starts: &[(u32, u32)], view: &View<'_>) -> [u32; 2] {
        let month = view.state.month;
        let due = starts.iter().filter(|(when, _)| *when <= month).map(|(_, halls)| halls).sum();
        let at_opening = view.campus.halls.iter().filter(|hall| hall.opening.is_committed()).count();
        let committed = view.state.halls.iter().filter(|hall| hall.is_committed()).count();
        [due, (committed - at_opening) as u32]
    }

    /// Gross MW that may be committed by now, those of the opening included.
    fn gross_mw_due(starts: &[(u32, f64)], view: &View<'_>) -> f64 {
        let month = view.state.month;
        let due: f64 = starts.iter().filter(|(when, _)| *when <= month).map(|(_, mw)| mw).sum();
        let at_opening: f64 = view
            .campus
            .halls
            .iter()
            .filter(|hall| HallUse::is_committed(&hall.opening))
            .map(|hall| hall.gross.get())
            .sum();
        at_opening + due
    }
}

impl Policy for FixedSchedule {
    fn form(&self) -> AiForm {
        self.form
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        let possible = view.startable(self.form);
        if possible == 0 {
            return Decision::WAIT;
        }
        let halls = match &self.starts {
            Starts::Halls(starts) => {
                let [due, started] = Self::halls_due(starts, view);
                possible.min(due.saturating_sub(started))
            }
            Starts::GrossMw(starts) => within(view, possible, Self::gross_mw_due(starts, view)),
        };
        start(self.form, halls)
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let comparison = match &self.starts {
            Starts::Halls(starts) => {
                let [due, started] = Self::halls_due(starts, view).map(f64::from);
                Some(Comparison::new(
                    "halls due by now, over those started",
                    Some(due),
                    "halls",
                    Relation::MoreThan,
                    started,
                ))
            }
            Starts::GrossMw(starts) => size_limit(view, Self::gross_mw_due(starts, view)),
        };
        Reasons { comparisons: comparison.into_iter().collect(), ..Reasons::default() }
    }
}
