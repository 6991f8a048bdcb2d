//! Which level of rents, or of hashprice, would make a policy worth just as much as all-mining.
//!
//! Decisions and run hours are held as they are. Then the value of a policy is linear in a factor `s` on all rents and in a factor
//! `h` on all mining revenue. With `D` its difference to all-mining, `R` the present value of what follows rents less that of
//! all-mining, and `M` the same of mining revenue, `D(s) = D + (s − 1) R` is zero at `s = 1 − D/R`, and `D(h) = D + (h − 1) M` at
//! `h = 1 − D/M`. All three are means over paths, and a mean is linear too, so nothing is approximate but that decisions are held.
//!
//! Rents are those paid and those carried past the horizon, less credits to tenants and, where it is a share of the rent, less the
//! cost of serving them. Fees of a guarantor, GPU hours and the resale of machines are held.

use crate::exposure::{Assumption, Exposures, NOTHING_USD};
use serde::{Deserialize, Serialize};
use site::{Campus, HostingCost};

/// Factors at which a policy is worth as much as all-mining.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BreakEven {
    /// On all rents; `None` where no rent of zero or more does it.
    pub rent_share: Option<f64>,
    /// On all mining revenue; `None` where no revenue of zero or more does it.
    pub hashprice_share: Option<f64>,
}

impl BreakEven {
    /// From what follows prices under a policy and under all-mining, and the mean difference of their NPVs, USD.
    pub(crate) fn between(policy: &Exposures, all_mining: &Exposures, difference_usd: f64) -> Self {
        let factor = |slope_usd: f64| {
            let share = 1.0 - difference_usd / slope_usd;
            (slope_usd.abs() >= NOTHING_USD && share >= 0.0).then_some(share)
        };
        Self {
            rent_share: factor(policy.of(Assumption::Rents) - all_mining.of(Assumption::Rents)),
            hashprice_share: factor(policy.of(Assumption::Hashprice) - all_mining.of(Assumption::Hashprice)),
        }
    }
}

/// The campus as if tenants were served at no cost, where that cost does not follow the rent: what its leases carry past the
/// horizon is rent alone.
pub(crate) fn served_for_nothing(campus: &Campus) -> Option<Campus> {
    match campus.hosting.cost {
        HostingCost::NoiMargin(_) => None,
        HostingCost::PerItMwYear(_) => {
            let mut free = campus.clone();
            free.hosting.cost = HostingCost::PerItMwYear(0.0);
            Some(free)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::Ledger;
    use site::units::Fraction;

    const DISCOUNT: [f64; 3] = [0.99, 0.98, 0.97];

    fn months(rent: f64, mining: f64) -> Vec<Ledger> {
        (0..3)
            .map(|m| Ledger {
                hosting_rent_usd: rent * f64::from(m),
                hosting_opex_usd: 0.15 * rent * f64::from(m),
                sla_credits_usd: 0.01 * rent * f64::from(m),
                mining_revenue_usd: mining,
                mining_power_usd: 40e3,
                conversion_capex_usd: if rent > 0.0 { 50e3 } else { 0.0 },
                ..Ledger::default()
            })
            .collect()
    }

    fn value(months: &[Ledger]) -> f64 {
        months.iter().zip(DISCOUNT).map(|(ledger, factor)| factor * ledger.net_cash_flow_usd()).sum()
    }

    /// Rents, and with them what follows them, times a factor.
    fn with_rents(months: &[Ledger], factor: f64, cost_follows: bool) -> Vec<Ledger> {
        let mut scaled = months.to_vec();
        for ledger in &mut scaled {
            ledger.hosting_rent_usd *= factor;
            ledger.sla_credits_usd *= factor;
            ledger.hosting_opex_usd *= if cost_follows { factor } else { 1.0 };
        }
        scaled
    }

    fn with_mining(months: &[Ledger], factor: f64) -> Vec<Ledger> {
        let mut scaled = months.to_vec();
        scaled.iter_mut().for_each(|ledger| ledger.mining_revenue_usd *= factor);
        scaled
    }

    #[test]
    fn books_scaled_by_the_factor_are_worth_the_same() {
        let (policy, all_mining) = (months(180e3, 30e3), months(0.0, 100e3));
        let difference = value(&policy) - value(&all_mining);
        let margin = HostingCost::NoiMargin(Fraction::try_new(0.85).unwrap());
        for (cost, follows) in [(margin, true), (HostingCost::PerItMwYear(1.0), false)] {
            let leverage = |months: &[Ledger]| Exposures::of_months(months, &DISCOUNT, cost);
            let found = BreakEven::between(&leverage(&policy), &leverage(&all_mining), difference);
            let rent = found.rent_share.unwrap();
            let left = value(&with_rents(&policy, rent, follows)) - value(&all_mining);
            assert!(left.abs() < 1e-8 && (rent - 1.0).abs() > 0.01, "{rent} leaves {left}");
            let hashprice = found.hashprice_share.unwrap();
            let left = value(&with_mining(&policy, hashprice)) - value(&with_mining(&all_mining, hashprice));
            assert!(left.abs() < 1e-8 && (hashprice - 1.0).abs() > 0.01, "{hashprice} leaves {left}");
        }
    }

    #[test]
    fn what_no_price_can_do_has_no_break_even() {
        let of = |rents, mining| {
            let mut found = Exposures::default();
            found.set(Assumption::Rents, rents);
            found.set(Assumption::Hashprice, mining);
            found
        };
        let all_mining = of(0.0, 9e6);
        assert_eq!(BreakEven::between(&all_mining, &all_mining, 0.0), BreakEven::default());
        // Worth more by more than all its rents: not even free halls would lose. Mining as much, hashprice moves nothing.
        let found = BreakEven::between(&of(2e6, 9e6), &all_mining, 3e6);
        assert_eq!(found, BreakEven::default());
        let found = BreakEven::between(&of(4e6, 8e6), &all_mining, 1e6);
        assert_eq!(found, BreakEven { rent_share: Some(0.75), hashprice_share: Some(2.0) });
    }
}
