//! One parameter at a time: how far each moves the value, and which assumptions the choice of policy hangs on.
//!
//! Around the base each parameter takes each of its values by itself. A bar is the range of an output over the values of one parameter, the
//! base among them; the longest bar comes first. A flip is the value nearest to the base, on one side of it, beyond which the policy that is
//! best at the base is no longer best; the flip that is the smallest share of the base away comes first, and is the most fragile assumption.
//! What parameters do together is not seen here; for that there are Sobol indices.

use super::axes::{Axis, same};
use super::best::{Best, Lead, best_at};
use super::flips::{Flip, flips};
use super::{PointAnswer, Results};
use crate::design::Design;
use crate::spec::Spec;
use crate::value::Value;
use std::cmp::Ordering;

/// What single parameters do around the base.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// The best policy at the base.
    pub base: Best,
    /// One bar for each parameter with a point that is done, the one that moves the value of the best policy most first.
    pub bars: Vec<Bar>,
    /// Values at which the choice changes, the nearest to the base first.
    pub flips: Vec<Flip>,
}

/// What one parameter does.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The parameter.
    pub parameter: usize,
    /// Its values in order, the base among them; texts and flags in the order of the design, after the base.
    pub levels: Vec<Level>,
    /// Which of the levels is the base.
    pub base_level: usize,
    /// Objective of the policy that is best at each level.
    pub best: Span,
    /// Objective of the policy that is best at the base.
    pub base_best: Span,
    /// Its lead over the best of the others; `None` in a race of one.
    pub margin: Option<Span>,
}

/// A parameter at one of its values, all else at the base.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The value.
    pub value: Value,
    /// Objective of each policy.
    pub objective: Vec<f64>,
    /// The best policy there.
    pub best: Best,
    /// Lead, there, of the policy that is best at the base over the best of the others: negative where it is overtaken; `None` in a race
    /// of one.
    pub base_lead: Option<Lead>,
}

/// The range of an output over the levels of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Lowest output.
    pub low: Extreme,
    /// Highest output.
    pub high: Extreme,
}

/// An output at an end of its range, and the value of the parameter that gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Extreme {
    /// Value of the parameter.
    pub value: Value,
    /// The output.
    pub output: f64,
}

impl Span {
    /// Highest less lowest.
    #[must_use]
    pub fn swing(&self) -> f64 {
        self.high.output - self.low.output
    }

    /// The range of an output over levels; `None` where a level has none.
    fn of(levels: &[Level], output: impl Fn(&Level) -> Option<f64>) -> Option<Self> {
        let extremes: Vec<Extreme> = levels
            .iter()
            .map(|level| Some(Extreme { value: level.value.clone(), output: output(level)? }))
            .collect::<Option<_>>()?;
        let by_output = |one: &&Extreme, other: &&Extreme| one.output.total_cmp(&other.output);
        let (low, high) = (extremes.iter().min_by(by_output)?, extremes.iter().max_by(by_output)?);
        Some(Self { low: low.clone(), high: high.clone() })
    }
}

impl Tornado {
    /// The tornado of a one-at-a-time design; `None` of another, or if the base failed.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec) -> Option<Self> {
        if spec.design != Design::OneAtATime {
            return None;
        }
        let bases: Vec<&Value> = spec.parameters.iter().map(|p| p.base.as_ref()).collect::<Option<_>>()?;
        let moved: Vec<Vec<usize>> = results.points.iter().map(|point| moved(point, &bases)).collect();
        // A list of values may hold the base, and any point equal to it stands in for it.
        let base = &results.points[moved.iter().position(Vec::is_empty)?];
        let best = best_at(base);
        let line = |parameter: usize| {
            let of_parameter = results.points.iter().zip(&moved).filter(|(_, moved)| **moved == [parameter]);
            let line = Line::of(parameter, base, of_parameter.map(|(point, _)| point).collect(), spec)?;
            let failed = results.failed.iter().filter(|values| moved_values(values, &bases) == [parameter]);
            Some(Line { failed: failed.filter_map(|values| values[parameter].number()).collect(), ..line })
        };
        let lines: Vec<Line> = (0..spec.parameters.len()).filter_map(line).collect();
        let mut bars: Vec<Bar> = lines.iter().filter_map(|line| Bar::of(line, best.policy)).collect();
        bars.sort_by(|one, other| other.best.swing().total_cmp(&one.best.swing()));
        let mut flips: Vec<Flip> = lines.iter().flat_map(|line| flips(line, best.policy)).collect();
        let distance = |flip: &Flip| flip.distance.unwrap_or(f64::INFINITY);
        flips.sort_by(|one, other| distance(one).total_cmp(&distance(other)));
        Some(Self { base: best, bars, flips })
    }
}

