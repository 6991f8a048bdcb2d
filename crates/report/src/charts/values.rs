//! What policies are worth: distributions of NPV, and paired differences to all-mining.

use super::frame::{Key, Panel, draw_legend_line, titled};
use super::palette::{self, Ink, Look};
use super::scale::Scale;
use super::scene::{Align, Hatch, Point, Scene, fit, wrap};
use crate::lens::lens_words;
use crate::numbers::{common_decimals, counted_paths, grouped};
use crate::two_runs::{PolicyChange, TwoRuns};
use simulate::statistics::quantile_of_sorted;
use simulate::{Moments, Outcomes};

const MILLION: f64 = 1e6;
const BINS: usize = 120;
const LEGEND_AT: (f64, f64) = (112.0, 654.0);
const DIFFERENCE_LEGEND: [(Key, &str); 3] = [
    (Key::Band(Ink::QUIET.faded(0.35)), "Middle 90 % of paths"),
    (Key::Diamond(Ink::WHITE), "Mean of all paths"),
    (Key::Line(Ink::TEXT), "Mean ± 2 standard errors"),
];

/// One row: a policy or perfect foresight, values in million USD.
struct Row {
    name: String,
    ink: Ink,
    mean: f64,
    error: f64,
    sorted: Vec<f64>,
}

impl Row {
    fn new(name: &str, ink: Ink, moments: &Moments, kept_usd: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = kept_usd.map(|v| v / MILLION).collect();
        sorted.sort_by(f64::total_cmp);
        let (mean, error) = (moments.mean() / MILLION, moments.standard_error() / MILLION);
        Self { name: name.into(), ink, mean, error, sorted }
    }

    fn quantile(&self, probability: f64) -> f64 {
        quantile_of_sorted(&self.sorted, probability)
    }
}

/// A row per policy: histogram, box and mean of its NPV.
pub(super) fn distributions(outcomes: &Outcomes) -> Scene {
    let mut rows: Vec<Row> = outcomes
        .policies
        .iter()
        .enumerate()
        .map(|(i, p)| {
            Row::new(&p.name, palette::policy(&p.name, i), &p.npv_usd, p.kept_npv_usd.iter().copied())
        })
        .collect();
    let foresight = &outcomes.foresight;
    rows.push(foresight_row(&foresight.npv_usd, foresight.kept_npv_usd.iter().copied()));
    let mut scene = titled(
        "NPV by policy",
        &money(outcomes),
        &caption(
            outcomes,
            "histogram, box and line",
            "Each histogram has its own height; the axis leaves out the outermost 1 % of paths.",
        ),
    );
    let panel = panel(&rows, 0.005);
    draw_axis(&mut scene, &panel, "NPV, million USD", true);
    for (row, (top, height)) in rows.iter().zip(places(&panel, rows.len())) {
        let base = top + 0.66 * height;
        draw_histogram(&mut scene, &panel, row, base, 0.56 * height);
        draw_box(&mut scene, &panel, row, base + 0.14 * height, 0.14 * height);
        scene.diamond(
            (panel.x_of(row.mean), base + 0.14 * height),
            (0.1 * height).clamp(3.0, 6.0),
            Ink::WHITE,
        );
    }
    draw_names(&mut scene, &panel, &rows, 0.55, true);
    let swatch = Key::Swatch(Look { ink: Ink::IDLE, hatch: Hatch::Plain });
    let legend = [
        (swatch, "Histogram; below it, box: middle 50 %, line: middle 90 %, bar: median"),
        (Key::Diamond(Ink::WHITE), "Mean of all paths"),
    ];
    draw_legend_line(&mut scene, LEGEND_AT, &legend);
    scene
}

