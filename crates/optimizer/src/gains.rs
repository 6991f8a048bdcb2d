//! What one hall gains when its conversion starts in a month, against mining on to the horizon.
//!
//! Halls do not touch each other except through the limits on starting them (and through a contested interconnect), so a
//! policy's value over all-mining is the sum of its starts' gains. Everything here comes out of [`site::step_hall`] and
//! [`site::hall_tail`], by following one hall: the same rules as the simulation, in USD discounted to the first opening.

use crate::eventful_gains::eventful_gains;
use crate::policy::View;
use site::units::UsdPerKwMonth;
use site::{
    Campus, GpuFigures, Hall, HallUse, Lease, LeaseOffer, Ledger, MiningFigures, MonthEconomics, Tenant,
    asic_resale_usd, hall_tail, start_hall, step_hall,
};

/// Halls that are alike: same size and machines, hence the same gains.
#[must_use]
pub fn hall_kinds(campus: &Campus) -> (Vec<usize>, Vec<usize>) {
    let mut examples: Vec<usize> = Vec::new();
    let mut kinds = Vec::new();
    for (i, hall) in campus.halls.iter().enumerate() {
        if hall.opening.is_committed() {
            continue;
        }
        let same = |&e: &usize| campus.halls[e].gross == hall.gross && campus.halls[e].fleet == hall.fleet;
        let kind = examples.iter().position(same).unwrap_or_else(|| {
            examples.push(i);
            examples.len() - 1
        });
        kinds.push(kind);
    }
    (kinds, examples)
}

/// The kind of each hall of a campus, in the campus's order; halls that serve AI from the first opening have none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KindsOfHalls(Vec<Option<usize>>);

impl KindsOfHalls {
    pub(crate) fn new(campus: &Campus) -> Self {
        let mut kinds = hall_kinds(campus).0.into_iter();
        let kind = |hall: &Hall| if hall.opening.is_committed() { None } else { kinds.next() };
        Self(campus.halls.iter().map(kind).collect())
    }

    /// A hall with its kind, if it could be converted at the first opening.
    pub(crate) fn of(&self, hall: usize) -> Option<(usize, usize)> {
        self.0[hall].map(|kind| (hall, kind))
    }

    /// How many of the next `halls` in order pass `worth_it(kind, gross MW)` before the first one that does not.
    pub(crate) fn first_halls(
        &self,
        view: &View<'_>,
        halls: u32,
        worth_it: impl Fn(usize, f64) -> bool,
    ) -> u32 {
        let passes =
            |&i: &usize| self.0[i].is_some_and(|kind| worth_it(kind, view.campus.halls[i].gross.get()));
        view.state.convertible().take(halls as usize).take_while(passes).count() as u32
    }
}

/// A value that is linear in a rent, USD and USD per USD/kW-month.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Linear {
    /// Value at no rent.
    pub intercept: f64,
    /// Rise per unit of rent.
    pub slope: f64,
}

impl Linear {
    /// The value at a rent.
    #[must_use]
    pub fn at(&self, rent: f64) -> f64 {
        self.intercept + self.slope * rent
    }
}

/// Values of contracts on one kind of hall that do not depend on the path.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractValues {
    /// Hosting conversion started in month `t`, to the expiry of its lease: `[n_months]`, linear in the signed rent.
    pub hosting_start: Vec<Linear>,
    /// Renewal on a finished hall from month `s` on, to its expiry: `[n_months + 1]`, linear in the market rent.
    pub relet: Vec<Linear>,
    /// Construction for own GPUs started in month `t`, GPUs included: `[n_months]`, negative.
    pub gpu_start: Vec<f64>,
}

