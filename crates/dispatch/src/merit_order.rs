//! Merit order: who gets the megawatts of an interval.
//!
//! Loads worth more than the price run, the dearest first, until the interconnect is used up.

/// A load that may run or stand still.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tier {
    /// Most it can draw at the meter, MW.
    pub mw: f64,
    /// What a MWh at the meter earns it before the settlement point price, USD.
    pub worth_usd_per_mwh: f64,
}

/// Draw of each tier at a price, MW, written to `draw_mw`; `order` lists the tiers from dearest to cheapest.
///
/// Returns the capacity left, MW.
pub fn split(
    price_usd_per_mwh: f64,
    capacity_mw: f64,
    tiers: &[Tier],
    order: &[usize],
    draw_mw: &mut [f64],
) -> f64 {
    let mut left = capacity_mw.max(0.0);
    for &i in order {
        let tier = &tiers[i];
        draw_mw[i] = if price_usd_per_mwh < tier.worth_usd_per_mwh { tier.mw.min(left) } else { 0.0 };
        left -= draw_mw[i];
    }
    left
}

/// Tiers from dearest to cheapest, equal ones in their own order, into `order`.
pub fn rank(tiers: &[Tier], order: &mut Vec<usize>) {
    order.clear();
    order.extend(0..tiers.len());
    order.sort_by(|&a, &b| tiers[b].worth_usd_per_mwh.total_cmp(&tiers[a].worth_usd_per_mwh));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(price: f64, tiers: &[Tier], draw: &[f64]) -> f64 {
        tiers.iter().zip(draw).map(|(tier, mw)| mw * (tier.worth_usd_per_mwh - price)).sum()
    }

    /// Best split by trying every order in which tiers could be served, each fully or not at all before the last.
    fn brute_force(price: f64, capacity: f64, tiers: &[Tier]) -> f64 {
        fn go(price: f64, left: f64, tiers: &[Tier], unused: u32) -> f64 {
            let mut best = 0.0_f64;
            for (i, tier) in tiers.iter().enumerate() {
                if unused & (1 << i) != 0 {
                    let mw = tier.mw.min(left);
                    let here = mw * (tier.worth_usd_per_mwh - price);
                    best = best.max(here + go(price, left - mw, tiers, unused & !(1 << i)));
                }
            }
            best
        }
        go(price, capacity, tiers, (1 << tiers.len()) - 1)
    }

    proptest! {
        #[test]
        fn merit_order_is_the_best_split(
            loads in prop::collection::vec((0.0..50.0_f64, -50.0..300.0_f64), 1..5),
            price in -100.0..400.0_f64,
            capacity in 0.0..150.0_f64,
        ) {
            let tiers: Vec<Tier> = loads.iter().map(|&(mw, worth_usd_per_mwh)| Tier { mw, worth_usd_per_mwh }).collect();
            let (mut order, mut draw) = (Vec::new(), vec![0.0; tiers.len()]);
            rank(&tiers, &mut order);
            let left = split(price, capacity, &tiers, &order, &mut draw);
            prop_assert!(left >= -1e-9);
            prop_assert!((draw.iter().sum::<f64>() + left - capacity).abs() < 1e-9);
            prop_assert!((value(price, &tiers, &draw) - brute_force(price, capacity, &tiers)).abs() < 1e-6);
        }
    }
}
