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

/// Letters that are half as large still have seven pixels.
const LEAST_SIZE: f64 = 14.0;
/// Only rows that are too many for their letters may have smaller ones.
const MANY_ROWS: usize = 20;

pub(super) fn check_labels(name: &str, scene: &Scene) {
    let labels: Vec<(&Label, [f64; 4])> = scene.labels().map(|label| (label, extent(label))).collect();
    for (i, (a, [l, t, r, b])) in labels.iter().enumerate() {
        let is_of_rows = scene.labels().filter(|label| label.size < LEAST_SIZE).count() > MANY_ROWS;
        assert!(a.size >= LEAST_SIZE || is_of_rows, "{name}: `{}` is too small at half size", a.text);
        assert!(
            *l >= 0.0 && *t >= 0.0 && *r <= scene::WIDTH && *b <= scene.height,
            "{name}: `{}` leaves",
            a.text
        );
        for (other, [l2, t2, r2, b2]) in &labels[i + 1..] {
            let apart = r <= l2 || r2 <= l || b <= t2 || b2 <= t;
            assert!(apart, "{name}: `{}` lies over `{}`", a.text, other.text);
        }
    }
}

pub(super) fn check_points(name: &str, scene: &Scene) {
    for mark in &scene.marks {
        let (Mark::Line { points, .. } | Mark::Area { points, .. }) = mark else { continue };
        let inside =
            |(x, y): &(f64, f64)| (0.0..=scene::WIDTH).contains(x) && (0.0..=scene.height).contains(y);
        assert!(points.iter().all(inside), "{name}: {points:?}");
    }
}

