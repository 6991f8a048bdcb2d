//! One loan as it stands: what it asks for in a month, and what it is paid.
//!
//! Interest of a month is `balance · rate / 12`, and accrues until the next payment. What is due and not paid stays in the balance as arrears: a loan with arrears
//! is in default, all cash that its borrower has goes to it, and it is cured when the arrears are paid. There is no
//! acceleration: lenders stand still as long as they get everything.

use crate::loan::level_payment;
use crate::terms::{Amortisation, Drawdown, LoanTerms};

/// A loan's balances and the terms in force, which a refinancing changes.
#[derive(Debug, Clone, PartialEq)]
pub struct LoanBooks {
    /// Balance, arrears included, USD.
    pub balance_usd: f64,
    /// Part of the balance that halls under construction have drawn, USD.
    pub under_construction_usd: f64,
    /// Drawn at the end of this month, so that it costs nothing yet, USD.
    pub(crate) fresh_usd: f64,
    /// Whether it has been paid out in full.
    pub closed: bool,
    /// Interest that has accrued since the last payment, beside the balance, USD.
    pub accrued_usd: f64,
    /// Part of the balance that was due and not paid, USD.
    pub arrears_usd: f64,
    /// Part of the commitment that was never drawn, USD.
    pub undrawn_usd: f64,
    /// Part of what is undrawn that conversions under way will draw, USD.
    pub earmarked_usd: f64,
    /// Reserve account, USD.
    pub reserve_usd: f64,
    /// Collateral, USD.
    pub collateral_usd: f64,
    /// Coupon in force, a year.
    pub rate_per_year: f64,
    /// First month with principal under the amortisation in force.
    pub first_principal_month: u32,
    /// Month at whose end the balance is due.
    pub maturity_month: u32,
    /// Whether it runs on the terms of its refinancing.
    pub refinanced: bool,
    /// Whether what is drawn as built is committed, which it is with the first conversion.
    pub committed: bool,
    /// Whether anything due was ever unpaid.
    pub ever_in_arrears: bool,
    /// Balance at the first default, discounted to the first opening at the coupon, USD.
    pub defaulted_value_usd: f64,
    /// What was drawn, discounted to the first opening at the coupon, USD.
    pub drawn_value_usd: f64,
    /// Balance over time, discounted to the first opening at the coupon, USD-years.
    pub balance_years_usd: f64,
}

/// What a loan asks for in a month, USD.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Due {
    /// Interest and fees that the month costs, whenever they are paid.
    pub(crate) cost: f64,
    /// Interest that is added to the balance.
    pub(crate) capitalised: f64,
    /// Interest and fees to be paid now.
    pub(crate) interest: f64,
    /// Scheduled principal to be paid now.
    pub(crate) principal: f64,
    /// Balance that is due at maturity beyond the schedule.
    pub(crate) balloon: f64,
}

/// A month in the eyes of a loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PayDay {
    /// Months since the first opening.
    pub(crate) month: u32,
    /// Month of the year, 1 to 12.
    pub(crate) month_of_year: u32,
}

impl PayDay {
    /// Whether something that happens every `months` months, counted within the year, happens at the end of this one.
    pub(crate) fn every(self, months: u32) -> bool {
        self.month_of_year.is_multiple_of(months)
    }
}

impl LoanBooks {
    pub(crate) fn new(terms: &LoanTerms) -> Self {
        Self {
            balance_usd: 0.0,
            under_construction_usd: 0.0,
            fresh_usd: 0.0,
            closed: false,
            accrued_usd: 0.0,
            arrears_usd: 0.0,
            undrawn_usd: terms.amount_usd,
            earmarked_usd: 0.0,
            reserve_usd: 0.0,
            collateral_usd: 0.0,
            rate_per_year: terms.rate_per_year,
            first_principal_month: terms.first_principal_month,
            maturity_month: terms.maturity_month,
            refinanced: false,
            committed: false,
            ever_in_arrears: false,
            defaulted_value_usd: 0.0,
            drawn_value_usd: 0.0,
            balance_years_usd: 0.0,
        }
    }

    /// Pays out `usd` in `month`.
    pub(crate) fn draw(&mut self, usd: f64, month: u32) {
        self.balance_usd += usd;
        self.drawn_value_usd += usd * discount(self.rate_per_year, month);
    }

    /// Remembers a month's balance.
    pub(crate) fn mark(&mut self, terms: &LoanTerms, month: u32) {
        if self.arrears_usd > 0.005 && !self.ever_in_arrears {
            self.ever_in_arrears = true;
            self.defaulted_value_usd = self.balance_usd * discount(terms.rate_per_year, month);
        }
        if self.balance_usd > 0.0 {
            self.balance_years_usd += self.balance_usd / 12.0 * discount(terms.rate_per_year, month);
        }
    }

    /// What can be earmarked for further conversions, USD.
    pub(crate) fn room_usd(&self, terms: &LoanTerms, month: u32) -> f64 {
        let open = month >= terms.closing_month && month < self.maturity_month && self.arrears_usd <= 0.0;
        if open && matches!(terms.drawdown, Drawdown::AsBuilt { .. }) {
            (self.undrawn_usd - self.earmarked_usd).max(0.0)
        } else {
            0.0
        }
    }

