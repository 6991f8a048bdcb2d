//! What changes from month to month: the use of each hall and the company's cash.

use crate::campus::Campus;
use crate::lease::Lease;
use crate::money::noi_usd_per_year;
use crate::tenancy::Vacancy;
use finance::Books;

/// The two ways of serving AI, never mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AiForm {
    /// The tenant brings the GPUs and pays rent.
    Hosting,
    /// The company buys GPUs and sells their hours.
    OwnGpus,
}

/// What a hall does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HallUse {
    /// It mines.
    Mining,
    /// It is being rebuilt; it still mines in the first months.
    Building {
        /// What it will be.
        form: AiForm,
        /// Months of construction left, this one included; at least 1.
        months_left: u32,
        /// Conversion capex paid each month, USD, fixed at the start.
        capex_usd_per_month: f64,
        /// The signed lease, for hosting; none once its tenant has failed.
        lease: Option<Lease>,
    },
    /// It is let.
    Hosting {
        /// The lease in force.
        lease: Lease,
        /// Months since delivery.
        age_months: u32,
    },
    /// It is fit for tenants and stands empty.
    Vacant(Vacancy),
    /// Own GPUs stand in it.
    OwnGpus {
        /// Months since delivery.
        age_months: u32,
    },
}

impl HallUse {
    /// Whether the hall serves AI, is being rebuilt for it or waits for a tenant.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        !matches!(self, Self::Mining)
    }
}

/// The campus at an opening.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Months since the first opening.
    pub month: u32,
    /// Use of each hall, in the campus's order.
    pub halls: Vec<HallUse>,
    /// Cash without undrawn funding, USD; negative when funding has been drawn. With a capital structure, the company's cash.
    pub cash_usd: f64,
    /// The books of the capital structure, if there is one.
    pub books: Option<Box<Books>>,
}

impl State {
    /// The state at the first opening.
    #[must_use]
    pub fn opening(campus: &Campus) -> Self {
        Self {
            month: 0,
            halls: campus.halls.iter().map(|hall| hall.opening).collect(),
            cash_usd: campus.company.opening_cash_usd,
            books: None,
        }
        .with_books(campus)
    }

    /// Opens the books of the capital structure, if there is one; halls under construction draw what loans lend on them.
    fn with_books(mut self, campus: &Campus) -> Self {
        let Some(terms) = &campus.finance else { return self };
        let committed = self.halls.iter().any(HallUse::is_committed);
        let mut books = Books::opening(terms, self.cash_usd, committed);
        for (hall, hall_use) in campus.halls.iter().zip(&self.halls) {
            let HallUse::Building { months_left, capex_usd_per_month, lease, .. } = hall_use else {
                continue;
            };
            let cost_usd = f64::from(*months_left) * capex_usd_per_month;
            let noi = lease.map_or(0.0, |lease| noi_usd_per_year(campus, hall, lease.rent.get(), 1.0));
            let lending = books.lending(terms, 0, Some(*months_left));
            let advance_usd = lending.advance_usd(cost_usd, noi);
            books.commit(terms, advance_usd);
        }
        self.books = Some(Box::new(books));
        self
    }

    /// Gross MW of halls for which `test` holds.
    pub fn gross_mw_where(&self, campus: &Campus, test: impl Fn(&HallUse) -> bool) -> f64 {
        self.halls
            .iter()
            .zip(&campus.halls)
            .filter(|(hall, _)| test(hall))
            .map(|(_, hall)| hall.gross.get())
            .sum()
    }

    /// Indices of the halls that still mine and could be started, next one first.
    pub fn convertible(&self) -> impl Iterator<Item = usize> + '_ {
        self.halls.iter().enumerate().filter(|(_, hall)| matches!(hall, HallUse::Mining)).map(|(i, _)| i)
    }
}

/// Conversions to start this month; halls are taken in the campus's order, hosting first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decision {
    /// Halls to convert for the tenant whose offer is open.
    pub hosting_halls: u32,
    /// Halls to convert for own GPUs.
    pub gpu_halls: u32,
}

impl Decision {
    /// Change nothing.
    pub const WAIT: Self = Self { hosting_halls: 0, gpu_halls: 0 };
}