/// Whether every tag that opens is closed in order, and every attribute is quoted.
pub(super) fn check_well_formed(name: &str, svg: &str) {
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
        "frontier",
        "fan_btc",
        "fan_hashprice",
        "fan_lease_rate",
        "fan_gpu_hour",
        "fan_power",
        "trigger_map_2026-07",
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
            "frontier" => {
                &["Mean NPV, million USD", "CVaR 5 % of the NPV", "outcomes lens", "Policy of the race"]
            }
            "npv" => &["NPV ", "million USD", "Mean of all paths", "perfect foresight"],
            "trigger" => &[
                "When to convert: dp",
                "Hashprice, USD/PH/day",
                "Offered rent, first year, USD/kW-month",
                "Convert 2 halls",
                "Stay with mining",
                "Today",
            ],
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

/// Top of a call's regions at a pixel.
fn top_at(regions: &[trigger_regions::Region], call: simulate::Call, x: f64) -> Option<f64> {
    let mut of_call = regions.iter().filter(|region| region.call == call);
    of_call.find_map(|region| {
        let at = x - region.left;
        (at >= 0.0).then(|| region.band.get(at as usize).map(|band| band.0)).flatten()
    })
}

#[test]
fn edges_of_regions_stand_where_values_meet() {
    use frame::Panel;
    use scale::Scale;
    use simulate::Call;
    let found = crate::test_support::trigger_map(site::YearMonth { year: 2026, month: 7 });
    let map = &found.map;
    let x = Scale::linear(map.hashprices[0], map.hashprices[20]);
    let panel = Panel::usual(x, Scale::linear(map.rents[0], map.rents[20]));
    let regions = trigger_regions::regions(map, &panel);
    for hashprice in &map.hashprices[..15] {
        let at = panel.x_of(*hashprice).round();
        let line = 100.0 + 0.6 * hashprice;
        for (call, rent) in [(Call::Stay, line), (Call::Wait, line + 20.0), (Call::Convert(1), line + 30.0)] {
            let top = top_at(&regions, call, at).unwrap_or_else(|| panic!("no {call:?} at {hashprice}"));
            assert!((top - panel.y_of(rent)).abs() < 1.5, "{call:?} {hashprice}: {top} {}", panel.y_of(rent));
        }
    }
}

#[test]
fn what_lies_beyond_the_grid_is_drawn_as_such() {
    let mut cut = outcomes();
    for cell in cut.trigger_maps[0].map.cells.iter_mut().take(200) {
        *cell = simulate::Cell::beyond();
    }
    let shown = texts(&cut, "trigger_map_2026-07");
    assert!(shown.contains("Beyond") && shown.contains("off the grid"), "{shown}");
    for (name, scene) in all(&cut) {
        check_labels(&name, &scene);
        check_points(&name, &scene);
    }
}

fn texts(outcomes: &Outcomes, chart: &str) -> String {
    let scenes = all(outcomes);
    let (_, scene) = scenes.iter().find(|(name, _)| name == chart).unwrap_or_else(|| panic!("no {chart}"));
    scene.labels().map(|label| label.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_path_shows_no_error_and_no_spread() {
    let one = build(&["all-mining", "dp"], 60, 1);
    for (name, scene) in all(&one) {
        check_labels(&name, &scene);
        let text = scene.labels().map(|label| label.text.to_lowercase()).collect::<Vec<_>>().join("\n");
        for word in ["± ", "1 path", "middle", "median", "histogram", "mean over", "mean of all", "outermost"]
        {
            assert!(!text.contains(word), "{name} speaks of `{word}`: {text}");
        }
    }
    assert!(texts(&one, "fan_btc").contains("History / the one path"));
    assert!(texts(&one, "npv_differences").contains("Value on the one path"));
    assert!(texts(&one, "mw_by_use_dp").contains("on the one path"));
}

#[test]
fn legends_list_only_what_occurs() {
    let mut outcomes = outcomes();
    assert!(texts(&outcomes, "mw_by_use_dp").contains("Inference (own GPUs)"));
    assert!(!texts(&outcomes, "mw_by_use_all-mining").contains("Hosting"));
    assert!(!texts(&outcomes, "mw_by_use_all-mining").contains("Building"));
    assert!(texts(&outcomes, "dispatch_week").contains("Training (own GPUs)"));
    outcomes.week.rows.iter_mut().for_each(|row| (row.training_mw, row.curtailed_mw) = (0.0, 0.0));
    let week = texts(&outcomes, "dispatch_week");
    assert!(!week.contains("Training") && !week.contains("curtailed") && week.contains("Hosting"), "{week}");
}

#[test]
fn a_constant_factor_gets_a_plain_axis() {
    for value in [102.1, 1.0, 0.0, -3.0, 4.2e9, 1.5e13, 1.2e-7] {
        let mut outcomes = build(&["all-mining"], 60, 20);
        let factor = &mut outcomes.markets[0];
        // As sums over paths leave it.
        let constant = |i: usize| value * (1.0 + 1e-9 * (i % 3) as f64);
        factor.fan = simulate::Fan::of((0..factor.fan.kept().len()).map(constant).collect(), 60);
        factor.mean.fill(value);
        let scenes = all(&outcomes);
        let (name, scene) = scenes.iter().find(|(name, _)| name == "fan_btc").unwrap();
        check_labels(name, scene);
        let ticks: Vec<&Label> = scene.labels().filter(|l| l.align == Align::End).collect();
        assert!(ticks.len() > 2, "{value}");
        for label in ticks {
            assert!(label.text.chars().count() < 12, "{}", label.text);
            assert!(extent(label)[0] > 30.0, "{} touches the name", label.text);
        }
    }
}

#[test]
fn curtailment_too_narrow_for_a_hatch_is_filled() {
    let scenes = all(&outcomes());
    let filled = |wanted: palette::Ink| {
        let (_, week) = scenes.last().unwrap();
        week.marks.iter().any(|mark| matches!(mark, Mark::Area { ink, .. } if *ink == wanted))
    };
    assert_ne!(palette::CURTAILED.ink, palette::Ink::WHITE);
    assert!(filled(palette::CURTAILED.ink));
}

#[test]
fn prices_well_below_zero_get_a_tick() {
    for (low, high) in [(-25.0, 70.0), (-30.0, 90.0), (-22.0, 5_000.0), (-21.0, 60.0)] {
        let mut outcomes = outcomes();
        outcomes.week.rows.iter_mut().for_each(|row| row.price_usd_per_mwh = 10.0);
        outcomes.week.rows[3].price_usd_per_mwh = low;
        outcomes.week.rows[4].price_usd_per_mwh = high;
        let text = texts(&outcomes, "dispatch_week");
        assert!(text.lines().any(|line| line.starts_with('−')), "{low} {high}: {text}");
    }
}

#[test]
fn a_median_far_below_the_mean_is_explained() {
    let mut outcomes = build(&["all-mining"], 60, 50);
    *outcomes.markets[0].mean.last_mut().unwrap() *= 5.0;
    let words = "with this volatility the median falls below it.";
    assert!(texts(&outcomes, "fan_btc").contains(words));
    assert!(!texts(&outcomes, "fan_lease_rate").contains(words));
}

#[test]
fn factors_may_be_missing_and_units_are_spelled() {
    let mut outcomes = outcomes();
    outcomes.markets.retain(|factor| !factor.name.starts_with("gpu_"));
    (outcomes.markets[0].name, outcomes.markets[0].unit) = ("difficulty_t".into(), "T".into());
    assert_eq!(all(&outcomes).iter().filter(|(name, _)| name.starts_with("fan_")).count(), 4);
    assert!(texts(&outcomes, "fan_difficulty").contains("T (1e12)"));
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
