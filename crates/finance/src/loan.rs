//! Arithmetic of loans: annuities, sculpted debt, coverage, and the rent that a project needs.
//!
//! Annuity factor `a(r,n) = (1 − (1+r)^−n)/r`; its inverse is the capital recovery factor. Sculpted debt service is `CFADS / DSCR` in
//! every period, so the debt that a project carries is `Σ CFADS_t / DSCR / (1+r)^t`. The loan life coverage ratio is the value of CFADS
//! at the loan's rate over the debt. Required rent is `(capex × CRF + opex) / (12 × 1000 × availability)` USD per kW-month, with opex
//! levelised if it grows. Sources: facts F4.2 and F4.3; CFADS is cash flow available for debt service, DSCR its coverage.
//!
//! Rates are per period and above −1; flows fall at ends of periods.

/// Value today of 1 at the end of each of `n_periods` periods.
#[must_use]
pub fn annuity_factor(rate: f64, n_periods: u32) -> f64 {
    growing_annuity_factor(rate, 0.0, n_periods)
}

/// Value today of a payment that starts at 1 at the end of the first period and grows by `growth` each period.
#[must_use]
pub fn growing_annuity_factor(rate: f64, growth: f64, n_periods: u32) -> f64 {
    let n = f64::from(n_periods);
    // ln((1+g)/(1+r)), so that rates that are close to each other cost no digits.
    let drift = libm::log1p(growth) - libm::log1p(rate);
    if drift == 0.0 { n / (1.0 + rate) } else { -libm::expm1(n * drift) / (rate - growth) }
}

/// Level payment per period that repays 1 over `n_periods`: the capital recovery factor.
#[must_use]
pub fn capital_recovery_factor(rate: f64, n_periods: u32) -> f64 {
    1.0 / annuity_factor(rate, n_periods)
}

/// Level debt service per period of a debt, interest and principal together.
#[must_use]
pub fn level_payment(debt: f64, rate: f64, n_periods: u32) -> f64 {
    debt * capital_recovery_factor(rate, n_periods)
}

/// Debt service of a year over the debt, for monthly level payments at a nominal yearly rate: the loan constant.
#[must_use]
pub fn loan_constant(rate_per_year: f64, n_months: u32) -> f64 {
    12.0 * capital_recovery_factor(rate_per_year / 12.0, n_months)
}

/// Balance after `paid` of `n_periods` level payments.
#[must_use]
pub fn level_balance(debt: f64, rate: f64, n_periods: u32, paid: u32) -> f64 {
    level_payment(debt, rate, n_periods) * annuity_factor(rate, n_periods.saturating_sub(paid))
}

/// Payment that is worth as much, held level, as one that starts at `first` and grows by `growth` each period.
#[must_use]
pub fn levelised(first: f64, growth: f64, rate: f64, n_periods: u32) -> f64 {
    first * growing_annuity_factor(rate, growth, n_periods) / annuity_factor(rate, n_periods)
}

/// One period of a sculpted loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SculptedPeriod {
    /// Debt service.
    pub service: f64,
    /// Interest in it.
    pub interest: f64,
    /// Principal in it; negative where service does not cover interest, which is then lent on.
    pub principal: f64,
    /// Balance at the end of the period.
    pub balance: f64,
}

/// Debt service that a cash flow carries at a coverage above zero; nothing is served out of a negative one.
#[must_use]
pub fn sculpted_service(cfads: f64, dscr: f64) -> f64 {
    cfads.max(0.0) / dscr
}

/// Debt that cash flows carry at a coverage `dscr` above zero.
#[must_use]
pub fn sculpted_debt(cfads: &[f64], rate: f64, dscr: f64) -> f64 {
    cfads.iter().rev().fold(0.0, |debt, flow| (debt + sculpted_service(*flow, dscr)) / (1.0 + rate))
}