impl ContractValues {
    /// Values for one kind of hall over `n_months`; `hours` holds the hours of each month.
    #[must_use]
    pub fn new(campus: &Campus, hall: &Hall, hours: &[f64]) -> Self {
        let n_months = hours.len() as u32;
        let quiet = Quiet { campus, hours, idle: vec![MiningFigures::default(); campus.fleets.len()] };
        let rent = |usd: f64| UsdPerKwMonth::try_new(usd).unwrap_or(UsdPerKwMonth::ZERO);
        let offer = |rent: UsdPerKwMonth| LeaseOffer { gross: hall.gross, rent, tenant: Tenant::Steady };
        let renewal = campus.hosting.risks.renewal.rent_share;
        let linear = |value: &dyn Fn(UsdPerKwMonth) -> f64| {
            let (zero, one) = (value(UsdPerKwMonth::ZERO), value(rent(1.0)));
            Linear { intercept: zero, slope: one - zero }
        };
        let lease_end = campus.conversion.lead_months + campus.hosting.term_months;
        Self {
            hosting_start: (0..n_months)
                .map(|t| {
                    linear(&|rent| {
                        quiet.follow(hall, start_hall(campus, hall, Some(&offer(rent)), t), t, t + lease_end)
                    })
                })
                .collect(),
            relet: (0..=n_months)
                .map(|s| {
                    linear(&|market: UsdPerKwMonth| {
                        let lease = Lease::on_terms(campus, rent(market.get() * renewal), Tenant::Steady);
                        let let_out = HallUse::Hosting { lease, age_months: 0 };
                        quiet.follow(hall, let_out, s, s + campus.hosting.term_months)
                    })
                })
                .collect(),
            gpu_start: (0..n_months)
                .map(|t| {
                    let start = start_hall(campus, hall, None, t);
                    quiet.follow(hall, start, t, t + campus.conversion.lead_months)
                })
                .collect(),
        }
    }
}

/// Months in which nothing but contracts moves money.
struct Quiet<'a> {
    campus: &'a Campus,
    hours: &'a [f64],
    idle: Vec<MiningFigures>,
}

impl Quiet<'_> {
    fn month(&self, m: u32) -> MonthEconomics<'_> {
        MonthEconomics {
            month: m,
            hours: self.hours[m as usize],
            cost_index: self.campus.company.cost_index(m),
            hashprice_usd_per_ph_day: 0.0,
            btc_price_usd: 0.0,
            lease_rate_usd_per_kw_month: 0.0,
            gpu_hour_price_usd: 0.0,
            gpu_price_multiple: 0.0,
            power_price_usd_per_mwh: 0.0,
            mining: &self.idle,
            gpu: GpuFigures::default(),
            events: site::MonthEvents::default(),
        }
    }

    /// Value of a hall from month `from` up to month `to`, or past the horizon to the end of its contract.
    ///
    /// Mining books its fixed repairs even when machines stand idle; they belong to mining and are left out here.
    fn follow(&self, hall: &Hall, mut hall_use: HallUse, from: u32, to: u32) -> f64 {
        let n_months = self.hours.len() as u32;
        let mut value = 0.0;
        for m in from..to.min(n_months) {
            let mut ledger = Ledger::default();
            step_hall(self.campus, hall, &mut hall_use, &self.month(m), &mut ledger);
            value += self.campus.company.discount_factor(m)
                * (ledger.net_cash_flow_usd() + ledger.mining_opex_usd);
        }
        if to > n_months {
            let tail = hall_tail(self.campus, hall, &hall_use, &self.month(n_months - 1));
            value += tail.leases_usd - tail.construction_usd;
        }
        value
    }
}

/// One kind of hall on one path: what starts in each month are worth against mining on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathGains {
    /// Gain of a hosting start under the month's offer, `[n_months]`; `None` without an offer.
    pub hosting: Vec<Option<f64>>,
    /// Gain of a start for own GPUs, `[n_months]`; empty without GPU terms.
    pub gpus: Vec<f64>,
    /// Value of mining on from each opening to the horizon, machines sold there, `[n_months + 1]`.
    pub mining_from: Vec<f64>,
}

