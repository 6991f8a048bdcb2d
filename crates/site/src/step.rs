//! The one monthly step: `(state, decision, month) -> (state, ledger)`.
//!
//! Order within a month: prices and the offer of the opening are seen, the decision starts conversions, the hours are
//! dispatched, cash settles at month end. Nothing outside this file moves a hall or books money.

use crate::campus::{Campus, Fleet, Hall, RESALE_REFERENCE_HASHPRICE};
use crate::economics::MonthEconomics;
use crate::funds::Purse;
use crate::lease::{Lease, LeaseOffer};
use crate::ledger::Ledger;
use crate::money;
use crate::state::{AiForm, Decision, HallUse, State};
use crate::tenancy::{deliver, let_for_the_first_time, step_let, step_vacant};
use thiserror::Error;

/// A decision that the campus cannot carry out.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum StepError {
    /// More halls than the offer, the builders, the firm connection, the campus or (where starts are held to it) the money allow.
    #[error(
        "month {month}: starting {hosting} hosting and {gpus} GPU halls is not possible, at most {max_hosting} and {max_gpus} are"
    )]
    Infeasible {
        /// Months since the first opening.
        month: u32,
        /// Hosting halls wanted.
        hosting: u32,
        /// GPU halls wanted.
        gpus: u32,
        /// Hosting halls possible if no GPU hall is started.
        max_hosting: u32,
        /// GPU halls possible after the hosting halls wanted.
        max_gpus: u32,
    },
}

/// How many halls can be started this month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Halls for the tenant whose offer is open.
    pub hosting_halls: u32,
    /// Halls for own GPUs, if no hosting hall is started.
    pub gpu_halls: u32,
}

/// Relative slack in comparisons of MW and money, so that sums of hall sizes meet limits they should meet.
const SLACK: f64 = 1e-9;

/// Halls that can be started under the builders' limit, the firm connection, (for hosting) the open offer and, where the
/// company holds starts to it, the money there is.
#[must_use]
pub fn limits(campus: &Campus, state: &State, offer: Option<&LeaseOffer>) -> Limits {
    limits_within(campus, state, offer, Purse::of(campus, state, offer))
}

/// The same as if money were no object.
#[must_use]
pub fn limits_without_money(campus: &Campus, state: &State, offer: Option<&LeaseOffer>) -> Limits {
    limits_within(campus, state, offer, Purse::BOTTOMLESS)
}

fn limits_within(campus: &Campus, state: &State, offer: Option<&LeaseOffer>, purse: Purse) -> Limits {
    let room = Room::of(campus, state, purse);
    let tenant = |offer: &LeaseOffer| Room { mw: room.mw.min(offer.gross.get()), ..room };
    Limits {
        hosting_halls: offer
            .map_or(0, |tenants| halls_within(campus, state, 0, AiForm::Hosting, offer, tenant(tenants))),
        gpu_halls: match campus.gpus {
            Some(_) => halls_within(campus, state, 0, AiForm::OwnGpus, None, room),
            None => 0,
        },
    }
}

/// What is left for further starts.
#[derive(Clone, Copy)]
struct Room {
    /// Gross MW that builders and the firm connection still allow.
    mw: f64,
    /// Money that may be tied up.
    purse: Purse,
}

impl Room {
    fn of(campus: &Campus, state: &State, purse: Purse) -> Self {
        let building = state.gross_mw_where(campus, |hall| matches!(hall, HallUse::Building { .. }));
        let committed = state.gross_mw_where(campus, HallUse::is_committed);
        let builders = campus.conversion.max_under_construction.get() - building;
        Self { mw: builders.min(campus.firm.get() - committed), purse }
    }
}

/// Whole halls, next in order after the first `skip`, that fit into `room`.
fn halls_within(
    campus: &Campus,
    state: &State,
    skip: usize,
    form: AiForm,
    offer: Option<&LeaseOffer>,
    mut room: Room,
) -> u32 {
    room.mw *= 1.0 + SLACK;
    room.purse.own_usd += SLACK * room.purse.own_usd.abs();
    let mut count = 0;
    for i in state.convertible().skip(skip) {
        let hall = &campus.halls[i];
        room.mw -= hall.gross.get();
        room.purse.pay(campus, hall, form, offer);
        if room.mw < 0.0 || room.purse.own_usd < 0.0 {
            break;
        }
        count += 1;
    }
    count
}

