//! Convertible notes: debt that its holders may turn into shares.
//!
//! A note of 1,000 USD converts into a stated number of shares. `conversion price = 1000 / shares per note`, `parity = share price ×
//! shares per note`, `premium = conversion price / share price − 1`. Early conversion is allowed only while the share stands above a
//! stated multiple of the conversion price, later freely. The issuer may call the notes at par once the share stands high enough,
//! which makes holders convert. Sources: facts F0 and F4.1 (the 0 % notes due 2032 and their indenture in outline).
//!
//! Holders get no coupon worth the name and the share pays no dividend, so a rational holder keeps the time value and converts only
//! when called or at maturity.

mod books;
mod settlement;
mod value;

pub use books::{ConvertibleBooks, ConvertibleMonth, Event};
pub use settlement::{Settled, Settlement};
pub use value::{ConvertibleMarket, ConvertibleValue, convertible_value};

use crate::fault::{TermsFault, require, require_amount, require_share};

/// Principal of one note, USD: the denomination in which conversion rates are quoted.
pub const NOTE_USD: f64 = 1000.0;

/// Whether the initial purchasers take the further notes that they were given an option on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionRule {
    /// They do, at issue: the thirteen days of such an option end within the month.
    Exercised,
    /// They do not.
    Lapsed,
    /// They do if the share price at the first month end after issue is at or above that of the issue.
    ByPrice,
}

/// When holders convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// When called or at maturity, if the shares are then worth more than par.
    Rational,
    /// As soon as they are allowed to and the shares are worth more than par.
    WhenAllowed,
}

/// The issuer's right to redeem at par.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallTerms {
    /// First month of the right.
    pub from_month: u32,
    /// Least share price as a multiple of the conversion price; the usual 1.30 (fact F4.1).
    pub price_share: f64,
}

/// Terms of an issue of convertible notes. Months count from the first opening, 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvertibleTerms {
    /// Unique name.
    pub name: String,
    /// Face of the notes issued, USD.
    pub principal_usd: f64,
    /// Face of the further notes under option, USD; 0 for none.
    pub option_usd: f64,
    /// What becomes of the option.
    pub option: OptionRule,
    /// Month at whose end the notes are issued.
    pub issue_month: u32,
    /// Cost of issue, share of the face issued.
    pub cost_share: f64,
    /// Coupon, a year, paid monthly in this model.
    pub coupon_per_year: f64,
    /// Shares per note of 1,000 USD; 50.1567 in fact F0.
    pub shares_per_note: f64,
    /// Early conversion needs a share price of this multiple of the conversion price; the usual 1.30.
    pub condition_share: f64,
    /// Month from which conversion is free.
    pub free_from_month: u32,
    /// Month at whose end the notes are due.
    pub maturity_month: u32,
    /// The issuer's call, if any.
    pub call: Option<CallTerms>,
    /// What a conversion is paid in.
    pub settlement: Settlement,
    /// When holders convert.
    pub holders: Holders,
    /// Whether holders may demand par when control of the issuer changes.
    pub put_at_change_of_control: bool,
    /// Probability that control changes within a year, 0 to below 1; an assumption.
    pub change_of_control_per_year: f64,
}

impl ConvertibleTerms {
    /// Share price at which a note's shares are worth par, USD.
    #[must_use]
    pub fn conversion_price_usd(&self) -> f64 {
        NOTE_USD / self.shares_per_note
    }

    /// Worth of a note's shares, USD per note.
    #[must_use]
    pub fn parity_usd(&self, share_price_usd: f64) -> f64 {
        share_price_usd * self.shares_per_note
    }

    /// How far the conversion price is above a share price, as a share of the latter.
    #[must_use]
    pub fn premium(&self, share_price_usd: f64) -> f64 {
        self.conversion_price_usd() / share_price_usd - 1.0
    }

    /// Shares into which a face amount converts when all is settled in shares.
    #[must_use]
    pub fn shares_of(&self, face_usd: f64) -> f64 {
        face_usd / NOTE_USD * self.shares_per_note
    }

    /// Whether holders may convert at the end of a month.
    ///
    /// The condition of the notes looks at 20 of 30 trading days of the quarter before; here it looks at the month end.
    #[must_use]
    pub fn may_convert(&self, month: u32, share_price_usd: f64) -> bool {
        let free = month >= self.free_from_month;
        free || share_price_usd >= self.condition_share * self.conversion_price_usd()
    }

    /// Whether the issuer may call at the end of a month.
    #[must_use]
    pub fn may_call(&self, month: u32, share_price_usd: f64) -> bool {
        self.call.is_some_and(|call| {
            month >= call.from_month && share_price_usd >= call.price_share * self.conversion_price_usd()
        })
    }

    /// Probability that control changes within a month.
    #[must_use]
    pub fn change_of_control_per_month(&self) -> f64 {
        1.0 - libm::pow(1.0 - self.change_of_control_per_year, 1.0 / 12.0)
    }

