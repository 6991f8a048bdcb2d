//! Random small cases of varied structure, the same for the same seed.

use crate::case::{Block, Budget, BudgetOf, Case, Load, Reserve, Restart, Series, Side};
use std::ops::Range;

/// What the cases may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variety {
    /// Most steps, at least 1.
    pub(crate) most_steps: usize,
    /// Most loads, at least 1.
    pub(crate) most_loads: usize,
    /// Most loads with a ramp.
    pub(crate) most_ramped: usize,
    /// Most budgets.
    pub(crate) most_budgets: usize,
    /// Whether some cases sell reserves.
    pub(crate) reserves: bool,
    /// Whether some loads are either off or on.
    pub(crate) restarts: bool,
}

impl Variety {
    /// Up to six loads, all of which may be ramped, up to six budgets and 24 steps; no restarts.
    pub(crate) fn linear(reserves: bool) -> Self {
        Self { most_steps: 24, most_loads: 6, most_ramped: 6, most_budgets: 6, reserves, restarts: false }
    }
}

/// The case of a seed.
pub(crate) fn random_case(seed: u64, variety: Variety) -> Case {
    let mut draw = Draw(seed);
    let steps = draw.within(1..variety.most_steps + 1);
    let mut case = Case {
        step_hours: if draw.chance(0.3) { 0.25 } else { 1.0 },
        price_usd_per_mwh: prices(&mut draw, steps),
        interconnect_mw: Series::Constant(0.0),
        loads: Vec::new(),
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    };
    let mut ramped = 0;
    for k in 0..draw.within(1..variety.most_loads + 1) {
        let load = load(&mut draw, k, steps, variety, &mut ramped);
        case.loads.push(load);
    }
    let asked = (0..steps).map(|t| (0..case.loads.len()).map(|k| case.meter_mw(k, t)).sum());
    let most_mw = asked.fold(1.0, f64::max);
    case.interconnect_mw = match draw.within(0..3) {
        0 => Series::Constant(1.1 * most_mw),
        1 => Series::Constant(draw.between(0.3, 1.0) * most_mw),
        _ => Series::Steps((0..steps).map(|_| draw.between(0.2, 1.1) * most_mw).collect()),
    };
    for place in 0..draw.within(0..variety.most_budgets + 1) {
        let budget = budget(&mut draw, &case, place);
        case.budgets.push(budget);
    }
    if draw.chance(0.2) {
        case.block =
            Some(Block { mw: draw.between(0.0, 50.0), strike_usd_per_mwh: draw.between(20.0, 60.0) });
    }
    if variety.reserves {
        for place in 0..draw.within(0..4) {
            let reserve = reserve(&mut draw, &case, place);
            case.reserves.push(reserve);
        }
    }
    case
}

/// Prices that vary, repeat, go below zero or spike to 5,000 USD/MWh.
fn prices(draw: &mut Draw, steps: usize) -> Vec<f64> {
    let kind = draw.within(0..5);
    let level = draw.between(20.0, 90.0);
    let of_step = |_| match kind {
        0 => level,
        1 => [25.0, 50.0, 75.0][draw.within(0..3)],
        2 => draw.between(-40.0, 120.0),
        3 if draw.chance(0.15) => 5_000.0,
        _ => draw.between(15.0, 110.0),
    };
    (0..steps).map(of_step).collect()
}

fn load(draw: &mut Draw, k: usize, steps: usize, variety: Variety, ramped: &mut usize) -> Load {
    let mw = draw.between(1.0, 40.0).round();
    // Round numbers make ties between loads, and between loads and prices.
    let value = if draw.chance(0.4) { 50.0 } else { draw.between(20.0, 250.0) };
    let ramp = (*ramped < variety.most_ramped && draw.chance(0.4)).then(|| {
        *ramped += 1;
        if draw.chance(0.1) { 0.0 } else { mw * draw.between(0.05, 1.2) }
    });
    let restart = (variety.restarts && draw.chance(0.6)).then(|| Restart {
        cost_usd: if draw.chance(0.3) { 0.0 } else { mw * draw.between(1.0, 100.0) },
        minimum_share: if draw.chance(0.3) { 0.0 } else { draw.between(0.1, 1.0) },
    });
    Load {
        name: format!("load {k}"),
        capacity_it_mw: match draw.within(0..4) {
            0 => Series::Steps((0..steps).map(|_| mw * draw.between(0.0, 1.0)).collect()),
            1 => Series::Steps((0..steps).map(|_| if draw.chance(0.15) { 0.0 } else { mw }).collect()),
            _ => Series::Constant(mw),
        },
        value_usd_per_it_mwh: if draw.chance(0.25) {
            Series::Steps((0..steps).map(|_| value * draw.between(0.5, 1.5)).collect())
        } else {
            Series::Constant(value)
        },
        pue: if draw.chance(0.3) { 1.0 } else { draw.between(1.0, 1.4) },
        ramp_it_mw_per_hour: ramp,
        restart,
    }
}

