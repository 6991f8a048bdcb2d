//! What one note of 1,000 USD is paid in when it is converted or falls due.
//!
//! With parity `P`: net-share settlement pays `min(1000, P)` in cash and `max(0, P − 1000)` in shares at the share price; cash
//! settlement pays `P` in cash; physical settlement delivers the note's shares. All three are worth `P` on the day.
//! Source: fact F4.1.

use super::{ConvertibleTerms, NOTE_USD};

/// What a conversion is paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Principal in cash, the excess in shares: the final terms of the notes in fact F0.
    NetShare,
    /// All in cash.
    Cash,
    /// All in shares.
    Physical,
}

/// What a note is paid in.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settled {
    /// Cash up to par, USD per note.
    pub principal_usd: f64,
    /// Cash above par, USD per note.
    pub premium_usd: f64,
    /// Shares, per note; fractions are delivered.
    pub shares: f64,
}

impl Settled {
    /// Worth at a share price, USD per note.
    #[must_use]
    pub fn worth_usd(&self, share_price_usd: f64) -> f64 {
        self.principal_usd + self.premium_usd + self.shares * share_price_usd
    }
}

impl ConvertibleTerms {
    /// A note that is converted at a share price above zero; worth parity.
    #[must_use]
    pub fn convert(&self, share_price_usd: f64) -> Settled {
        let parity = self.parity_usd(share_price_usd);
        let principal_usd = parity.min(NOTE_USD);
        let excess = (parity - NOTE_USD).max(0.0);
        match self.settlement {
            Settlement::NetShare => {
                Settled { principal_usd, premium_usd: 0.0, shares: excess / share_price_usd }
            }
            Settlement::Cash => Settled { principal_usd, premium_usd: excess, shares: 0.0 },
            Settlement::Physical => {
                Settled { principal_usd: 0.0, premium_usd: 0.0, shares: self.shares_per_note }
            }
        }
    }

    /// A note whose holder must choose now between par in cash and conversion: at maturity, when called or put.
    #[must_use]
    pub fn convert_or_redeem(&self, share_price_usd: f64) -> Settled {
        if self.parity_usd(share_price_usd) > NOTE_USD {
            self.convert(share_price_usd)
        } else {
            Settled { principal_usd: NOTE_USD, ..Settled::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::notes_of_2032;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn oracle_o14_net_shares_at_30_dollars() {
        let settled = notes_of_2032().convert(30.0);
        assert_eq!((settled.principal_usd, settled.premium_usd), (1_000.0, 0.0));
        assert!((settled.shares - 16.823_366_666_7).abs() < 5e-11, "{}", settled.shares);
    }

    #[test]
    fn each_way_pays_in_its_own_coin() {
        let with = |settlement| ConvertibleTerms { settlement, ..notes_of_2032() }.convert(30.0);
        let cash = with(Settlement::Cash);
        assert!((cash.premium_usd - 504.701).abs() < 1e-9 && cash.shares == 0.0);
        let physical = with(Settlement::Physical);
        assert_eq!((physical.principal_usd, physical.shares), (0.0, 50.1567));
    }

    #[test]
    fn below_the_conversion_price_par_is_paid() {
        let settled = notes_of_2032().convert_or_redeem(10.0);
        assert_eq!(settled, Settled { principal_usd: 1_000.0, premium_usd: 0.0, shares: 0.0 });
    }

    proptest! {
        #[test]
        fn a_holder_never_gets_less_than_parity_or_par(
            price in 0.01..500.0_f64,
            shares_per_note in 0.1..2_000.0_f64,
            way in 0..3_usize,
        ) {
            let settlement = [Settlement::NetShare, Settlement::Cash, Settlement::Physical][way];
            let terms = ConvertibleTerms { settlement, shares_per_note, ..notes_of_2032() };
            let worth = terms.convert_or_redeem(price).worth_usd(price);
            let parity = terms.parity_usd(price);
            let rounding = 1e-12 * parity.max(NOTE_USD);
            prop_assert!(worth >= parity - rounding && worth >= NOTE_USD - rounding);
            let converted = terms.convert(price).worth_usd(price);
            prop_assert!((converted - parity).abs() <= rounding, "{converted} against {parity}");
        }
    }
}
