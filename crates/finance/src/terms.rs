//! The capital structure and its terms: what a scenario says once and no month changes.
//!
//! All money is in nominal USD, all months count from the first opening (0), all yearly rates of debt are nominal: a month's
//! interest is a twelfth. Instruments stand in the order in which they are served.

use crate::convertible::ConvertibleTerms;
use crate::loan_books::PayDay;
use crate::tax::TaxTerms;

/// Everything that the money is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Month of the year of the first opening, 1 to 12.
    pub first_month_of_year: u32,
    /// Months of the study.
    pub n_months: u32,
    /// Price of a bitcoin at the first opening, USD.
    pub opening_btc_price_usd: f64,
    /// The ring-fenced AI business.
    pub project: ProjectTerms,
    /// The company that owns it.
    pub company: CompanyTerms,
    /// Loans and notes, first to be served first; at most one is drawn as built.
    pub loans: Vec<LoanTerms>,
    /// A line for shortfalls.
    pub revolver: Option<RevolverTerms>,
    /// Convertible notes.
    pub convertible: Option<ConvertibleTerms>,
    /// Whether the convertible notes are issued with the first conversion, from their issue month on, and not without one.
    pub convertible_with_first_start: bool,
    /// Sales of shares.
    pub raises: Vec<RaiseTerms>,
    /// Warrants given away.
    pub warrants: Vec<WarrantTerms>,
    /// The company's shares and what their price follows.
    pub shares: ShareTerms,
    /// Taxes; `None` leaves the money before tax.
    pub tax: Option<TaxTerms>,
    /// Mined bitcoin that is kept.
    pub treasury: TreasuryTerms,
    /// Value beyond the horizon, on top of what contracts carry.
    pub terminal: Terminal,
}

/// The AI business: all halls that are let, hold own GPUs or are being rebuilt.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectTerms {
    /// Share of the company in contributions and distributions, above 0 to 1; partners hold the rest.
    pub company_share: f64,
    /// Whether the company pays the project's debt service when the project cannot.
    pub sponsor_support: bool,
    /// Months between sweeps and distributions, 1 to 12: 6 shares out at the end of June and December.
    pub distribution_months: u32,
    /// Months over which plant is written off in the balance sheet.
    pub book_life_months: u32,
    /// Tenant that is the partner, by index: once it has failed, partners put nothing in any more.
    pub partner_tenant: Option<u8>,
}

/// Rules of the company's cash.
#[derive(Debug, Clone, PartialEq)]
pub struct CompanyTerms {
    /// Cash that is never spent on starts or dividends, USD.
    pub minimum_cash_usd: f64,
    /// Interest earned on cash, a year.
    pub cash_rate_per_year: f64,
    /// Whether cash above the minimum and above what construction still costs is paid out.
    pub pays_out: bool,
    /// Effective annual rate at which equity is discounted.
    pub cost_of_equity_per_year: f64,
    /// Plant at the first opening at book value, USD.
    pub opening_plant_usd: f64,
}

/// Whose debt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Served from the AI business alone, and secured on it.
    Project,
    /// Served from the company's cash.
    Company,
}

/// How a loan is paid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drawdown {
    /// In full in its closing month: into the construction account (project) or to cash (company).
    AtClosing,
    /// As conversions cost money, up to a share of their cost.
    AsBuilt {
        /// Share of the cost that is lent, 0 to 1.
        advance_share: f64,
        /// Most that is lent on a conversion is what its contracted income carries at this coverage, if stated.
        sizing_dscr: Option<f64>,
        /// Whether interest on what halls under construction have drawn is added to the balance, and principal waits for them.
        capitalises: bool,
    },
}

