//! Small sweeps for the tests of answers.

use super::{PointAnswer, Results};
use crate::design::Design;
use crate::parameter::Scale;
use crate::record::PointResult;
use crate::spec::{ParameterSpec, Spec};
use crate::value::Value;

/// A point of number values, whose policies have these objectives; all differences have one error, and policy `p` gives AI `p` tenths.
pub(crate) fn point(number: usize, values: &[f64], objective: &[f64], error: Option<f64>) -> PointAnswer {
    let n = objective.len();
    let mut differences = Vec::new();
    for first in 0..n {
        for second in first + 1..n {
            differences.push((objective[first] - objective[second], error));
        }
    }
    PointAnswer {
        point: number,
        values: values.iter().copied().map(Value::Number).collect(),
        objective: objective.to_vec(),
        ai_share: (0..n).map(|p| p as f64 / 10.0).collect(),
        result: PointResult { n_paths: 100, outputs: vec![Vec::new(); n], differences, warnings: Vec::new() },
    }
}

/// A race of as many policies as the first point has.
pub(crate) fn results(points: &[PointAnswer]) -> Results {
    let n_policies = points.first().map_or(0, |point| point.objective.len());
    Results {
        policies: (0..n_policies).map(|p| format!("policy-{p}")).collect(),
        points: points.to_vec(),
        ..Results::default()
    }
}

/// A specification of linear parameters without base.
pub(crate) fn spec(design: Design, parameters: &[&str]) -> Spec {
    let parameter = |name: &&str| ParameterSpec {
        name: (*name).into(),
        label: (*name).into(),
        unit: String::new(),
        base: None,
        scale: Scale::Linear,
    };
    Spec {
        tool: "wattshift-sweep".into(),
        version: "0".into(),
        name: "test".into(),
        description: String::new(),
        design,
        n_points: 0,
        parameters: parameters.iter().map(parameter).collect(),
        policies: Vec::new(),
        outputs: Vec::new(),
        objective: "npv_usd".into(),
        compare: None,
        common_random_numbers: true,
        set: Vec::new(),
        resolved_scenario: String::new(),
        resolved_sweep: String::new(),
        inputs: Vec::new(),
        points_sha256: String::new(),
    }
}