/// Carries out a month and returns its books.
///
/// # Errors
/// [`StepError::Infeasible`] when the decision exceeds [`limits`]; the state is then unchanged.
pub fn step(
    campus: &Campus,
    state: &mut State,
    decision: Decision,
    offer: Option<&LeaseOffer>,
    month: &MonthEconomics<'_>,
) -> Result<Ledger, StepError> {
    start_conversions(campus, state, decision, offer)?;
    let mut ledger = Ledger::default();
    let delivered_usd = money::delivered_usd(campus, state);
    for (hall, hall_use) in campus.halls.iter().zip(&mut state.halls) {
        step_hall(campus, hall, hall_use, month, &mut ledger);
    }
    ledger.overhead_usd = campus.company.overhead_usd_per_month * month.cost_index;
    if let Some(block) = campus.power.block.filter(|block| month.month < block.months) {
        ledger.power_block_gain_usd =
            block.mw * month.hours * (month.power_price_usd_per_mwh - block.strike_usd_per_mwh);
    }
    state.cash_usd += ledger.net_cash_flow_usd();
    money::settle(campus, state, month, &ledger, delivered_usd);
    state.month += 1;
    Ok(ledger)
}

/// Starts the conversions of a decision, without letting the month pass.
///
/// # Errors
/// [`StepError::Infeasible`] when the decision exceeds [`limits`]; the state is then unchanged.
pub fn start_conversions(
    campus: &Campus,
    state: &mut State,
    decision: Decision,
    offer: Option<&LeaseOffer>,
) -> Result<(), StepError> {
    if decision == Decision::WAIT {
        return Ok(());
    }
    let possible = limits(campus, state, offer);
    let hosting = decision.hosting_halls as usize;
    let mut left = Room::of(campus, state, Purse::of(campus, state, offer));
    for i in state.convertible().take(hosting) {
        left.mw -= campus.halls[i].gross.get();
        left.purse.pay(campus, &campus.halls[i], AiForm::Hosting, offer);
    }
    let max_gpus = match campus.gpus {
        Some(_) => halls_within(campus, state, hosting, AiForm::OwnGpus, None, left),
        None => 0,
    };
    if decision.hosting_halls > possible.hosting_halls || decision.gpu_halls > max_gpus {
        return Err(StepError::Infeasible {
            month: state.month,
            hosting: decision.hosting_halls,
            gpus: decision.gpu_halls,
            max_hosting: possible.hosting_halls,
            max_gpus,
        });
    }
    let chosen: Vec<usize> =
        state.convertible().take((decision.hosting_halls + decision.gpu_halls) as usize).collect();
    for &i in &chosen[hosting..] {
        left.purse.pay(campus, &campus.halls[i], AiForm::OwnGpus, None);
    }
    if let (Some(terms), Some(books)) = (&campus.finance, &mut state.books) {
        books.commit(terms, left.purse.lent_usd);
    }
    for (n, &i) in chosen.iter().enumerate() {
        let lease = offer.filter(|_| n < decision.hosting_halls as usize).map(|offer| signed(campus, offer));
        state.halls[i] = begin(campus, &campus.halls[i], lease, state.month);
    }
    Ok(())
}

/// The lease of an accepted offer.
fn signed(campus: &Campus, offer: &LeaseOffer) -> Lease {
    let backed = campus.hosting.risks.backs(offer.tenant);
    Lease { backed, ..Lease::on_terms(campus, offer.rent, offer.tenant) }
}

/// The use of a hall whose conversion starts in `month`: for hosting with a lease, for own GPUs without.
fn begin(campus: &Campus, hall: &Hall, lease: Option<Lease>, month: u32) -> HallUse {
    let lead = campus.conversion.lead_months;
    HallUse::Building {
        form: if lease.is_some() { AiForm::Hosting } else { AiForm::OwnGpus },
        months_left: lead,
        capex_usd_per_month: campus.conversion.capex_at(month) * campus.conversion.it_mw(hall).get()
            / f64::from(lead),
        lease,
    }
}

/// The use of a hall taken on its own at the start of a conversion, for marks that follow one hall: with an offer for its tenant,
/// without for own GPUs.
#[must_use]
pub fn start_hall(campus: &Campus, hall: &Hall, offer: Option<&LeaseOffer>, month: u32) -> HallUse {
    begin(campus, hall, offer.map(|offer| signed(campus, offer)), month)
}

