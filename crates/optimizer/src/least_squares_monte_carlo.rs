//! Optimal stopping by least-squares Monte Carlo.
//!
//! Backwards over the dates, what waiting has earned on each path is regressed on a basis of the state, over the paths on
//! which exercise would pay; where exercise beats the fitted continuation it replaces what waiting earned. The value on the
//! paths of the fit is biased; the rule re-run on fresh paths is a valid lower bound.
//! Source: Longstaff and Schwartz (2001).

use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// A stopping problem. What a function is given of a path is the state of one date, `n_factors` numbers.
pub struct Stopping<'a> {
    /// Numbers that describe the state on a date, at least 1.
    pub n_factors: usize,
    /// Discount factors to today, one for each date on which stopping is allowed.
    pub discount: &'a [f64],
    /// Payoff of stopping at a date, in money of that date.
    pub payoff: &'a (dyn Fn(usize, &[f64]) -> f64 + Sync),
    /// Basis functions of the state at a date, always as many.
    pub basis: &'a (dyn Fn(usize, &[f64]) -> Vec<f64> + Sync),
}

/// A fitted stopping rule.
#[derive(Debug, Clone, PartialEq)]
pub struct StoppingRule {
    /// Coefficients of the continuation value by date, in money of that date; none on the last date, where waiting is worth nothing, and
    /// none where fewer paths pay than there are basis functions or the basis is degenerate on them: there the rule waits.
    pub coefficients: Vec<Option<Vec<f64>>>,
    /// Mean discounted payoff of the rule on the paths it was fitted to; biased.
    pub in_sample_value: f64,
}

/// Paths do not fit the problem.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{found} numbers are not one or more whole paths of {dates} dates and {factors} factors, all finite")]
pub struct PathsError {
    /// Numbers given.
    pub found: usize,
    /// Dates of the problem.
    pub dates: usize,
    /// Factors of the problem.
    pub factors: usize,
}

impl Stopping<'_> {
    /// Fits a stopping rule to paths, `[n_paths, n_dates, n_factors]` row-major.
    ///
    /// # Errors
    /// When the paths are not whole or not finite.
    pub fn fit(&self, paths: &[f64]) -> Result<StoppingRule, PathsError> {
        let n_paths = self.n_paths(paths)?;
        let n_dates = self.discount.len();
        let last = n_dates - 1;
        // What each path earns from here on, in money of today.
        let mut earned: Vec<f64> =
            (0..n_paths).map(|path| self.discounted(paths, path, last).max(0.0)).collect();
        let mut coefficients = vec![None; n_dates];
        for date in (0..last).rev() {
            let paying: Vec<usize> =
                (0..n_paths).filter(|&path| self.discounted(paths, path, date) > 0.0).collect();
            let rows: Vec<Vec<f64>> =
                paying.iter().map(|&path| (self.basis)(date, self.state(paths, path, date))).collect();
            let waiting: Vec<f64> = paying.iter().map(|&path| earned[path] / self.discount[date]).collect();
            coefficients[date] = least_squares(&rows, &waiting);
            let Some(fitted) = &coefficients[date] else { continue };
            for (&path, row) in paying.iter().zip(&rows) {
                let stopped = self.discounted(paths, path, date);
                if stopped >= self.discount[date] * dot(fitted, row) {
                    earned[path] = stopped;
                }
            }
        }
        Ok(StoppingRule { coefficients, in_sample_value: mean(&earned) })
    }

    /// Discounted payoff of a rule on each path. On paths that played no part in the fit its mean is a lower bound, up to
    /// sampling error.
    ///
    /// # Errors
    /// When the paths are not whole or not finite.
    pub fn follow(&self, rule: &StoppingRule, paths: &[f64]) -> Result<Vec<f64>, PathsError> {
        let n_paths = self.n_paths(paths)?;
        let last = self.discount.len() - 1;
        let stops = |path: usize, date: usize| {
            let stopped = self.discounted(paths, path, date);
            let worth = rule.coefficients[date].as_ref().is_some_and(|fitted| {
                stopped
                    >= self.discount[date] * dot(fitted, &(self.basis)(date, self.state(paths, path, date)))
            });
            (stopped > 0.0 && worth).then_some(stopped)
        };
        let follow = |path: usize| {
            (0..last)
                .find_map(|date| stops(path, date))
                .unwrap_or_else(|| self.discounted(paths, path, last).max(0.0))
        };
        Ok((0..n_paths).map(follow).collect())
    }

    /// Mean discounted payoff of stopping on the last date only.
    ///
    /// # Errors
    /// When the paths are not whole or not finite.
    pub fn european(&self, paths: &[f64]) -> Result<f64, PathsError> {
        let n_paths = self.n_paths(paths)?;
        let last = self.discount.len() - 1;
        let paid: Vec<f64> = (0..n_paths).map(|path| self.discounted(paths, path, last).max(0.0)).collect();
        Ok(mean(&paid))
    }

    /// Mean discounted payoff of stopping on each path's best date, known in advance: an upper bound.
    ///
    /// # Errors
    /// When the paths are not whole or not finite.
    pub fn foresight(&self, paths: &[f64]) -> Result<f64, PathsError> {
        let n_paths = self.n_paths(paths)?;
        let best = |path: usize| {
            (0..self.discount.len()).map(|date| self.discounted(paths, path, date)).fold(0.0, f64::max)
        };
        let paid: Vec<f64> = (0..n_paths).map(best).collect();
        Ok(mean(&paid))
    }

    fn n_paths(&self, paths: &[f64]) -> Result<usize, PathsError> {
        let per_path = self.discount.len() * self.n_factors;
        let whole = per_path > 0 && !paths.is_empty() && paths.len().is_multiple_of(per_path);
        if whole && paths.iter().all(|x| x.is_finite()) {
            return Ok(paths.len() / per_path);
        }
        Err(PathsError { found: paths.len(), dates: self.discount.len(), factors: self.n_factors })
    }

    fn state<'p>(&self, paths: &'p [f64], path: usize, date: usize) -> &'p [f64] {
        &paths[(path * self.discount.len() + date) * self.n_factors..][..self.n_factors]
    }

    fn discounted(&self, paths: &[f64], path: usize, date: usize) -> f64 {
        self.discount[date] * (self.payoff)(date, self.state(paths, path, date))
    }
}

