//! Off and on states of loads that share an interconnect, by dynamic programming over the steps.
//!
//! With the margins of a MWh given, an hour's value depends on the states alone: loads that are on run at their least,
//! and the rest of the interconnect goes by merit order. States carry over at the cost of the starts.

use crate::case::Case;

/// Least running of load `k` while on in step `t`, IT MW; 0 for a load without restart.
pub(super) fn least_it_mw(case: &Case, k: usize, t: usize) -> f64 {
    let load = &case.loads[k];
    load.restart.map_or(0.0, |restart| restart.minimum_share * load.capacity_it_mw.at(t))
}

/// Loads that are dispatched together.
pub(super) struct Group<'a> {
    /// The case.
    pub(super) case: &'a Case,
    /// What a MWh at the meter earns, USD/MWh, `[load][step]`.
    pub(super) margins: &'a [Vec<f64>],
    /// Loads that are off or on, at most eight.
    pub(super) switched: Vec<usize>,
    /// Loads without such states.
    pub(super) plain: Vec<usize>,
    /// What they may draw together, MW at the meter by step.
    pub(super) room_mw: &'a [f64],
}

impl Group<'_> {
    /// The best value, USD, and the states that reach it: bit `i` of a step is set where `switched[i]` is on.
    pub(super) fn best(&self) -> (f64, Vec<u8>) {
        let (sets, steps) = (1 << self.switched.len(), self.case.steps());
        let mut value: Vec<f64> = Vec::new();
        let mut origins: Vec<Vec<u8>> = Vec::with_capacity(steps);
        let mut order = self.switched.iter().chain(&self.plain).copied().collect::<Vec<_>>();
        for t in 0..steps {
            order.sort_by(|a, b| self.margins[*b][t].total_cmp(&self.margins[*a][t]));
            let mut origin: Vec<u8> = (0..sets).map(|set| set as u8).collect();
            if t == 0 {
                value = vec![0.0; sets];
            } else {
                self.carry(t, &mut value, &mut origin);
            }
            for (set, value) in value.iter_mut().enumerate() {
                *value += self.hour(&order, t, set as u8, |_, _| ());
            }
            origins.push(origin);
        }
        let mut last = 0;
        for set in 1..sets {
            if value[set] > value[last] {
                last = set;
            }
        }
        let mut states = vec![0; steps];
        let mut set = last as u8;
        for t in (0..steps).rev() {
            states[t] = set;
            set = origins[t][usize::from(set)];
        }
        (value[last], states)
    }

    /// Best value of every set of loads on in step `t` before its hour, from those after the step before.
    fn carry(&self, t: usize, value: &mut [f64], origin: &mut [u8]) {
        for (i, &k) in self.switched.iter().enumerate() {
            let cost = change_usd(self.case, k, t);
            for off in (0..value.len()).filter(|set| set & (1 << i) == 0) {
                let on = off | 1 << i;
                let before = [(value[off], origin[off]), (value[on], origin[on])];
                for (to, set) in [off, on].into_iter().enumerate() {
                    let (stay, change) = (before[to].0 - cost[to][to], before[1 - to].0 - cost[1 - to][to]);
                    let (best, from) =
                        if change > stay { (change, before[1 - to].1) } else { (stay, before[to].1) };
                    (value[set], origin[set]) = (best, from);
                }
            }
        }
    }

    /// Value of step `t` with a set of loads on, USD; tells `run` every load's IT MW. Below all if the set does not fit.
    fn hour(&self, order: &[usize], t: usize, set: u8, mut run: impl FnMut(usize, f64)) -> f64 {
        let on = |k: usize| match self.switched.iter().position(|of| *of == k) {
            Some(i) => set & (1 << i) != 0,
            None => true,
        };
        let (mut left, mut usd) = (self.room_mw[t], 0.0);
        let fixed = |k: usize| least_it_mw(self.case, k, t) * self.case.loads[k].pue;
        for &k in self.switched.iter().filter(|k| on(**k)) {
            left -= fixed(k);
            usd += fixed(k) * self.margins[k][t];
        }
        // Rounding of shares that fill the room exactly is no overload.
        if left < -1e-12 * self.room_mw[t] {
            return f64::NEG_INFINITY;
        }
        left = left.max(0.0);
        for &k in order.iter().filter(|k| on(**k)) {
            let margin = self.margins[k][t];
            let above =
                if margin > 0.0 { (self.case.meter_mw(k, t) - fixed(k)).clamp(0.0, left) } else { 0.0 };
            left -= above;
            usd += above * margin;
            run(k, (fixed(k) + above) / self.case.loads[k].pue);
        }
        usd * self.case.step_hours
    }

    /// Running load of every load at given states, IT MW, into `it_mw`, `[load][step]`.
    pub(super) fn dispatch(&self, states: &[u8], it_mw: &mut [Vec<f64>]) {
        let mut order = self.switched.iter().chain(&self.plain).copied().collect::<Vec<_>>();
        for (t, &set) in states.iter().enumerate() {
            order.sort_by(|a, b| self.margins[*b][t].total_cmp(&self.margins[*a][t]));
            self.hour(&order, t, set, |k, mw| it_mw[k][t] = mw);
        }
    }
}

/// Cost of the change of load `k` into step `t`, USD, `[from][to]` with 1 for on; infinite where its ramp forbids it.
fn change_usd(case: &Case, k: usize, t: usize) -> [[f64; 2]; 2] {
    let start = case.loads[k].restart.map_or(0.0, |restart| restart.cost_usd);
    let Some(ramp) = case.ramp_it_mw_per_step(k) else { return [[0.0, start], [0.0, 0.0]] };
    let capacity = &case.loads[k].capacity_it_mw;
    let least = [least_it_mw(case, k, t - 1), least_it_mw(case, k, t)];
    let reach = ramp * (1.0 + 1e-12);
    let unless = |forbidden: bool, cost: f64| if forbidden { f64::INFINITY } else { cost };
    let apart = least[1] - capacity.at(t - 1) > reach || least[0] - capacity.at(t) > reach;
    [[0.0, unless(least[1] > reach, start)], [unless(least[0] > reach, 0.0), unless(apart, 0.0)]]
}
