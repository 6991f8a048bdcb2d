//! Tables of what follows from a sweep.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty, value};
use crate::sweep_results::Findings;
use sweep::answers::jansen::{Index, Indices};
use sweep::answers::sensitivity::Output;
use sweep::{Spec, Value};

/// `best.csv`: a row per done point.
///
/// Columns: `point`, one per parameter, `best` policy, its `objective` and `mean_ai_share`, the `second`, the `margin` over it and its
/// `standard_error` (empty where the objective is not compared path by path), `decided`: whether the margin is above two standard errors.
#[must_use]
pub fn best(spec: &Spec, findings: &Findings) -> Sheet {
    let end = ["best", "objective", "mean_ai_share", "second", "margin", "standard_error", "decided"];
    let mut sheet = Sheet::new(&header(spec, &end));
    for (point, best) in findings.results.points.iter().zip(&findings.answers.best) {
        let lead = best.lead.as_ref();
        let mut row = begin(point.point, &point.values);
        row.extend([
            spec.policies[best.policy].clone(),
            exact(point.objective[best.policy]),
            exact(best.ai_share),
            lead.map_or_else(String::new, |lead| spec.policies[lead.over].clone()),
            exact_or_empty(lead.map(|lead| lead.margin)),
            exact_or_empty(lead.and_then(|lead| lead.standard_error)),
            lead.and_then(|lead| lead.decided()).map_or_else(String::new, |decided| decided.to_string()),
        ]);
        sheet.row(row);
    }
    sheet
}

/// `regret.csv`: a row per policy, the one with the least worst-case regret first.
///
/// Columns: `policy`, `worst_regret` (the best objective at a point less the policy's, at its largest), its `standard_error`, the `worst_point`
/// where that is, `mean_regret` over the points, `share_best` of points at which the policy is best, `points_best`, `points_decided`
/// (empty where no error is known).
#[must_use]
pub fn regret(spec: &Spec, findings: &Findings) -> Sheet {
    let mut sheet = Sheet::new(&[
        "policy",
        "worst_regret",
        "standard_error",
        "worst_point",
        "mean_regret",
        "share_best",
        "points_best",
        "points_decided",
    ]);
    for regret in &findings.answers.regrets {
        let (won, decided) = findings.points_won(regret.policy);
        sheet.row([
            spec.policies[regret.policy].clone(),
            exact(regret.worst),
            exact_or_empty(regret.standard_error),
            regret.worst_point.to_string(),
            exact(regret.mean),
            exact(regret.share_best),
            won.to_string(),
            decided.map_or_else(String::new, |decided| decided.to_string()),
        ]);
    }
    sheet
}

/// `break_even.csv`: a row per place on a line of the map at which the lead of two policies changes.
///
/// Columns: `policy`, `other`, the `parameter` along the line and its value `at` the crossing with its `standard_error`, the parameter `beside`
/// it and its value on the line (empty with one parameter), and who is `ahead_below` and `ahead_above` (empty where they are level).
#[must_use]
pub fn break_even(spec: &Spec, findings: &Findings) -> Sheet {
    let mut sheet = Sheet::new(&[
        "policy",
        "other",
        "parameter",
        "at",
        "standard_error",
        "beside",
        "beside_value",
        "ahead_below",
        "ahead_above",
    ]);
    let policy = |policy: usize| spec.policies[policy].clone();
    for pair in &findings.answers.break_evens {
        for crossing in &pair.crossings {
            let beside = crossing.beside;
            sheet.row([
                policy(pair.first),
                policy(pair.second),
                spec.parameters[crossing.parameter].name.clone(),
                exact(crossing.at),
                exact_or_empty(crossing.standard_error),
                beside.map_or_else(String::new, |(parameter, _)| spec.parameters[parameter].name.clone()),
                exact_or_empty(beside.map(|(_, value)| value)),
                crossing.ahead_below.map_or_else(String::new, policy),
                crossing.ahead_above.map_or_else(String::new, policy),
            ]);
        }
    }
    sheet
}

/// `tornado.csv`: a row per parameter and level, the parameter that moves the value of the best policy most first.
///
/// Columns: `parameter`, `level`, `is_base`, `best` policy there and its `best_objective`, `base_best_objective` of the policy that is best at the
/// base, `base_lead` of that policy over the best of the others with its `standard_error`, `swing` of the best policy's objective over the levels.
#[must_use]
pub fn tornado(spec: &Spec, findings: &Findings) -> Option<Sheet> {
    let tornado = findings.answers.tornado.as_ref()?;
    let mut sheet = Sheet::new(&[
        "parameter",
        "level",
        "is_base",
        "best",
        "best_objective",
        "base_best_objective",
        "base_lead",
        "standard_error",
        "swing",
    ]);
    for bar in &tornado.bars {
        for (n, level) in bar.levels.iter().enumerate() {
            sheet.row([
                spec.parameters[bar.parameter].name.clone(),
                value(&level.value),
                (n == bar.base_level).to_string(),
                spec.policies[level.best.policy].clone(),
                exact(level.objective[level.best.policy]),
                exact(level.objective[tornado.base.policy]),
                exact_or_empty(level.base_lead.map(|lead| lead.margin)),
                exact_or_empty(level.base_lead.and_then(|lead| lead.standard_error)),
                exact(bar.best.swing()),
            ]);
        }
    }
    Some(sheet)
}