/// How principal is repaid before maturity.
#[derive(Debug, Clone, PartialEq)]
pub enum Amortisation {
    /// Not at all.
    Bullet,
    /// Level debt service over this many months from the first principal month.
    Level {
        /// Months of the full schedule; a balance may be left at maturity.
        months: u32,
    },
    /// Debt service is cash flow available for it over this coverage.
    Sculpted {
        /// Coverage, above 0.
        dscr: f64,
    },
    /// Stated principal, USD by year from the first principal month, in equal months; nothing past the list.
    Schedule {
        /// USD of each year.
        usd_by_year: Vec<f64>,
    },
}

/// What follows a balance that is left at maturity.
#[derive(Debug, Clone, PartialEq)]
pub struct Refinancing {
    /// Added to the coupon, a year.
    pub spread_per_year: f64,
    /// Months of the new loan.
    pub months: u32,
    /// Its amortisation.
    pub amortisation: Amortisation,
    /// Its fee as a share of the balance.
    pub fee_share: f64,
}

/// Cash put up beside a loan and released later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collateral {
    /// USD, taken from the loan's proceeds.
    pub usd: f64,
    /// Month at whose end it is released.
    pub release_month: u32,
    /// Whether what is released prepays the loan; otherwise it is the project's cash.
    pub prepays: bool,
}

/// A term loan or notes.
#[derive(Debug, Clone, PartialEq)]
pub struct LoanTerms {
    /// Unique name.
    pub name: String,
    /// Whose debt it is.
    pub level: Level,
    /// Face or commitment, USD.
    pub amount_usd: f64,
    /// How it is paid out.
    pub drawdown: Drawdown,
    /// Month in which it is available.
    pub closing_month: u32,
    /// Whether it waits for the first conversion, and is not closed without one.
    pub with_first_start: bool,
    /// Coupon, a year.
    pub rate_per_year: f64,
    /// Months between payments, a divisor of 12: 6 pays at the end of June and December. Interest accrues without interest.
    pub payment_months: u32,
    /// Fee and discount at drawing, share of the amount drawn.
    pub fee_share: f64,
    /// Fee on what is not drawn, a year.
    pub commitment_fee_per_year: f64,
    /// Interest of months before this one is added to the balance.
    pub capitalise_until_month: u32,
    /// How principal is repaid.
    pub amortisation: Amortisation,
    /// First month with scheduled principal.
    pub first_principal_month: u32,
    /// Month at whose end the balance is due.
    pub maturity_month: u32,
    /// What follows a balance left at maturity; without it, cash must pay.
    pub refinancing: Option<Refinancing>,
    /// Share of excess cash that prepays the loan, 0 to 1.
    pub sweep_share: f64,
    /// Months of debt service held in the reserve account.
    pub reserve_months: u32,
    /// Part of the proceeds that goes into the reserve account at closing and stays there until the project earns, USD.
    pub funded_reserve_usd: f64,
    /// Coverage of twelve months below which nothing is distributed.
    pub lock_up_dscr: Option<f64>,
    /// Coverage of twelve months below which the covenant is breached and all excess cash prepays the loan.
    pub default_dscr: Option<f64>,
    /// First month of the tests.
    pub first_test_month: u32,
    /// Cash put up beside it.
    pub collateral: Option<Collateral>,
    /// Share of the balance that lenders would recover if they enforced at the first default, 0 to 1; a mark beside the waterfall, in which
    /// they wait.
    pub recovery_share: f64,
}

/// A revolving line: drawn for shortfalls, repaid from what is above the minimum cash.
#[derive(Debug, Clone, PartialEq)]
pub struct RevolverTerms {
    /// Most that can be drawn, USD.
    pub commitment_usd: f64,
    /// Interest, a year.
    pub rate_per_year: f64,
    /// Fee on what is not drawn, a year.
    pub commitment_fee_per_year: f64,
    /// Month from which nothing more can be drawn and the balance is due.
    pub maturity_month: u32,
    /// If stated, what can be drawn is also at most this share of the bitcoin held.
    pub bitcoin_advance_share: Option<f64>,
}