    /// The amortisation in force.
    fn amortisation<'t>(&self, terms: &'t LoanTerms) -> &'t Amortisation {
        match (&terms.refinancing, self.refinanced) {
            (Some(refinancing), true) => &refinancing.amortisation,
            _ => &terms.amortisation,
        }
    }

    /// What is due at the end of a month; `income_usd` is what its borrower had for this loan since the last payment, for
    /// sculpted service.
    pub(crate) fn due(&self, terms: &LoanTerms, day: PayDay, income_usd: f64) -> Due {
        let PayDay { month, .. } = day;
        if month < terms.closing_month {
            return Due::default();
        }
        let interest = (self.balance_usd - self.fresh_usd) * self.rate_per_year / 12.0;
        let closed = month >= self.maturity_month || self.refinanced || !self.committed;
        let fee = if closed { 0.0 } else { self.undrawn_usd * terms.commitment_fee_per_year / 12.0 };
        if month < terms.capitalise_until_month {
            return Due { cost: interest + fee, capitalised: interest, interest: fee, ..Due::default() };
        }
        let cost = interest + fee;
        let matured = month >= self.maturity_month;
        let building = match terms.drawdown {
            Drawdown::AsBuilt { capitalises: true, .. } if !matured && self.balance_usd > 0.0 => {
                (self.under_construction_usd / self.balance_usd).min(1.0)
            }
            _ => 0.0,
        };
        let capitalised = building * interest;
        if !matured && !day.every(terms.payment_months) {
            return Due { cost, capitalised, ..Due::default() };
        }
        let interest = self.accrued_usd + cost - capitalised;
        let scheduled = (1.0 - building) * self.scheduled_principal(terms, month, interest, income_usd);
        let principal = scheduled.clamp(0.0, self.balance_usd);
        let balloon = if matured && !self.refinances(terms) { self.balance_usd - principal } else { 0.0 };
        Due { cost, capitalised, interest, principal, balloon }
    }

    /// Whether a balance that is left at maturity goes over to a new loan; nobody refinances a loan in arrears.
    pub(crate) fn refinances(&self, terms: &LoanTerms) -> bool {
        terms.refinancing.is_some() && !self.refinanced && self.arrears_usd <= 0.005
    }

    /// Takes a share of what is under construction into service.
    pub(crate) fn deliver(&mut self, share: f64) {
        self.under_construction_usd *= 1.0 - share;
    }

    fn scheduled_principal(&self, terms: &LoanTerms, month: u32, interest: f64, income_usd: f64) -> f64 {
        let Some(age) = month.checked_sub(self.first_principal_month) else { return 0.0 };
        let between = terms.payment_months;
        match self.amortisation(terms) {
            Amortisation::Bullet => 0.0,
            Amortisation::Level { months } => match months.saturating_sub(age).div_ceil(between) {
                0 | 1 => self.balance_usd,
                left => {
                    let rate = self.rate_per_year * f64::from(between) / 12.0;
                    level_payment(self.balance_usd, rate, left) - rate * self.balance_usd
                }
            },
            Amortisation::Sculpted { dscr } => income_usd / dscr - interest,
            Amortisation::Schedule { usd_by_year } => self.scheduled_months(age, between, usd_by_year),
        }
    }

    /// Stated principal of the months since the last payment.
    fn scheduled_months(&self, age: u32, between: u32, usd_by_year: &[f64]) -> f64 {
        let first = (age + 1).saturating_sub(between);
        (first..=age).map(|m| usd_by_year.get(m as usize / 12).map_or(0.0, |usd| usd / 12.0)).sum()
    }

    /// Service of a month on average, for the size of a reserve, USD.
    pub(crate) fn service_per_month_usd(&self, terms: &LoanTerms, month: u32, income_usd: f64) -> f64 {
        // A refinanced balance is first repaid in the month after.
        let month = if self.refinanced { month.max(self.first_principal_month) } else { month };
        let between = f64::from(terms.payment_months);
        let interest = self.balance_usd * self.rate_per_year / 12.0;
        let principal =
            self.scheduled_principal(terms, month, interest * between, income_usd * between) / between;
        interest + principal.clamp(0.0, self.balance_usd)
    }

    /// Whether a month runs on the terms of the refinancing.
    pub(crate) fn runs_on_refinancing(&self, month: u32) -> bool {
        self.refinanced && month >= self.first_principal_month
    }

    /// Takes a payment of principal; arrears first.
    pub(crate) fn repay(&mut self, usd: f64) {
        self.balance_usd -= usd;
        self.arrears_usd = (self.arrears_usd - usd).max(0.0);
        if self.balance_usd < 1e-6 {
            self.balance_usd = self.balance_usd.max(0.0);
        }
    }

    /// Moves to the terms of the refinancing from the next month on.
    pub(crate) fn refinance(&mut self, terms: &LoanTerms, month: u32) {
        if let Some(refinancing) = &terms.refinancing {
            self.rate_per_year += refinancing.spread_per_year;
            self.first_principal_month = month + 1;
            self.maturity_month = month + refinancing.months;
            self.undrawn_usd = 0.0;
            self.earmarked_usd = 0.0;
            self.refinanced = true;
        }
    }
}

/// `(1 + rate/12)^−(month + 1)`: money at the end of a month, as of the first opening.
pub(crate) fn discount(rate_per_year: f64, month: u32) -> f64 {
    (1.0 + rate_per_year / 12.0).powi(-(month as i32 + 1))
}
