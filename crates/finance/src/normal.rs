//! The normal law: distribution function, quantile, and the distribution function of two correlated normals.
//!
//! `Φ(z) = erfc(−z/√2)/2`. The quantile starts from Abramowitz and Stegun 26.2.23 (error 4.5e−4) and takes Halley steps, whose
//! error is cubed each time. For two normals, `∂Φ₂/∂ρ` is the bivariate density, so `Φ₂(h,k;ρ)` is an integral over the
//! correlation from 0; near ρ = ±1 the integrand is steep and its expansion there is taken out in closed form.
//! Source of the latter: Genz (2004), Numerical computation of rectangular bivariate and trivariate normal and t
//! probabilities, Statistics and Computing 14, section 2.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Above this correlation the integral is taken from ±1 instead of from 0 (Genz 2004).
const STEEP_CORRELATION: f64 = 0.925;

/// Exponents below this contribute nothing in double precision.
const NEGLIGIBLE_EXPONENT: f64 = -100.0;

/// Positive nodes and weights of the Gauss–Legendre rule with 20 points on −1 to 1.
const NODES: [(f64, f64); 10] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_12),
];

/// Standard normal density at `z`.
#[must_use]
pub fn normal_pdf(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / TAU.sqrt()
}

/// Standard normal distribution function at `z`, with full relative accuracy in the lower tail.
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// Standard normal quantile of `probability`: minus infinity at 0, infinity at 1, NaN outside.
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    if probability.is_nan() || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    // The upper half is reflected, because the distribution function resolves only the lower tail.
    if probability > 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    if probability == 0.0 {
        return f64::NEG_INFINITY;
    }
    let t = (-2.0 * libm::log(probability)).sqrt();
    let top = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let bottom = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = top / bottom - t;
    for _ in 0..3 {
        let density = normal_pdf(z);
        if density == 0.0 {
            break;
        }
        let step = (normal_cdf(z) - probability) / density;
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}

/// Probability that two standard normals of correlation `rho` lie below `x` and `y`; `rho` between −1 and 1.
///
/// Absolute error below 1e−14 where tests compare it with integrals worked out to 40 digits. NaN for a `rho` outside its range.
#[must_use]
pub fn bivariate_normal_cdf(x: f64, y: f64, rho: f64) -> f64 {
    if !(-1.0..=1.0).contains(&rho) || x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    if x == f64::NEG_INFINITY || y == f64::NEG_INFINITY {
        return 0.0;
    }
    if x == f64::INFINITY || y == f64::INFINITY {
        return normal_cdf(x.min(y));
    }
    let value =
        if rho.abs() < STEEP_CORRELATION { from_independence(x, y, rho) } else { from_dependence(x, y, rho) };
    value.clamp(0.0, 1.0)
}

/// The integral over the correlation from 0, in the angle whose sine it is.
fn from_independence(x: f64, y: f64, rho: f64) -> f64 {
    let half_squares = 0.5 * (x * x + y * y);
    let angle = libm::asin(rho);
    let integrand = |node: f64| {
        let sine = libm::sin(0.5 * angle * (node + 1.0));
        libm::exp((sine * x * y - half_squares) / (1.0 - sine * sine))
    };
    let sum: f64 = NODES.iter().map(|(node, weight)| weight * (integrand(*node) + integrand(-node))).sum();
    normal_cdf(x) * normal_cdf(y) + 0.5 * angle * sum / TAU
}

/// The distribution at full dependence (the lesser of two, or their overlap), less what is lost on the way to `rho`.
fn from_dependence(x: f64, y: f64, rho: f64) -> f64 {
    if rho > 0.0 {
        normal_cdf(x.min(y)) - loss_from_dependence(x, y, rho)
    } else {
        // With −Y in the place of Y the correlation is positive: P(X<x, Y<y) = Φ(x) − P(X<x, −Y<−y).
        let overlap = if -y < x { normal_cdf(y) - normal_cdf(-x) } else { 0.0 };
        overlap + loss_from_dependence(x, -y, -rho)
    }
}

