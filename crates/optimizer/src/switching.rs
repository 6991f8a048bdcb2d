//! Reversible switching between uses of a site, without an end.
//!
//! `V(x, i) = max_j { R_j(x) − C_ij + β E[V(x', j) | x] }`: see the market state `x`, choose the use `j`, pay for the switch from `i`, earn
//! the period. Solved exactly by policy iteration: a policy's value is the solution of a linear system, and the policy that is
//! greedy for it is better until none is.
//! Source: Howard (1960); Brekke and Øksendal (1994) for switching.

use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// Most rounds of policy iteration; each strictly improves, and a few suffice.
const MAX_ROUNDS: usize = 1_000;

/// A switching problem on a Markov chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Switching {
    /// Probability of the next market state by this one, rows summing to one.
    pub transition: Vec<Vec<f64>>,
    /// Reward of a period by use, then market state.
    pub reward: Vec<Vec<f64>>,
    /// Cost of switching by use before, then use after; nothing on the diagonal.
    pub cost: Vec<Vec<f64>>,
    /// Discount factor of a period, at least 0 and below 1.
    pub discount: f64,
}

/// A solved switching problem.
#[derive(Debug, Clone, PartialEq)]
pub struct SwitchingPlan {
    /// Value by market state, then use before the decision.
    pub value: Vec<Vec<f64>>,
    /// Best use by market state, then use before the decision.
    pub best_use: Vec<Vec<usize>>,
    /// Whether no better policy was left when the iteration ended.
    pub converged: bool,
}

/// The problem is not well posed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SwitchingError {
    /// A table has another size than the others, or a number is not finite.
    #[error("{table} does not fit the other tables or is not finite")]
    Table {
        /// Which table.
        table: &'static str,
    },
    /// Probabilities are negative or do not sum to one.
    #[error("transition probabilities from state {state} are negative or do not sum to 1")]
    Probabilities {
        /// The state.
        state: usize,
    },
    /// The discount factor is outside its range.
    #[error("discount factor is {value}; it must be at least 0 and below 1")]
    Discount {
        /// Its value.
        value: f64,
    },
}

impl Switching {
    /// Solves for the best use in every state.
    ///
    /// # Errors
    /// When tables do not fit each other or numbers are outside their range.
    pub fn solve(&self) -> Result<SwitchingPlan, SwitchingError> {
        self.check()?;
        let (n_states, n_uses) = (self.transition.len(), self.reward.len());
        let mut policy: Vec<usize> = (0..n_states * n_uses).map(|at| at % n_uses).collect();
        let mut value = vec![0.0; n_states * n_uses];
        let mut converged = false;
        for _ in 0..MAX_ROUNDS {
            value = self.value_of(&policy);
            let better = self.improve(&policy, &value);
            converged = better == policy;
            if converged {
                break;
            }
            policy = better;
        }
        Ok(SwitchingPlan {
            value: value.chunks(n_uses).map(<[f64]>::to_vec).collect(),
            best_use: policy.chunks(n_uses).map(<[usize]>::to_vec).collect(),
            converged,
        })
    }

    /// Value of taking use `j` now and going on with `value`.
    fn of_choice(&self, value: &[f64], x: usize, i: usize, j: usize) -> f64 {
        let n_uses = self.reward.len();
        let later: f64 = self.transition[x].iter().enumerate().map(|(y, p)| p * value[y * n_uses + j]).sum();
        self.reward[j][x] - self.cost[i][j] + self.discount * later
    }

    /// Value of a policy: `(I − βP) V = R − C`.
    fn value_of(&self, policy: &[usize]) -> Vec<f64> {
        let n_uses = self.reward.len();
        let mut system = DMatrix::identity(policy.len(), policy.len());
        let mut right = DVector::zeros(policy.len());
        for (at, &j) in policy.iter().enumerate() {
            let (x, i) = (at / n_uses, at % n_uses);
            right[at] = self.reward[j][x] - self.cost[i][j];
            for (y, p) in self.transition[x].iter().enumerate() {
                system[(at, y * n_uses + j)] -= self.discount * p;
            }
        }
        // A discount factor below one makes the system diagonally dominant, so that it has a solution.
        system.lu().solve(&right).map_or_else(|| vec![f64::NAN; policy.len()], |v| v.as_slice().to_vec())
    }

