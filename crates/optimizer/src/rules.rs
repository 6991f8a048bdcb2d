//! The policies people propose.

use crate::policy::{Policy, View};
use crate::reasons::{Comparison, Reasons, Relation, size_limit};
use site::units::{Fraction, UsdPerKwMonth};
use site::{AiForm, Campus, Decision, HallUse, HostingCost};

/// Never converts: the baseline of every comparison.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AllMining;

impl Policy for AllMining {
    fn decide(&self, _view: &View<'_>) -> Decision {
        Decision::WAIT
    }
}

/// Converts as fast as offers and builders allow, up to a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllAiAsap {
    /// Hosting under any offer, or own GPUs.
    pub form: AiForm,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
}

impl Policy for AllAiAsap {
    fn form(&self) -> AiForm {
        self.form
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        start(self.form, within(view, view.startable(self.form), self.max_gross_mw))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let comparisons = size_limit(view, self.max_gross_mw).into_iter().collect();
        Reasons { comparisons, ..Reasons::default() }
    }
}

/// Takes any offer until a share of the campus serves AI or is being rebuilt for it, and holds that share.
///
/// Leases that end are renewed, so a share once reached is held. Whole halls that would pass the share are not started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantShare {
    /// Share of the campus's gross MW, 0 to 1.
    pub share: Fraction,
}

impl Policy for ConstantShare {
    fn decide(&self, view: &View<'_>) -> Decision {
        let max_gross_mw = self.share.get() * view.campus.gross_mw();
        hosting(within(view, view.limits.hosting_halls, max_gross_mw))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let comparisons = size_limit(view, self.share.get() * view.campus.gross_mw()).into_iter().collect();
        Reasons { comparisons, ..Reasons::default() }
    }
}

/// Takes any offer at or above a rent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hurdle {
    /// Lowest first-year rent that is taken.
    pub required_rent: UsdPerKwMonth,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
}

impl Policy for Hurdle {
    fn decide(&self, view: &View<'_>) -> Decision {
        match view.offer {
            Some(offer) if offer.rent >= self.required_rent => {
                hosting(within(view, view.limits.hosting_halls, self.max_gross_mw))
            }
            _ => Decision::WAIT,
        }
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let (rent, required) = (view.offer.map(|offer| offer.rent.get()), self.required_rent.get());
        let rent = Comparison::new("offered rent", rent, "USD/kW-month", Relation::AtLeast, required);
        let comparisons = std::iter::once(rent).chain(size_limit(view, self.max_gross_mw)).collect();
        Reasons { comparisons, ..Reasons::default() }
    }
}

/// Takes offers once hosting at the market rent has out-earned mining by a spread for some months running.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trigger {
    /// Least spread of the operating margins, USD per gross MW and month.
    pub spread_usd_per_gross_mw_month: f64,
    /// Months running.
    pub months: usize,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
}

impl Trigger {
    /// Hosting less mining in a month that has passed, USD per gross MW.
    fn spread(view: &View<'_>, m: usize) -> f64 {
        let month = &view.past[m];
        hosting_margin_usd_per_gross_mw(view.campus, month.opening.lease_rate_usd_per_kw_month, m as u32)
            - month.mining_margin_usd_per_gross_mw
    }
}

impl Policy for Trigger {
    fn decide(&self, view: &View<'_>) -> Decision {
        let Some(first) = view.past.len().checked_sub(self.months) else { return Decision::WAIT };
        if (first..view.past.len()).all(|m| Self::spread(view, m) >= self.spread_usd_per_gross_mw_month) {
            hosting(within(view, view.limits.hosting_halls, self.max_gross_mw))
        } else {
            Decision::WAIT
        }
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let passed = view.past.len();
        let compared = |ago: usize| {
            let name = format!("hosting less mining, {ago} month{} ago", if ago == 1 { "" } else { "s" });
            let spread = passed.checked_sub(ago).map(|m| Self::spread(view, m));
            let least = self.spread_usd_per_gross_mw_month;
            Comparison::new(name, spread, "USD per gross MW and month", Relation::AtLeast, least)
        };
        let months = (1..=self.months).rev().map(compared);
        let comparisons = months.chain(size_limit(view, self.max_gross_mw)).collect();
        Reasons { comparisons, ..Reasons::default() }
    }
}

/// Operating margin of a month of hosting at a rent, USD per gross MW.
#[must_use]
pub fn hosting_margin_usd_per_gross_mw(campus: &Campus, rent_usd_per_kw_month: f64, month: u32) -> f64 {
    let it_mw = 1.0 / campus.conversion.peak_ratio.get();
    let rent = rent_usd_per_kw_month * it_mw * 1_000.0;
    match campus.hosting.cost {
        HostingCost::NoiMargin(margin) => rent * margin.get(),
        HostingCost::PerItMwYear(usd) => rent - usd / 12.0 * it_mw * campus.company.cost_index(month),
    }
}

fn hosting(halls: u32) -> Decision {
    start(AiForm::Hosting, halls)
}

/// Starts halls of one form.
pub(crate) fn start(form: AiForm, halls: u32) -> Decision {
    match form {
        AiForm::Hosting => Decision { hosting_halls: halls, gpu_halls: 0 },
        AiForm::OwnGpus => Decision { hosting_halls: 0, gpu_halls: halls },
    }
}

/// At most `halls`, and only so many that committed halls stay within `max_gross_mw`.
pub(crate) fn within(view: &View<'_>, halls: u32, max_gross_mw: f64) -> u32 {
    if halls == 0 {
        return 0;
    }
    let mut committed = view.state.gross_mw_where(view.campus, HallUse::is_committed);
    let fits = view
        .state
        .convertible()
        .take(halls as usize)
        .take_while(|&i| {
            committed += view.campus.halls[i].gross.get();
            committed <= max_gross_mw * (1.0 + 1e-9)
        })
        .count();
    fits as u32
}