/// Coefficients by QR; none when there are fewer rows than columns or the columns depend on each other.
fn least_squares(rows: &[Vec<f64>], values: &[f64]) -> Option<Vec<f64>> {
    let columns = rows.first()?.len();
    if rows.len() < columns {
        return None;
    }
    let qr = DMatrix::from_fn(rows.len(), columns, |r, c| rows[r][c]).qr();
    let mut right = DVector::from_column_slice(values);
    qr.q_tr_mul(&mut right);
    let triangle = qr.r();
    let largest = triangle.diagonal().amax();
    if triangle.diagonal().iter().any(|d| d.abs() <= 1e-12 * largest) {
        return None;
    }
    let solution = triangle.solve_upper_triangular(&right.rows(0, columns))?;
    Some(solution.iter().copied().collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight paths of a share over three dates, from the source's section 1.
    const SHARE: [[f64; 3]; 8] = [
        [1.09, 1.08, 1.34],
        [1.16, 1.26, 1.54],
        [1.22, 1.07, 1.03],
        [0.93, 0.97, 0.92],
        [1.11, 1.56, 1.52],
        [0.76, 0.77, 0.90],
        [0.92, 0.84, 1.01],
        [0.88, 1.22, 1.34],
    ];

    fn check(strike: f64, test: impl Fn(&Stopping<'_>, &[f64])) {
        let discount = [1, 2, 3].map(|t| (-0.06 * f64::from(t)).exp());
        let put = Stopping {
            n_factors: 1,
            discount: &discount,
            payoff: &|_, share| strike - share[0],
            basis: &|_, share| vec![1.0, share[0], share[0] * share[0]],
        };
        test(&put, SHARE.as_flattened());
    }

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() < 5.1e-11, "{value} instead of {expected}");
    }

    #[test]
    fn the_eight_paths_give_the_known_fit_and_values() {
        check(1.10, |put, paths| {
            let rule = put.fit(paths).unwrap();
            let first = [2.037_512_342_4, -3.335_443_403_1, 1.356_456_588_1];
            let second = [-1.069_987_655_3, 2.983_410_625_9, -1.813_576_182_9];
            for (fitted, expected) in rule.coefficients.iter().zip([first, second]) {
                for (c, e) in fitted.as_ref().unwrap().iter().zip(expected) {
                    close(*c, e);
                }
            }
            close(rule.in_sample_value, 0.114_434_330_0);
            close(put.european(paths).unwrap(), 0.056_380_739_3);
            close(put.foresight(paths).unwrap(), 0.124_286_843_3);
        });
    }

    #[test]
    fn the_rule_followed_on_its_own_paths_earns_its_in_sample_value() {
        check(1.10, |put, paths| {
            let rule = put.fit(paths).unwrap();
            close(mean(&put.follow(&rule, paths).unwrap()), rule.in_sample_value);
        });
    }

    #[test]
    fn where_too_few_paths_pay_the_rule_waits() {
        check(0.90, |put, paths| {
            let rule = put.fit(paths).unwrap();
            assert_eq!(rule.coefficients, [None, None, None]);
            close(rule.in_sample_value, put.european(paths).unwrap());
        });
    }

    #[test]
    fn paths_that_are_not_whole_are_refused() {
        check(1.10, |put, paths| {
            assert!(
                put.fit(&paths[1..]).is_err() && put.fit(&[]).is_err() && put.fit(&[f64::NAN; 3]).is_err()
            );
        });
    }
}
