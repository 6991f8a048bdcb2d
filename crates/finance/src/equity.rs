//! Shares: sales, warrants, convertible notes, and the count that owns the company in the end.
//!
//! Warrants count by the treasury stock method: `shares · (1 − strike / price)` while the price is above the strike. Convertible
//! notes count by the shares that they would be settled in.

use crate::books::Books;
use crate::convertible::{ConvertibleTerms, NOTE_USD};
use crate::operations::Operations;
use crate::terms::{Level, RaiseTerms, RaiseTiming, Terms, WarrantTerms};
use crate::warrants::treasury_stock_shares;

impl Books {
    /// Sales of shares that stand in the calendar.
    pub(crate) fn sell_shares_of_the_month(&mut self, terms: &Terms, month: u32) {
        for (i, raise) in terms.raises.iter().enumerate() {
            if self.is_due(raise, i, month) {
                self.sell_shares(raise, i, raise.primary_shares);
            }
        }
    }

    /// Whether a sale of shares in the calendar takes place now: in its month, or later with the first conversion.
    fn is_due(&self, raise: &RaiseTerms, i: usize, month: u32) -> bool {
        match raise.timing {
            RaiseTiming::Month(from) if raise.with_first_start => {
                self.committed && month >= from && self.raised_shares[i] == 0.0
            }
            RaiseTiming::Month(from) => month == from,
            RaiseTiming::WhenNeeded(_) => false,
        }
    }

    /// What notes and shares that wait for a first conversion would bring with it, after cost, USD; also what comes in this month
    /// and is not booked yet.
    pub(crate) fn waiting_usd(&self, terms: &Terms, month: u32) -> f64 {
        let notes = terms.convertible.as_ref().map_or(0.0, |notes| {
            let due =
                self.convertible.is_pending() && month >= notes.issue_month && month < notes.maturity_month;
            let waits = terms.convertible_with_first_start || month == notes.issue_month;
            if due && waits { notes.principal_usd * (1.0 - notes.cost_share) } else { 0.0 }
        });
        let waits = |raise: &RaiseTerms, sold: f64| {
            raise.with_first_start
                && sold == 0.0
                && matches!(raise.timing, RaiseTiming::Month(from) if month >= from)
        };
        let shares = terms.raises.iter().zip(&self.raised_shares);
        let shares: f64 = shares
            .filter(|(raise, sold)| waits(raise, **sold))
            .map(|(raise, _)| raise.primary_shares * self.net_price_usd(raise))
            .sum();
        let loans = terms.loans.iter().enumerate().filter(|(i, loan)| {
            let open = month >= loan.closing_month && month < loan.maturity_month;
            loan.with_first_start && loan.level == Level::Company && open && !self.loans[*i].closed
        });
        notes + shares + loans.map(|(_, loan)| loan.amount_usd * (1.0 - loan.fee_share)).sum::<f64>()
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

    /// Cash that holders of the notes would be owed if they had to choose now, USD.
    pub(crate) fn notes_claim_usd(&self, terms: &Terms) -> f64 {
        let outstanding = self.convertible.outstanding_usd();
        let claim = terms.convertible.as_ref().map_or(0.0, |notes| {
            let settled = notes.convert_or_redeem(self.share_price_usd);
            outstanding / NOTE_USD * (settled.principal_usd + settled.premium_usd)
        });
        claim + self.convertible_unpaid_usd
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
        if let Some(convertible) = &terms.convertible
            && self.notes_exist(terms, convertible, operations.month)
        {
            self.step_convertible(terms, convertible, operations);
        }
        self.exercise_warrants(terms, month);
    }

    /// Whether the notes are issued, or may be: those that wait for a first conversion which comes too late are never issued.
    fn notes_exist(&self, terms: &Terms, notes: &ConvertibleTerms, month: u32) -> bool {
        let may_be_issued = self.committed && month < notes.maturity_month;
        !self.convertible.is_pending() || !terms.convertible_with_first_start || may_be_issued
    }

    /// A month of the notes. The issuer calls only what it can pay; what is due and cannot be paid stays owed, but for a premium,
    /// which may be paid in shares.
    fn step_convertible(&mut self, terms: &Terms, convertible: &ConvertibleTerms, operations: &Operations) {
        let (month, price) = (operations.month, self.share_price_usd);
        let call = self.convertible.cash_if_called_usd(convertible, month, price);
        // A call is the issuer's choice: it is paid out of cash that nothing else needs.
        let owed =
            terms.company.minimum_cash_usd + self.construction_owed_usd(terms, operations.capex_left_usd);
        let calls = call.is_some_and(|usd| usd <= self.company_cash_usd - owed);
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
                    self.marks.exercise(*left, warrant.strike_usd);
                }
                *left = 0.0;
            }
        }
    }
}
