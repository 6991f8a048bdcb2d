//! How the points of a sweep are chosen.

pub mod sobol;

use crate::parameter::{Levels, Parameter};
use crate::value::Value;
use market::stream::{Factor, Stream};
use rand::RngExt;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

/// How points are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Design {
    /// Every combination of the values, the last parameter running fastest.
    Grid,
    /// First values together, then second values together, and so on.
    List,
    /// A Latin hypercube: each parameter's range cut in as many strata as there are points, each met once.
    LatinHypercube {
        /// Number of points.
        n_points: usize,
        /// Seed of the strata.
        seed: u64,
    },
    /// Owen-scrambled Sobol points.
    Sobol {
        /// Number of points.
        n_points: usize,
        /// Seed of the scrambling.
        seed: u64,
    },
    /// Saltelli's sample for Sobol indices: `n_base` times the number of parameters plus two.
    Sensitivity {
        /// Rows of each of the two base matrices.
        n_base: usize,
        /// Seed of the scrambling.
        seed: u64,
    },
    /// The base, then each parameter by itself at each of its values.
    OneAtATime,
    /// Rows of a table.
    Table,
}

/// Points: a value for each parameter, `[n_points][n_parameters]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Points {
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

/// Most points of a sweep.
pub const MAX_POINTS: usize = 1_000_000;

impl Design {
    /// Its name in a sweep file.
    pub const NAMES: [&str; 7] =
        ["grid", "list", "latin-hypercube", "sobol", "sensitivity", "one-at-a-time", "table"];

    /// The points of a design over parameters; those of a table come from its file.
    ///
    /// # Errors
    /// A sentence that says why there are none.
    pub fn points(&self, parameters: &[Parameter]) -> Result<Points, String> {
        if let Self::Sensitivity { n_base, .. } = *self
            && n_base.saturating_mul(parameters.len() + 2) > MAX_POINTS
        {
            let rows = parameters.len() + 2;
            return Err(format!("makes {n_base} times {rows} points; allowed are at most {MAX_POINTS}"));
        }
        let rows = match *self {
            Self::Grid => grid(parameters)?,
            Self::List => together(parameters)?,
            Self::LatinHypercube { n_points, seed } => {
                drawn(parameters, &latin_hypercube(n_points, parameters.len(), seed))
            }
            Self::Sobol { n_points, seed } => {
                drawn(parameters, &sobol::points(n_points, parameters.len(), seed)?)
            }
            Self::Sensitivity { n_base, seed } => {
                drawn(parameters, &sobol::saltelli(n_base, parameters.len(), seed)?)
            }
            Self::OneAtATime => one_at_a_time(parameters)?,
            Self::Table => Vec::new(),
        };
        if rows.len() > MAX_POINTS {
            return Err(format!("makes {} points; allowed are at most {MAX_POINTS}", rows.len()));
        }
        Ok(Points { rows })
    }
}

/// The values of a parameter in a design that takes them one by one.
fn values(parameter: &Parameter) -> &[Value] {
    match &parameter.levels {
        Levels::List(values) => values,
        Levels::Range(_) | Levels::Table => &[],
    }
}

fn grid(parameters: &[Parameter]) -> Result<Vec<Vec<Value>>, String> {
    let n_points = parameters.iter().try_fold(1_usize, |n, parameter| n.checked_mul(values(parameter).len()));
    let n_points = n_points.filter(|n| *n <= MAX_POINTS);
    let n_points =
        n_points.ok_or_else(|| format!("makes more than {MAX_POINTS} points; take fewer values"))?;
    let row = |point: usize| {
        let mut rest = point;
        let mut row: Vec<Value> = parameters
            .iter()
            .rev()
            .map(|parameter| {
                let values = values(parameter);
                let value = values[rest % values.len()].clone();
                rest /= values.len();
                value
            })
            .collect();
        row.reverse();
        row
    };
    Ok((0..n_points).map(row).collect())
}

fn together(parameters: &[Parameter]) -> Result<Vec<Vec<Value>>, String> {
    let lengths: Vec<usize> = parameters.iter().map(|parameter| values(parameter).len()).collect();
    let n_points = lengths.first().copied().unwrap_or(0);
    if lengths.iter().any(|length| *length != n_points) {
        return Err(format!(
            "takes values side by side, and the parameters have {lengths:?} of them; give each as many"
        ));
    }
    Ok((0..n_points)
        .map(|i| parameters.iter().map(|parameter| values(parameter)[i].clone()).collect())
        .collect())
}

fn one_at_a_time(parameters: &[Parameter]) -> Result<Vec<Vec<Value>>, String> {
    let base: Vec<Value> = parameters
        .iter()
        .map(|parameter| {
            let missing = || format!("needs the base value of {}; state it as base", parameter.name);
            parameter.base.clone().ok_or_else(missing)
        })
        .collect::<Result<_, _>>()?;
    let mut rows = vec![base.clone()];
    for (p, parameter) in parameters.iter().enumerate() {
        rows.extend(values(parameter).iter().map(|value| {
            let mut row = base.clone();
            row[p] = value.clone();
            row
        }));
    }
    Ok(rows)
}

/// Points of the unit cube carried into the parameters' ranges.
fn drawn(parameters: &[Parameter], cube: &[Vec<f64>]) -> Vec<Vec<Value>> {
    let value = |parameter: &Parameter, share: f64| match &parameter.levels {
        Levels::Range(range) => range.draw(share),
        // Each of the values as likely as the next.
        Levels::List(values) => {
            values[((share * values.len() as f64) as usize).min(values.len() - 1)].clone()
        }
        Levels::Table => Value::Text(String::new()),
    };
    cube.iter()
        .map(|point| parameters.iter().zip(point).map(|(p, share)| value(p, *share)).collect())
        .collect()
}

/// `[n_points][n_dimensions]` in the unit cube: in every dimension each of the `n_points` strata holds one point, anywhere in it.
fn latin_hypercube(n_points: usize, n_dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut points = vec![vec![0.0; n_dimensions]; n_points];
    for dimension in 0..n_dimensions {
        let mut random = Stream::new(seed, dimension as u64, Factor::Design, 0);
        let mut strata: Vec<usize> = (0..n_points).collect();
        strata.shuffle(&mut random);
        for (point, stratum) in points.iter_mut().zip(strata) {
            point[dimension] = (stratum as f64 + random.random::<f64>()) / n_points as f64;
        }
    }
    points
}

#[cfg(test)]
mod tests;
