//! Charts to look at and to test with: one as it comes, and what strains it.

use super::*;
use sweep::{Scale as Spacing, Value};

pub(super) const POLICIES: [&str; 5] = ["all-mining", "all-ai-asap", "hurdle", "trigger", "dp"];

fn words(title: &str) -> Words {
    Words {
        title: title.into(),
        subtitle: "A sweep of 625 points, 200 paths each, the same random numbers at every point".into(),
        note: String::new(),
    }
}

pub(super) fn axis(label: &str, unit: &str, spacing: Spacing, (low, high): (f64, f64), n: usize) -> Axis {
    let share = |i: usize| i as f64 / (n - 1).max(1) as f64;
    let at = |i: usize| match spacing {
        Spacing::Linear => low + (high - low) * share(i),
        Spacing::Log => low * (high / low).powf(share(i)),
    };
    Axis { label: label.into(), unit: unit.into(), spacing, values: (0..n).map(at).collect() }
}

pub(super) fn hashprice(n: usize) -> Axis {
    axis("Hashprice", "USD/PH/day", Spacing::Log, (20.0, 160.0), n)
}

pub(super) fn rent(n: usize) -> Axis {
    axis("Lease rate", "USD/kW-month", Spacing::Linear, (80.0, 240.0), n)
}

/// What AI gains over mining at a point, USD: zero where the rent is 60 and 1.2 times the hashprice.
fn gain(hashprice: f64, rent: f64) -> f64 {
    3.0e6 * (rent - 60.0 - 1.2 * hashprice)
}

fn by_point<T>(x: &Axis, y: &Axis, of: impl Fn(f64, f64) -> T) -> Vec<T> {
    y.values.iter().flat_map(|y| x.values.iter().map(|x| of(*x, *y)).collect::<Vec<T>>()).collect()
}

fn break_even(x: &Axis, label: &str) -> Contour {
    let piece = x.values.iter().map(|h| [*h, 60.0 + 1.2 * h]).filter(|[_, y]| (80.0..=240.0).contains(y));
    Contour { label: label.into(), pieces: vec![piece.collect()] }
}

fn base() -> Option<MarkedPoint> {
    Some(MarkedPoint { name: "Base".into(), at: [50.0, 155.0] })
}

pub(super) fn best_map(n_x: usize, n_y: usize) -> HeatMap {
    let (x, y) = (hashprice(n_x), rent(n_y));
    let cells = by_point(&x, &y, |h, r| {
        let policy = match gain(h, r) / 1e6 {
            g if g < -60.0 => 0,
            g if g < 40.0 => 3,
            g if g < 260.0 => 4,
            _ => 1,
        };
        let margin = (gain(h, r).abs() - 5e7).abs() * 0.3;
        (h < 140.0 || r < 210.0).then_some(BestCell { policy, margin, error: Some(4e6) })
    });
    HeatMap {
        lines: vec![break_even(&x, "dp = all-mining")],
        words: words("Best policy by hashprice and lease rate"),
        x,
        y,
        cells: Cells::Best { policies: POLICIES.map(String::from).to_vec(), cells },
        marked: base(),
    }
}

pub(super) fn share_map(n_x: usize, n_y: usize) -> HeatMap {
    let (x, y) = (hashprice(n_x), rent(n_y));
    let share = |h: f64, r: f64| (0.4 + gain(h, r) / 5e8).clamp(0.0, 1.0);
    let cells = by_point(&x, &y, |h, r| (h > 24.0 || r > 90.0).then(|| share(h, r)));
    let cells = Cells::Share { label: "AI share of gross MW under dp, mean over the horizon".into(), cells };
    HeatMap {
        words: words("How much of the campus turns to AI"),
        x,
        y,
        cells,
        lines: Vec::new(),
        marked: base(),
    }
}

pub(super) fn difference_map(n_x: usize, n_y: usize) -> HeatMap {
    let (x, y) = (hashprice(n_x), rent(n_y));
    let cells = by_point(&x, &y, |h, r| Some(gain(h, r)));
    let measure = Measure::million_usd("Mean NPV of dp less that of all-mining");
    let lines = vec![break_even(&x, "no difference")];
    let cells = Cells::Difference { measure, cells };
    HeatMap { words: words("What dp gains over all-mining"), x, y, cells, lines, marked: base() }
}

pub(super) fn tornado(n: usize) -> Tornado {
    let labels = [
        ("Lease rate, first year", "USD/kW-month"),
        ("Hashprice", "USD/PH/day"),
        ("Power price level", "USD/MWh"),
        ("Conversion capex of a hall with liquid cooling and its substation", "million USD/MW"),
        ("Lead time", "months"),
        ("Tenant default", "per year"),
        ("Backstop", ""),
    ];
    let bar = |i: usize| {
        let (label, unit) = labels[i % labels.len()];
        let swing = 3.2e8 / (1.0 + i as f64);
        let end = |sign: f64, level: f64| TornadoEnd {
            level: Value::Number(level),
            value: Some(6.2e8 + sign * swing),
            flips_to: (i < 2 && sign < 0.0).then(|| "all-mining".into()),
        };
        let (mut low, mut high) = (end(-1.0, 10.0 * (i + 1) as f64), end(0.8, 17.5 * (i + 1) as f64));
        match i {
            2 | 3 => std::mem::swap(&mut low.value, &mut high.value),
            4 => high.value = Some(6.2e8 - 0.5 * swing),
            5 => low.value = None,
            6 => {
                (low.level, high.level) = (Value::Text("none".into()), Value::Text("hyperscaler".into()));
                (low.value, high.value) = (Some(6.2e8), Some(6.2e8));
            }
            _ => {}
        }
        TornadoBar { label: label.into(), unit: unit.into(), low, high }
    };
    Tornado {
        words: words("What moves the value of the best policy"),
        measure: Measure::million_usd("Mean NPV of the best policy"),
        base: 6.2e8,
        bars: (0..n).map(bar).collect(),
    }
}

