//! What a lease is expected to be worth in months that nobody follows: beyond the horizon, and in the model that policies plan with.
//!
//! Backwards over the months `k` of the lease, discounted to the opening of the first, with `s` the monthly survival of the tenant:
//! `W_k = net_k + s W_{k+1} + (1 − s) D_{k+1}`, where `D` is what follows a failure. A hall that has lost its tenant stands empty at
//! the cost of the last rent, then earns its share of the market rent under successors who fail at the same hazard:
//! `M_k = net_k + q M_{k+1} + (1 − q) E_{k+1}` with `E` the value of falling empty. Approximations:
//! - the market rent stays where it is in money that grows with costs;
//! - the guarantor lives on at its own hazard, independent of the tenant; its choice is that of the beginning of each year and not of each month, and does not fail
//!   once it has taken a lease over;
//! - a tenant uses a right to shorten when the market rent so carried on is below its own, and so it does as often as failure is expected
//!   to turn chronic; for successors a right to shorten is a turnover of one in as many months as the first right that they would use;
//! - credits are their expectation.
//!
//! Nothing is assumed about a hall after the expiry of the lease that it has or has lost.

use crate::backstop::GuarantorChoice;
use crate::campus::Campus;
use crate::lease::{Lease, Tenant};
use crate::tail::hall_rents;
use crate::tenancy::{Vacancy, hosting_cost_usd};
use crate::units::UsdPerKwMonth;

/// Where the months that are valued by expectation begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook<'a> {
    pub(crate) campus: &'a Campus,
    pub(crate) it_mw: f64,
    /// The first of them, months since the first opening.
    pub(crate) first: u32,
    /// Market rent at its opening, USD/kW-month.
    pub(crate) market_rent: f64,
    pub(crate) guarantor_failed: bool,
}

impl Outlook<'_> {
    /// A lease from an age to its expiry, USD at the opening of the first month.
    pub(crate) fn lease_usd(&self, lease: &Lease, age_months: u32) -> f64 {
        let months = lease.term_months.saturating_sub(age_months);
        let successor = lease.tenant.successor();
        Months::new(self, months as usize, successor).lease_usd(lease, age_months)
    }

    /// A lease that starts after some months of construction, in which its tenant may fail, USD at the opening of the first month;
    /// without a lease, the hall let to whoever comes.
    pub(crate) fn signed_usd(&self, lease: Option<&Lease>, months_to_delivery: u32) -> f64 {
        let company = &self.campus.company;
        let growth = company.cost_index(months_to_delivery);
        let delivered =
            Self { first: self.first + months_to_delivery, market_rent: self.market_rent * growth, ..*self };
        let risks = &self.campus.hosting.risks;
        let term = lease.map_or(self.campus.hosting.term_months, |lease| lease.term_months);
        let tenant = lease.map_or_else(|| risks.first_tenant(), |lease| lease.tenant);
        let months = Months::new(&delivered, term as usize, tenant.successor());
        let lost = months.empty_usd(0, delivered.market_rent);
        let at_delivery = lease.map_or(lost, |lease| {
            let hazard = risks.default_per_year(lease.tenant);
            let survival = (-hazard * f64::from(months_to_delivery) / 12.0).exp();
            survival * months.lease_usd(lease, 0) + (1.0 - survival) * lost
        });
        company.monthly_discount().powi(months_to_delivery as i32) * at_delivery
    }

    /// An empty hall to the expiry of the lease that it lost, USD at the opening of the first month.
    pub(crate) fn vacancy_usd(&self, vacancy: &Vacancy) -> f64 {
        let passed = self.campus.hosting.risks.relet.months.saturating_sub(vacancy.months_left);
        let left = vacancy.lost_months.saturating_sub(passed) as usize;
        let months = Months::new(self, left, vacancy.tenant);
        let let_from = left.min(vacancy.months_left as usize);
        months.relet[let_from] - months.costs_usd(0, let_from, vacancy.last_rent.get())
    }
}

/// What the months share, all discounted to the opening of the first.
struct Months<'a> {
    outlook: &'a Outlook<'a>,
    /// Discount from the end of a month, `[n]`.
    discount: Vec<f64>,
    /// Sums of discounts, and of discounted cost indices, before each month, `[n + 1]`.
    discounts_before: Vec<f64>,
    costs_before: Vec<f64>,
    cost_index: Vec<f64>,
    /// Market rent at each opening, USD/kW-month, `[n]`.
    market_rent: Vec<f64>,
    /// A hall let at its share of the market rent from each month on, `[n + 1]`.
    relet: Vec<f64>,
}

