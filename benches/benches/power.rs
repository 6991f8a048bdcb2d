//! Cost of an hour of the power price with its share of the monthly figures, beside the cost of a plain normal draw.
//!
//! The goal is at most 1.6 draws on the plain target and at most 0.8 where AVX2 is found; the ratios are printed at the end,
//! from medians of interleaved measurements. A slowdown here lengthens every run, because no other part touches each
//! hour of each path.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dispatch::{MonthFigures, Worth, month_figures_with};
use market::power::{Instructions, LANES, PowerCalibration, PowerDay, PowerLanes};
use market::stream::{Factor, Stream};
use market::{MonthLanes, Opening};
use rand_distr::{Distribution, StandardNormal};
use scenario::Scenario;
use site::Campus;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const TEXAS: &str = include_str!("../../data/scenarios/texas-campus.toml");
const DAYS: usize = 30;
const ELEMENTS: usize = DAYS * 24 * LANES;

/// Measurements behind each printed median.
const ROUNDS: usize = 401;

/// Months of one measurement, after one that brings its tables back into the cache.
const MONTHS: usize = 4;

/// What a run computes of each month: the power prices, then the figures per MW.
struct Month<'a> {
    instructions: Instructions,
    lanes: PowerLanes<'a>,
    prices: MonthLanes,
    campus: &'a Campus,
    worth: Worth,
    figures: MonthFigures,
}

impl<'a> Month<'a> {
    fn new(calibration: &'a PowerCalibration, campus: &'a Campus, instructions: Instructions) -> Self {
        let opening =
            Opening { hashprice_usd_per_ph_day: 39.0, gpu_hour_price_usd: 2.8, ..Opening::default() };
        let prices = MonthLanes {
            month: 6,
            step_hours: 1.0,
            steps_by_day: vec![24; DAYS],
            local_hour: (0..DAYS * 24).map(|hour| (hour % 24) as u8).collect(),
            hashprice_usd_per_ph_day: vec![39.0; DAYS * LANES],
            price_usd_per_mwh: vec![0.0; ELEMENTS],
            openings: vec![opening; LANES],
            offers: vec![None; LANES],
            innovations: vec![[0.0; 2]; LANES],
            events: vec![site::MonthEvents::default(); LANES],
        };
        let lanes = PowerLanes::new(calibration, 1, 0, LANES).with_instructions(instructions);
        Self {
            instructions,
            lanes,
            prices,
            campus,
            worth: Worth::of(campus),
            figures: MonthFigures::default(),
        }
    }

    /// A month of thirty days with its random streams re-keyed.
    fn fill(&mut self) {
        self.lanes.start_month(7);
        let hours = self.prices.local_hour.chunks_exact(24);
        for (day, (out, local_hours)) in
            self.prices.price_usd_per_mwh.chunks_exact_mut(24 * LANES).zip(hours).enumerate()
        {
            let today = PowerDay {
                calendar_month0: 6,
                weekday_monday0: day % 7,
                local_hours,
                slow_innovation: &[0.1; LANES],
                scale: 1.1,
                floor: -251.0,
                cap: 5000.0,
            };
            self.lanes.fill_day(&today, out);
        }
    }

    fn reduce(&mut self) -> f64 {
        month_figures_with(self.instructions, &self.worth, self.campus, &self.prices, &mut self.figures);
        self.figures.mining[0].power_cost_usd
    }

    fn run(&mut self) -> f64 {
        self.fill();
        self.reduce()
    }
}

/// A month of draws, written as a month of prices is.
fn draw(stream: &mut Stream, out: &mut [f64]) -> f64 {
    for value in out.iter_mut() {
        *value = StandardNormal.sample(stream);
    }
    out[ELEMENTS - 1]
}

/// The shipped campus, with its GPUs or with mining alone.
fn campus(with_gpus: bool) -> Campus {
    let scenario = Scenario::parse("texas-campus", TEXAS, Path::new("."), &[]);
    let mut campus = scenario.expect("the shipped scenario is valid").campus;
    if !with_gpus {
        campus.gpus = None;
    }
    campus
}

fn power(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("power");
    group.throughput(Throughput::Elements(ELEMENTS as u64));
    group.bench_function("standard_normal_draw", |bencher| {
        let mut stream = Stream::new(1, 0, Factor::Power, 0);
        let mut out = vec![0.0; ELEMENTS];
        bencher.iter(|| draw(&mut stream, &mut out));
    });
    let campus = campus(true);
    for (path, instructions) in [("detected", Instructions::detected()), ("plain", Instructions::plain())] {
        for name in ["hb-houston", "lz-west"] {
            let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
            group.bench_function(BenchmarkId::new(format!("path_hour/{path}"), name), |bencher| {
                let mut month = Month::new(&calibration, &campus, instructions);
                bencher.iter(|| month.run());
            });
        }
    }
    group.finish();
}

/// Prints nanoseconds per path-hour, and as multiples of a draw, from measurements taken in turn.
#[expect(clippy::print_stdout, reason = "a benchmark reports to its terminal")]
fn ratios(_: &mut Criterion) {
    let calibration = PowerCalibration::builtin("lz-west").expect("shipped under this name");
    let (mining, gpus) = (campus(false), campus(true));
    let month = |campus, instructions| Month::new(&calibration, campus, instructions);
    let (detected, plain) = (Instructions::detected(), Instructions::plain());
    let mut stream = Stream::new(1, 0, Factor::Power, 0);
    let mut out = vec![0.0; ELEMENTS];
    let [mut wide, mut narrow] = [detected, plain].map(|i| month(&gpus, i));
    let [mut wide_mining, mut narrow_mining] = [detected, plain].map(|i| month(&mining, i));
    let mut work: [(&str, &mut dyn FnMut() -> f64); 5] = [
        ("StandardNormal draw", &mut || draw(&mut stream, &mut out)),
        ("path-hour, detected, mining and GPUs", &mut || wide.run()),
        ("path-hour, plain, mining and GPUs", &mut || narrow.run()),
        ("path-hour, detected, mining alone", &mut || wide_mining.run()),
        ("path-hour, plain, mining alone", &mut || narrow_mining.run()),
    ];
    let mut times: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, run), times) in work.iter_mut().zip(&mut times) {
            black_box(run());
            let start = Instant::now();
            for _ in 0..MONTHS {
                black_box(run());
            }
            times.push(start.elapsed().as_secs_f64() * 1e9 / (MONTHS * ELEMENTS) as f64);
        }
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    println!("{detected:?} detected; medians of {ROUNDS} times {MONTHS} months of {LANES} paths, in turn:");
    for ((name, _), median) in work.iter().zip(medians) {
        println!("{name:<40} {median:6.3} ns {:6.3} draws", median / medians[0]);
    }
}

criterion_group!(benches, power, ratios);
criterion_main!(benches);
