//! Shares: sales, warrants, convertible notes, and the count that owns the company in the end.
//!
//! Warrants count by the treasury stock method: `shares · (1 − strike / price)` while the price is above the strike. Convertible
//! notes count by the shares that they would be settled in.

use crate::books::Books;
use crate::convertible::ConvertibleTerms;
use crate::operations::Operations;
use crate::terms::{RaiseTerms, RaiseTiming, Terms, WarrantTerms};
use crate::warrants::treasury_stock_shares;

impl Books {
    /// Sales of shares that stand in the calendar.
    pub(crate) fn sell_shares_of_the_month(&mut self, terms: &Terms, month: u32) {
        for (i, raise) in terms.raises.iter().enumerate() {
            if raise.timing == RaiseTiming::Month(month) {
                self.sell_shares(raise, i, raise.primary_shares);
            }
        }
    }

    /// Price of a sale's shares after fee, USD a share.
    fn net_price_usd(&self, raise: &RaiseTerms) -> f64 {
        let price = raise.price_usd.unwrap_or(self.share_price_usd * (1.0 - raise.discount));
        price * (1.0 - raise.fee_share)
    }

    fn sell_shares(&mut self, raise: &RaiseTerms, i: usize, shares: f64) {
        let usd = shares * self.net_price_usd(raise);
        self.shares += shares;
        self.raised_shares[i] += shares;
        self.company_cash_usd += usd;
        self.equity_usd += usd;
        self.statement.equity_raised_usd += usd;
    }

    /// What sales of shares could bring now, USD.
    pub(crate) fn raise_room_usd(&self, terms: &Terms, month: u32) -> f64 {
        let open =
            |raise: &RaiseTerms| matches!(raise.timing, RaiseTiming::WhenNeeded(from) if month >= from);
        let left = |(raise, sold): (&RaiseTerms, &f64)| {
            (raise.primary_shares - sold).max(0.0) * self.net_price_usd(raise)
        };
        terms.raises.iter().zip(&self.raised_shares).filter(|(raise, _)| open(raise)).map(left).sum()
    }

    /// Sells shares for up to `usd`.
    pub(crate) fn sell_shares_when_needed(&mut self, terms: &Terms, month: u32, usd: f64) {
        let mut left = usd;
        for (i, raise) in terms.raises.iter().enumerate() {
            let price = self.net_price_usd(raise);
            if left <= 0.0
                || price <= 0.0
                || !matches!(raise.timing, RaiseTiming::WhenNeeded(from) if month >= from)
            {
                continue;
            }
            let shares = (left / price).min(raise.primary_shares - self.raised_shares[i]).max(0.0);
            self.sell_shares(raise, i, shares);
            left -= shares * price;
        }
    }

    /// Shares with warrants in the money and the premium of convertible notes.
    #[must_use]
    pub fn diluted_shares(&self, terms: &Terms) -> f64 {
        let price = self.share_price_usd;
        let convertible =
            terms.convertible.as_ref().map_or(0.0, |notes| self.convertible.shares_if_settled(notes, price));
        self.shares + self.warrant_shares(terms) + convertible
    }

    /// Shares that warrants stand for, by the treasury stock method.
    pub(crate) fn warrant_shares(&self, terms: &Terms) -> f64 {
        let count = |(warrant, left): (&WarrantTerms, &f64)| {
            treasury_stock_shares(*left, warrant.strike_usd, self.share_price_usd)
        };
        terms.warrants.iter().zip(&self.warrants).map(count).sum()
    }

    /// Convertible notes and warrants at the month's share price.
    pub(crate) fn serve_convertible(&mut self, terms: &Terms, operations: &Operations) {
        let month = operations.month;
        if let Some(convertible) = &terms.convertible {
            self.step_convertible(terms, convertible, operations);
        }
        self.exercise_warrants(terms, month);
    }

    /// A month of the notes. The issuer calls only what it can pay; what is due and cannot be paid stays owed, but for a premium,
    /// which may be paid in shares.
    fn step_convertible(&mut self, terms: &Terms, convertible: &ConvertibleTerms, operations: &Operations) {
        let (month, price) = (operations.month, self.share_price_usd);
        let call = self.convertible.cash_if_called_usd(convertible, month, price);
        let calls = call.is_some_and(|usd| usd <= self.reach_usd(terms, month));
        let step =
            self.convertible.step_with_call(convertible, month, price, operations.change_of_control, calls);
        self.company_cash_usd += step.issued_usd - step.issue_cost_usd;
        self.equity_usd -= step.issue_cost_usd + step.coupon_usd;
        let owed = step.coupon_usd + step.cash_paid_principal_usd;
        let paid = self.pay_company(terms, month, owed);
        let coupon = step.coupon_usd.min(paid);
        self.convertible_unpaid_usd += owed - paid;
        let converted = step.retired_usd - step.cash_paid_principal_usd;
        let premium = self.pay_company(terms, month, step.cash_paid_premium_usd);
        self.equity_usd += converted - premium;
        self.shares += step.shares_issued + (step.cash_paid_premium_usd - premium) / price;
        let s = &mut self.statement;
        s.convertible_issued_usd = step.issued_usd;
        s.financing_fees_usd += step.issue_cost_usd;
        s.convertible_coupon_usd = coupon;
        s.convertible_paid_usd += paid - coupon;
        s.convertible_converted_usd = converted;
        s.convertible_premium_usd = premium;
    }

    /// Warrants in the money are exercised at their expiry; those without a strike to speak of at vesting, since waiting gains
    /// nothing.
    fn exercise_warrants(&mut self, terms: &Terms, month: u32) {
        /// Strike over price below which a warrant is as good as a share.
        const PENNY: f64 = 0.01;
        let price = self.share_price_usd;
        for (warrant, left) in terms.warrants.iter().zip(&mut self.warrants) {
            let penny = month >= warrant.vesting_month && warrant.strike_usd <= PENNY * price;
            let expiring = month >= warrant.expiry_month;
            if *left > 0.0 && (penny || expiring) {
                if price > warrant.strike_usd {
                    let usd = *left * warrant.strike_usd;
                    self.shares += *left;
                    self.company_cash_usd += usd;
                    self.equity_usd += usd;
                    self.statement.equity_raised_usd += usd;
                    self.marks.warrants_value_usd +=
                        self.marks.discount * *left * (price - warrant.strike_usd);
                }
                *left = 0.0;
            }
        }
    }
}
