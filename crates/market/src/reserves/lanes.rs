//! Many paths of reserve prices, month by month, driven by the ranks of power.

use rand_distr::{Distribution, StandardNormal};

use super::{HOURS, ReserveCalibration};
use crate::power::LANES;
use crate::stream::{Factor, Stream};
use site::calendar::Day;

/// Number of products a chunk has room for.
const MOST: usize = 5;

/// Month of the stream from which the start of a path is drawn.
const START: u32 = u32::MAX;

/// Prices of a month of up to [`LANES`] paths.
#[derive(Clone, Debug, Default)]
pub struct ReserveMonth {
    /// Price of each product in the calibration's order, USD/MW-h, each `[n_hours, LANES]` row-major.
    pub prices_usd_per_mw_h: Vec<Vec<f64>>,
}

/// Noise of one path; every part is standard normal in the long run.
#[derive(Clone, Debug)]
struct Noise {
    slow: [f64; MOST],
    hourly: [f64; MOST],
    /// Innovation of the profile at the last hour.
    fresh: [f64; MOST],
    profile: [[f64; MOST]; HOURS],
}

/// What remains of each part after its step, and the size of its innovation.
#[derive(Clone, Copy, Debug)]
struct Steps {
    slow: [f64; 2],
    hourly: [f64; 2],
    profile: [f64; 2],
}

/// Up to [`LANES`] paths of reserve prices.
#[derive(Clone, Debug)]
pub struct ReserveLanes<'a> {
    calibration: &'a ReserveCalibration,
    seed: u64,
    first_path: u64,
    steps: Steps,
    /// Square roots of the shares of the noise, `[product][part]`, times the product's own noise.
    amplitudes: Vec<[f64; 3]>,
    noises: Vec<Noise>,
}

impl<'a> ReserveLanes<'a> {
    /// Paths `first_path .. first_path + n_lanes`, with the noise drawn from its long-run law.
    ///
    /// # Panics
    /// If `n_lanes` exceeds [`LANES`].
    #[must_use]
    pub fn new(calibration: &'a ReserveCalibration, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        assert!(n_lanes <= LANES, "at most {LANES} lanes, not {n_lanes}");
        let law = &calibration.noise;
        let step = |span: f64, constant: f64| {
            let retained = libm::exp(-span / constant);
            [retained, (1.0 - retained * retained).sqrt()]
        };
        let hourly = step(1.0, law.hourly_hours);
        let mut profile = step(1.0, law.profile_days);
        // Innovations of the same hour a day apart are a little alike, which would swell the variance.
        let alike = profile[0] * libm::exp(-24.0 / law.hourly_hours);
        profile[1] *= ((1.0 - alike) / (1.0 + alike)).sqrt();
        let steps = Steps { slow: step(24.0, law.slow_hours), hourly, profile };
        let amplitudes = calibration
            .products
            .iter()
            .map(|product| {
                let weights = product.weights;
                [weights.slow, weights.profile, weights.hourly]
                    .map(|share| product.loading.noise() * share.sqrt())
            })
            .collect();
        let noises = (0..n_lanes as u64)
            .map(|lane| {
                let path = first_path.wrapping_add(lane);
                start(calibration, steps, &mut Stream::new(seed, path, Factor::Reserves, START))
            })
            .collect();
        Self { calibration, seed, first_path, steps, amplitudes, noises }
    }

    /// Prices of month `m`, which is calendar month `month0`, written to `out`; `ranks` holds the rank variable `z` of power as
    /// `[n_hours, LANES]`, as the power model yields it or as [`EmpiricalLaw::rank`](crate::empirical::EmpiricalLaw::rank) does.
    ///
    /// # Panics
    /// If there are fewer ranks than hours, or the month is out of range.
    pub fn fill_month(&mut self, m: u32, month0: usize, days: &[Day], ranks: &[f64], out: &mut ReserveMonth) {
        let n_hours: usize = days.iter().map(|day| day.hours.len()).sum();
        assert!(ranks.len() >= n_hours * LANES, "a rank for every hour");
        let (products, root) = (&self.calibration.products, &self.calibration.noise.root);
        out.prices_usd_per_mw_h.resize(products.len(), Vec::new());
        for prices in &mut out.prices_usd_per_mw_h {
            prices.resize(n_hours * LANES, 0.0);
        }
        for (lane, noise) in self.noises.iter_mut().enumerate() {
            let path = self.first_path.wrapping_add(lane as u64);
            let mut stream = Stream::new(self.seed, path, Factor::Reserves, m);
            let hours = days.iter().flat_map(|day| day.hours.iter().enumerate());
            for (n, (index, &hour)) in hours.enumerate() {
                if index == 0 {
                    let draws = correlated(root, &mut stream);
                    move_on(&mut noise.slow, self.steps.slow, &draws);
                }
                let hour = usize::from(hour);
                noise.pass_hour(hour, self.steps, root, &mut stream);
                let z = ranks[n * LANES + lane];
                for (p, product) in products.iter().enumerate() {
                    let [slow, profile, hourly] = self.amplitudes[p];
                    let z_r = product.loading.mean(z)
                        + slow * noise.slow[p]
                        + profile * noise.profile[hour][p]
                        + hourly * noise.hourly[p];
                    out.prices_usd_per_mw_h[p][n * LANES + lane] = product.price(month0, hour, z_r);
                }
            }
        }
    }
}

