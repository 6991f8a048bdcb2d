use super::super::paint;
use super::super::scene::Mark;
use super::super::tests::{check_labels, check_points, check_well_formed};
use super::*;

fn panel(title: &str, (x_label, y_label): (&str, &str), log_y: bool, curves: Vec<PanelCurve>) -> Panel {
    Panel { title: title.into(), x_label: x_label.into(), y_label: y_label.into(), log_y, curves }
}

/// A panel of every role, years below.
fn everything() -> Panel {
    let years = || (0..40).map(|i| 2015.0 + 0.25 * f64::from(i));
    let wave = |x: f64| 40.0 + 30.0 * (x * 1.7).sin();
    panel(
        "Mean price by quarter",
        ("year", "USD/MWh"),
        false,
        vec![
            PanelCurve::band("model, middle 90 %", years().map(|x| (x, wave(x) * 0.7, wave(x) * 1.5))),
            PanelCurve::line("history", CurveRole::History, years().map(|x| (x, wave(x + 0.2)))),
            PanelCurve::line("model", CurveRole::Model, years().map(|x| (x, wave(x)))),
            PanelCurve::line(
                "random walk with a name as long as names get",
                CurveRole::Rival,
                [(2015.0, 1.0), (2024.0, 90.0)],
            ),
            PanelCurve::line(
                "quotes",
                CurveRole::Points,
                [(2016.0, 70.0), (2020.0, f64::NAN), (2024.75, 20.0)],
            ),
        ],
    )
}

fn odd_panels() -> Vec<Panel> {
    let line = |points: Vec<(f64, f64)>| vec![PanelCurve::line("history", CurveRole::History, points)];
    let hours = (0..24).map(|h| (f64::from(h), 20.0 + f64::from(h))).collect();
    let bars = |name: &str, share: f64| {
        PanelCurve::line(name, CurveRole::Bars, (1..=12).map(|m| (f64::from(m), share / f64::from(m))))
    };
    vec![
        everything(),
        panel("Hour of day", ("local hour", "USD/MWh"), false, line(hours)),
        panel("Months", ("calendar month", "share"), false, vec![bars("history", 0.02), bars("model", 0.03)]),
        panel(
            "Tail",
            ("price, USD/MWh", "share of hours above"),
            true,
            line((0..30).map(|i| (f64::from(i * 100), 10f64.powf(-f64::from(i) / 5.0))).collect()),
        ),
        panel(
            "With zeros",
            ("lag, h", "USD"),
            true,
            line(vec![(0.0, 0.0), (1.0, 5.0), (2.0, -3.0), (3.0, 5e7)]),
        ),
        panel("A constant", ("x", "y"), true, line(vec![(0.0, 3.0), (1.0, 3.0)])),
        panel("Huge", ("x", "y"), false, line(vec![(0.0, 3e15), (1.0, 9e15)])),
        panel("Negative", ("x", "y"), false, line(vec![(0.0, -3.0), (1.0, -9.0)])),
        panel("One point", ("x", "y"), false, line(vec![(5.0, 7.0)])),
        panel("Nothing at all", ("x", "y"), true, Vec::new()),
        panel("Only gaps", ("x", "y"), false, line(vec![(f64::NAN, f64::NAN)])),
    ]
}

#[test]
fn labels_stay_inside_and_apart_whatever_the_panels() {
    let all = odd_panels();
    for n in 0..=all.len() {
        let scene = figure("Model beside history", &all[..n]);
        check_labels(&format!("{n} panels"), &scene);
        check_points(&format!("{n} panels"), &scene);
        check_well_formed("panels", &paint::svg(&scene).unwrap());
    }
    for one in &all {
        check_labels(&one.title, &figure("One", std::slice::from_ref(one)));
    }
}

#[test]
fn axes_legends_and_units_are_written() {
    let scene = figure("Model beside history", &odd_panels());
    let texts: Vec<&str> = scene.labels().map(|label| label.text.as_str()).collect();
    for wanted in ["2016", "year", "USD/MWh", "21", "12", "quotes", "model, middle 90 %", "nothing to show"] {
        assert!(texts.contains(&wanted), "{wanted}: {texts:?}");
    }
    assert!(texts.contains(&"share of hours above, logarithmic axis"));
    assert!(!texts.contains(&"2,016"), "{texts:?}");
}

#[test]
fn a_gap_breaks_a_line_and_zero_leaves_a_logarithmic_axis() {
    let line = PanelCurve::line(
        "history",
        CurveRole::History,
        [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 9.0), (4.0, 0.0), (5.0, 8.0), (6.0, 7.0)],
    );
    let drawn = |log_y| {
        let scene = figure("", &[panel("", ("", ""), log_y, vec![line.clone()])]);
        let heavy = |mark: &&Mark| matches!(mark, Mark::Line { width, .. } if *width == 3.0);
        // The key of the legend is a line, too.
        scene.marks.iter().filter(heavy).count() - 1
    };
    assert_eq!((drawn(false), drawn(true)), (2, 2));
}

#[test]
fn files_appear_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (png, svg) = (folder.path().join("fit.png"), folder.path().join("fit.svg"));
    crate::write_panels("Fit", &odd_panels(), &png, Some(&svg)).unwrap();
    assert_eq!(&std::fs::read(&png).unwrap()[..8], b"\x89PNG\r\n\x1a\n");
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg width=\"1200\""));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert!(crate::write_panels("Fit", &[], &folder.path().join("none/fit.png"), None).is_err());
}