/// A row per policy: mean paired difference to all-mining, its error, and the spread over paths.
pub(super) fn differences(outcomes: &Outcomes) -> Scene {
    let mut rows: Vec<Row> = outcomes
        .policies
        .iter()
        .enumerate()
        .skip(1)
        .map(|(i, p)| {
            Row::new(
                &p.name,
                palette::policy(&p.name, i),
                &p.difference_usd,
                p.kept_difference_usd.iter().copied(),
            )
        })
        .collect();
    let foresight = &outcomes.foresight;
    let baseline = outcomes.policies.first().map_or("all-mining", |p| p.name.as_str());
    let all_mining = outcomes.policies.first().map_or(&[][..], |p| p.kept_npv_usd.as_slice());
    let over_mining = foresight.kept_npv_usd.iter().zip(all_mining).map(|(npv, mining)| npv - mining);
    rows.push(foresight_row(&foresight.difference_usd, over_mining));
    let mut scene = titled(
        &format!("NPV less that of {baseline}, path by path"),
        &money(outcomes),
        &caption(
            outcomes,
            "spread",
            "A policy whose error bar holds zero cannot be told from all-mining by this run.",
        ),
    );
    let panel = panel(&rows, 0.05);
    draw_axis(&mut scene, &panel, &format!("NPV less that of {baseline}, million USD"), outcomes.n_paths > 1);
    if outcomes.n_paths == 1 {
        draw_only(&mut scene, &panel, &rows);
        return scene;
    }
    for (row, (top, height)) in rows.iter().zip(places(&panel, rows.len())) {
        draw_difference(&mut scene, &panel, row, top + 0.5 * height, height);
    }
    draw_names(&mut scene, &panel, &rows, 0.5, true);
    draw_legend_line(&mut scene, LEGEND_AT, &DIFFERENCE_LEGEND);
    scene
}

/// A row per policy of two runs: second NPV less the first path by path, its error, and the spread over paths.
pub(super) fn changes(runs: &TwoRuns<'_>) -> Scene {
    let row = |policy: &PolicyChange<'_>| {
        let change = policy.change_usd.as_ref()?;
        Some(Row::new(
            policy.name,
            palette::policy(policy.name, policy.place),
            change,
            policy.kept_change_usd.iter().copied(),
        ))
    };
    let rows: Vec<Row> = runs.policies.iter().filter_map(row).collect();
    let what = format!("NPV of {} less that of {}", runs.second.name, runs.first.name);
    let paths = counted_paths(runs.n_common);
    let luck = if runs.same_seed() { "with the same luck in both" } else { "independent of each other" };
    let mut scene = titled(
        "What changes from the first run to the second",
        &fit(&what, 16.0, 1000.0),
        &format!("Over {paths} {luck}; policies of both runs."),
    );
    let panel = panel(&rows, 0.05);
    draw_axis(&mut scene, &panel, "Second NPV less the first, million USD", runs.n_common > 1);
    if runs.n_common < 2 {
        draw_only(&mut scene, &panel, &rows);
        return scene;
    }
    for (row, (top, height)) in rows.iter().zip(places(&panel, rows.len())) {
        draw_difference(&mut scene, &panel, row, top + 0.5 * height, height);
    }
    draw_names(&mut scene, &panel, &rows, 0.5, true);
    draw_legend_line(&mut scene, LEGEND_AT, &DIFFERENCE_LEGEND);
    scene
}

/// A diamond per row, for values without error and spread.
fn draw_only(scene: &mut Scene, panel: &Panel, rows: &[Row]) {
    for (row, (top, height)) in rows.iter().zip(places(panel, rows.len())) {
        let radius = (0.12 * height).clamp(3.0, 8.0);
        scene.diamond((panel.x_of(row.mean), top + 0.5 * height), radius, row.ink);
    }
    draw_names(scene, panel, rows, 0.5, false);
    draw_legend_line(scene, LEGEND_AT, &[(Key::Diamond(Ink::WHITE), "Value on the one path")]);
}

/// What the money of a chart is.
pub(super) fn money(outcomes: &Outcomes) -> String {
    let lens = lens_words(outcomes.lens);
    format!("Nominal USD, before tax, unlevered, with what is carried past the horizon; {lens}")
}

