//! Exact dispatch by decomposition: multipliers on the budgets, and a pass over the hours that is solved exactly for them.
//!
//! For given multipliers every hour is a merit order, but for one ramped load, whose concave value is carried from hour
//! to hour. The passes' dispatches become columns of a small program that mixes them block by block so that the budgets
//! hold (Dantzig and Wolfe's decomposition, or cutting planes seen from the dual) within a box around the best multipliers
//! so far. Every mix is a dispatch, every pass a bound; where they meet, the dispatch is optimal. Ties need no care: a tied
//! hour appears in two columns, and their weights are its fraction.

mod columns;
mod master;
mod pass;
mod path;
mod problem;
mod recover;
mod serve;
mod value_function;

use crate::case::Case;
use crate::certificate::{Certificate, bound_usd, energy_it_mwh, value_usd};
use crate::error::{DispatchError, Infeasibility, Shortfall};
use crate::optimum::{Effort, Method, Multipliers, Optimum};
use columns::Columns;
use master::Master;
use pass::{BlockFigures, Pass, Scratch, pass};
use problem::Problem;

#[cfg(test)]
mod tests;

/// Half the width of the first box around the multipliers, USD/MWh.
const FIRST_BOX: f64 = 20.0;
/// Factor by which a side of the box grows while a slack leans on it.
const GROWTH: f64 = 4.0;
/// Multiplier above which missing energy is taken for a sign that budgets cannot be met, USD/MWh.
const SUSPICIOUS: f64 = 1e5;
/// Passes after which the method gives up.
const MOST_PASSES: usize = 400;

/// The optimal dispatch from multipliers `start` (USD/MWh by budget; none for zeros), or `None` for cases outside the structure.
///
/// # Errors
/// [`DispatchError::Infeasible`] where the budgets cannot all be met, and [`DispatchError::Solver`] where the passes do not
/// close the gap.
pub(crate) fn solve(case: &Case, start: Option<&[f64]>) -> Option<Result<Optimum, DispatchError>> {
    solve_in_blocks(case, start, problem::block_hours(case))
}

fn solve_in_blocks(
    case: &Case,
    start: Option<&[f64]>,
    block_hours: f64,
) -> Option<Result<Optimum, DispatchError>> {
    let problem = Problem::of(case, block_hours)?;
    let mut search = Search::new(&problem, start);
    Some(match search.run(&problem) {
        End::Optimal => Ok(search.optimum(&problem)),
        End::Stuck(why) => Err(DispatchError::Solver { solver: "decomposition", why }),
        End::Short(shortfalls) => Err(DispatchError::Infeasible(Infeasibility { shortfalls })),
    })
}

/// How a search ended.
enum End {
    Optimal,
    /// No dispatch meets the budgets.
    Short(Vec<Shortfall>),
    Stuck(String),
}

/// The cutting planes' state.
struct Search {
    passes: Vec<Pass>,
    master: Master,
    centre: Vec<f64>,
    /// Widths of the box below and above the centre, USD/MWh.
    below: Vec<f64>,
    above: Vec<f64>,
    next: Vec<f64>,
    best_usd: f64,
    best_pass: usize,
    /// Rounding noise of values, USD.
    noise_usd: f64,
    scratch: Scratch,
    figures: BlockFigures,
    merges: usize,
    suspicious: f64,
}

impl Search {
    fn new(problem: &Problem<'_>, start: Option<&[f64]>) -> Self {
        let n = problem.case.budgets.len();
        let centre: Vec<f64> = match start {
            Some(start) => start.iter().map(|price| price.max(0.0)).collect(),
            None => vec![0.0; n],
        };
        Self {
            passes: Vec::new(),
            master: Master::new(Columns::new(problem), problem.target_mwh.clone()),
            next: centre.clone(),
            centre,
            below: vec![FIRST_BOX; n],
            above: vec![FIRST_BOX; n],
            best_usd: f64::INFINITY,
            best_pass: 0,
            noise_usd: 0.0,
            scratch: Scratch::default(),
            figures: BlockFigures::default(),
            merges: 0,
            suspicious: SUSPICIOUS,
        }
    }

