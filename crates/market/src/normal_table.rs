//! The normal law: distribution function, density, quantile, and a table for fast draws.
//!
//! The table holds the midpoint quantiles of 4096 equal slices of probability, rescaled to unit
//! variance, so that 12 random bits make one normal innovation and a 64-bit word makes five. Its
//! kurtosis is 2.99 instead of 3 and its largest value about 3.7, which is enough for innovations that
//! are summed over hours, and too little for a single draw whose tail matters.

use std::sync::LazyLock;

/// Number of entries of the table: 12 bits index it.
pub const TABLE_SIZE: usize = 4096;

/// Number of table indices taken out of one 64-bit word; the upper four bits are left unused.
pub const INDICES_PER_WORD: usize = 5;

const INDEX_BITS: usize = 12;

static TABLE: LazyLock<[f64; TABLE_SIZE]> = LazyLock::new(build_table);

/// The table of normal innovations: mean zero, variance one, ascending; built once.
pub fn normal_table() -> &'static [f64; TABLE_SIZE] {
    &TABLE
}

/// Table index number `position` (0 to 4) of a random word, lowest bits first.
#[inline(always)]
pub fn table_index(word: u64, position: usize) -> usize {
    (word >> (INDEX_BITS * position)) as usize & (TABLE_SIZE - 1)
}

/// Standard normal density at `z`.
pub fn normal_pdf(z: f64) -> f64 {
    const INVERSE_ROOT_TWO_PI: f64 = 0.398_942_280_401_432_7;
    INVERSE_ROOT_TWO_PI * libm::exp(-0.5 * z * z)
}

/// Standard normal distribution function at `z`, with full relative accuracy in the lower tail.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Standard normal quantile of `probability`: minus infinity at 0, infinity at 1, NaN outside.
///
/// Acklam's rational approximation (relative error 1e-9), then one Halley step on [`normal_cdf`].
pub fn normal_quantile(probability: f64) -> f64 {
    if probability <= 0.0 || probability >= 1.0 || probability.is_nan() {
        return match probability {
            0.0 => f64::NEG_INFINITY,
            1.0 => f64::INFINITY,
            _ => f64::NAN,
        };
    }
    // The upper half is reflected, because the distribution function resolves only the lower tail.
    if probability > 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    let start = rational_quantile(probability);
    let step = (normal_cdf(start) - probability) / normal_pdf(start);
    start - step / (1.0 + 0.5 * start * step)
}

/// Acklam's approximation of the quantile for a probability in (0, 0.5].
fn rational_quantile(probability: f64) -> f64 {
    const CENTRE_TOP: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const CENTRE_BOTTOM: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const TAIL_TOP: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const TAIL_BOTTOM: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    if probability < 0.02425 {
        let q = (-2.0 * libm::log(probability)).sqrt();
        polynomial(&TAIL_TOP, q) / polynomial(&TAIL_BOTTOM, q)
    } else {
        let q = probability - 0.5;
        q * polynomial(&CENTRE_TOP, q * q) / polynomial(&CENTRE_BOTTOM, q * q)
    }
}

/// Value of a polynomial, highest coefficient first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

fn build_table() -> [f64; TABLE_SIZE] {
    let mut table = midpoint_quantiles();
    let variance = table.iter().map(|z| z * z).sum::<f64>() / TABLE_SIZE as f64;
    for z in &mut table {
        *z /= variance.sqrt();
    }
    table
}

fn midpoint_quantiles() -> [f64; TABLE_SIZE] {
    std::array::from_fn(|i| normal_quantile((i as f64 + 0.5) / TABLE_SIZE as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(table: &[f64], power: i32) -> f64 {
        table.iter().map(|z| z.powi(power)).sum::<f64>() / table.len() as f64
    }

    #[test]
    fn table_has_unit_variance_and_nearly_normal_kurtosis() {
        let table = normal_table();
        assert!(moment(table, 1).abs() < 1e-14);
        assert!((moment(table, 2) - 1.0).abs() < 1e-13);
        assert!((moment(table, 4) - 2.991).abs() < 5e-4, "{}", moment(table, 4));
        assert!(table.is_sorted());
    }

    #[test]
    fn midpoint_quantiles_fall_short_of_unit_variance() {
        assert!((moment(&midpoint_quantiles(), 2) - 0.99968).abs() < 5e-6);
    }

    #[test]
    fn known_values_of_the_distribution_function() {
        // Reference values to 15 digits (Abramowitz and Stegun, table 26.1; extended precision).
        for (z, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (1.96, 0.975_002_104_851_779_5),
            (-3.0, 1.349_898_031_630_094_5e-3),
            (-8.0, 6.220_960_574_271_784e-16),
        ] {
            assert!((normal_cdf(z) / expected - 1.0).abs() < 1e-12, "{z}");
        }
    }

    #[test]
    fn density_is_the_slope_of_the_distribution_function() {
        for i in -40..=40 {
            let z = f64::from(i) / 10.0;
            let slope = (normal_cdf(z + 1e-5) - normal_cdf(z - 1e-5)) / 2e-5;
            assert!((slope - normal_pdf(z)).abs() < 1e-10, "{z}");
        }
    }

    #[test]
    fn quantile_inverts_the_distribution_function() {
        for i in -80..=40 {
            let z = f64::from(i) / 10.0;
            let error = (normal_quantile(normal_cdf(z)) - z).abs();
            // Above zero the probability itself carries only 1e-16, divided by the density.
            let resolution = 1e-13 + 2e-16 / normal_pdf(z.max(0.0));
            assert!(error < resolution, "{z}: {error}");
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.5).is_nan());
    }

    #[test]
    fn five_indices_use_sixty_different_bits() {
        let mut seen = 0u64;
        for position in 0..INDICES_PER_WORD {
            for bit in 0..64 {
                if table_index(1 << bit, position) != 0 {
                    assert_eq!(seen & (1 << bit), 0);
                    seen |= 1 << bit;
                }
            }
        }
        assert_eq!(seen, (1 << 60) - 1);
    }
}
