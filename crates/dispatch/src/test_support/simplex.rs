//! The linear program of a case, for a simplex solver: the referee of the solvers in this crate.
//!
//! It is written from the words of `case.rs` alone and shares no code with them. Restarts are left out.

use crate::case::{BudgetOf, Case, Side};
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Solution, Variable};

/// What the simplex found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SimplexOptimum {
    /// Value with the fixed-price block, USD.
    pub(crate) value_usd: f64,
    /// Running load at the machines, IT MW, `[load][step]`.
    pub(crate) it_mw: Vec<Vec<f64>>,
    /// Reserves sold, MW at the meter, `[reserve][place in its list of loads][step]`.
    pub(crate) reserve_mw: Vec<Vec<Vec<f64>>>,
}

/// The optimum of a case without its restarts; none if the budgets cannot all be met.
pub(crate) fn optimum(case: &Case) -> Option<SimplexOptimum> {
    optimum_above(case, &vec![vec![0.0; case.price_usd_per_mwh.len()]; case.loads.len()])
}

/// The same where every load must also run at least so much, IT MW, `[load][step]`; none if no dispatch is possible.
pub(crate) fn optimum_above(case: &Case, least_it_mw: &[Vec<f64>]) -> Option<SimplexOptimum> {
    let mut model = Model::new(case, Goal::Value, least_it_mw);
    model.add_budgets(case, false);
    let solution = model.solve()?;
    let value = |variables: &Vec<Variable>| variables.iter().map(|v| solution.var_value(*v)).collect();
    let mut block_usd = 0.0;
    if let Some(block) = case.block {
        for price in &case.price_usd_per_mwh {
            block_usd += block.mw * case.step_hours * (price - block.strike_usd_per_mwh);
        }
    }
    Some(SimplexOptimum {
        value_usd: solution.objective() + block_usd,
        it_mw: model.run.iter().map(value).collect(),
        reserve_mw: model.sold.iter().map(|loads| loads.iter().map(value).collect()).collect(),
    })
}

/// Least sum over budgets of the MWh by which they fail.
pub(crate) fn least_shortfall_mwh(case: &Case) -> f64 {
    let least_it_mw = vec![vec![0.0; case.price_usd_per_mwh.len()]; case.loads.len()];
    let mut model = Model::new(case, Goal::Shortfall, &least_it_mw);
    model.add_budgets(case, true);
    let solution = model.solve().expect("a shortfall is always possible");
    -solution.objective()
}

#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Value,
    Shortfall,
}

struct Model {
    problem: Problem,
    run: Vec<Vec<Variable>>,
    sold: Vec<Vec<Vec<Variable>>>,
}

impl Model {
    /// Everything but the budgets.
    fn new(case: &Case, goal: Goal, least_it_mw: &[Vec<f64>]) -> Self {
        let (steps, hours) = (case.price_usd_per_mwh.len(), case.step_hours);
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let price = &case.price_usd_per_mwh;
        let earns = |usd: f64| if goal == Goal::Value { usd } else { 0.0 };
        let mut run = Vec::new();
        for (load, least) in case.loads.iter().zip(least_it_mw) {
            let of_step = |t: usize| {
                let usd = hours * (load.value_usd_per_it_mwh.at(t) - load.pue * price[t]);
                problem.add_var(earns(usd), (least[t], load.capacity_it_mw.at(t)))
            };
            run.push((0..steps).map(of_step).collect::<Vec<_>>());
        }
        let mut sold = Vec::new();
        for reserve in &case.reserves {
            let mut of_reserve = Vec::new();
            for &k in &reserve.loads {
                let load = &case.loads[k];
                let of_step = |t: usize| {
                    // A called MW at the meter neither earns what its machines earn nor pays for power.
                    let lost = load.value_usd_per_it_mwh.at(t) / load.pue - price[t];
                    let usd = hours * (reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost);
                    problem.add_var(earns(usd), (0.0, f64::INFINITY))
                };
                of_reserve.push((0..steps).map(of_step).collect::<Vec<_>>());
            }
            sold.push(of_reserve);
        }
        let mut model = Self { problem, run, sold };
        model.add_limits(case);
        model
    }

