//! Taxes of a calendar year: federal income tax, Texas margin tax, property tax.
//!
//! `federal = rate × max(0, income − loss relief)`, where income is revenue less costs, the two state taxes, depreciation and the
//! interest that is allowed. Interest is allowed up to 30 % of income before interest and depreciation (the EBITDA basis, restored from
//! 2025), the rest is carried forward. Losses are carried forward for ever and relieve up to 80 % of a later year's income.
//! `Texas = 0.75 % × the least of 70 % of revenue, revenue less cost of goods, revenue less 1 million`, none for small revenue.
//! Sources: fact F4.3 (Internal Revenue Code 163(j), 168, 172; Texas Tax Code 171.101); property tax in [`crate::property_tax`].
//!
//! Approximate: everything is apportioned to Texas; power and operation count as cost of goods whatever is sold; one taxpayer owns
//! all; no credits, no alternative minimum tax; tax of a year is known and paid in its last month.

use crate::depreciation::{ClassSplit, DepreciationBooks};
use crate::fault::{TermsFault, require, require_amount, require_share};
use crate::property_tax::PropertyBooks;

/// Most of revenue that the Texas margin can be.
const TEXAS_REVENUE_SHARE: f64 = 0.70;

/// Amount that may be taken off a year's revenue in place of costs, USD.
const TEXAS_DEDUCTION_USD: f64 = 1e6;

/// GPUs and mining machines are 5-year property throughout.
const MACHINES: ClassSplit = ClassSplit { five_year: 1.0, fifteen_year: 0.0, building: 0.0 };

/// Rates and rules of taxation.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxTerms {
    /// Federal rate; 0.21.
    pub federal_rate: f64,
    /// Share of 5- and 15-year property that is expensed at once; 1.0 for what is acquired and placed after 2025-01-19.
    pub bonus_share: f64,
    /// How the cost of a conversion splits over classes; 0.30, 0.40 and 0.30, an assumption to vary.
    pub conversion_split: ClassSplit,
    /// Most of a year's income that carried losses may relieve; 0.80.
    pub nol_limit_share: f64,
    /// Interest is allowed up to this share of income before interest and depreciation; 0.30.
    pub interest_limit_share: f64,
    /// Texas margin tax; 0.0075.
    pub texas_margin_rate: f64,
    /// Yearly revenue up to which no margin tax is due, USD; 2.47 million (general knowledge).
    pub texas_no_tax_due_usd: f64,
    /// Property tax a year on assessed value; 0.02, the middle of 1.5 to 2.5 %.
    pub property_rate: f64,
    /// Assessed share of value; 1.0.
    pub property_assessed_share: f64,
    /// Share of property tax that is abated; 0.
    pub abatement_share: f64,
    /// Months of the abatement, from the first January with something to tax; 0.
    pub abatement_months: u32,
    /// Losses carried into the study, USD; 0.
    pub opening_nol_usd: f64,
}

impl Default for TaxTerms {
    fn default() -> Self {
        Self {
            federal_rate: 0.21,
            bonus_share: 1.0,
            conversion_split: ClassSplit { five_year: 0.30, fifteen_year: 0.40, building: 0.30 },
            nol_limit_share: 0.80,
            interest_limit_share: 0.30,
            texas_margin_rate: 0.0075,
            texas_no_tax_due_usd: 2.47e6,
            property_rate: 0.02,
            property_assessed_share: 1.0,
            abatement_share: 0.0,
            abatement_months: 0,
            opening_nol_usd: 0.0,
        }
    }
}

