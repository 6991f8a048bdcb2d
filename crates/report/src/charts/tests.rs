use super::scene::{Align, Label, Mark, text_width};
use super::*;
use crate::test_support::{build, outcomes, smallest, zeros};

/// Left, top, right, bottom of a label.
fn extent(label: &Label) -> [f64; 4] {
    let width = text_width(&label.text, label.size);
    let from = match label.align {
        Align::Start => 0.0,
        Align::Middle => -0.5 * width,
        Align::End => -width,
    };
    let (x, y) = label.at;
    let (up, down) = (0.7 * label.size, 0.2 * label.size);
    if label.upward {
        [x - up, y - from - width, x + down, y - from]
    } else {
        [x + from, y - up, x + from + width, y + down]
    }
}

fn check_labels(name: &str, scene: &Scene) {
    let labels: Vec<(&Label, [f64; 4])> = scene.labels().map(|label| (label, extent(label))).collect();
    for (i, (a, [l, t, r, b])) in labels.iter().enumerate() {
        assert!(
            *l >= 0.0 && *t >= 0.0 && *r <= scene::WIDTH && *b <= scene::HEIGHT,
            "{name}: `{}` leaves",
            a.text
        );
        for (other, [l2, t2, r2, b2]) in &labels[i + 1..] {
            let apart = r <= l2 || r2 <= l || b <= t2 || b2 <= t;
            assert!(apart, "{name}: `{}` lies over `{}`", a.text, other.text);
        }
    }
}

fn check_points(name: &str, scene: &Scene) {
    for mark in &scene.marks {
        let (Mark::Line { points, .. } | Mark::Area { points, .. }) = mark else { continue };
        let inside =
            |(x, y): &(f64, f64)| (0.0..=scene::WIDTH).contains(x) && (0.0..=scene::HEIGHT).contains(y);
        assert!(points.iter().all(inside), "{name}: {points:?}");
    }
}

/// Whether every tag that opens is closed in order, and every attribute is quoted.
fn check_well_formed(name: &str, svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: a tag does not end"));
        assert!(
            !text
                .replace("&amp;", "")
                .replace("&lt;", "")
                .replace("&gt;", "")
                .replace("&apos;", "")
                .replace("&quot;", "")
                .contains('&')
        );
        assert_eq!(tag.matches('"').count() % 2, 0, "{name}: {tag}");
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{name}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or(tag));
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
}

fn many() -> Outcomes {
    let names: Vec<String> = (0..20)
        .map(|i| format!("policy-{i}-with-a-name-that-goes-on & on <for> far too long \"indeed\""))
        .collect();
    build(&names.iter().map(String::as_str).collect::<Vec<_>>(), 240, 30)
}

#[test]
fn every_chart_is_there() {
    let names: Vec<String> = all(&outcomes()).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "mw_by_use_all-mining",
        "mw_by_use_all-ai-asap",
        "mw_by_use_constant-share",
        "mw_by_use_dp",
        "mw_by_use_gpu-pilot",
        "mw_by_use_hurdle",
        "mw_by_use_trigger",
        "npv_distributions",
        "npv_differences",
        "fan_btc",
        "fan_hashprice",
        "fan_lease_rate",
        "fan_gpu_hour",
        "fan_power",
        "dispatch_week",
    ];
    assert_eq!(names, expected);
}

#[test]
fn labels_stay_inside_and_apart_whatever_the_outcomes() {
    let short = build(&["all-mining", "dp"], 7, 3);
    for outcomes in [outcomes(), smallest(), zeros(), many(), short] {
        for (name, scene) in all(&outcomes) {
            check_labels(&name, &scene);
            check_points(&name, &scene);
        }
    }
}

#[test]
fn drawings_are_well_formed_and_name_their_axes() {
    for (name, scene) in all(&outcomes()).into_iter().chain(all(&many())) {
        let svg = paint::svg(&scene).unwrap();
        check_well_formed(&name, &svg);
        assert!(
            svg.starts_with("<svg width=\"1200\" height=\"700\" viewBox=\"0 0 4800 2800\""),
            "{}",
            &svg[..80]
        );
        let expected: &[&str] = match name.split('_').next().unwrap() {
            "mw" => &["MW by use: ", "Gross MW", "Year (marked at its January)", "Mining", "Idle"],
            "npv" => &["NPV ", "million USD", "Mean of all paths", "perfect foresight"],
            "fan" => &["USD", "Year (marked at its January)", "Middle 90 %", "Median", "Mean"],
            _ => &[
                "A dispatched week: dp",
                "MW at the meter",
                "Price, USD/MWh",
                "Day, local clock",
                "logarithmic beyond",
            ],
        };
        for text in expected {
            assert!(svg.contains(text), "{name} lacks `{text}`");
        }
    }
}

#[test]
fn layers_stack_to_the_campus() {
    let outcomes = outcomes();
    let (_, scene) = &all(&outcomes)[1];
    let areas = scene
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Area { points, .. } = mark { Some(points) } else { None });
    let top = areas.flatten().map(|(_, y)| *y).fold(f64::INFINITY, f64::min);
    // The campus fills the axis, whose upper end is at 88.
    assert!(top < 88.1, "{top}");
}

#[test]
fn degenerate_outcomes_paint() {
    for outcomes in [smallest(), zeros()] {
        let place = tempfile::TempDir::new().unwrap();
        let target = place.path().join("results");
        let mut folder = OutputFolder::open(&target, "base", false).unwrap();
        write_charts(&outcomes, &mut folder).unwrap();
        let files = folder.publish(crate::Manifest::default()).unwrap();
        let png = std::fs::read(target.join("charts/dispatch_week.png")).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&png[16..24], &[0, 0, 4, 176, 0, 0, 2, 188]);
        assert!(files.iter().all(|file| !file.contains("scratch")));
    }
}

#[test]
fn policies_whose_names_clean_to_the_same_get_files_of_their_own() {
    let names: Vec<String> =
        all(&build(&["all-mining", "a/b", "A b"], 2, 2)).into_iter().map(|(name, _)| name).collect();
    assert_eq!(&names[1..3], ["mw_by_use_a-b", "mw_by_use_a-b-2"]);
}