    fn run(&mut self, problem: &Problem<'_>) -> End {
        while self.passes.len() < MOST_PASSES {
            let at = self.next.clone();
            let new = self.pass(problem);
            if !self.solve_master() {
                return End::Stuck(format!(
                    "master program lost its basis after {} pivots",
                    self.master.pivots
                ));
            }
            let mut settled = false;
            // The bound may rest at rounding noise where neither columns nor multipliers change any more.
            if self.closed() || (!new && self.next == at) {
                settled = true;
                while let Some(g) = self.broken_border(problem) {
                    settled = false;
                    self.merges += 1;
                    self.master.columns.merge(g);
                    let multipliers = self.master.multipliers.clone();
                    self.master.restart(&multipliers);
                    if !self.solve_master() {
                        return End::Stuck("master program lost its basis after a merge".to_owned());
                    }
                }
            }
            let leaning = self.widen(problem);
            if settled && !leaning {
                return End::Optimal;
            }
            if self.suspicious_shortfall(problem) {
                match least_shortfalls(problem) {
                    Ok(shortfalls) if shortfalls.is_empty() => self.suspicious = f64::INFINITY,
                    Ok(shortfalls) => return End::Short(shortfalls),
                    Err(why) => return End::Stuck(why),
                }
            }
        }
        End::Stuck(format!("no proof after {MOST_PASSES} passes"))
    }

    /// One pass at the next multipliers; returns whether it brought a new column.
    fn pass(&mut self, problem: &Problem<'_>) -> bool {
        let (found, dual_usd) = pass(problem, &self.next, &mut self.scratch, &mut self.figures);
        if dual_usd < self.best_usd {
            self.best_usd = dual_usd;
            self.best_pass = self.passes.len();
            self.centre.copy_from_slice(&self.next);
        }
        let priced = self.next.iter().zip(&problem.target_mwh).map(|(price, mwh)| (price * mwh).abs());
        self.noise_usd = self.noise_usd.max(1e-14 * (self.figures.gross_usd + priced.sum::<f64>()));
        let first = self.passes.is_empty();
        let new = self.master.columns.add(problem, &found, &self.figures);
        self.passes.push(found);
        if first {
            self.master.restart(&self.next);
        }
        new
    }

    fn solve_master(&mut self) -> bool {
        let (low, high) = (&mut self.master.low, &mut self.master.high);
        for (j, centre) in self.centre.iter().enumerate() {
            low[j] = (centre - self.below[j]).max(0.0);
            high[j] = centre + self.above[j];
        }
        let most = 2_000 + 50 * self.centre.len();
        let ended = self.master.solve(self.noise_usd, most);
        self.next.copy_from_slice(&self.master.multipliers);
        ended
    }

    /// Whether bound and mix have met.
    fn closed(&self) -> bool {
        let tolerance = 2e-10 * self.best_usd.abs() + 10.0 * self.noise_usd;
        self.best_usd - self.master.boxed_usd() <= tolerance
    }

    /// The first border between groups at which the mix changes faster than the ramp.
    fn broken_border(&self, problem: &Problem<'_>) -> Option<usize> {
        let ramp_mw = problem.ramped?.ramp_mw;
        let groups = self.master.columns.groups.len();
        let (mut first, mut last) = (vec![0.0; groups], vec![0.0; groups]);
        self.master.for_each_weight(|c, weight| {
            let column = &self.master.columns.all[c];
            first[column.group] += weight * column.first_mw;
            last[column.group] += weight * column.last_mw;
        });
        (1..groups).find(|&g| (first[g] - last[g - 1]).abs() > ramp_mw + 1e-10).map(|g| g - 1)
    }

    /// Widens the sides of the box on which slacks lean; returns whether there were any.
    fn widen(&mut self, problem: &Problem<'_>) -> bool {
        let mut leaning = false;
        for (j, target) in problem.target_mwh.iter().enumerate() {
            let (excess, noise) = (self.master.excess_mwh[j], 1e-12 * target.abs().max(1.0));
            if excess < -noise {
                self.above[j] *= GROWTH;
                leaning = true;
            } else if excess > noise && self.master.low[j] > 0.0 {
                self.below[j] *= GROWTH;
                leaning = true;
            }
        }
        leaning
    }