    /// The greedy policy; a use is kept where no other is better beyond rounding.
    fn improve(&self, policy: &[usize], value: &[f64]) -> Vec<usize> {
        let n_uses = self.reward.len();
        let best = |(at, &now): (usize, &usize)| {
            let (x, i) = (at / n_uses, at % n_uses);
            let of = |j: usize| self.of_choice(value, x, i, j);
            let slack = 1e-12 * (1.0 + of(now).abs());
            let best = (0..n_uses).fold(now, |best, j| if of(j) > of(best) { j } else { best });
            if of(best) > of(now) + slack { best } else { now }
        };
        policy.iter().enumerate().map(best).collect()
    }

    fn check(&self) -> Result<(), SwitchingError> {
        let (n_states, n_uses) = (self.transition.len(), self.reward.len());
        let fits = |table: &[Vec<f64>], rows: usize, columns: usize| {
            let whole = rows > 0 && table.len() == rows && table.iter().all(|row| row.len() == columns);
            whole && table.iter().flatten().all(|x| x.is_finite())
        };
        let tables = [
            ("transition", fits(&self.transition, n_states, n_states)),
            ("reward", fits(&self.reward, n_uses, n_states)),
            ("cost", fits(&self.cost, n_uses, n_uses)),
        ];
        if let Some((table, _)) = tables.iter().find(|(_, fits)| !fits) {
            return Err(SwitchingError::Table { table });
        }
        for (state, row) in self.transition.iter().enumerate() {
            if row.iter().any(|p| *p < 0.0) || (row.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
                return Err(SwitchingError::Probabilities { state });
            }
        }
        if !(0.0..1.0).contains(&self.discount) {
            return Err(SwitchingError::Discount { value: self.discount });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mining earns 4 or 14, hosting 8; switching costs 10 one way and 3 the other.
    fn two_uses() -> Switching {
        Switching {
            transition: vec![vec![0.9, 0.1], vec![0.3, 0.7]],
            reward: vec![vec![4.0, 14.0], vec![8.0, 8.0]],
            cost: vec![vec![0.0, 10.0], vec![3.0, 0.0]],
            discount: 0.95,
        }
    }

    #[test]
    fn two_uses_have_their_known_values_and_policy() {
        let plan = two_uses().solve().unwrap();
        let expected = [[159.477_906_976_7, 169.477_906_976_7], [177.466_279_069_8, 174.466_279_069_8]];
        for (value, expected) in plan.value.iter().flatten().zip(expected.as_flattened()) {
            assert!((value - expected).abs() < 5.1e-11, "{value} {expected}");
        }
        assert_eq!(plan.best_use, [[1, 1], [0, 0]]);
        assert!(plan.converged);
    }

    #[test]
    fn policy_iteration_equals_value_iteration() {
        let problem = Switching {
            transition: vec![vec![0.5, 0.3, 0.2], vec![0.1, 0.6, 0.3], vec![0.2, 0.2, 0.6]],
            reward: vec![vec![1.0, 5.0, 9.0], vec![4.0, 4.5, 5.0], vec![7.0, 3.0, 0.5]],
            cost: vec![vec![0.0, 2.0, 6.0], vec![1.0, 0.0, 2.5], vec![3.0, 0.5, 0.0]],
            discount: 0.9,
        };
        let plan = problem.solve().unwrap();
        let mut value = vec![0.0; 9];
        for _ in 0..400 {
            value = (0..9)
                .map(|at| {
                    (0..3).map(|j| problem.of_choice(&value, at / 3, at % 3, j)).fold(f64::MIN, f64::max)
                })
                .collect();
        }
        for (value, expected) in plan.value.iter().flatten().zip(&value) {
            assert!((value - expected).abs() < 1e-10, "{value} {expected}");
        }
    }

    #[test]
    fn dear_switching_keeps_every_use() {
        let dear = Switching { cost: vec![vec![0.0, 1e6], vec![1e6, 0.0]], ..two_uses() };
        assert_eq!(dear.solve().unwrap().best_use, [[0, 1], [0, 1]]);
    }

    #[test]
    fn faults_are_named() {
        let changed = |change: &dyn Fn(&mut Switching)| {
            let mut problem = two_uses();
            change(&mut problem);
            problem.solve().unwrap_err()
        };
        assert_eq!(changed(&|p| p.discount = 1.0), SwitchingError::Discount { value: 1.0 });
        assert_eq!(changed(&|p| p.transition[1][0] = 0.4), SwitchingError::Probabilities { state: 1 });
        assert_eq!(changed(&|p| p.reward[0].truncate(1)), SwitchingError::Table { table: "reward" });
        assert_eq!(changed(&|p| p.cost[0][1] = f64::NAN), SwitchingError::Table { table: "cost" });
    }
}