fn foresight_row(moments: &Moments, kept_usd: impl Iterator<Item = f64>) -> Row {
    Row::new("perfect foresight (upper\u{a0}mark)", Ink::FORESIGHT, moments, kept_usd)
}

fn caption(outcomes: &Outcomes, what: &str, more: &str) -> String {
    if outcomes.n_paths == 1 {
        return "One path, so there is no error and no spread to show.".into();
    }
    let (all, kept) = (counted_paths(outcomes.n_paths), counted_paths(outcomes.n_kept));
    if outcomes.n_kept == outcomes.n_paths {
        return format!("Over all {all}. {more}");
    }
    format!("Means over all {all}; {what} of the first {kept}. {more}")
}

/// A panel wide enough for the quantiles from `tail` to `1 - tail` of all rows, their means and zero.
fn panel(rows: &[Row], tail: f64) -> Panel {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for row in rows {
        let mut ends = vec![row.mean - 2.0 * row.error, row.mean + 2.0 * row.error];
        if !row.sorted.is_empty() {
            ends.extend([row.quantile(tail), row.quantile(1.0 - tail)]);
        }
        low = ends.iter().copied().fold(low, f64::min);
        high = ends.iter().copied().fold(high, f64::max);
    }
    let room = 0.02 * (high - low);
    let x =
        Scale::linear(if low < 0.0 { low - room } else { 0.0 }, if high > 0.0 { high + room } else { high });
    Panel { left: 252.0, right: 985.0, top: 100.0, bottom: 570.0, x, y: Scale::linear(0.0, 1.0) }
}

fn draw_axis(scene: &mut Scene, panel: &Panel, name: &str, errors: bool) {
    panel.draw_x_axis(scene, name, &panel.x.ticks(8));
    let zero = panel.x_of(0.0);
    scene.line(vec![(zero, panel.top - 4.0), (zero, panel.bottom)], 1.6, Ink::TEXT);
    scene.line(vec![(panel.left, panel.bottom), (panel.right, panel.bottom)], 1.3, Ink::TEXT);
    let header = (1186.0, panel.top - 10.0);
    let words = if errors { "mean ± 2 s.e., million USD" } else { "million USD" };
    scene.text(words, header, 14.0, Align::End, Ink::QUIET);
}

/// Top and height of each row.
fn places(panel: &Panel, n: usize) -> impl Iterator<Item = (f64, f64)> {
    let height = (panel.bottom - panel.top) / n.max(1) as f64;
    let (top, shown) = (panel.top, height.min(90.0));
    // Few rows stay together in their share of the height, not stretched.
    (0..n).map(move |i| (top + height * i as f64 + 0.5 * (height - shown), shown))
}

/// Names to the left of all rows, values to the right, around `middle` of each row's height.
fn draw_names(scene: &mut Scene, panel: &Panel, rows: &[Row], middle: f64, errors: bool) {
    let decimals = common_decimals(rows.iter().map(|row| (row.mean, 2.0 * row.error)));
    for (row, (top, height)) in rows.iter().zip(places(panel, rows.len())) {
        let size = (height * 0.8).clamp(5.0, 15.0);
        let baseline = top + middle * height + 0.34 * size;
        let (apart, room) = (1.2 * size, panel.left - 28.0 - 12.0);
        let lines = wrap(&row.name, size, room);
        let lines =
            if height >= 2.4 * size && lines.len() == 2 { lines } else { vec![fit(&row.name, size, room)] };
        for (i, line) in lines.iter().enumerate() {
            let down = apart * (i as f64 - 0.5 * (lines.len() - 1) as f64);
            scene.text(line, (panel.left - 12.0, baseline + down), size, Align::End, Ink::TEXT);
        }
        let mut value = grouped(row.mean, decimals);
        if errors {
            value.push_str(&format!(" ± {}", grouped(2.0 * row.error, decimals)));
        }
        scene.text(value, (1186.0, baseline), size, Align::End, Ink::TEXT);
    }
}