    fn suspicious_shortfall(&self, problem: &Problem<'_>) -> bool {
        (0..self.centre.len()).any(|j| {
            self.master.high[j] > self.suspicious
                && self.master.excess_mwh[j] < -1e-12 * problem.target_mwh[j].abs().max(1.0)
        })
    }

    fn optimum(mut self, problem: &Problem<'_>) -> Optimum {
        let case = problem.case;
        let it_mw = recover::dispatch(problem, &self.master, &self.passes, &mut self.scratch);
        let best = &self.passes[self.best_pass];
        let mut multipliers = Multipliers {
            budget_usd_per_mwh: best.multipliers.clone(),
            ramp_usd_per_it_mw: vec![Vec::new(); case.loads.len()],
            ..Multipliers::default()
        };
        if let Some(ramped) = problem.ramped {
            self.scratch.merit.fill(problem, &best.multipliers);
            multipliers.ramp_usd_per_it_mw[ramped.load] =
                recover::ramp_prices(problem, ramped, best, &self.scratch);
        }
        let dual_usd = bound_usd(case, &mut multipliers);
        let primal_usd = value_usd(case, &it_mw, &[]);
        let energy = |k| energy_it_mwh(case, &it_mw, &[], k, 0..case.steps());
        Optimum {
            method: Method::Decomposition,
            reserve_mw: Vec::new(),
            value_usd: primal_usd,
            block_value_usd: case.block_value_usd(),
            energy_it_mwh: (0..case.loads.len()).map(energy).collect(),
            multipliers: Some(multipliers),
            certificate: Certificate::new(case, (dual_usd, primal_usd), &it_mw, &[]),
            effort: Effort { passes: self.passes.len(), pivots: self.master.pivots, merges: self.merges },
            it_mw,
        }
    }
}

/// The dispatch with the least summed shortfall: which budgets it misses, and by how much. Empty where all can be met.
fn least_shortfalls(problem: &Problem<'_>) -> Result<Vec<Shortfall>, String> {
    let Some(problem) = Problem::of(problem.case, problem.block_hours) else { return Ok(Vec::new()) };
    let problem = problem.feasibility();
    let n = problem.case.budgets.len();
    let mut search = Search::new(&problem, Some(&vec![1.0; n]));
    search.suspicious = f64::INFINITY;
    // Prices of missing energy lie between 0 and 1 here, whatever the centre: the box never moves.
    let size: f64 = problem.target_mwh.iter().map(|mwh| mwh.abs().max(1.0)).sum();
    for _ in 0..MOST_PASSES {
        let at = search.next.clone();
        let new = search.pass(&problem);
        search.master.low.fill(0.0);
        search.master.high.fill(1.0);
        if !search.master.solve(1e-14 * size, 2_000 + 50 * n) {
            return Err("master program lost its basis in the check of feasibility".to_owned());
        }
        search.next.copy_from_slice(&search.master.multipliers);
        let closed = search.best_usd - search.master.boxed_usd() <= 1e-13 * size;
        if !closed && (new || search.next != at) {
            continue;
        }
        let Some(g) = search.broken_border(&problem) else {
            return Ok(shortfalls(&problem, &search.master.excess_mwh));
        };
        search.master.columns.merge(g);
        let multipliers = search.master.multipliers.clone();
        search.master.restart(&multipliers);
    }
    Err(format!("no answer on feasibility after {MOST_PASSES} passes"))
}

fn shortfalls(problem: &Problem<'_>, excess_mwh: &[f64]) -> Vec<Shortfall> {
    let budgets = problem.case.budgets.iter().zip(excess_mwh).enumerate();
    budgets
        .filter(|(_, (budget, excess))| **excess < -1e-11 * budget.mwh.abs().max(1.0))
        .map(|(j, (budget, excess))| Shortfall {
            budget: j,
            name: budget.name.clone(),
            mwh: -excess,
            of_mwh: budget.mwh,
            missing: budget.side == crate::case::Side::AtLeast,
        })
        .collect()
}