/// Books one hall's month into `ledger` and moves the hall to its use at the next opening.
pub fn step_hall(
    campus: &Campus,
    hall: &Hall,
    hall_use: &mut HallUse,
    month: &MonthEconomics<'_>,
    ledger: &mut Ledger,
) {
    let gross_mw = hall.gross.get();
    match hall_use {
        HallUse::Mining => book_mining(campus, hall, month, ledger),
        HallUse::Building { form, months_left, capex_usd_per_month, lease } => {
            ledger.conversion_capex_usd += *capex_usd_per_month;
            if lease.is_some_and(|lease| lease.tenant.fails(&month.events)) {
                *lease = None;
            }
            let lost = campus.conversion.mining_lost_months;
            if hall.fleet.is_some() && *months_left > lost {
                book_mining(campus, hall, month, ledger);
            } else {
                ledger.building_mw += gross_mw;
            }
            if *months_left == lost.max(1) {
                ledger.asic_sales_usd += asic_resale_usd(campus, hall, month.hashprice_usd_per_ph_day);
            }
            if *months_left == 1
                && let (AiForm::OwnGpus, Some(gpus)) = (*form, &campus.gpus)
            {
                ledger.gpu_capex_usd += gpus.capex_usd_per_it_mw * campus.conversion.it_mw(hall).get();
            }
            *months_left -= 1;
            if *months_left == 0 {
                *hall_use = match *form {
                    AiForm::Hosting => deliver(campus, *lease, month),
                    AiForm::OwnGpus => HallUse::OwnGpus { age_months: 0 },
                };
            }
        }
        HallUse::Hosting { lease, age_months } => {
            *hall_use = step_let(campus, hall, (*lease, *age_months), month, ledger);
        }
        HallUse::Vacant(vacancy) => *hall_use = step_vacant(campus, hall, vacancy, month, ledger),
        HallUse::OwnGpus { age_months } => {
            book_gpus(campus, hall, month, ledger);
            *age_months += 1;
            if campus.gpus.as_ref().is_none_or(|gpus| *age_months >= gpus.life_months) {
                *hall_use = let_for_the_first_time(campus, month);
            }
        }
    }
}

/// Value of a hall's machines at a hashprice, USD.
#[must_use]
pub fn asic_resale_usd(campus: &Campus, hall: &Hall, hashprice_usd_per_ph_day: f64) -> f64 {
    let Some(fleet) = hall.fleet.map(|fleet| &campus.fleets[fleet]) else { return 0.0 };
    let price_usd_per_th =
        fleet.resale_usd_per_th_at_50 * hashprice_usd_per_ph_day / RESALE_REFERENCE_HASHPRICE;
    hashrate_th_s(campus, hall, fleet) * price_usd_per_th
}

fn hashrate_th_s(campus: &Campus, hall: &Hall, fleet: &Fleet) -> f64 {
    hall.gross.to_machines(campus.mining_pue).hashrate_th_s(fleet.efficiency)
}

fn book_mining(campus: &Campus, hall: &Hall, month: &MonthEconomics<'_>, ledger: &mut Ledger) {
    let gross_mw = hall.gross.get();
    let Some(index) = hall.fleet else {
        ledger.idle_mw += gross_mw;
        return;
    };
    let (fleet, figures) = (&campus.fleets[index], &month.mining[index]);
    let working_mw = gross_mw * fleet.uptime.get();
    let run_mwh = working_mw * figures.run_hours;
    let running_mw = run_mwh / month.hours;
    ledger.mining_mw += running_mw;
    ledger.idle_mw += gross_mw - running_mw;
    ledger.mining_mwh += run_mwh;
    ledger.mining_revenue_usd += working_mw * figures.revenue_usd;
    ledger.mining_power_usd += working_mw * figures.power_cost_usd;
    ledger.mining_opex_usd += run_mwh * fleet.variable_opex_usd_per_mwh * month.cost_index
        + hashrate_th_s(campus, hall, fleet) * fleet.repairs_usd_per_th_year / 12.0 * month.cost_index;
}

fn book_gpus(campus: &Campus, hall: &Hall, month: &MonthEconomics<'_>, ledger: &mut Ledger) {
    let Some(gpus) = &campus.gpus else { return };
    let figures = &month.gpu;
    let gross_mw = hall.gross.get();
    let it_mw = campus.conversion.it_mw(hall).get();
    let inference_meter_mw = it_mw * campus.hosting.energy_pue.get() * gpus.inference_draw.get();
    let training_meter_mw = it_mw * campus.hosting.energy_pue.get() * gpus.training_draw.get();
    let usd_per_hour = it_mw * gpus.gpus_per_it_mw * gpus.sold_share.get() * month.gpu_hour_price_usd;
    let inference_mw = gross_mw * figures.inference_hours / month.hours;
    let training_mw = gross_mw * figures.training_hours / month.hours;
    ledger.inference_mw += inference_mw;
    ledger.training_mw += training_mw;
    ledger.idle_mw += gross_mw - inference_mw - training_mw;
    ledger.gpu_mwh +=
        inference_meter_mw * figures.inference_hours + training_meter_mw * figures.training_hours;
    ledger.inference_revenue_usd += usd_per_hour * figures.inference_hours;
    ledger.training_revenue_usd += usd_per_hour * gpus.training_price_ratio * figures.training_hours;
    ledger.gpu_power_usd += inference_meter_mw * figures.inference_power_cost_usd
        + training_meter_mw * figures.training_power_cost_usd;
    ledger.gpu_opex_usd += it_mw * gpus.opex_usd_per_it_mw_year / 12.0 * month.cost_index;
}