fn draw_histogram(scene: &mut Scene, panel: &Panel, row: &Row, base: f64, height: f64) {
    let heights = histogram(&row.sorted, &panel.x);
    let highest = heights.iter().copied().fold(0.0, f64::max);
    if row.sorted.len() < 2 || highest <= 0.0 {
        return;
    }
    let bin_width = (panel.right - panel.left) / BINS as f64;
    let place =
        |(i, h): (usize, &f64)| (panel.left + (i as f64 + 0.5) * bin_width, base - height * h / highest);
    let visible = |h: &f64| height * h / highest > 0.3;
    let first = heights.iter().position(visible).unwrap_or(0);
    let last = heights.iter().rposition(visible).unwrap_or(0);
    let outline: Vec<Point> = heights.iter().enumerate().take(last + 1).skip(first).map(place).collect();
    let mut closed = vec![(panel.left + (first as f64 + 0.5) * bin_width, base)];
    closed.extend(&outline);
    closed.push((panel.left + (last as f64 + 0.5) * bin_width, base));
    scene.area(closed, row.ink.faded(0.75));
    scene.line(outline, 1.1, Ink::TEXT);
}

/// Counts in equal bins over the axis, smoothed over their neighbours; values outside are not counted.
fn histogram(sorted: &[f64], scale: &Scale) -> Vec<f64> {
    let mut counts = vec![0.0; BINS];
    for value in sorted.iter().filter(|v| **v >= scale.low() && **v <= scale.high()) {
        counts[((scale.share(*value) * BINS as f64) as usize).min(BINS - 1)] += 1.0;
    }
    // Few paths need more smoothing to be read.
    let rounds = if sorted.len() < 2_000 { 6 } else { 2 };
    for _ in 0..rounds {
        let at = |i: isize| usize::try_from(i).ok().and_then(|i| counts.get(i)).copied().unwrap_or(0.0);
        counts = (0..BINS as isize).map(|i| 0.25 * at(i - 1) + 0.5 * at(i) + 0.25 * at(i + 1)).collect();
    }
    counts
}

fn draw_box(scene: &mut Scene, panel: &Panel, row: &Row, y: f64, thickness: f64) {
    if row.sorted.is_empty() {
        return;
    }
    let [p5, p25, p50, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| panel.x_of(row.quantile(p)));
    let half = (0.5 * thickness).clamp(1.5, 6.0);
    scene.line(vec![(p5, y), (p95, y)], 1.6, Ink::TEXT);
    scene.rectangle((p25 - 1.0, y - half - 1.0), (p75 + 1.0, y + half + 1.0), Ink::TEXT);
    scene.rectangle((p25, y - half), (p75, y + half), row.ink);
    scene.line(vec![(p50, y - half - 2.0), (p50, y + half + 2.0)], 2.2, Ink::TEXT);
}

fn draw_difference(scene: &mut Scene, panel: &Panel, row: &Row, y: f64, height: f64) {
    let half = (0.22 * height).clamp(2.0, 11.0);
    if !row.sorted.is_empty() {
        let (p5, p95) = (panel.x_of(row.quantile(0.05)), panel.x_of(row.quantile(0.95)));
        scene.rectangle((p5, y - half), (p95, y + half), row.ink.faded(0.45));
        for x in [p5, p95] {
            scene.line(vec![(x, y - half), (x, y + half)], 1.6, row.ink.darker(0.8));
        }
    }
    let [low, high] = [-2.0, 2.0].map(|errors| panel.x_of(row.mean + errors * row.error));
    scene.line(vec![(low, y), (high, y)], 2.6, Ink::TEXT);
    for x in [low, high] {
        scene.line(vec![(x, y - 0.6 * half), (x, y + 0.6 * half)], 1.8, Ink::TEXT);
    }
    scene.diamond((panel.x_of(row.mean), y), (0.4 * half).clamp(2.0, 4.0), Ink::WHITE);
}