/// Periods of the loan of [`sculpted_debt`]; the last balance is zero.
///
/// ```
/// let schedule = finance::loan::sculpted_schedule(&[80.0, 100.0, 120.0, 110.0, 90.0], 0.08, 1.25);
/// assert_eq!(schedule[0].service, 64.0);
/// assert!((schedule[3].balance - 66.666_666_666_7).abs() < 1e-10);
/// assert!(schedule[4].balance.abs() < 1e-10);
/// ```
#[must_use]
pub fn sculpted_schedule(cfads: &[f64], rate: f64, dscr: f64) -> Vec<SculptedPeriod> {
    let mut balance = sculpted_debt(cfads, rate, dscr);
    let period = |flow: &f64| {
        let interest = balance * rate;
        let service = sculpted_service(*flow, dscr);
        balance += interest - service;
        SculptedPeriod { service, interest, principal: service - interest, balance }
    };
    cfads.iter().map(period).collect()
}

/// Loan life coverage ratio: value of cash flows at the loan's rate over a debt above zero.
#[must_use]
pub fn llcr(cfads: &[f64], rate: f64, debt: f64) -> f64 {
    cfads.iter().rev().fold(0.0, |value, flow| (value + flow) / (1.0 + rate)) / debt
}

/// What a rent must pay for, per MW of critical IT.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RequiredRent {
    /// Cost of building, USD per MW.
    pub capex_usd_per_mw: f64,
    /// Operating cost of the first year, USD per MW-year.
    pub opex_usd_per_mw_year: f64,
    /// Yearly growth of operating cost.
    pub opex_growth_per_year: f64,
    /// Required return, effective a year.
    pub rate_per_year: f64,
    /// Years of rent; nothing is left after them.
    pub years: u32,
    /// Share of time for which rent is paid, above 0 to 1.
    pub availability: f64,
}

impl RequiredRent {
    /// Level rent that earns the required return, USD per kW-month.
    #[must_use]
    pub fn usd_per_kw_month(&self) -> f64 {
        let capital = self.capex_usd_per_mw * capital_recovery_factor(self.rate_per_year, self.years);
        let opex = self.opex_usd_per_mw_year;
        let cost = capital + levelised(opex, self.opex_growth_per_year, self.rate_per_year, self.years);
        cost / (12.0 * 1000.0 * self.availability)
    }

