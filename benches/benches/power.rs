//! Cost of an hour of the power price, beside the cost of a plain normal draw.
//!
//! Both are reported per element. The model's path-hour should cost at most 1.6 draws; a slowdown here lengthens
//! every run, because no other part touches each hour of each path.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use market::power::{LANES, PowerCalibration, PowerDay, PowerLanes};
use market::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardNormal};

const DAYS: usize = 30;
const ELEMENTS: usize = DAYS * 24 * LANES;

fn power(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("power");
    group.throughput(Throughput::Elements(ELEMENTS as u64));
    group.bench_function("standard_normal_draw", |bencher| {
        let mut stream = Stream::new(1, 0, Factor::Power, 0);
        let mut out = vec![0.0; ELEMENTS];
        bencher.iter(|| {
            for value in &mut out {
                *value = StandardNormal.sample(&mut stream);
            }
            out[ELEMENTS - 1]
        });
    });
    for name in ["hb-houston", "lz-west"] {
        let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
        group.bench_function(BenchmarkId::new("path_hour", name), |bencher| {
            let mut lanes = PowerLanes::new(&calibration, 1, 0, LANES);
            let mut out = vec![0.0; 24 * LANES];
            bencher.iter(|| month(&mut lanes, &mut out));
        });
    }
    group.finish();
}

/// A month of thirty days with its random streams re-keyed, and the sum of prices that a caller would take.
fn month(lanes: &mut PowerLanes<'_>, out: &mut [f64]) -> f64 {
    let hours: [u8; 24] = std::array::from_fn(|hour| hour as u8);
    let innovations = [0.1; LANES];
    let mut sums = [0.0; LANES];
    lanes.start_month(7);
    for day in 0..DAYS {
        let today = PowerDay {
            calendar_month0: 6,
            weekday_monday0: day % 7,
            local_hours: &hours,
            slow_innovation: &innovations,
            scale: 1.1,
            floor: -251.0,
            cap: 5000.0,
        };
        lanes.fill_day(&today, out);
        for row in out.chunks_exact(LANES) {
            for (sum, price) in sums.iter_mut().zip(row) {
                *sum += price;
            }
        }
    }
    sums.iter().sum()
}

criterion_group!(benches, power);
criterion_main!(benches);
