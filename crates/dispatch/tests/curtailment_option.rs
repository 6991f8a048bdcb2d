//! Oracle O12: mining as an option on a lognormal power price, with and without a fixed-price block.

use dispatch::merit_order::{Tier, split};
use market::normal_table::{normal_cdf, normal_pdf};

const MEAN: f64 = 40.0;
const LOG_SD: f64 = 1.0;
/// What a MWh of mining earns.
const WORTH: f64 = 95.0;

/// Probability-weighted prices: midpoints in the normal variable, far into both tails.
fn prices() -> impl Iterator<Item = (f64, f64)> {
    let mu = MEAN.ln() - 0.5 * LOG_SD * LOG_SD;
    let step = 1e-5;
    (-900_000..900_000).map(move |i| {
        let z = (f64::from(i) + 0.5) * step;
        (normal_pdf(z) * step, (mu + LOG_SD * z).exp())
    })
}

#[test]
fn oracle_o12_value_of_curtailment_and_of_the_block() {
    let tiers = [Tier { mw: 1.0, worth_usd_per_mwh: WORTH }];
    let (mut margin, mut curtailed, mut saved, mut block) = (0.0, 0.0, 0.0, 0.0);
    for (p, price) in prices() {
        let mut draw = [0.0];
        split(price, 1.0, &tiers, &[0], &mut draw);
        margin += p * draw[0] * (WORTH - price);
        curtailed += p * (1.0 - draw[0]);
        saved += p * (1.0 - draw[0]) * (price - WORTH);
        // The block's gain does not depend on the draw.
        block += p * (price - 35.0);
    }
    for (found, expected) in [
        (saved, 6.120_208_249_1),
        (curtailed, 0.086_126_927_7),
        (margin, 61.120_208_249_1),
        (margin + block, 66.120_208_249_1),
    ] {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }
}

/// The closed form of the same option, to the oracle's digits.
#[test]
fn oracle_o12_closed_form() {
    let d2 = ((MEAN / WORTH).ln() - 0.5 * LOG_SD * LOG_SD) / LOG_SD;
    let d1 = d2 + LOG_SD;
    let call = MEAN * normal_cdf(d1) - WORTH * normal_cdf(d2);
    assert!((call - 6.120_208_249_1).abs() < 1e-9, "{call}");
    assert!((normal_cdf(d2) - 0.086_126_927_7).abs() < 1e-9);
}
