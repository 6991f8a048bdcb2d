//! Oracle O12 through the code that makes the money: a fleet's month on a lognormal power price.

mod common;

use common::scenario;
use dispatch::{MonthFigures, Worth, month_figures};
use market::normal_table::normal_quantile;
use market::{LANES, MonthLanes, Opening};

#[test]
fn oracle_o12_a_month_of_lognormal_prices_earns_the_options_value() {
    let scenario = scenario(&[
        "fleets[0].pool_fee=0",
        "fleets[0].variable_opex_usd_per_mwh=0",
        "power.adder_usd_per_mwh=0",
    ]);
    // 95 USD/MWh at 20 J/TH and PUE 1.04.
    let hashprice = 95.0 * 0.024 * 20.0 * 1.04;
    let n = 200_000;
    let mu = 40.0_f64.ln() - 0.5;
    let mut month = MonthLanes {
        step_hours: 1.0,
        steps_by_day: vec![n],
        local_hour: (0..n).map(|i| (i % 24) as u8).collect(),
        hashprice_usd_per_ph_day: vec![hashprice; LANES],
        price_usd_per_mwh: vec![0.0; n * LANES],
        openings: vec![Opening { hashprice_usd_per_ph_day: hashprice, ..Opening::default() }],
        offers: vec![None],
        ..MonthLanes::default()
    };
    // Midpoints of equal probability stand for the law; the mean of the tail they cut is made up for below.
    let mut mean = 0.0;
    for (i, row) in month.price_usd_per_mwh.chunks_exact_mut(LANES).enumerate() {
        let price = (mu + normal_quantile((i as f64 + 0.5) / n as f64)).exp();
        mean += price / n as f64;
        row.fill(price);
    }
    let mut figures = MonthFigures::default();
    month_figures(&Worth::of(&scenario.campus), &scenario.campus, &month, &mut figures);
    let mining = figures.mining_of(0)[0];
    let margin = (mining.revenue_usd - mining.power_cost_usd) / n as f64;
    assert!((margin - 61.120_208_249_1).abs() < 1e-3, "{margin}");
    assert!((1.0 - mining.run_hours / n as f64 - 0.086_126_927_7).abs() < 1e-5);
    // The block at 35 adds its gain, which does not depend on the run rule; cut tails take a little off the mean.
    let with_block = margin + (figures.mean_price_usd_per_mwh[0] - 35.0);
    assert!((with_block - 66.120_208_249_1).abs() < 2e-3 + (40.0 - mean).abs(), "{with_block}");
}