/// The points at which one parameter moves, the base among them.
pub(crate) struct Line<'a> {
    pub(crate) parameter: usize,
    /// In the order of [`Bar::levels`].
    pub(crate) points: Vec<&'a PointAnswer>,
    pub(crate) base_level: usize,
    /// The values as an axis; `None` of texts and flags.
    pub(crate) axis: Option<Axis>,
    /// Values at which the point failed.
    pub(crate) failed: Vec<f64>,
}

impl Line<'_> {
    /// Whether a point failed between two levels, so that nothing is known there.
    pub(crate) fn has_gap(&self, one: usize, other: usize) -> bool {
        let number = |level: usize| self.points[level].values[self.parameter].number();
        let Some((one, other)) = number(one).zip(number(other)) else { return false };
        self.failed.iter().any(|value| (one.min(other)..one.max(other)).contains(value))
    }
}

impl<'a> Line<'a> {
    /// The line of a parameter from its points other than the base; `None` without any.
    fn of(
        parameter: usize,
        base: &'a PointAnswer,
        mut points: Vec<&'a PointAnswer>,
        spec: &Spec,
    ) -> Option<Self> {
        if points.is_empty() {
            return None;
        }
        points.insert(0, base);
        let number = |point: &PointAnswer| point.values[parameter].number();
        if points.iter().all(|point| number(point).is_some()) {
            points.sort_by(|one, other| number(one).partial_cmp(&number(other)).unwrap_or(Ordering::Equal));
        }
        let base_level = points.iter().position(|point| point.point == base.point)?;
        let values: Option<Vec<f64>> = points.iter().map(|point| number(point)).collect();
        let axis = values.map(|values| Axis::over(parameter, values, spec.parameters[parameter].scale));
        Some(Self { parameter, points, base_level, axis, failed: Vec::new() })
    }
}

impl Bar {
    fn of(line: &Line, base_best: usize) -> Option<Self> {
        let level = |point: &&PointAnswer| Level::of(point, line.parameter, base_best);
        let levels: Vec<Level> = line.points.iter().map(level).collect();
        Some(Self {
            parameter: line.parameter,
            base_level: line.base_level,
            best: Span::of(&levels, |level| level.objective.get(level.best.policy).copied())?,
            base_best: Span::of(&levels, |level| level.objective.get(base_best).copied())?,
            margin: Span::of(&levels, |level| level.base_lead.map(|lead| lead.margin)),
            levels,
        })
    }
}

impl Level {
    fn of(point: &PointAnswer, parameter: usize, base_best: usize) -> Self {
        let best = best_at(point);
        let rival =
            if best.policy == base_best { best.lead.map(|lead| lead.over) } else { Some(best.policy) };
        Self {
            value: point.values[parameter].clone(),
            objective: point.objective.clone(),
            best,
            base_lead: rival.map(|rival| Lead::of(point, base_best, rival)),
        }
    }
}

/// The parameters in which a point differs from the base.
fn moved(point: &PointAnswer, bases: &[&Value]) -> Vec<usize> {
    moved_values(&point.values, bases)
}

fn moved_values(values: &[Value], bases: &[&Value]) -> Vec<usize> {
    (0..bases.len()).filter(|p| !same(&values[*p], bases[*p])).collect()
}

#[cfg(test)]
mod tests;
