//! Values of a parameter at which the best policy changes.
//!
//! From the base outwards, between the last level at which the base's best policy holds and the next, its difference to each other policy is
//! taken as linear in the scale of the parameter; the first to reach zero takes over there.

use super::axes::Axis;
use super::best::Lead;
use super::tornado::Line;
use crate::value::Value;

/// A change of the best policy along one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// The parameter.
    pub parameter: usize,
    /// The policy that is best at the base.
    pub from: usize,
    /// The policy that takes over.
    pub to: usize,
    /// The value at which it does; `None` where values are texts or flags, or where a level between failed.
    pub at: Option<f64>,
    /// How far that (or else the level that is lost) is from the base, as a share of the base; `None` of texts and flags, or from a base of zero.
    pub distance: Option<f64>,
    /// The last level at which the policy of the base holds.
    pub held: Value,
    /// The next level, at which it does not.
    pub lost: Value,
    /// Lead, at that next level, of the policy that takes over.
    pub lead: Lead,
}

/// Flips along a line: the first one on each side of the base; of texts and flags, every value that loses.
pub(crate) fn flips(line: &Line, from: usize) -> Vec<Flip> {
    let base = line.base_level;
    let Some(axis) = &line.axis else {
        let others = (0..line.points.len()).filter(|level| *level != base);
        return others.filter_map(|level| flip(line, from, base, level, None)).collect();
    };
    let down = (0..base).rev().find_map(|level| flip(line, from, level + 1, level, Some(axis)));
    let up = (base + 1..line.points.len()).find_map(|level| flip(line, from, level - 1, level, Some(axis)));
    down.into_iter().chain(up).collect()
}

/// The flip between a level at which a policy holds and another; `None` if it holds there too.
fn flip(line: &Line, from: usize, held: usize, lost: usize, axis: Option<&Axis>) -> Option<Flip> {
    let (at_held, at_lost) = (line.points[held], line.points[lost]);
    // Share of the way from the one to the other at which another policy draws level, if it is ahead at the end.
    let drawn_level = |other: usize| {
        let start = at_held.result.between(from, other).0;
        let end = at_lost.result.between(from, other).0;
        (end < 0.0).then(|| (other, start / (start - end)))
    };
    let (to, share) = (0..at_lost.objective.len())
        .filter_map(drawn_level)
        .reduce(|first, other| if other.1 < first.1 { other } else { first })?;
    // Between levels of which one in the middle failed the place is not known.
    let at = axis
        .filter(|_| !line.has_gap(held, lost))
        .map(|axis| if held < lost { axis.between(held, share) } else { axis.between(lost, 1.0 - share) });
    let base = line.points[line.base_level].values[line.parameter].number().filter(|base| *base != 0.0);
    Some(Flip {
        parameter: line.parameter,
        from,
        to,
        at,
        distance: at
            .or_else(|| axis.and(at_lost.values[line.parameter].number()))
            .zip(base)
            .map(|(at, base)| ((at - base) / base).abs()),
        held: at_held.values[line.parameter].clone(),
        lost: at_lost.values[line.parameter].clone(),
        lead: Lead::of(at_lost, to, from),
    })
}