    /// Refuses terms that mean nothing.
    ///
    /// # Errors
    ///
    /// Names the first field out of its range.
    pub fn check(&self) -> Result<(), TermsFault> {
        require("principal_usd", self.principal_usd, self.principal_usd > 0.0, "above 0")?;
        require_amount("option_usd", self.option_usd)?;
        require_share("cost_share", self.cost_share)?;
        require_share("coupon_per_year", self.coupon_per_year)?;
        require("shares_per_note", self.shares_per_note, self.shares_per_note > 0.0, "above 0")?;
        require("condition_share", self.condition_share, self.condition_share >= 1.0, "1 or more")?;
        let maturity = f64::from(self.maturity_month);
        require("maturity_month", maturity, self.maturity_month > self.issue_month, "after issue_month")?;
        let free_from = f64::from(self.free_from_month);
        let free_in_time = self.free_from_month <= self.maturity_month;
        require("free_from_month", free_from, free_in_time, "at most maturity_month")?;
        if let Some(call) = self.call {
            require("call.price_share", call.price_share, call.price_share >= 1.0, "1 or more")?;
        }
        let change = self.change_of_control_per_year;
        require("change_of_control_per_year", change, (0.0..1.0).contains(&change), "0 to below 1")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The 0 % notes due 2032-05-01 (fact F0), months counted from October 2025.
    pub(crate) fn notes_of_2032() -> ConvertibleTerms {
        ConvertibleTerms {
            name: "notes-2032".into(),
            principal_usd: 900e6,
            option_usd: 125e6,
            option: OptionRule::Exercised,
            issue_month: 0,
            cost_share: 0.024_68,
            coupon_per_year: 0.0,
            shares_per_note: 50.1567,
            condition_share: 1.30,
            free_from_month: 76,
            maturity_month: 79,
            call: Some(CallTerms { from_month: 43, price_share: 1.30 }),
            settlement: Settlement::NetShare,
            holders: Holders::Rational,
            put_at_change_of_control: true,
            change_of_control_per_year: 0.0,
        }
    }

    fn close(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn oracle_o14_prices_of_the_published_notes() {
        let terms = notes_of_2032();
        close(terms.conversion_price_usd(), 19.937_515_825_4, 5e-11);
        close(terms.premium(14.50), 0.375_001_091_4, 5e-11);
        // The oracle is in millions of shares with seven decimals.
        close(terms.shares_of(1_025e6) / 1e6, 51.410_617_5, 1e-12);
        close(terms.parity_usd(30.0), 1_504.701, 1e-9);
        close(1.30 * terms.conversion_price_usd(), 25.918_770_573_0, 5e-11);
    }

    #[test]
    fn early_conversion_and_call_need_130_per_cent() {
        let terms = notes_of_2032();
        assert!(!terms.may_convert(75, 25.91) && terms.may_convert(75, 25.92));
        assert!(terms.may_convert(76, 1.0), "free from February 2032");
        assert!(!terms.may_call(42, 100.0) && terms.may_call(43, 25.92) && !terms.may_call(43, 25.91));
        assert!(!ConvertibleTerms { call: None, ..terms }.may_call(43, 100.0));
    }

    #[test]
    fn months_of_a_year_make_its_probability_of_a_change_of_control() {
        let terms = ConvertibleTerms { change_of_control_per_year: 0.05, ..notes_of_2032() };
        close((1.0 - terms.change_of_control_per_month()).powi(12), 0.95, 1e-14);
    }

    #[test]
    fn faulty_terms_are_named() {
        let field = |terms: ConvertibleTerms| terms.check().unwrap_err().field;
        let good = notes_of_2032();
        assert_eq!(good.check(), Ok(()));
        assert_eq!(field(ConvertibleTerms { principal_usd: 0.0, ..good.clone() }), "principal_usd");
        assert_eq!(field(ConvertibleTerms { option_usd: f64::NAN, ..good.clone() }), "option_usd");
        assert_eq!(field(ConvertibleTerms { cost_share: 1.5, ..good.clone() }), "cost_share");
        assert_eq!(field(ConvertibleTerms { shares_per_note: -1.0, ..good.clone() }), "shares_per_note");
        assert_eq!(field(ConvertibleTerms { condition_share: 0.9, ..good.clone() }), "condition_share");
        assert_eq!(field(ConvertibleTerms { maturity_month: 0, ..good.clone() }), "maturity_month");
        assert_eq!(field(ConvertibleTerms { free_from_month: 80, ..good.clone() }), "free_from_month");
        let call = Some(CallTerms { from_month: 0, price_share: 0.5 });
        assert_eq!(field(ConvertibleTerms { call, ..good.clone() }), "call.price_share");
        let certain = ConvertibleTerms { change_of_control_per_year: 1.0, ..good };
        assert_eq!(field(certain), "change_of_control_per_year");
    }
}