impl Noise {
    fn pass_hour(&mut self, hour: usize, steps: Steps, root: &[Vec<f64>], stream: &mut Stream) {
        move_on(&mut self.hourly, steps.hourly, &correlated(root, stream));
        move_on(&mut self.fresh, steps.hourly, &correlated(root, stream));
        move_on(&mut self.profile[hour], steps.profile, &self.fresh);
    }
}

fn start(calibration: &ReserveCalibration, steps: Steps, stream: &mut Stream) -> Noise {
    let root = &calibration.noise.root;
    let mut noise = Noise {
        slow: correlated(root, stream),
        hourly: correlated(root, stream),
        fresh: correlated(root, stream),
        profile: [[0.0; MOST]; HOURS],
    };
    for profile in &mut noise.profile {
        let draws = correlated(root, stream);
        move_on(&mut noise.fresh, steps.hourly, &draws);
        *profile = noise.fresh;
    }
    noise
}

fn move_on(values: &mut [f64; MOST], [retained, size]: [f64; 2], draws: &[f64; MOST]) {
    for (value, draw) in values.iter_mut().zip(draws) {
        *value = retained * *value + size * draw;
    }
}

/// Standard normals of the products with their correlation.
fn correlated(root: &[Vec<f64>], stream: &mut Stream) -> [f64; MOST] {
    let mut plain = [0.0; MOST];
    for z in plain.iter_mut().take(root.len()) {
        *z = StandardNormal.sample(stream);
    }
    let mut out = [0.0; MOST];
    for (value, row) in out.iter_mut().zip(root) {
        *value = row.iter().zip(&plain).map(|(weight, z)| weight * z).sum();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean of a product of two values over independent paths, within four standard errors of its expectation.
    struct Product {
        sum: f64,
        squares: f64,
    }

    impl Product {
        fn holds(&self, n: f64, expected: f64, name: &str) {
            let mean = self.sum / n;
            let error = ((self.squares / n - mean * mean) / n).sqrt();
            assert!((mean - expected).abs() < 4.0 * error, "{name}: {mean}, not {expected} ± {error}");
        }
    }

    #[test]
    fn noise_has_its_moments_over_a_million_paths() {
        const N: u64 = 1_000_000;
        let calibration = ReserveCalibration::builtin();
        let steps = ReserveLanes::new(&calibration, 1, 0, 1).steps;
        let root = &calibration.noise.root;
        let mut products: [Product; 7] = std::array::from_fn(|_| Product { sum: 0.0, squares: 0.0 });
        for path in 0..N {
            let mut stream = Stream::new(17, path, Factor::Reserves, START);
            let mut noise = start(&calibration, steps, &mut stream);
            let (before, slow) = (noise.hourly, noise.slow);
            noise.pass_hour(0, steps, root, &mut stream);
            let draws = correlated(root, &mut stream);
            move_on(&mut noise.slow, steps.slow, &draws);
            let values = [
                noise.hourly[1],
                noise.hourly[1] * noise.hourly[1],
                noise.hourly[0] * noise.hourly[1],
                before[2] * noise.hourly[2],
                noise.slow[3] * noise.slow[3],
                slow[3] * noise.slow[3],
                noise.profile[5][4] * noise.profile[5][4],
            ];
            for (product, value) in products.iter_mut().zip(values) {
                product.sum += value;
                product.squares += value * value;
            }
        }
        let expected = [
            ("mean of the hourly part", 0.0),
            ("its variance", 1.0),
            ("its correlation between products", calibration.noise.correlation[0][1]),
            ("its correlation after an hour", steps.hourly[0]),
            ("variance of the slow part", 1.0),
            ("its correlation after a day", steps.slow[0]),
            ("variance of the profile", 1.0),
        ];
        for (product, (name, value)) in products.iter().zip(expected) {
            product.holds(N as f64, value, name);
        }
    }
}
