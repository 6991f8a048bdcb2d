//! The names that a team's own rule may use, and what they stand for: all of it is known at the opening.

use crate::policy::{PastMonth, View};
use crate::rules::hosting_margin_usd_per_gross_mw;
use site::{AiForm, HallUse, YearMonth, free_funds_usd};

/// A name that formulas may use.
#[derive(Clone, Copy)]
pub struct Known {
    /// The name, unit included.
    pub name: &'static str,
    /// What it stands for.
    pub meaning: &'static str,
    value: fn(&Sight<'_>) -> f64,
}

/// What names are worked out from.
pub(crate) struct Sight<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) form: AiForm,
    /// Calendar month of the first opening.
    pub(crate) first_month: YearMonth,
    /// Months of the horizon.
    pub(crate) n_months: u32,
}

/// Everything that a rule may use. What has no value yet, such as last month's figures in the first month, is unknown (NaN).
pub const KNOWN: [Known; 28] = [
    known("year", "calendar year", |s| f64::from(s.calendar_month().year)),
    known("month", "month of the year, 1 to 12", |s| f64::from(s.calendar_month().month)),
    known("months_passed", "months since the first opening, 0 in the first month", |s| {
        f64::from(s.view.state.month)
    }),
    known("months_left", "months to the horizon, this one included", |s| {
        f64::from(s.n_months.saturating_sub(s.view.state.month))
    }),
    known("btc_price_usd", "Bitcoin at the opening", |s| s.view.opening.btc_price_usd),
    known("difficulty_t", "network difficulty, trillions", |s| s.view.opening.difficulty / 1e12),
    known("hashprice_usd_per_ph_day", "hashprice at the opening", |s| {
        s.view.opening.hashprice_usd_per_ph_day
    }),
    known("lease_rate_usd_per_kw_month", "market rent of a new lease, first year", |s| {
        s.view.opening.lease_rate_usd_per_kw_month
    }),
    known("gpu_hour_price_usd", "GPU-hour price at the opening", |s| s.view.opening.gpu_hour_price_usd),
    known("offer_rent_usd_per_kw_month", "first-year rent of the open offer, 0 without one", |s| {
        s.offer_rent()
    }),
    known("offer_gross_mw", "size of the open offer, 0 without one", |s| {
        s.view.offer.map_or(0.0, |offer| offer.gross.get())
    }),
    known(
        "offer_margin_usd_per_gross_mw_month",
        "operating margin of hosting at the offered rent, 0 without an offer",
        |s| s.view.offer.map_or(0.0, |_| s.hosting_margin(s.offer_rent())),
    ),
    known("hosting_margin_usd_per_gross_mw_month", "operating margin of hosting at the market rent", |s| {
        s.hosting_margin(s.view.opening.lease_rate_usd_per_kw_month)
    }),
    known(
        "last_mining_margin_usd_per_gross_mw_month",
        "mining after power and variable cost, last month",
        |s| s.last_months(1, |month| month.mining_margin_usd_per_gross_mw),
    ),
    known(
        "mean12_mining_margin_usd_per_gross_mw_month",
        "the same, mean of the last twelve months, unknown in the first twelve",
        |s| s.last_months(12, |month| month.mining_margin_usd_per_gross_mw),
    ),
    known("last_power_price_usd_per_mwh", "mean power price, last month", |s| {
        s.last_months(1, |month| month.power_price_usd_per_mwh)
    }),
    known(
        "mean12_power_price_usd_per_mwh",
        "mean power price of the last twelve months, unknown in the first twelve",
        |s| s.last_months(12, |month| month.power_price_usd_per_mwh),
    ),
    known(
        "mean12_hashprice_usd_per_ph_day",
        "mean hashprice of the last twelve openings, unknown in the first twelve",
        |s| s.last_months(12, |month| month.opening.hashprice_usd_per_ph_day),
    ),
    known("campus_gross_mw", "all halls", |s| s.view.campus.gross_mw()),
    known("mining_gross_mw", "halls that mine and are not being rebuilt", |s| {
        s.gross_mw(|hall| !hall.is_committed())
    }),
    known("building_gross_mw", "halls that are being rebuilt", |s| {
        s.gross_mw(|hall| matches!(hall, HallUse::Building { .. }))
    }),
    known("ai_gross_mw", "halls that serve AI, hosting or own GPUs", |s| {
        s.gross_mw(|hall| matches!(hall, HallUse::Hosting { .. } | HallUse::OwnGpus { .. }))
    }),
    known(
        "startable_halls",
        "halls that could be started now, under offer, builders, firm connection and cash limit",
        |s| f64::from(s.view.startable(s.form)),
    ),
    known("next_hall_gross_mw", "the hall that would be started next", |s| {
        s.view.state.convertible().next().map_or(0.0, |i| s.view.campus.halls[i].gross.get())
    }),
    known(
        "conversion_capex_usd_per_gross_mw",
        "conversion started now, contingency included, without GPUs",
        |s| {
            let conversion = &s.view.campus.conversion;
            conversion.capex_at(s.view.state.month) / conversion.peak_ratio.get()
        },
    ),
    known("cash_musd", "cash, millions; negative when funding has been drawn", |s| {
        s.view.state.cash_usd / 1e6
    }),
    known("liquidity_musd", "cash and committed funding, millions", |s| {
        (s.view.state.cash_usd + s.view.campus.company.committed_funding_usd) / 1e6
    }),
    known("free_funds_musd", "liquidity less what conversions under way still have to pay, millions", |s| {
        free_funds_usd(s.view.campus, s.view.state) / 1e6
    }),
];

const fn known(name: &'static str, meaning: &'static str, value: fn(&Sight<'_>) -> f64) -> Known {
    Known { name, meaning, value }
}

/// The names of [`KNOWN`], in its order.
#[must_use]
pub fn known_names() -> [&'static str; KNOWN.len()] {
    KNOWN.map(|known| known.name)
}

impl Known {
    /// Its value at an opening, NaN where there is none yet.
    pub(crate) fn value(&self, sight: &Sight<'_>) -> f64 {
        (self.value)(sight)
    }
}

impl Sight<'_> {
    fn calendar_month(&self) -> YearMonth {
        self.first_month.plus(self.view.state.month)
    }

    fn offer_rent(&self) -> f64 {
        self.view.offer.map_or(0.0, |offer| offer.rent.get())
    }

    fn hosting_margin(&self, rent_usd_per_kw_month: f64) -> f64 {
        hosting_margin_usd_per_gross_mw(self.view.campus, rent_usd_per_kw_month, self.view.state.month)
    }

    /// Mean over the last `months`, NaN before there are so many.
    fn last_months(&self, months: usize, of: impl Fn(&PastMonth) -> f64) -> f64 {
        let past = self.view.past;
        match past.len().checked_sub(months) {
            Some(first) => past[first..].iter().map(of).sum::<f64>() / months as f64,
            None => f64::NAN,
        }
    }

    fn gross_mw(&self, test: impl Fn(&HallUse) -> bool) -> f64 {
        self.view.state.gross_mw_where(self.view.campus, test)
    }
}