/// Gains of one kind of hall on a realised path.
///
/// `months` are the path's economics (figures of an uncontested interconnect) and `offers` its offers. `contracts` holds the values of
/// leases that nothing can end; where something can, each start is followed instead.
#[must_use]
pub fn path_gains(
    campus: &Campus,
    hall: &Hall,
    contracts: &ContractValues,
    months: &[MonthEconomics<'_>],
    offers: &[Option<LeaseOffer>],
) -> PathGains {
    if !campus.hosting.risks.are_none() {
        return eventful_gains(campus, hall, months, offers);
    }
    let n = months.len();
    let mining_from = mining_from(campus, hall, months);
    let relet = relet_values(campus, contracts, months);
    let relet_from = |s: usize| if s <= n { relet[s] } else { 0.0 };
    let lead = campus.conversion.lead_months as usize;
    let conversion = |t: usize| leave_mining(campus, hall, months, &mining_from, t);
    let hosting = (0..n)
        .map(|t| {
            offers[t].map(|offer| {
                let end = t + lead + campus.hosting.term_months as usize;
                contracts.hosting_start[t].at(offer.rent.get()) + relet_from(end) + conversion(t)
            })
        })
        .collect();
    let gpus = campus.gpus.as_ref().map_or(Vec::new(), |terms| {
        let service = gpu_service(campus, hall, months);
        let it_mw = campus.conversion.it_mw(hall).get();
        let end = n - 1;
        (0..n)
            .map(|t| {
                let delivered = t + lead;
                let retired = delivered + terms.life_months as usize;
                let mut value = contracts.gpu_start[t] + conversion(t) + relet_from(retired);
                if delivered <= n {
                    value += service[delivered.min(n)] - service[retired.min(n)];
                    if retired > n {
                        let resale = terms
                            .resale_usd_per_it_mw((n - delivered) as u32, months[end].gpu_price_multiple);
                        value += campus.company.discount_factor(end as u32) * it_mw * resale;
                    }
                }
                value
            })
            .collect()
    });
    PathGains { hosting, gpus, mining_from }
}

/// Value of mining on from each opening, machines sold at the horizon.
pub(crate) fn mining_from(campus: &Campus, hall: &Hall, months: &[MonthEconomics<'_>]) -> Vec<f64> {
    let n = months.len();
    let mut from = vec![0.0; n + 1];
    from[n] = hall_tail(campus, hall, &HallUse::Mining, &months[n - 1]).asics_usd;
    for t in (0..n).rev() {
        from[t] = from[t + 1] + month_value(campus, hall, HallUse::Mining, &months[t]);
    }
    from
}

/// Value of own GPUs in service from each opening to the horizon, resale apart.
fn gpu_service(campus: &Campus, hall: &Hall, months: &[MonthEconomics<'_>]) -> Vec<f64> {
    let mut from = vec![0.0; months.len() + 1];
    for t in (0..months.len()).rev() {
        from[t] = from[t + 1] + month_value(campus, hall, HallUse::OwnGpus { age_months: 0 }, &months[t]);
    }
    from
}

/// Discounted net cash flow of a hall that is in a use for one month.
fn month_value(campus: &Campus, hall: &Hall, mut hall_use: HallUse, month: &MonthEconomics<'_>) -> f64 {
    let mut ledger = Ledger::default();
    step_hall(campus, hall, &mut hall_use, month, &mut ledger);
    campus.company.discount_factor(month.month) * ledger.net_cash_flow_usd()
}

/// Value of leases on a finished hall that is let at the market from month `s` on, renewed at the market ever after.
fn relet_values(campus: &Campus, contracts: &ContractValues, months: &[MonthEconomics<'_>]) -> Vec<f64> {
    let n = months.len();
    let term = campus.hosting.term_months as usize;
    let mut relet = vec![0.0; n + 1];
    for s in (1..=n).rev() {
        let rent = months[s - 1].lease_rate_usd_per_kw_month;
        let next = if s + term <= n { relet[s + term] } else { 0.0 };
        relet[s] = contracts.relet[s].at(rent) + next;
    }
    relet
}

/// Machines sold less the mining given up when a conversion starts in month `t`.
fn leave_mining(
    campus: &Campus,
    hall: &Hall,
    months: &[MonthEconomics<'_>],
    mining_from: &[f64],
    t: usize,
) -> f64 {
    let (sale, stop) = exit_months(campus, t);
    match months.get(sale) {
        Some(month) => {
            campus.company.discount_factor(month.month)
                * asic_resale_usd(campus, hall, month.hashprice_usd_per_ph_day)
                - mining_from[stop]
        }
        None => 0.0,
    }
}

/// Month in which machines are sold and first month without mining, for a conversion started in month `t`.
#[must_use]
pub fn exit_months(campus: &Campus, t: usize) -> (usize, usize) {
    let lead = campus.conversion.lead_months as usize;
    let lost = campus.conversion.mining_lost_months as usize;
    (t + lead - lost.max(1), t + lead - lost)
}
