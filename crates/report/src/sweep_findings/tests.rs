use super::*;
use serde_json::json;
use sweep::PointResult;
use sweep::answers::{Answers, PointAnswer, Results};

const POLICIES: [&str; 3] = ["all-mining", "all-ai-asap", "hurdle"];

fn spec(design: &serde_json::Value, parameters: &[(&str, f64)], n_points: usize) -> Spec {
    let parameters: Vec<serde_json::Value> = parameters
        .iter()
        .map(|(name, base)| json!({"name": name, "label": name, "unit": "USD", "base": base, "scale": "linear"}))
        .collect();
    serde_json::from_value(json!({
        "tool": Spec::TOOL, "version": "0", "name": "try", "description": "", "design": design, "n_points": n_points,
        "parameters": parameters, "policies": POLICIES, "outputs": ["mean_npv_usd", "mean_ai_share"],
        "objective": "mean_npv_usd", "compare": ["all-ai-asap", "all-mining"], "common_random_numbers": true, "set": [],
        "resolved_scenario": "[run]\npaths = 8\n", "resolved_sweep": "", "inputs": [], "points_sha256": "",
    }))
    .unwrap()
}

/// Points whose policies are worth so many million USD; all differences have one error.
fn found(spec: &Spec, points: &[(&[f64], [f64; 3])], error_usd: Option<f64>) -> Findings {
    let answer = |(n, (values, musd)): (usize, &(&[f64], [f64; 3]))| {
        let objective = musd.map(|musd| musd * 1e6);
        let pairs = [(0, 1), (0, 2), (1, 2)];
        let differences = pairs.map(|(i, j)| (objective[i] - objective[j], error_usd)).to_vec();
        let result =
            PointResult { n_paths: 8, outputs: vec![Vec::new(); 3], differences, warnings: Vec::new() };
        let values = values.iter().copied().map(Value::Number).collect();
        PointAnswer { point: n, values, objective: objective.to_vec(), ai_share: vec![0.0; 3], result }
    };
    let policies = POLICIES.map(String::from).to_vec();
    let points = points.iter().enumerate().map(answer).collect();
    let results = Results { policies, points, ..Results::default() };
    Findings { answers: Answers::of(&results, spec), results }
}

fn words(spec: &Spec, points: &[(&[f64], [f64; 3])], error_usd: Option<f64>) -> String {
    let text = sweep_findings(spec, points.len(), &found(spec, points, error_usd));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "wider than 100 columns:\n{text}");
    text
}

fn grid() -> serde_json::Value {
    json!({"kind": "grid"})
}

#[test]
fn who_is_never_behind_is_decided_by_the_map_and_not_by_a_point_off_it() {
    // The third parameter is held at its base of 1; the points at 0 lie off the map.
    let spec = spec(&grid(), &[("a", 0.0), ("b", 0.0), ("c", 1.0)], 8);
    let mut points: Vec<(Vec<f64>, [f64; 3])> = Vec::new();
    for a in [0.0, 1.0] {
        for b in [0.0, 1.0] {
            points.extend([0.0, 1.0].map(|c| (vec![a, b, c], [5.0, 5.0 + 4.0 * (2.0 * c - 1.0), 0.0])));
        }
    }
    let points: Vec<(&[f64], [f64; 3])> =
        points.iter().map(|(values, musd)| (values.as_slice(), *musd)).collect();
    let text = words(&spec, &points, Some(1e5));
    assert!(
        text.contains(
            "all-ai-asap is never behind all-mining on this map at c 1 USD (other values not looked at)"
        ),
        "{text}"
    );
}

#[test]
fn an_upright_line_of_break_even_is_told_across() {
    let spec = spec(&grid(), &[("rent", 0.0), ("overhead", 0.0)], 4);
    let worth = |rent: f64| [5.0, 5.0 + (rent - 1.5), 0.0];
    let points: [(&[f64], [f64; 3]); 4] = [
        (&[1.0, 0.0], worth(1.0)),
        (&[1.0, 1.0], worth(1.0)),
        (&[2.0, 0.0], worth(2.0)),
        (&[2.0, 1.0], worth(2.0)),
    ];
    let text = words(&spec, &points, Some(1e5));
    assert!(text.contains("rent 1.5 ± 0.1 USD where overhead is 0; above, all-ai-asap"), "{text}");
}