impl<'a> Months<'a> {
    fn new(outlook: &'a Outlook<'a>, n: usize, successor: Tenant) -> Self {
        let company = &outlook.campus.company;
        let (beta, growth) = (company.monthly_discount(), company.cost_index(1));
        let first_index = company.cost_index(outlook.first);
        let run = |start: f64, factor: f64| {
            std::iter::successors(Some(start), move |value| Some(value * factor)).take(n).collect::<Vec<_>>()
        };
        let (discount, cost_index) = (run(beta, beta), run(first_index, growth));
        let mut months = Self {
            outlook,
            discounts_before: sums_before(discount.iter().copied()),
            costs_before: sums_before(discount.iter().zip(&cost_index).map(|(beta, index)| beta * index)),
            discount,
            cost_index,
            market_rent: run(outlook.market_rent, growth),
            relet: vec![0.0; n + 1],
        };
        let stays = months.stays(successor);
        let share = outlook.campus.hosting.risks.relet.rent_share;
        for k in (0..n).rev() {
            let rent = share * months.market_rent[k];
            let lost = if stays < 1.0 { months.empty_usd(k + 1, rent) } else { 0.0 };
            months.relet[k] = months.net_usd(k, rent) + stays * months.relet[k + 1] + (1.0 - stays) * lost;
        }
        months
    }

    /// Chance that a successor is still there after a month.
    fn stays(&self, successor: Tenant) -> f64 {
        let (hosting, company) = (&self.outlook.campus.hosting, &self.outlook.campus.company);
        let risks = &hosting.risks;
        let leaves = |age: u32| {
            let years = f64::from(age) / 12.0;
            let market = (1.0 + company.inflation_per_year).powf(years);
            market < risks.relet.rent_share * (1.0 + hosting.escalator_per_year).powf(years)
        };
        let right = risks.break_months.iter().copied().filter(|age| leaves(*age)).min();
        let turnover = right.map_or(0.0, |age| 1.0 / f64::from(age));
        // Halfway through the term a successor's rent is a typical one.
        let chronic = if leaves(hosting.term_months / 2) { self.chronic_onsets() } else { 0.0 };
        (-risks.default_per_year(successor) / 12.0).exp() * (1.0 - turnover) * (1.0 - chronic)
    }

    fn chronic_onsets(&self) -> f64 {
        let service = self.outlook.campus.hosting.risks.service.as_ref();
        service.map_or(0.0, |service| service.chronic_onsets_per_month)
    }

    fn lease_usd(&self, lease: &Lease, age_months: u32) -> f64 {
        let risks = &self.outlook.campus.hosting.risks;
        let survival = (-risks.default_per_year(lease.tenant) / 12.0).exp();
        let assumed_share = risks.backstop.map_or(0.0, |backstop| backstop.assumed_rent_share);
        // The lease from the next month on: as it is, and as the guarantor would carry it on.
        let (mut worth, mut assumed) = (0.0, 0.0);
        let (mut choice, mut chosen_at) = (GuarantorChoice::Nothing, None);
        let chronic = self.chronic_onsets();
        for k in (0..self.discount.len()).rev() {
            let age = age_months + k as u32;
            let rent = lease.rent_usd_per_kw_month(age);
            let mut after = worth;
            if k + 1 < self.discount.len() {
                if self.market_rent[k + 1] < lease.rent_usd_per_kw_month(age + 1) {
                    let leaves = if risks.break_months.contains(&(age + 1)) { 1.0 } else { chronic };
                    after = (1.0 - leaves) * after + leaves * self.empty_usd(k + 1, rent);
                }
                if survival < 1.0 {
                    let year = (k + 1) / 12 * 12;
                    if chosen_at != Some(year) {
                        let looked_at = year.max(1);
                        choice = self.choice(lease, age_months + looked_at as u32, looked_at);
                        chosen_at = Some(year);
                    }
                    let lost = self.empty_usd(k + 1, rent);
                    let failed = match choice {
                        GuarantorChoice::Nothing => lost,
                        GuarantorChoice::Fee(_) => {
                            self.backed_usd(k + 1, lost + self.fee_usd(age + 1, k), lost)
                        }
                        GuarantorChoice::Assume(_) => self.backed_usd(k + 1, assumed, lost),
                    };
                    after = survival * after + (1.0 - survival) * failed;
                }
            }
            worth = self.net_usd(k, rent) + after;
            assumed += self.net_usd(k, assumed_share * rent);
        }
        worth
    }