impl TaxTerms {
    /// Refuses terms that mean nothing.
    ///
    /// # Errors
    ///
    /// Names the first field out of its range.
    pub fn check(&self) -> Result<(), TermsFault> {
        require_share("federal_rate", self.federal_rate)?;
        require_share("bonus_share", self.bonus_share)?;
        let ClassSplit { five_year, fifteen_year, building } = self.conversion_split;
        require_share("conversion_split.five_year", five_year)?;
        require_share("conversion_split.fifteen_year", fifteen_year)?;
        require_share("conversion_split.building", building)?;
        let sum = five_year + fifteen_year + building;
        require("conversion_split, summed,", sum, (sum - 1.0).abs() < 1e-9, "1")?;
        require_share("nol_limit_share", self.nol_limit_share)?;
        require_share("interest_limit_share", self.interest_limit_share)?;
        require_share("texas_margin_rate", self.texas_margin_rate)?;
        require_amount("texas_no_tax_due_usd", self.texas_no_tax_due_usd)?;
        require_share("property_rate", self.property_rate)?;
        require_share("property_assessed_share", self.property_assessed_share)?;
        require_share("abatement_share", self.abatement_share)?;
        require_amount("opening_nol_usd", self.opening_nol_usd)
    }
}

/// What a month brings that taxes look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaxableMonth {
    /// Calendar month, 1 to 12.
    pub month_of_year: u32,
    /// Revenue, USD.
    pub revenue_usd: f64,
    /// Power and operation, USD.
    pub cost_of_goods_usd: f64,
    /// General and administrative cost, USD.
    pub overhead_usd: f64,
    /// Interest and fees of debt, USD; negative where interest earned is larger.
    pub interest_usd: f64,
    /// Cost of conversions placed in service, USD.
    pub conversion_placed_usd: f64,
    /// Cost of GPUs and other machines placed in service, USD.
    pub gpus_placed_usd: f64,
    /// Gains on what is sold, USD; ordinary income, may be negative.
    pub gains_usd: f64,
}

/// Taxes of a year, and what they came from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TaxBill {
    /// Federal income tax, USD.
    pub federal_usd: f64,
    /// Texas margin tax, USD.
    pub texas_usd: f64,
    /// Property tax, USD.
    pub property_usd: f64,
    /// Depreciation of the year, USD.
    pub depreciation_usd: f64,
    /// Interest that was allowed, USD.
    pub interest_allowed_usd: f64,
    /// Carried losses that were used, USD.
    pub nol_used_usd: f64,
}

impl TaxBill {
    /// All taxes, USD.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.federal_usd + self.texas_usd + self.property_usd
    }
}

/// The current year's sums, and what is carried from year to year.
///
/// ```
/// use finance::tax::{TaxBooks, TaxTerms, TaxableMonth};
///
/// let terms = TaxTerms { property_rate: 0.0, ..TaxTerms::default() };
/// let mut books = TaxBooks::new(&terms);
/// for month_of_year in 1..=12 {
///     let month = TaxableMonth {
///         month_of_year,
///         revenue_usd: 10e6,
///         cost_of_goods_usd: 5e6,
///         overhead_usd: 0.0,
///         interest_usd: 0.0,
///         conversion_placed_usd: 0.0,
///         gpus_placed_usd: 0.0,
///         gains_usd: 0.0,
///     };
///     books.book(&terms, &month);
/// }
/// let bill = books.settle_year(&terms);
/// // Texas takes 0.75 % of the margin of 60 million, and the federal tax 21 % of the rest.
/// assert!((bill.texas_usd - 0.45e6).abs() < 1e-6);
/// assert!((bill.federal_usd - 0.21 * 59.55e6).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaxBooks {
    revenue_usd: f64,
    cost_of_goods_usd: f64,
    overhead_usd: f64,
    interest_usd: f64,
    gains_usd: f64,
    months: u32,
    nol_usd: f64,
    carried_interest_usd: f64,
    depreciation: DepreciationBooks,
    property: PropertyBooks,
}

impl TaxBooks {
    /// Books at the first opening.
    #[must_use]
    pub fn new(terms: &TaxTerms) -> Self {
        Self {
            revenue_usd: 0.0,
            cost_of_goods_usd: 0.0,
            overhead_usd: 0.0,
            interest_usd: 0.0,
            gains_usd: 0.0,
            months: 0,
            nol_usd: terms.opening_nol_usd,
            carried_interest_usd: 0.0,
            depreciation: DepreciationBooks::default(),
            property: PropertyBooks::default(),
        }
    }