    /// First year's rent that earns the required return if rent grows by an escalator, USD per kW-month.
    #[must_use]
    pub fn first_year_usd_per_kw_month(&self, escalator_per_year: f64) -> f64 {
        self.usd_per_kw_month() / levelised(1.0, escalator_per_year, self.rate_per_year, self.years)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn oracle_o13_annuity_payment_and_debt_of_a_flat_cash_flow() {
        close(annuity_factor(0.0775, 10), 6.786_408_503_8, 5e-11);
        close(level_payment(1_000.0, 0.0775, 10), 147.353_345_947_2, 5e-11);
        close(sculpted_debt(&[100.0; 10], 0.0775, 1.30), 522.031_423_369_5, 5e-11);
    }

    #[test]
    fn oracle_o13b_sculpted_loan() {
        let cfads = [80.0, 100.0, 120.0, 110.0, 90.0];
        let debt = sculpted_debt(&cfads, 0.08, 1.25);
        close(debt, 317.738_877_253_9, 5e-11);
        let balances = [279.157_987_434_2, 221.490_626_428_9, 143.209_876_543_2, 66.666_666_666_7, 0.0];
        for (period, balance) in sculpted_schedule(&cfads, 0.08, 1.25).iter().zip(balances) {
            close(period.balance, balance, 5e-11);
            close(period.interest + period.principal, period.service, 1e-12);
        }
        close(llcr(&cfads, 0.08, debt), 1.25, 1e-14);
    }

    #[test]
    fn oracle_o21_required_rent() {
        close(capital_recovery_factor(0.10, 15), 0.131_473_776_9, 5e-11);
        close(flat_opex(0.21e6, 15).usd_per_kw_month(), 116.105_332_665_5, 5e-11);
    }

    fn flat_opex(opex_usd_per_mw_year: f64, years: u32) -> RequiredRent {
        RequiredRent {
            capex_usd_per_mw: 9e6,
            opex_usd_per_mw_year,
            opex_growth_per_year: 0.0,
            rate_per_year: 0.10,
            years,
            availability: 1.0,
        }
    }

    /// Fact F2.2, with its opex of 42.7 million for 168 MW rounded as there to 0.254 million per MW-year.
    #[test]
    fn required_rents_of_the_record() {
        close(flat_opex(0.254e6, 15).usd_per_kw_month(), 119.8, 0.05);
        close(flat_opex(0.254e6, 10).usd_per_kw_month(), 143.2, 0.05);
        let growing = RequiredRent { opex_growth_per_year: 0.03, ..flat_opex(0.254e6, 10) };
        close(growing.usd_per_kw_month(), 145.8, 0.05);
        close(levelised(134.5, 0.03, 0.10, 10), 150.7, 0.05);
        // Rent that grows as that contract's does may start lower.
        let first = growing.first_year_usd_per_kw_month(0.03);
        close(levelised(first, 0.03, 0.10, 10), growing.usd_per_kw_month(), 1e-10);
        close(first, 130.1, 0.05);
    }

    #[test]
    fn without_interest_annuities_count_periods() {
        assert_eq!((annuity_factor(0.0, 10), level_payment(100.0, 0.0, 10)), (10.0, 10.0));
        close(annuity_factor(1e-15, 10), 10.0, 1e-9);
        close(growing_annuity_factor(0.05, 0.05, 4), 4.0 / 1.05, 1e-14);
        assert!(capital_recovery_factor(0.05, 0).is_infinite());
    }

    #[test]
    fn loan_constant_of_a_thirty_year_mortgage() {
        // 6 % over 360 months: 5.9955 per 1,000 a month, as printed in tables of loan constants.
        close(loan_constant(0.06, 360) / 12.0 * 1_000.0, 5.9955, 5e-5);
    }

    proptest! {
        #[test]
        fn a_sculpted_balance_ends_at_zero_and_covers_as_asked(
            cfads in prop::collection::vec(0.0..1e8_f64, 1..40),
            rate in 0.0..0.2_f64,
            dscr in 1.0..3.0_f64,
        ) {
            let debt = sculpted_debt(&cfads, rate, dscr);
            let schedule = sculpted_schedule(&cfads, rate, dscr);
            // Rounding grows with interest over the life.
            let rounding = 1e-12 * (1.0 + debt) * (1.0 + rate).powi(cfads.len() as i32);
            prop_assert!(schedule[cfads.len() - 1].balance.abs() <= rounding);
            prop_assert!(schedule.iter().all(|p| p.balance >= -rounding));
            let principal: f64 = schedule.iter().map(|p| p.principal).sum();
            prop_assert!((principal - debt).abs() <= rounding, "{principal} repaid of {debt}");
            if debt > 0.0 {
                prop_assert!((llcr(&cfads, rate, debt) - dscr).abs() < 1e-9);
            }
        }

        #[test]
        fn more_coverage_is_less_debt(
            cfads in prop::collection::vec(1.0..1e8_f64, 1..40),
            rate in 0.0..0.2_f64,
            dscr in 1.0..3.0_f64,
            more in 0.01..1.0_f64,
        ) {
            prop_assert!(sculpted_debt(&cfads, rate, dscr + more) < sculpted_debt(&cfads, rate, dscr));
        }

        #[test]
        fn level_payments_repay_the_debt(debt in 1.0..1e9_f64, rate in 0.0..0.05_f64, n in 1..360_u32) {
            let payment = level_payment(debt, rate, n);
            let mut balance = debt;
            for paid in 0..n {
                prop_assert!((balance - level_balance(debt, rate, n, paid)).abs() < 1e-7 * debt);
                balance += balance * rate - payment;
            }
            prop_assert!(balance.abs() < 1e-7 * debt, "{balance} left of {debt}");
        }
    }
}
