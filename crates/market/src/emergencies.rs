//! Grid emergencies and appeals, which come when power is scarce.
//!
//! Each hour starts an event with probability `rate / 8766 · (z − u)⁺ / E[(z − u)⁺]`, `z` the rank variable of power and `u` a
//! threshold, so that the mean number a year is the stated rate as long as `z` is standard normal over the long run. An event lasts
//! whole hours; one that starts while another of its kind is under way carries on from there. Emergencies (firm load shed) come
//! before appeals (voluntary). Defaults: 0.5 a year of 4 h and 3 a year of 3 h. These are assumptions, not estimates.

use crate::power::LANES;
use crate::reserves::mean_above;
use crate::storm::{STORM_WORDS, uniform};
use crate::stream::{Factor, Stream};

const HOURS_PER_YEAR: f64 = 8_766.0;

/// What the grid asks of a load in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum GridCall {
    /// Nothing.
    #[default]
    None,
    /// A voluntary appeal to use less.
    Appeal,
    /// An emergency: firm load may be shed.
    Emergency,
}

/// How one kind of event comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallLaw {
    /// Mean number a year.
    pub per_year: f64,
    /// Length, hours.
    pub hours: u32,
    /// Rank variable of power above which events start.
    pub threshold: f64,
}

impl CallLaw {
    /// Probability that an event starts in an hour with rank variable `z`.
    #[must_use]
    pub fn start_probability(&self, z: f64) -> f64 {
        let excess = (z - self.threshold).max(0.0);
        (self.per_year / HOURS_PER_YEAR * excess / mean_above(self.threshold)).min(1.0)
    }
}

/// How appeals and emergencies come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmergencyLaw {
    /// Voluntary appeals.
    pub appeals: CallLaw,
    /// Emergencies with firm load shed.
    pub emergencies: CallLaw,
}

impl Default for EmergencyLaw {
    fn default() -> Self {
        Self {
            appeals: CallLaw { per_year: 3.0, hours: 3, threshold: 1.5 },
            emergencies: CallLaw { per_year: 0.5, hours: 4, threshold: 2.0 },
        }
    }
}

/// The events of up to [`LANES`] paths, month by month.
#[derive(Debug, Clone)]
pub struct EmergencyLanes {
    law: EmergencyLaw,
    seed: u64,
    first_path: u64,
    n_lanes: usize,
    /// Hours left of the appeal and of the emergency under way, by lane.
    left: [[u32; 2]; LANES],
    started: [usize; 2],
}

impl EmergencyLanes {
    /// Paths `first_path .. first_path + n_lanes` without an event under way.
    ///
    /// # Panics
    /// If `n_lanes` exceeds [`LANES`].
    #[must_use]
    pub fn new(law: EmergencyLaw, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        assert!(n_lanes <= LANES, "at most {LANES} lanes, not {n_lanes}");
        Self { law, seed, first_path, n_lanes, left: [[0; 2]; LANES], started: [0; 2] }
    }

    /// Marks the hours of month `m`: `ranks` holds the rank variable of power and `out` takes the calls, both `[n_hours, LANES]`.
    ///
    /// Months must come one after another, for an event goes on over a month's end. Lanes beyond the number of paths are left as
    /// they are.
    ///
    /// # Panics
    /// If `out` is not as long as `ranks`.
    pub fn fill_month(&mut self, m: u32, ranks: &[f64], out: &mut [GridCall]) {
        assert_eq!(out.len(), ranks.len(), "a call for every rank");
        let laws = [self.law.appeals, self.law.emergencies];
        for lane in 0..self.n_lanes {
            let path = self.first_path.wrapping_add(lane as u64);
            let mut stream = Stream::new(self.seed, path, Factor::Emergency, m);
            // The first words of the month belong to storms.
            for _ in 0..STORM_WORDS {
                stream.next_word();
            }
            let left = &mut self.left[lane];
            for (ranks, calls) in ranks.chunks_exact(LANES).zip(out.chunks_exact_mut(LANES)) {
                for (kind, law) in laws.iter().enumerate() {
                    if uniform(stream.next_word()) < law.start_probability(ranks[lane]) {
                        left[kind] = law.hours;
                        self.started[kind] += 1;
                    }
                }
                calls[lane] = match left.map(|hours| hours > 0) {
                    [_, true] => GridCall::Emergency,
                    [true, false] => GridCall::Appeal,
                    [false, false] => GridCall::None,
                };
                left.iter_mut().for_each(|hours| *hours = hours.saturating_sub(1));
            }
        }
    }