#[test]
fn what_lies_between_missing_points_is_said_to() {
    let spec = spec(&grid(), &[("rent", 0.0), ("overhead", 0.0)], 9);
    let worth = |rent: f64| [5.0, 5.0 + (rent - 2.0), 0.0];
    // The middle column is missing but for one corner, so that it is an axis value without neighbours.
    let points: [(&[f64], [f64; 3]); 3] =
        [(&[1.0, 0.0], worth(1.0)), (&[3.0, 1.0], worth(3.0)), (&[2.0, 2.0], worth(3.0))];
    let text = words(&spec, &points, Some(1e5));
    assert!(text.contains("break even between points of which one is missing"), "{text}");
    assert!(text.contains("6 points are not done yet"), "{text}");
    assert!(!text.contains("on this map"), "{text}");
}

#[test]
fn the_edge_of_a_tie_and_a_place_that_is_open_are_told_as_such() {
    let spec = spec(&grid(), &[("rent", 0.0)], 2);
    let points: [(&[f64], [f64; 3]); 2] = [(&[1.0], [5.0, 5.0, 0.0]), (&[2.0], [5.0, 6.0, 0.0])];
    let text = words(&spec, &points, None);
    assert!(text.contains("rent 1 USD; level below, all-ai-asap ahead above"), "{text}");
    let points: [(&[f64], [f64; 3]); 2] = [(&[1.0], [5.0, 4.9, 0.0]), (&[2.0], [5.0, 5.1, 0.0])];
    let text = words(&spec, &points, Some(2e6));
    assert!(text.contains("rent 1.5 ± 10 USD; too uncertain to say"), "{text}");
}

#[test]
fn the_margin_is_over_the_best_that_does_something_else() {
    let spec = spec(&grid(), &[("rent", 0.0)], 2);
    let mut found = found(&spec, &[(&[1.0], [5.0, 9.0, 9.0]), (&[2.0], [5.0, 9.0, 9.0])], Some(1e5));
    for point in &mut found.results.points {
        // The same on every path.
        point.result.differences[2] = (0.0, Some(0.0));
    }
    found.answers = Answers::of(&found.results, &spec);
    let text = sweep_findings(&spec, 2, &found);
    assert!(
        text.contains("all-ai-asap is the best at 2 of 2 points, by more than two standard errors at 2"),
        "{text}"
    );
}

#[test]
fn a_flip_at_a_tie_lies_on_the_side_that_is_lost() {
    let spec = spec(&json!({"kind": "one-at-a-time"}), &[("rent", 10.0)], 3);
    // At the base hurdle and all-mining tie; below it hurdle is ahead.
    let points: [(&[f64], [f64; 3]); 3] =
        [(&[10.0], [5.0, 1.0, 5.0]), (&[5.0], [5.0, 1.0, 6.0]), (&[15.0], [5.0, 1.0, 5.0])];
    let text = words(&spec, &points, Some(1e5));
    assert!(text.contains("  below rent 10 USD (base 10): hurdle"), "{text}");
}

#[test]
fn without_errors_nothing_is_said_of_them() {
    let spec = spec(&grid(), &[("rent", 0.0)], 2);
    let points: [(&[f64], [f64; 3]); 2] = [(&[1.0], [5.0, 1.0, 0.0]), (&[2.0], [5.0, 6.0, 0.0])];
    let text = words(&spec, &points, None);
    assert!(
        !text.contains("standard error") && text.contains("all-mining is the best at 1 of 2 points.\n"),
        "{text}"
    );
    assert!(words(&spec, &points, Some(1e5)).contains("by more than two standard errors at 1"), "{text}");
}

#[test]
fn a_sweep_without_a_done_point_has_a_heading_alone() {
    let spec = spec(&grid(), &[("rent", 0.0)], 2);
    assert_eq!(
        words(&spec, &[], None).lines().count(),
        2,
        "how many were compared, and how many are missing"
    );
}
