use super::samples::*;
use super::*;
use crate::charts::palette::{self, Ink};
use crate::charts::scene::Mark;
use crate::charts::tests::{check_labels, check_points, check_well_formed};
use crate::charts::{paint, write_sweep_charts};
use crate::folder::OutputFolder;
use crate::manifest::Manifest;
use std::fs;
use sweep::{Scale as Spacing, Value};

fn check(name: &str, chart: &SweepChart) {
    let scene = chart.scene();
    check_labels(name, &scene);
    check_points(name, &scene);
    check_well_formed(name, &paint::svg(&scene).unwrap());
}

fn texts(chart: &SweepChart) -> String {
    chart.scene().labels().map(|label| label.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn labels_stay_inside_and_apart() {
    for (name, chart) in usual() {
        check(&name, &chart);
    }
}

#[test]
fn hostile_input_is_drawn_without_overlaps() {
    for (name, chart) in hostile() {
        check(&name, &chart);
    }
}

#[test]
fn equal_charts_give_equal_bytes() {
    let bytes =
        |chart: &SweepChart| (paint::png(&chart.scene()).unwrap(), paint::svg(&chart.scene()).unwrap());
    for ((name, first), (_, second)) in usual().iter().zip(usual()) {
        assert!(bytes(first) == bytes(&second), "{name}");
    }
}

#[test]
fn files_appear_under_their_names() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("sweep");
    let mut folder = OutputFolder::open(&target, "sweep", false).unwrap();
    write_sweep_charts(&[("regret".into(), SweepChart::Regret(regret(2)))], &mut folder).unwrap();
    folder.publish(Manifest { scenario: "sweep".into(), ..Manifest::default() }).unwrap();
    let charts = target.join("charts");
    let png = fs::read(charts.join("regret.png")).unwrap();
    assert_eq!(&png[16..24], &[0, 0, 4, 176, 0, 0, 2, 188]);
    assert!(fs::read_to_string(charts.join("regret.svg")).unwrap().starts_with("<svg width=\"1200\""));
    assert_eq!(fs::read_dir(&charts).unwrap().count(), 2);
}

/// The colours of areas that lie in the panel of a map.
fn grounds(map: &HeatMap) -> Vec<Ink> {
    let scene = SweepChart::HeatMap(map.clone()).scene();
    let areas = scene.marks.iter().filter_map(|mark| match mark {
        Mark::Area { points, ink } if points.iter().all(|(x, _)| *x < 940.0) => Some(*ink),
        _ => None,
    });
    areas.collect()
}

#[test]
fn undecided_cells_are_pale_and_failed_ones_are_named() {
    let mut map = best_map(3, 2);
    let cell = |policy, margin, error| Some(BestCell { policy, margin, error });
    map.marked = None;
    map.lines.clear();
    map.cells = Cells::Best {
        policies: POLICIES.map(String::from).to_vec(),
        cells: vec![cell(0, 9.0, Some(4.0)), cell(1, 8.0, Some(4.0)), cell(4, 0.1, None), None],
    };
    let inks = grounds(&map);
    let ink = |place: usize| palette::policy(POLICIES[place], place);
    assert!(inks.contains(&ink(0)) && inks.contains(&colours::pale(ink(1))) && inks.contains(&ink(4)));
    assert!(!inks.contains(&ink(1)));
    let text = texts(&SweepChart::HeatMap(map));
    for words in [
        "best at 1 of 3 points",
        "margin within 2 standard errors, at 1 of 3",
        "3 of 6 points: failed or not run",
    ] {
        assert!(text.replace('\n', " ").contains(words), "{text}");
    }
    assert!(
        !text.contains("hurdle") && !text.contains("trigger"),
        "only what occurs is in the legend: {text}"
    );
}

#[test]
fn a_decided_map_speaks_of_no_doubt_and_one_without_failures_of_none() {
    let mut map = best_map(6, 5);
    if let Cells::Best { cells, .. } = &mut map.cells {
        let sure = BestCell { policy: 4, margin: 9e7, error: None };
        cells.fill(Some(sure));
    }
    let text = texts(&SweepChart::HeatMap(map));
    for word in ["Not decided", "standard error", "ailed"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn a_line_of_one_point_has_no_label() {
    let text = texts(&SweepChart::HeatMap(best_map(1, 1)));
    assert!(!text.contains("dp = all-mining"), "{text}");
}

#[test]
fn marked_points_outside_the_map_are_left_out() {
    let mut map = share_map(10, 9);
    assert!(texts(&SweepChart::HeatMap(map.clone())).contains("at 50 and 155"));
    map.marked = Some(MarkedPoint { name: "Base".into(), at: [500.0, 155.0] });
    assert!(!texts(&SweepChart::HeatMap(map)).contains("Base"));
}

#[test]
fn numbers_are_written_where_cells_have_room() {
    let counted = |n| {
        texts(&SweepChart::HeatMap(difference_map(n, n))).lines().filter(|line| line.starts_with('−')).count()
    };
    assert!(counted(9) > 20);
    assert!(counted(40) < 5, "only those of the bar");
    let text = texts(&SweepChart::HeatMap(share_map(10, 9)));
    assert!(text.lines().filter(|line| *line == "100").count() > 10, "{text}");
}

#[test]
fn the_widest_swing_of_a_tornado_comes_first() {
    let text = texts(&SweepChart::Tornado(tornado(7)));
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words} in {text}"));
    let order =
        ["Lease rate", "Hashprice", "Power price", "Conversion", "Lead time", "Tenant", "Backstop"].map(at);
    assert!(order.is_sorted(), "{text}");
    for words in ["10 (all-mining)", "60 failed", "hyperscaler", "base 620", "In brackets"] {
        at(words);
    }
}

#[test]
fn regret_names_the_policy_with_the_least_worst_case() {
    let text = texts(&SweepChart::Regret(regret(5)));
    assert!(text.contains("dp has the least worst-case regret, 82.0 million USD."), "{text}");
    assert!(text.find("dp\n") < text.find("all-mining\n"), "{text}");
}

#[test]
fn indices_are_sorted_and_their_sum_is_told() {
    let mut bars = sobol_bars(3);
    bars.bars.reverse();
    let text = texts(&SweepChart::SobolBars(bars));
    assert!(
        text.find("Lease rate") < text.find("Hashprice") && text.find("Hashprice") < text.find("Power"),
        "{text}"
    );
    assert!(text.contains("First-order indices sum to 0.67"), "{text}");
}

#[test]
fn numbers_of_points_are_powers_of_two() {
    let text = texts(&SweepChart::Convergence(convergence(2)));
    assert!(
        ["32", "64", "1,024", "4,096"].iter().all(|tick| text.lines().any(|line| line == *tick)),
        "{text}"
    );
}

#[test]
fn failed_points_break_a_line_and_are_counted() {
    let text = texts(&SweepChart::Line(line(9)));
    assert!(
        text.contains("One point has no result") && text.contains("all-ai-asap = all-mining at 145.3"),
        "{text}"
    );
    assert!(!texts(&SweepChart::Line(line(4))).contains("failed"));
}

/// Labels as long as they come, with what XML minds.
fn long(i: usize) -> String {
    format!(
        "parameter-{i}-with-a-name that goes on & on <for> far too long \"indeed\", and then some more of it"
    )
}

fn alone() -> Vec<(String, SweepChart)> {
    let named = |name: &str, chart| (name.to_owned(), chart);
    let nothing = |mut map: HeatMap| {
        match &mut map.cells {
            Cells::Best { cells, .. } => cells.clear(),
            Cells::Share { cells, .. } | Cells::Difference { cells, .. } => cells.fill(None),
        }
        SweepChart::HeatMap(map)
    };
    let mut unordered = share_map(3, 3);
    unordered.x.values.reverse();
    let mut empty = best_map(3, 3);
    empty.y.values.clear();
    let mut zeros = difference_map(4, 4);
    zeros.cells = Cells::Difference { measure: Measure::million_usd("Nothing"), cells: vec![Some(0.0); 16] };
    vec![
        named("one_cell", SweepChart::HeatMap(best_map(1, 1))),
        named("one_row", SweepChart::HeatMap(share_map(12, 1))),
        named("one_column", SweepChart::HeatMap(difference_map(1, 12))),
        named("all_failed_best", nothing(best_map(6, 6))),
        named("all_failed_share", nothing(share_map(6, 6))),
        named("all_failed_difference", nothing(difference_map(6, 6))),
        named("unordered", SweepChart::HeatMap(unordered)),
        named("empty", SweepChart::HeatMap(empty)),
        named("zeros", SweepChart::HeatMap(zeros)),
        named("difference_40", SweepChart::HeatMap(difference_map(40, 40))),
        named("no_bars", SweepChart::Tornado(tornado(0))),
        named("one_bar", SweepChart::Tornado(tornado(1))),
        named("many_bars", SweepChart::Tornado(tornado(40))),
        named("no_index", SweepChart::SobolBars(sobol_bars(0))),
        named("many_indices", SweepChart::SobolBars(sobol_bars(40))),
        named("no_series", SweepChart::Convergence(convergence(0))),
        named("many_series", SweepChart::Convergence(convergence(30))),
        named("one_point", SweepChart::Line(line(1))),
        named("no_regret", SweepChart::Regret(regret(0))),
        named("many_regrets", SweepChart::Regret(regret(30))),
    ]
}

/// Charts with long names, huge numbers and few or many of everything.
fn hostile() -> Vec<(String, SweepChart)> {
    let named = |name: &str, chart| (name.to_owned(), chart);
    let words = Words { title: long(0), subtitle: long(1).repeat(3), note: long(2).repeat(2) };
    let mut map = best_map(40, 40);
    (map.words, map.x.label, map.y.label) = (words.clone(), long(1), long(2));
    map.marked = Some(MarkedPoint { name: long(3), at: [159.0, 240.0] });
    map.lines.iter_mut().for_each(|line| line.label = long(4));
    let policies: Vec<String> = (0..20).map(long).collect();
    let of = |i: usize| Some(BestCell { policy: i % 20, margin: 1.0, error: Some((i % 3) as f64) });
    map.cells = Cells::Best { policies, cells: (0..1600).map(of).collect() };
    let mut far = difference_map(3, 3);
    far.x = axis(&long(0), "USD", Spacing::Linear, (-1e12, 1e12), 3);
    far.y = axis(&long(1), "", Spacing::Log, (1e-9, 1e9), 3);
    (far.lines, far.marked) = (Vec::new(), None);
    far.cells = Cells::Difference { measure: Measure::plain(long(5), "USD"), cells: vec![Some(-1e15); 9] };
    let mut twelve = tornado(12);
    for (i, bar) in twelve.bars.iter_mut().enumerate() {
        (bar.label, bar.unit) = (long(i), "million USD per gross MW".into());
        bar.high.level = Value::Text(long(i));
        bar.high.flips_to = Some(long(i));
        bar.low.value = (i % 3 > 0).then_some(6.2e8 + 1e7 * i as f64);
    }
    let mut indices = sobol_bars(12);
    indices.bars.iter_mut().enumerate().for_each(|(i, bar)| bar.label = long(i));
    let mut settling = convergence(12);
    settling.series.iter_mut().enumerate().for_each(|(i, series)| series.name = long(i));
    let mut over = line(30);
    over.lines.iter_mut().enumerate().for_each(|(i, line)| line.name = long(i));
    over.lines[0].estimates.clear();
    over.crossings = (0..20)
        .map(|i| Crossing { at: 80.0 + 8.0 * f64::from(i), value: 3e8, label: long(i as usize) })
        .collect();
    let mut charts = alone();
    charts.extend([
        named("twenty_policies", SweepChart::HeatMap(map)),
        named("far", SweepChart::HeatMap(far)),
        named("twelve_long", SweepChart::Tornado(twelve)),
        named("indices_long", SweepChart::SobolBars(indices)),
        named("settling_long", SweepChart::Convergence(settling)),
        named("line_long", SweepChart::Line(over)),
    ]);
    charts
}