    /// Appeals and emergencies that have started so far on all paths.
    #[must_use]
    pub fn started(&self) -> [usize; 2] {
        self.started
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::{Distribution, StandardNormal};

    const HOURS: usize = 730;

    /// Ranks of a month that remember for some hours.
    fn ranks(m: u32) -> Vec<f64> {
        let mut out = vec![0.0; HOURS * LANES];
        for lane in 0..LANES {
            let mut stream = Stream::new(1, lane as u64, Factor::Power, m);
            let mut z: f64 = StandardNormal.sample(&mut stream);
            for hour in 0..HOURS {
                let draw: f64 = StandardNormal.sample(&mut stream);
                z = 0.8 * z + 0.6 * draw;
                out[hour * LANES + lane] = z;
            }
        }
        out
    }

    #[test]
    fn events_come_at_their_rates_in_scarce_hours_and_last_their_hours() {
        let law = EmergencyLaw::default();
        let mut lanes = EmergencyLanes::new(law, 3, 0, LANES);
        let n_months = 480;
        let mut calls = vec![GridCall::None; HOURS * LANES];
        let mut before = [GridCall::None; LANES];
        let mut run = vec![0u32; LANES];
        let (mut z_of_starts, mut n_starts, mut runs) = (0.0, 0.0, Vec::new());
        for m in 0..n_months {
            let ranks = ranks(m);
            lanes.fill_month(m, &ranks, &mut calls);
            for (n, call) in calls.iter().enumerate() {
                let lane = n % LANES;
                if *call == GridCall::Emergency {
                    if before[lane] != GridCall::Emergency {
                        z_of_starts += ranks[n];
                        n_starts += 1.0;
                        assert!(ranks[n] > law.emergencies.threshold);
                    }
                    run[lane] += 1;
                } else if run[lane] > 0 {
                    runs.push(std::mem::take(&mut run[lane]));
                }
                before[lane] = *call;
            }
        }
        let years = f64::from(n_months) * (HOURS * LANES) as f64 / HOURS_PER_YEAR;
        for (started, law) in lanes.started().into_iter().zip([law.appeals, law.emergencies]) {
            let expected = law.per_year * years;
            // Scarce hours cluster, so the count varies somewhat more than a Poisson one.
            let error = 1.2 * expected.sqrt();
            assert!((started as f64 - expected).abs() < 4.0 * error, "{started} {expected}");
        }
        assert!(z_of_starts / n_starts > 2.2);
        // Only those carried on by another are longer than four hours.
        let longer = runs.iter().filter(|hours| **hours > 4).count() as f64;
        assert!(runs.iter().all(|hours| *hours >= 4) && longer / (runs.len() as f64) < 0.1);
    }

    #[test]
    fn a_path_has_its_events_in_any_chunk_and_over_the_months_end() {
        let law = EmergencyLaw {
            emergencies: CallLaw { per_year: 300.0, hours: 4, threshold: 1.0 },
            ..EmergencyLaw::default()
        };
        let mut all = EmergencyLanes::new(law, 3, 0, LANES);
        let mut one = EmergencyLanes::new(law, 3, 9, 1);
        let mut crossed = false;
        let mut last = [GridCall::None; LANES];
        for m in 0..12 {
            let month = ranks(m);
            let mut calls = vec![GridCall::None; month.len()];
            all.fill_month(m, &month, &mut calls);
            let shifted: Vec<f64> = month.chunks_exact(LANES).flat_map(|row| [row[9]; LANES]).collect();
            let mut alone = vec![GridCall::None; month.len()];
            one.fill_month(m, &shifted, &mut alone);
            assert!((0..HOURS).all(|hour| calls[hour * LANES + 9] == alone[hour * LANES]));
            // Below the threshold only an event of the month before can hold the first hour.
            crossed |= (0..LANES).any(|lane| {
                calls[lane] == GridCall::Emergency && last[lane] == GridCall::Emergency && month[lane] < 1.0
            });
            last.copy_from_slice(&calls[(HOURS - 1) * LANES..]);
        }
        assert!(crossed);
    }
}