/// `Φ₂(x,y;1) − Φ₂(x,y;ρ)` for a correlation near 1: the expansion in `√(1−ρ²)`, and a quadrature of what it leaves.
fn loss_from_dependence(x: f64, y: f64, rho: f64) -> f64 {
    let product = x * y;
    let gap_squared = (x - y) * (x - y);
    let width_squared = (1.0 - rho) * (1.0 + rho);
    if width_squared <= 0.0 {
        return 0.0;
    }
    let width = width_squared.sqrt();
    let c = (4.0 - product) / 8.0;
    let d = (12.0 - product) / 16.0;
    let mut sum = 0.0;
    let exponent = -0.5 * (gap_squared / width_squared + product);
    if exponent > NEGLIGIBLE_EXPONENT {
        let series = 1.0 - c * (gap_squared - width_squared) * (1.0 - d * gap_squared / 5.0) / 3.0
            + c * d * width_squared * width_squared / 5.0;
        sum += width * libm::exp(exponent) * series;
    }
    if product > NEGLIGIBLE_EXPONENT {
        let gap = gap_squared.sqrt();
        let series = 1.0 - c * gap_squared * (1.0 - d * gap_squared / 5.0) / 3.0;
        sum -= libm::exp(-0.5 * product) * TAU.sqrt() * normal_cdf(-gap / width) * gap * series;
    }
    let half_width = 0.5 * width;
    for (node, weight) in NODES {
        for signed in [node, -node] {
            let square = (half_width * (signed + 1.0)) * (half_width * (signed + 1.0));
            let root = (1.0 - square).sqrt();
            let exponent = -0.5 * (gap_squared / square + product);
            if exponent > NEGLIGIBLE_EXPONENT {
                let exact = libm::exp(-0.5 * product * square / ((1.0 + root) * (1.0 + root))) / root;
                let expansion = 1.0 + c * square * (1.0 + d * square);
                sum += half_width * weight * libm::exp(exponent) * (exact - expansion);
            }
        }
    }
    sum / TAU
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_agree_with_high_precision() {
        let known = [
            (0.1, -1.281_551_565_544_600_5),
            (0.005, -2.575_829_303_548_901),
            (1e-10, -6.361_340_902_404_056),
            (1e-300, -37.047_096_299_361_2),
            (0.3, -0.524_400_512_708_040_8),
            (0.975, 1.959_963_984_540_054),
        ];
        for (probability, z) in known {
            let found = normal_quantile(probability);
            assert!((found - z).abs() <= 2e-15 * (1.0 + 10.0 * z.abs()), "{found} at {probability}");
        }
        assert!(normal_quantile(0.5).abs() < 1e-17);
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(normal_quantile(1.5).is_nan() && normal_quantile(f64::NAN).is_nan());
    }

    /// Reference: one-dimensional integrals of `φ(x) Φ((y − ρx)/√(1−ρ²))`, worked out to 40 digits.
    #[test]
    fn two_normals_agree_with_high_precision() {
        let known = [
            (0.0, 0.0, 0.5, 0.333_333_333_333_333_3),
            (1.0, -0.5, 0.3, 0.283_138_420_244_480_95),
            (-1.281_551_565_544_600_4, -2.575_829_303_548_900_4, 0.3, 0.001_663_795_162_959_123),
            (0.2, 1.4, -0.6, 0.503_105_030_061_014_3),
            (-2.0, -2.5, 0.9, 0.005_332_931_061_066_137),
            (-6.0, -1.0, 0.2, 5.854_591_723_564_441e-10),
            (0.7, 0.6, 0.93, 0.691_824_154_409_832_5),
            (0.7, 0.6, -0.93, 0.483_793_034_027_546_1),
            (2.0, -0.1, 0.95, 0.460_172_162_722_789_8),
            (-2.0, -0.1, 0.95, 0.022_750_131_937_410_074),
            (-1.0, 1.5, -0.95, 0.093_243_825_314_026_88),
            (-0.5, -0.4, -0.95, 8.297_499_848_123_452e-5),
            (-5.0, -5.0, 0.96, 1.315_408_463_642_553e-7),
            (-1.5, -1.4, 0.97, 0.059_064_911_774_351_82),
            (-3.0, -2.9, 0.99, 0.001_248_347_346_032_486_3),
            (1.0, -1.05, -0.99, 0.008_235_293_579_489_74),
            (1.2, 1.1, 0.999, 0.864_293_345_011_588),
            (4.0, 3.0, -0.999, 0.998_618_430_726_536_8),
            (0.3, 0.3, 0.9999, 0.615_759_655_543_432_1),
            (0.1, 0.100_01, 0.999_999, 0.539_605_860_040_944_5),
        ];
        for (x, y, rho, expected) in known {
            let found = bivariate_normal_cdf(x, y, rho);
            assert!((found - expected).abs() < 1e-14, "{found} is not {expected} at {x}, {y}, {rho}");
        }
    }

    #[test]
    fn ends_of_the_plane_and_of_the_correlation() {
        assert_eq!(bivariate_normal_cdf(f64::NEG_INFINITY, 1.0, 0.5), 0.0);
        assert_eq!(bivariate_normal_cdf(f64::INFINITY, 1.0, 0.5), normal_cdf(1.0));
        assert_eq!(bivariate_normal_cdf(0.4, 0.1, 1.0), normal_cdf(0.1));
        assert_eq!(bivariate_normal_cdf(-0.4, 0.1, -1.0), 0.0);
        let overlap = normal_cdf(0.4) - normal_cdf(-0.1);
        assert!((bivariate_normal_cdf(0.4, 0.1, -1.0) - overlap).abs() < 1e-15);
        assert!(
            bivariate_normal_cdf(0.0, 0.0, 1.1).is_nan() && bivariate_normal_cdf(f64::NAN, 0.0, 0.0).is_nan()
        );
    }

    proptest! {
        #[test]
        fn quantile_inverts_the_distribution(z in -30.0..8.0_f64) {
            let probability = normal_cdf(z);
            // Near 1 the probability itself is rounded to 1e-16.
            let rounding = 2e-16 / normal_pdf(z) * probability + 1e-13;
            prop_assert!((normal_quantile(probability) - z).abs() <= rounding, "{}", normal_quantile(probability));
        }

        #[test]
        fn two_normals_lie_between_the_frechet_bounds(x in -6.0..6.0_f64, y in -6.0..6.0_f64, rho in -1.0..=1.0_f64) {
            let joint = bivariate_normal_cdf(x, y, rho);
            let (a, b) = (normal_cdf(x), normal_cdf(y));
            prop_assert!(joint <= a.min(b) + 1e-14 && joint >= (a + b - 1.0).max(0.0) - 1e-14, "{joint}");
        }

        #[test]
        fn independent_normals_multiply(x in -8.0..8.0_f64, y in -8.0..8.0_f64) {
            prop_assert_eq!(bivariate_normal_cdf(x, y, 0.0), normal_cdf(x) * normal_cdf(y));
        }

        #[test]
        fn correlation_raises_the_joint_probability(
            x in -4.0..4.0_f64,
            y in -4.0..4.0_f64,
            rho in -1.0..1.0_f64,
            step in 0.0..0.5_f64,
        ) {
            let higher = (rho + step).min(1.0);
            let rise = bivariate_normal_cdf(x, y, higher) - bivariate_normal_cdf(x, y, rho);
            prop_assert!(rise >= -1e-14, "{rise}");
        }
    }
}