/// When shares are sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RaiseTiming {
    /// In this month, whatever happens.
    Month(u32),
    /// From this month on, when cash would fall below the minimum, as much as is needed.
    WhenNeeded(u32),
}

/// A sale of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct RaiseTerms {
    /// Unique name.
    pub name: String,
    /// When.
    pub timing: RaiseTiming,
    /// New shares, whose proceeds reach the company; the most of them with [`RaiseTiming::WhenNeeded`].
    pub primary_shares: f64,
    /// Shares of existing holders sold beside them: no money to the company, no dilution.
    pub secondary_shares: f64,
    /// Price a share, USD; `None` takes the share price of the month less the discount.
    pub price_usd: Option<f64>,
    /// Discount to the share price.
    pub discount: f64,
    /// Fee, share of the gross proceeds of new shares.
    pub fee_share: f64,
    /// Whether it waits for the first conversion, and does not happen without one.
    pub with_first_start: bool,
}

/// Warrants given away, for example for a guarantee.
#[derive(Debug, Clone, PartialEq)]
pub struct WarrantTerms {
    /// Unique name.
    pub name: String,
    /// Shares.
    pub shares: f64,
    /// Price to be paid, USD a share.
    pub strike_usd: f64,
    /// First month in which they may be exercised.
    pub vesting_month: u32,
    /// Month in which they are exercised if the share price is above the strike, and lapse if not.
    pub expiry_month: u32,
    /// Whether they are given with the first conversion, and not without one.
    pub with_first_start: bool,
}

/// What the share price follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SharePrice {
    /// Value of equity as the company stands: mining at a multiple, contracts at a cap rate, cash less debt; scaled to the
    /// opening price.
    EquityValue {
        /// Mining margin of the last twelve months less overhead, times this.
        mining_multiple: f64,
        /// Contracted net operating income a year over this.
        cap_rate_per_year: f64,
        /// Weight of contracts that are signed and not delivered, less what they still cost, 0 to 1.
        pipeline_weight: f64,
    },
    /// `ln S` moves with `ln BTC` by beta, with a volatility of its own.
    Process {
        /// Move with the log of the bitcoin price.
        beta: f64,
        /// Own volatility, per square root of a year.
        volatility_per_sqrt_year: f64,
        /// Expected growth, log a year, bitcoin's part included.
        growth_per_year: f64,
    },
}

/// The shares.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareTerms {
    /// Shares outstanding at the first opening.
    pub shares: f64,
    /// Price at the first opening, USD.
    pub price_usd: f64,
    /// What the price follows.
    pub price: SharePrice,
    /// Relative jump of the price when the first conversion is announced.
    pub announcement_effect: f64,
}

/// Mined bitcoin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreasuryTerms {
    /// Bitcoin at the first opening.
    pub opening_btc: f64,
    /// Share of the mining margin that is kept in bitcoin, 0 to 1; the rest is sold as mined.
    pub hold_share: f64,
    /// Most that is kept, bitcoin; what is above is sold.
    pub most_btc: f64,
}

/// Value beyond the horizon that no contract carries; shown on a line of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Terminal {
    /// None.
    None,
    /// Contracted net operating income a year over the rate, in place of the leases carried and of the site.
    CapRate {
        /// A year.
        rate_per_year: f64,
    },
    /// Multiples of the last twelve months' income by use, in place of what is carried.
    EbitdaMultiple {
        /// Of net operating income of the AI business.
        ai: f64,
        /// Of the mining margin less overhead.
        mining: f64,
    },
}

impl Terms {
    /// Month of the year, 1 to 12, of a month of the study.
    #[must_use]
    pub fn month_of_year(&self, month: u32) -> u32 {
        (self.first_month_of_year - 1 + month) % 12 + 1
    }

    pub(crate) fn pay_day(&self, month: u32) -> PayDay {
        PayDay { month, month_of_year: self.month_of_year(month) }
    }
}