    fn add_limits(&mut self, case: &Case) {
        for t in 0..case.price_usd_per_mwh.len() {
            let draw: Vec<_> = self.run.iter().zip(&case.loads).map(|(x, load)| (x[t], load.pue)).collect();
            self.problem.add_constraint(&draw, ComparisonOp::Le, case.interconnect_mw.at(t));
            for (reserve, sold) in case.reserves.iter().zip(&self.sold) {
                if reserve.limit_mw.is_finite() {
                    let all: Vec<_> = sold.iter().map(|o| (o[t], 1.0)).collect();
                    self.problem.add_constraint(&all, ComparisonOp::Le, reserve.limit_mw);
                }
            }
            for (k, load) in case.loads.iter().enumerate() {
                let mut row = vec![(self.run[k][t], -load.pue)];
                for (reserve, sold) in case.reserves.iter().zip(&self.sold) {
                    row.extend(
                        reserve.loads.iter().zip(sold).filter(|(of, _)| **of == k).map(|(_, o)| (o[t], 1.0)),
                    );
                }
                if row.len() > 1 {
                    self.problem.add_constraint(&row, ComparisonOp::Le, 0.0);
                }
            }
        }
        for (x, load) in self.run.iter().zip(&case.loads) {
            let Some(ramp) = load.ramp_it_mw_per_hour else { continue };
            for pair in x.windows(2) {
                let change = [(pair[1], 1.0), (pair[0], -1.0)];
                self.problem.add_constraint(change, ComparisonOp::Le, ramp * case.step_hours);
                self.problem.add_constraint(change, ComparisonOp::Ge, -ramp * case.step_hours);
            }
        }
    }

    fn add_budgets(&mut self, case: &Case, elastic: bool) {
        for budget in &case.budgets {
            let mut row = Vec::new();
            for (k, load) in case.loads.iter().enumerate() {
                let weight = match budget.of {
                    BudgetOf::Load(of) if of != k => continue,
                    BudgetOf::Load(_) => case.step_hours,
                    BudgetOf::Site => case.step_hours * load.pue,
                };
                row.extend(budget.steps.clone().map(|t| (self.run[k][t], weight)));
                for (reserve, sold) in case.reserves.iter().zip(&self.sold) {
                    for (_, o) in reserve.loads.iter().zip(sold).filter(|(of, _)| **of == k) {
                        let weight = -weight * reserve.called_share / load.pue;
                        row.extend(budget.steps.clone().map(|t| (o[t], weight)));
                    }
                }
            }
            let (side, help) = match budget.side {
                Side::AtLeast => (ComparisonOp::Ge, 1.0),
                Side::AtMost => (ComparisonOp::Le, -1.0),
            };
            if elastic {
                row.push((self.problem.add_var(-1.0, (0.0, f64::INFINITY)), help));
            }
            self.problem.add_constraint(&row, side, budget.mwh);
        }
    }

    fn solve(&self) -> Option<Solution> {
        match self.problem.solve() {
            Ok(outcome) => Some(outcome.into_solution().expect("no limit of time is set")),
            Err(Error::Infeasible) => None,
            Err(fault) => panic!("the simplex failed: {fault}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Budget, Load, Series};

    #[test]
    fn two_loads_contend_for_the_interconnect() {
        let load = |value: f64, pue: f64| Load {
            name: format!("load of {value}"),
            capacity_it_mw: Series::Constant(10.0),
            value_usd_per_it_mwh: Series::Constant(value),
            pue,
            ramp_it_mw_per_hour: None,
            restart: None,
        };
        let mut case = Case {
            step_hours: 1.0,
            price_usd_per_mwh: vec![50.0, 90.0],
            interconnect_mw: Series::Constant(15.0),
            loads: vec![load(80.0, 1.0), load(120.0, 1.2)],
            budgets: Vec::new(),
            block: None,
            reserves: Vec::new(),
        };
        // The second load earns 50 and 10 per MWh at the meter, the first 30 and then less than nothing.
        let found = optimum(&case).expect("feasible");
        assert!((found.value_usd - (12.0 * 50.0 + 3.0 * 30.0 + 12.0 * 10.0)).abs() < 1e-9, "{found:?}");
        let steps = 0..2;
        let (of, side) = (BudgetOf::Load(0), Side::AtLeast);
        case.budgets.push(Budget { name: "too much".to_owned(), of, side, steps, mwh: 21.0 });
        assert_eq!(optimum(&case), None);
        assert!((least_shortfall_mwh(&case) - 1.0).abs() < 1e-9);
    }
}