/// `flips.csv`: a row per value of a parameter beyond which the policy that is best at the base is best no longer; the nearest first.
///
/// Columns: `parameter`, `base`, `from` and `to` policy, `at` (by linear interpolation between `held`, the last level at which the choice
/// holds, and `lost`, the next), `distance` from the base as a share of it, `lead` of the policy that takes over at `lost` and its `standard_error`.
#[must_use]
pub fn flips(spec: &Spec, findings: &Findings) -> Option<Sheet> {
    let tornado = findings.answers.tornado.as_ref()?;
    let mut sheet = Sheet::new(&[
        "parameter",
        "base",
        "from",
        "to",
        "at",
        "held",
        "lost",
        "distance",
        "lead",
        "standard_error",
    ]);
    for flip in &tornado.flips {
        let parameter = &spec.parameters[flip.parameter];
        sheet.row([
            parameter.name.clone(),
            parameter.base.as_ref().map_or_else(String::new, value),
            spec.policies[flip.from].clone(),
            spec.policies[flip.to].clone(),
            exact_or_empty(flip.at),
            value(&flip.held),
            value(&flip.lost),
            exact_or_empty(flip.distance),
            exact(flip.lead.margin),
            exact_or_empty(flip.lead.standard_error),
        ]);
    }
    Some(sheet)
}

/// `sobol.csv`: a row per output and parameter.
///
/// Columns: `output` (`objective` of a `policy`, `best_objective`, `margin` of a policy over an `other`, `best_ai_share`), `parameter`, `first_order` and `total` index, each with the ends `_low` and `_high`
/// of its 95 % interval, the `variance` of the output, and `base_rows` behind the estimates. An output that does not vary has no indices.
#[must_use]
pub fn sobol(spec: &Spec, findings: &Findings) -> Option<Sheet> {
    let sensitivity = findings.answers.sensitivity.as_ref()?;
    let mut sheet = Sheet::new(&OUTPUT.iter().chain(&INDEX_COLUMNS).copied().collect::<Vec<_>>());
    for (output, indices) in &sensitivity.outputs {
        index_rows(spec, *output, indices, &mut sheet);
    }
    Some(sheet)
}

/// `convergence.csv`: how the numbers of a random design settled.
///
/// Columns: as in `sobol.csv` for indices from ever more base rows.
#[must_use]
pub fn convergence(spec: &Spec, findings: &Findings) -> Option<Sheet> {
    let convergence = findings.answers.convergence.as_ref()?;
    if !convergence.indices.is_empty() {
        let mut sheet = Sheet::new(&OUTPUT.iter().chain(&INDEX_COLUMNS).copied().collect::<Vec<_>>());
        for (output, steps) in &convergence.indices {
            steps.iter().for_each(|indices| index_rows(spec, *output, indices, &mut sheet));
        }
        return Some(sheet);
    }
    let mut sheet = Sheet::new(&["policy", "n_points", "mean", "standard_error"]);
    for (policy, means) in spec.policies.iter().zip(&convergence.means) {
        for mean in means {
            let numbers = [exact(mean.mean), exact_or_empty(mean.standard_error)];
            sheet.row([policy.clone(), mean.n_points.to_string()].into_iter().chain(numbers));
        }
    }
    Some(sheet)
}

const OUTPUT: [&str; 3] = ["output", "policy", "other"];
const INDEX_COLUMNS: [&str; 9] = [
    "parameter",
    "first_order",
    "first_order_low",
    "first_order_high",
    "total",
    "total_low",
    "total_high",
    "variance",
    "base_rows",
];

/// Which output it is: `objective` of a `policy`, `best_objective` of the best at each point, `margin` of a policy over an `other`, or
/// `best_ai_share`.
fn output_cells(spec: &Spec, output: Output) -> [String; 3] {
    let policy = |policy: usize| spec.policies[policy].clone();
    match output {
        Output::Objective(of) => ["objective".into(), policy(of), String::new()],
        Output::BestObjective => ["best_objective".into(), String::new(), String::new()],
        Output::Margin(first, second) => ["margin".into(), policy(first), policy(second)],
        Output::BestAiShare => ["best_ai_share".into(), String::new(), String::new()],
    }
}

fn index_rows(spec: &Spec, output: Output, indices: &Indices, sheet: &mut Sheet) {
    let Some(by_parameter) = &indices.by_parameter else { return };
    for (parameter, both) in spec.parameters.iter().zip(by_parameter) {
        let mut row = output_cells(spec, output).to_vec();
        row.push(parameter.name.clone());
        row.extend(index_cells(&both.first));
        row.extend(index_cells(&both.total));
        row.extend([exact(indices.variance), indices.n_rows.to_string()]);
        sheet.row(row);
    }
}

fn index_cells(index: &Index) -> [String; 3] {
    let end = |end: Option<f64>| exact_or_empty(end);
    [exact(index.estimate), end(index.interval.map(|i| i.low)), end(index.interval.map(|i| i.high))]
}

fn header<'a>(spec: &'a Spec, end: &[&'a str]) -> Vec<&'a str> {
    let names = spec.parameters.iter().map(|parameter| parameter.name.as_str());
    std::iter::once("point").chain(names).chain(end.iter().copied()).collect()
}

fn begin(point: usize, values: &[Value]) -> Vec<String> {
    std::iter::once(point.to_string()).chain(values.iter().map(value)).collect()
}