fn estimate(value: f64, half: f64) -> Estimate {
    Estimate { value, low: value - half, high: value + half }
}

pub(super) fn parameter_names(n: usize) -> Vec<String> {
    let names = [
        "Lease rate",
        "Hashprice",
        "Power price level",
        "Conversion capex of a hall with liquid cooling",
        "Lead time",
        "Tenant default",
        "Backstop",
        "Speed of reversion of the difficulty to profitability",
        "Spikes",
        "Discount rate",
        "ASIC resale",
        "PUE",
    ];
    (0..n).map(|i| names[i % names.len()].to_owned()).collect()
}

pub(super) fn sobol_bars(n: usize) -> SobolBars {
    let bar = |(i, label): (usize, String)| {
        let total = 0.55 / (1.0 + i as f64).powf(1.4);
        let (first, total) = (estimate(0.8 * total - 0.01, 0.03), estimate(total, 0.04));
        SobolBar { label, first, total }
    };
    SobolBars {
        words: words("What drives the NPV of dp"),
        bars: parameter_names(n).into_iter().enumerate().map(bar).collect(),
    }
}

pub(super) fn convergence(n: usize) -> Convergence {
    let series = |(i, name): (usize, String)| {
        let points = (5..=12).map(|k| {
            let n_points = 1_usize << k;
            let error = 1.2 / (n_points as f64).sqrt();
            let value = 0.55 / (1.0 + i as f64) + 0.4 * error * ((i + k) as f64).sin();
            ConvergencePoint { n_points, estimate: estimate(value, error) }
        });
        ConvergenceSeries { name, points: points.collect() }
    };
    let series = parameter_names(n).into_iter().enumerate().map(series).collect();
    Convergence {
        words: words("Total indices as base rows are added"),
        measure: Measure::plain("Total index", ""),
        counted: "base rows".into(),
        of_policies: false,
        series,
    }
}

pub(super) fn line(n: usize) -> LineChart {
    let x = rent(n);
    let value = |policy: usize, r: f64| match policy {
        0 => 2.8e8,
        1 => 2.8e8 + gain(60.0, r) - 4e7,
        p => 2.8e8 + 4e7 * (p as f64 - 1.5) + 0.9 * gain(60.0, r).max(-1e7 * p as f64),
    };
    let lines = POLICIES.iter().enumerate().map(|(policy, name)| {
        let estimates = x.values.iter().map(|r| Some(Estimate::of_mean(value(policy, *r), Some(9e6))));
        PolicyLine { name: (*name).into(), estimates: estimates.collect() }
    });
    let mut lines: Vec<PolicyLine> = lines.collect();
    if n > 4 {
        lines.iter_mut().for_each(|line| line.estimates[n - 2] = None);
    }
    let crossings = vec![
        Crossing { at: 136.0, value: 3.0e8, label: "trigger = all-mining".into() },
        Crossing { at: 145.3, value: 2.8e8, label: "all-ai-asap = all-mining".into() },
    ];
    let measure = Measure::million_usd("Mean NPV");
    LineChart { words: words("Value over the lease rate"), x, measure, lines, crossings, base: Some(155.0) }
}

pub(super) fn regret(n: usize) -> RegretBars {
    let bar = |i: usize| RegretBar {
        name: POLICIES.get(i).map_or_else(|| format!("own-rule-{i} with a long name"), |name| (*name).into()),
        policy: i,
        worst: 4.1e8 / (1.0 + i as f64),
        worst_error: (i != 1).then_some(0.2e8),
        mean: 0.9e8 / (1.0 + i as f64),
        worst_point: Some(17 * i),
    };
    RegretBars {
        words: words("Regret by policy"),
        measure: Measure::million_usd("Regret"),
        bars: (0..n).map(bar).collect(),
    }
}

/// A chart of each kind as it comes.
pub(super) fn usual() -> Vec<(String, SweepChart)> {
    let named = |name: &str, chart| (name.to_owned(), chart);
    vec![
        named("best", SweepChart::HeatMap(best_map(25, 25))),
        named("best_small", SweepChart::HeatMap(best_map(6, 5))),
        named("best_40", SweepChart::HeatMap(best_map(40, 40))),
        named("share", SweepChart::HeatMap(share_map(10, 9))),
        named("share_40", SweepChart::HeatMap(share_map(40, 40))),
        named("difference", SweepChart::HeatMap(difference_map(10, 9))),
        named("difference_25", SweepChart::HeatMap(difference_map(25, 25))),
        named("tornado", SweepChart::Tornado(tornado(12))),
        named("sobol", SweepChart::SobolBars(sobol_bars(12))),
        named("convergence", SweepChart::Convergence(convergence(6))),
        named("line", SweepChart::Line(line(9))),
        named("regret", SweepChart::Regret(regret(5))),
    ]
}