/// A budget over a random window, of a share of what its loads could use there alone.
fn budget(draw: &mut Draw, case: &Case, place: usize) -> Budget {
    let steps = window(draw, case.steps());
    let of = if draw.chance(0.3) { BudgetOf::Site } else { BudgetOf::Load(draw.within(0..case.loads.len())) };
    let side = if draw.chance(0.65) { Side::AtLeast } else { Side::AtMost };
    let mut most_mwh = 0.0;
    for t in steps.clone() {
        let interconnect = case.interconnect_mw.at(t);
        most_mwh += case.step_hours
            * match of {
                BudgetOf::Load(k) => case.loads[k].capacity_it_mw.at(t).min(interconnect / case.loads[k].pue),
                BudgetOf::Site => {
                    (0..case.loads.len()).map(|k| case.meter_mw(k, t)).sum::<f64>().min(interconnect)
                }
            };
    }
    let share = match side {
        Side::AtLeast if draw.chance(0.1) => 1.02,
        Side::AtLeast if draw.chance(0.1) => 1.0,
        Side::AtLeast => draw.between(0.1, 0.95),
        Side::AtMost if draw.chance(0.1) => 0.0,
        Side::AtMost => draw.between(0.1, 1.1),
    };
    let name = format!("budget {place}");
    if of == BudgetOf::Site && side == Side::AtLeast && draw.chance(0.5) {
        let cap_mwh = steps.clone().map(|t| case.interconnect_mw.at(t) * case.step_hours).sum::<f64>();
        return Budget::curtailment_cap(case, &name, steps, cap_mwh - share * most_mwh);
    }
    Budget { name, of, side, steps, mwh: share * most_mwh }
}

fn window(draw: &mut Draw, steps: usize) -> Range<usize> {
    if draw.chance(0.5) {
        return 0..steps;
    }
    let start = draw.within(0..steps);
    start..draw.within(start + 1..steps + 1)
}

fn reserve(draw: &mut Draw, case: &Case, place: usize) -> Reserve {
    let mut loads: Vec<usize> = (0..case.loads.len()).filter(|_| draw.chance(0.6)).collect();
    // An index may come in any order.
    if draw.chance(0.3) {
        loads.reverse();
    }
    Reserve {
        name: format!("reserve {place}"),
        price_usd_per_mw_h: if draw.chance(0.5) {
            Series::Constant(draw.between(-1.0, 30.0))
        } else {
            Series::Steps((0..case.steps()).map(|_| draw.between(-5.0, 80.0)).collect())
        },
        called_share: if draw.chance(0.3) { 0.0 } else { draw.between(0.0, 0.5) },
        limit_mw: if draw.chance(0.3) { f64::INFINITY } else { draw.between(0.0, 40.0) },
        loads,
    }
}

/// A stream of random numbers: SplitMix64.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Debug, Clone)]
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    /// 64 random bits.
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An index within a range that is not empty.
    pub(crate) fn within(&mut self, range: Range<usize>) -> usize {
        range.start + (self.bits() % (range.end - range.start) as u64) as usize
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::simplex;

    #[test]
    fn cases_pass_their_check_and_vary() {
        let (mut feasible, mut ramped, mut at_most, mut limited) = (0, 0, 0, 0);
        for seed in 0..200 {
            let case = random_case(seed, Variety::linear(true));
            assert_eq!(case.check(), Ok(()), "seed {seed}");
            assert_eq!(case, random_case(seed, Variety::linear(true)));
            feasible += usize::from(simplex::optimum(&case).is_some());
            let several = case.loads.iter().filter(|load| load.ramp_it_mw_per_hour.is_some()).count() > 1;
            ramped += usize::from(several);
            at_most += usize::from(case.budgets.iter().any(|budget| budget.side == Side::AtMost));
            limited += usize::from(case.reserves.iter().any(|reserve| reserve.limit_mw.is_finite()));
        }
        assert!((100..180).contains(&feasible), "{feasible} of 200 are feasible");
        assert!(ramped > 40 && at_most > 60 && limited > 60, "{ramped} {at_most} {limited}");
    }
}
