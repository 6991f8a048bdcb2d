//! Hashprice: what one PH/s held for a day is expected to earn, from difficulty, subsidy, fees and price.
//!
//! A hashrate `h` finds `h / (D · 2^32)` blocks a second, and each pays subsidy plus fees. The industry's convention of
//! `2^32` hashes per unit of difficulty is kept (0.0015 % below the exact `2^48 / 65535`).
//! Subsidy: halves every 210,000 blocks, integer satoshis, as in the reference client's `GetBlockSubsidy`.

use crate::units::{JoulesPerTh, Pue, UsdPerPhsDay};

/// Hashes expected per unit of difficulty, by the industry's convention.
pub const HASHES_PER_DIFFICULTY: f64 = 4_294_967_296.0;
/// Blocks between two halvings of the subsidy.
pub const HALVING_BLOCKS: u64 = 210_000;
/// Blocks between two changes of difficulty.
pub const RETARGET_BLOCKS: u64 = 2_016;
/// Time that the network aims to take per block, s.
pub const BLOCK_SECONDS: f64 = 600.0;

/// New coins of the block at `height`, satoshis; zero from the 33rd halving on.
#[must_use]
pub fn subsidy_sat(height: u64) -> u64 {
    let halvings = height / HALVING_BLOCKS;
    if halvings >= 64 { 0 } else { 5_000_000_000 >> halvings }
}

/// New coins of the block at `height`, BTC.
#[must_use]
pub fn subsidy_btc(height: u64) -> f64 {
    subsidy_sat(height) as f64 / 1e8
}

/// Expected revenue of one PH/s held for a day, USD, before pool fee.
///
/// `difficulty` is dimensionless and above zero, `subsidy_btc` and `fees_btc` are BTC per block.
/// Difficulty 1e14, 3.125 BTC and 100,000 USD/BTC give 62.8642737865.
#[must_use]
pub fn hashprice_usd_per_ph_day(difficulty: f64, subsidy_btc: f64, fees_btc: f64, price_usd: f64) -> f64 {
    1e15 * 86_400.0 / (difficulty * HASHES_PER_DIFFICULTY) * (subsidy_btc + fees_btc) * price_usd
}

/// Network hashrate at which blocks come every 600 s on average, EH/s.
#[must_use]
pub fn implied_hashrate_eh_s(difficulty: f64) -> f64 {
    difficulty * HASHES_PER_DIFFICULTY / BLOCK_SECONDS / 1e18
}

/// Mining revenue of one MWh at the meter, USD, before pool fee and power: the price of power above which to stop.
#[must_use]
pub fn revenue_usd_per_mwh(hashprice: UsdPerPhsDay, efficiency: JoulesPerTh, pue: Pue) -> f64 {
    hashprice.get() * phs_days_per_mwh(efficiency, pue)
}

/// PH/s-days that one MWh at the meter yields: `1 / (0.024 · J/TH · PUE)`.
#[must_use]
pub fn phs_days_per_mwh(efficiency: JoulesPerTh, pue: Pue) -> f64 {
    1.0 / (0.024 * efficiency.get() * pue.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual / expected - 1.0).abs() < 1e-10, "{actual} is not {expected}");
    }

    #[test]
    fn oracle_o1_hashprice_of_round_numbers() {
        close(hashprice_usd_per_ph_day(1e14, 3.125, 0.0, 1e5), 62.864_273_786_5);
        close(hashprice_usd_per_ph_day(1e14, 3.125, 0.0, 1.0), 0.000_628_642_737_865);
        let hashrate_eh_s = implied_hashrate_eh_s(1e14);
        close(hashrate_eh_s, 715.827_882_666_7);
        close(144.0 * 3.125 * 1e5 / (hashrate_eh_s * 1e3), 62.864_273_786_5);
    }

    #[test]
    fn oracle_o1b_hashprice_on_both_sides_of_the_halving() {
        let difficulty = 86_388_558_925_171.02;
        close(hashprice_usd_per_ph_day(difficulty, 6.25, 0.4, 64_000.0), 99.105_845_520_0);
        close(hashprice_usd_per_ph_day(difficulty, 3.125, 0.4, 64_000.0), 52.533_549_693_0);
    }

    #[test]
    fn oracle_o2_subsidy_by_height_and_total_issue() {
        for (height, sat) in [
            (839_999, 625_000_000),
            (840_000, 312_500_000),
            (1_050_000, 156_250_000),
            (6_929_999, 1),
            (6_930_000, 0),
        ] {
            assert_eq!(subsidy_sat(height), sat, "height {height}");
        }
        assert_eq!(subsidy_sat(u64::MAX), 0);
        let total: u64 = (0..34).map(|k| HALVING_BLOCKS * subsidy_sat(k * HALVING_BLOCKS)).sum();
        assert_eq!(total, 2_099_999_997_690_000);
    }

    #[test]
    fn oracle_o4_revenue_per_mwh() {
        for (hashprice, efficiency, pue, expected) in [
            (50.0, 20.0, 1.0, 104.166_666_666_7),
            (50.0, 20.0, 1.04, 100.160_256_410_3),
            (45.0, 15.0, 1.0, 125.0),
            (45.0, 15.0, 1.04, 120.192_307_692_3),
            (38.2, 29.5, 1.0, 53.954_802_259_9),
            (60.0, 13.5, 1.0, 185.185_185_185_2),
        ] {
            let revenue = revenue_usd_per_mwh(
                UsdPerPhsDay::try_new(hashprice).unwrap(),
                JoulesPerTh::try_new(efficiency).unwrap(),
                Pue::try_new(pue).unwrap(),
            );
            close(revenue, expected);
        }
    }

    #[test]
    fn difficulty_and_price_move_hashprice_as_they_must() {
        let base = hashprice_usd_per_ph_day(1e14, 3.125, 0.0, 1e5);
        close(hashprice_usd_per_ph_day(2e14, 3.125, 0.0, 1e5), base / 2.0);
        close(hashprice_usd_per_ph_day(1e14, 1.5625, 0.0, 2e5), base);
    }
}
