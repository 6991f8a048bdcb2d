//! Warrants: rights to buy new shares from the company, given for example for a guarantee.
//!
//! Treasury-stock method: of `n` warrants with strike `K` at share price `S > K`, `n K` is paid in, which would buy back `n K / S`
//! shares, so that `n (1 − K/S)` shares dilute. Exercised in full, equity `E` over `N` shares becomes `(E + n K)/(N + n)` a share. A
//! penny warrant (strike 0.01 USD) has no time value to speak of and is worth `S − K`. Sources: fact F4.2 (41.0 and 32.5 million penny
//! warrants given for a lease backstop); ASC 260 for the treasury-stock method.

/// Shares that warrants add under the treasury-stock method at a share price above zero.
#[must_use]
pub fn treasury_stock_shares(warrants: f64, strike_usd: f64, share_price_usd: f64) -> f64 {
    warrants * (1.0 - strike_usd / share_price_usd).max(0.0)
}

/// Money that the company gets if the warrants are exercised, USD; none where the strike is not below the share price.
#[must_use]
pub fn exercise_proceeds_usd(warrants: f64, strike_usd: f64, share_price_usd: f64) -> f64 {
    if share_price_usd > strike_usd { warrants * strike_usd } else { 0.0 }
}

/// Equity before warrants, and who would share in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dilution {
    /// Value of equity before any warrant is exercised, USD.
    pub equity_usd: f64,
    /// Shares outstanding, above zero.
    pub shares: f64,
    /// Warrants.
    pub warrants: f64,
    /// Price to be paid, USD a share.
    pub strike_usd: f64,
}

impl Dilution {
    /// Value per share without the warrants, USD.
    #[must_use]
    pub fn undiluted_price_usd(&self) -> f64 {
        self.equity_usd / self.shares
    }

    /// Value per share once holders have exercised what pays, USD.
    #[must_use]
    pub fn diluted_price_usd(&self) -> f64 {
        let undiluted = self.undiluted_price_usd();
        if undiluted <= self.strike_usd {
            return undiluted;
        }
        (self.equity_usd + self.warrants * self.strike_usd) / (self.shares + self.warrants)
    }

    /// Value of all the warrants if they are exercised now, USD: that of penny warrants at any time.
    #[must_use]
    pub fn value_usd(&self) -> f64 {
        self.warrants * (self.diluted_price_usd() - self.strike_usd).max(0.0)
    }

    /// What the warrants cost each share outstanding, USD.
    #[must_use]
    pub fn cost_per_share_usd(&self) -> f64 {
        self.undiluted_price_usd() - self.diluted_price_usd()
    }

    /// Share of the company that the warrants become.
    #[must_use]
    pub fn share_of_company(&self) -> f64 {
        self.warrants / (self.shares + self.warrants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn penny_warrants_dilute_almost_one_for_one() {
        let shares = treasury_stock_shares(41.0e6, 0.01, 10.0);
        assert!((shares - 40.959e6).abs() < 1e-3, "{shares}");
        assert_eq!(exercise_proceeds_usd(41.0e6, 0.01, 10.0), 0.41e6);
    }

    #[test]
    fn warrants_out_of_the_money_do_nothing() {
        assert_eq!(treasury_stock_shares(1e6, 12.0, 10.0), 0.0);
        assert_eq!(exercise_proceeds_usd(1e6, 12.0, 10.0), 0.0);
        let out = Dilution { equity_usd: 1e9, shares: 1e8, warrants: 1e7, strike_usd: 12.0 };
        assert_eq!((out.diluted_price_usd(), out.value_usd(), out.cost_per_share_usd()), (10.0, 0.0, 0.0));
    }

    #[test]
    fn existing_holders_pay_what_warrants_are_worth_in_a_worked_case() {
        // 1,000 of equity on 100 shares; 25 warrants at 4 USD: (1,000 + 100)/125 = 8.80 a share.
        let case = Dilution { equity_usd: 1_000.0, shares: 100.0, warrants: 25.0, strike_usd: 4.0 };
        assert!((case.diluted_price_usd() - 8.8).abs() < 1e-12);
        assert!((case.value_usd() - 120.0).abs() < 1e-9);
        assert!((case.cost_per_share_usd() - 1.2).abs() < 1e-12);
        assert!((case.share_of_company() - 0.2).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn what_warrants_are_worth_is_what_existing_holders_lose(
            equity in 1.0..1e10_f64,
            shares in 1e6..1e9_f64,
            warrants in 0.0..1e9_f64,
            strike in 0.0..100.0_f64,
        ) {
            let case = Dilution { equity_usd: equity, shares, warrants, strike_usd: strike };
            let lost = case.cost_per_share_usd() * shares;
            prop_assert!((lost - case.value_usd()).abs() <= 1e-9 * (equity + warrants * strike));
            prop_assert!(lost >= -1e-9 * equity);
        }
    }
}