    /// Adds a month to the current year.
    pub fn book(&mut self, terms: &TaxTerms, month: &TaxableMonth) {
        self.revenue_usd += month.revenue_usd;
        self.cost_of_goods_usd += month.cost_of_goods_usd;
        self.overhead_usd += month.overhead_usd;
        self.interest_usd += month.interest_usd;
        self.gains_usd += month.gains_usd;
        self.months += 1;
        let (bonus, calendar_month) = (terms.bonus_share, month.month_of_year);
        self.depreciation.place(month.conversion_placed_usd, &terms.conversion_split, bonus, calendar_month);
        self.depreciation.place(month.gpus_placed_usd, &MACHINES, bonus, calendar_month);
        self.property.book(terms, month.conversion_placed_usd, month.gpus_placed_usd);
    }

    /// Taxes of the current year, to be called in its last month, or in the study's last month for a part year.
    ///
    /// None of them is below zero: a loss gives no money back, it is carried forward.
    pub fn settle_year(&mut self, terms: &TaxTerms) -> TaxBill {
        let property_usd = self.property.close_year(terms);
        let texas_usd = self.texas_margin_tax_usd(terms);
        let depreciation_usd = self.depreciation.close_year();
        let before_interest_and_depreciation = self.revenue_usd + self.gains_usd
            - self.cost_of_goods_usd
            - self.overhead_usd
            - property_usd
            - texas_usd;
        let interest_allowed_usd = self.allow_interest(terms, before_interest_and_depreciation);
        let income_usd = before_interest_and_depreciation - depreciation_usd - interest_allowed_usd;
        let nol_used_usd = self.use_losses(terms, income_usd);
        self.clear_year();
        TaxBill {
            federal_usd: terms.federal_rate * (income_usd.max(0.0) - nol_used_usd),
            texas_usd,
            property_usd,
            depreciation_usd,
            interest_allowed_usd,
            nol_used_usd,
        }
    }

    /// Losses carried forward, USD.
    #[must_use]
    pub fn nol_usd(&self) -> f64 {
        self.nol_usd
    }

    /// Interest carried forward, USD.
    #[must_use]
    pub fn carried_interest_usd(&self) -> f64 {
        self.carried_interest_usd
    }

    /// Plant that has not been written off for tax, USD.
    #[must_use]
    pub fn undepreciated_usd(&self) -> f64 {
        self.depreciation.undepreciated_usd()
    }

    /// Margin tax of the months booked; the yearly amounts of the law count in proportion to a part year.
    fn texas_margin_tax_usd(&self, terms: &TaxTerms) -> f64 {
        let year_share = f64::from(self.months) / 12.0;
        let revenue_usd = self.revenue_usd + self.gains_usd.max(0.0);
        if revenue_usd <= terms.texas_no_tax_due_usd * year_share {
            return 0.0;
        }
        let margin_usd = (TEXAS_REVENUE_SHARE * revenue_usd)
            .min(revenue_usd - self.cost_of_goods_usd)
            .min(revenue_usd - TEXAS_DEDUCTION_USD * year_share);
        terms.texas_margin_rate * margin_usd.max(0.0)
    }

    fn allow_interest(&mut self, terms: &TaxTerms, before_interest_and_depreciation_usd: f64) -> f64 {
        let asked_usd = self.interest_usd + self.carried_interest_usd;
        let limit_usd = terms.interest_limit_share * before_interest_and_depreciation_usd.max(0.0);
        let allowed_usd = asked_usd.min(limit_usd);
        self.carried_interest_usd = asked_usd - allowed_usd;
        allowed_usd
    }

    /// Carries a loss forward, or relieves income by carried losses; returns the relief.
    fn use_losses(&mut self, terms: &TaxTerms, income_usd: f64) -> f64 {
        if income_usd <= 0.0 {
            self.nol_usd -= income_usd;
            return 0.0;
        }
        let used_usd = self.nol_usd.min(terms.nol_limit_share * income_usd);
        self.nol_usd -= used_usd;
        used_usd
    }

    fn clear_year(&mut self) {
        self.revenue_usd = 0.0;
        self.cost_of_goods_usd = 0.0;
        self.overhead_usd = 0.0;
        self.interest_usd = 0.0;
        self.gains_usd = 0.0;
        self.months = 0;
    }
}

#[cfg(test)]
mod tests;
