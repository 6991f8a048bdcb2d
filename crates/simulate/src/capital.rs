//! What a reader must know of the capital structure that the money of all policies stands on.

use finance::terms::Level;
use serde::{Deserialize, Serialize};
use site::Campus;

/// The capital structure as far as tables and charts name it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CapitalStructure {
    /// Cash of the company at the first opening, USD.
    pub opening_cash_usd: f64,
    /// Shares outstanding at the first opening.
    pub opening_shares: f64,
    /// Effective annual rate at which equity is discounted.
    pub cost_of_equity_per_year: f64,
    /// Critical IT MW of a converted gross MW.
    pub it_mw_per_gross_mw: f64,
    /// Highest coverage of the project's loans below which nothing is distributed.
    pub lock_up_dscr: Option<f64>,
    /// Highest coverage of the project's loans below which a covenant is breached.
    pub default_dscr: Option<f64>,
}

impl CapitalStructure {
    /// That of a campus; `None` without one.
    #[must_use]
    pub fn of(campus: &Campus) -> Option<Self> {
        let terms = campus.finance.as_ref()?;
        let project = || terms.loans.iter().filter(|loan| loan.level == Level::Project);
        Some(Self {
            opening_cash_usd: campus.company.opening_cash_usd,
            opening_shares: terms.shares.shares,
            cost_of_equity_per_year: terms.company.cost_of_equity_per_year,
            it_mw_per_gross_mw: 1.0 / campus.conversion.peak_ratio.get(),
            lock_up_dscr: project().filter_map(|loan| loan.lock_up_dscr).max_by(f64::total_cmp),
            default_dscr: project().filter_map(|loan| loan.default_dscr).max_by(f64::total_cmp),
        })
    }
}