    /// What the guarantor would do about a failure at the opening of month `k`.
    fn choice(&self, lease: &Lease, age_months: u32, k: usize) -> GuarantorChoice {
        let campus = self.outlook.campus;
        match campus.hosting.risks.backstop {
            Some(backstop) if !self.outlook.guarantor_failed => {
                backstop.choice(campus, lease, age_months, self.market_rent[k])
            }
            _ => GuarantorChoice::Nothing,
        }
    }

    /// Termination fee at an age, paid at the end of month `k`.
    fn fee_usd(&self, age_months: u32, k: usize) -> f64 {
        let fee =
            self.outlook.campus.hosting.risks.backstop.map_or(0.0, |backstop| backstop.fee_at(age_months));
        self.discount[k] * fee * self.outlook.it_mw
    }

    /// A hall after a failure at the opening of month `k`: `backed` while the guarantor lives, else `lost`.
    fn backed_usd(&self, k: usize, backed: f64, lost: f64) -> f64 {
        let hazard = self.outlook.campus.hosting.risks.backstop.map_or(0.0, |b| b.guarantor_default_per_year);
        let alive = (-hazard * k as f64 / 12.0).exp();
        alive * backed + (1.0 - alive) * lost
    }

    /// Net rent of month `k` at a rent in USD/kW-month.
    fn net_usd(&self, k: usize, rent: f64) -> f64 {
        let (campus, it_mw) = (self.outlook.campus, self.outlook.it_mw);
        let rent_usd = rent * it_mw * 1_000.0;
        let credits = campus.hosting.risks.service.as_ref().map_or(0.0, |s| s.expected_credit_share);
        let cost = hosting_cost_usd(campus, rent_usd, it_mw, self.cost_index[k]);
        self.discount[k] * (rent_usd * (1.0 - credits) - cost)
    }

    /// A hall that has fallen empty at the opening of month `k`.
    fn empty_usd(&self, k: usize, last_rent: f64) -> f64 {
        let relet = (k + self.outlook.campus.hosting.risks.relet.months as usize).min(self.discount.len());
        self.relet[relet] - self.costs_usd(k, relet, last_rent)
    }

    /// Cost of standing empty from month `from` up to `to`: it is a sum of one part that follows the rent and one that follows costs.
    fn costs_usd(&self, from: usize, to: usize, last_rent: f64) -> f64 {
        let (campus, it_mw) = (self.outlook.campus, self.outlook.it_mw);
        let of_rent = hosting_cost_usd(campus, last_rent * it_mw * 1_000.0, it_mw, 0.0);
        let of_costs = hosting_cost_usd(campus, 0.0, it_mw, 1.0);
        of_rent * (self.discounts_before[to] - self.discounts_before[from])
            + of_costs * (self.costs_before[to] - self.costs_before[from])
    }
}

/// Sum of the values before each place, and of all at the end.
fn sums_before(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums = vec![sum];
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}

/// Share of the rent of a new lease that is expected to be left by failure, vacancy, breaks and credits, the guarantor counted, in present
/// value from signing at the first opening: the rent of a lease without risks that is worth as much, over `own_rent`. `market_rent`
/// (USD/kW-month) is that of the signing, from which later rents follow.
#[must_use]
pub fn expected_rent_share(
    campus: &Campus,
    tenant: Tenant,
    own_rent: UsdPerKwMonth,
    market_rent: f64,
) -> f64 {
    let lead = campus.conversion.lead_months;
    let terms = Lease::on_terms(campus, own_rent, tenant);
    let lease = Lease { backed: campus.hosting.risks.backs(tenant), ..terms };
    let outlook = Outlook { campus, it_mw: 1.0, first: 0, market_rent, guarantor_failed: false };
    let expected = outlook.signed_usd(Some(&lease), lead);
    let certain = |rent: UsdPerKwMonth| {
        campus.company.monthly_discount().powi(lead as i32)
            * hall_rents(campus, 1.0, &Lease { rent, ..lease }, 0, lead)
    };
    let (without, with) = (certain(UsdPerKwMonth::ZERO), certain(own_rent));
    if with > without { ((expected - without) / (with - without)).max(0.0) } else { 1.0 }
}
