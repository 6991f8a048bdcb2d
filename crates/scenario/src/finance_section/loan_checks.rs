//! What must hold between the terms of one loan, and what would have no effect.

use super::months::Months;
use crate::inputs::Inputs;
use crate::reader::Section;
use finance::terms::{Amortisation, LoanTerms};

/// Faults terms that contradict each other; each is sound by itself.
pub(super) fn check(section: &Section<'_>, months: &Months, loan: &LoanTerms) {
    let closing = months.name(loan.closing_month);
    let maturity = months.name(loan.maturity_month);
    if loan.maturity_month <= loan.closing_month {
        section.fault("maturity", format!("is {maturity}; allowed is a month after closing, {closing}"));
        return;
    }
    if loan.amortisation != Amortisation::Bullet {
        check_first_principal(section, months, loan);
    }
    for (key, month) in [
        ("capitalise_until", Some(loan.capitalise_until_month)),
        ("collateral_release", loan.collateral.map(|collateral| collateral.release_month)),
    ] {
        if let Some(month) = month.filter(|month| *month < loan.closing_month) {
            let month = months.name(month);
            section.fault(key, format!("is {month}, before closing; allowed is {closing} or later"));
        }
    }
    check_capitalisation(section, months, loan);
    check_covenants(section, loan);
    check_collateral(section, loan);
    check_refinancing(section, loan);
}

fn check_first_principal(section: &Section<'_>, months: &Months, loan: &LoanTerms) {
    let (first, last) = (loan.closing_month, loan.maturity_month - 1);
    if !(first..=last).contains(&loan.first_principal_month) {
        section.fault(
            "first_principal",
            format!(
                "is {}; allowed is a month from closing to before maturity, {} to {}",
                months.name(loan.first_principal_month),
                months.name(first),
                months.name(last)
            ),
        );
    }
}

/// While interest is added to the balance nothing is repaid.
fn check_capitalisation(section: &Section<'_>, months: &Months, loan: &LoanTerms) {
    let last = loan.first_principal_month.min(loan.maturity_month);
    if loan.capitalise_until_month > last {
        section.fault(
            "capitalise_until",
            format!(
                "is {}; allowed is up to the first month with principal, {}: no principal is paid while interest is added to the balance",
                months.name(loan.capitalise_until_month),
                months.name(last)
            ),
        );
    }
}

fn check_covenants(section: &Section<'_>, loan: &LoanTerms) {
    if let (Some(lock_up), Some(default)) = (loan.lock_up_dscr, loan.default_dscr)
        && default >= lock_up
    {
        section.fault(
            "default_dscr",
            format!("is {default}; allowed is below lock_up_dscr, {lock_up}: payments to owners stop before the covenant is breached"),
        );
    }
}

fn check_collateral(section: &Section<'_>, loan: &LoanTerms) {
    let proceeds_usd = loan.amount_usd * (1.0 - loan.fee_share);
    if let Some(collateral) = loan.collateral.filter(|collateral| collateral.usd > proceeds_usd) {
        section.fault(
            "collateral_usd",
            format!("is {}; allowed is up to the proceeds of the loan, {proceeds_usd} USD", collateral.usd),
        );
    }
}

fn check_refinancing(section: &Section<'_>, loan: &LoanTerms) {
    let Some(refinancing) = &loan.refinancing else { return };
    if loan.rate_per_year + refinancing.spread_per_year < 0.0 {
        section.fault(
            "refinancing_spread_per_year",
            format!(
                "is {}, which makes the new coupon negative; allowed is {} or more",
                refinancing.spread_per_year, -loan.rate_per_year
            ),
        );
    }
}

/// Warns of what is allowed and comes out otherwise than stated.
pub(super) fn warn(section: &Section<'_>, months: &Months, loan: &LoanTerms, inputs: &mut Inputs) {
    if loan.refinancing.is_some() && loan.maturity_month >= months.n_months() {
        inputs.warn(format!(
            "{} and what stands beside it have no effect: the loan matures in {}, after the study",
            section.field("refinancing_spread_per_year"),
            months.name(loan.maturity_month)
        ));
    }
    if let Amortisation::Schedule { usd_by_year } = &loan.amortisation {
        let sum: f64 = usd_by_year.iter().sum();
        if sum > loan.amount_usd * (1.0 + 1e-9) {
            inputs.warn(format!(
                "{} sums to {sum} USD, more than the amount of {} USD: repayment ends when the balance is gone",
                section.field("schedule_usd_by_year"),
                loan.amount_usd
            ));
        }
        let years = (loan.maturity_month.saturating_sub(loan.first_principal_month)).div_ceil(12) as usize;
        if usd_by_year.len() > years {
            inputs.warn(format!(
                "{} has {} years, of which {years} begin before maturity: the rest has no effect",
                section.field("schedule_usd_by_year"),
                usd_by_year.len()
            ));
        }
    }
}
