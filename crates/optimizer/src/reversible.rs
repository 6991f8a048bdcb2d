//! Reversible use of a megawatt within a horizon: what conversions would be worth if they could be undone.
//!
//! `V_t(z, i) = max_j { R_jt(z) − C_ij + β E[V_{t+1}(z', j) | z] }`, `V_T = 0`: see the prices, choose the use `j`, pay for the change from
//! `i`, earn the month. There are no limits, so one megawatt is enough and halls add up. Expectations are those of
//! [`crate::kernel`]. Without cost it is the sum of each month's better use; with endless cost of the way back it is the irreversible
//! problem of [`crate::backward`]. A market without an end and with few states is solved by [`crate::switching`].
//! Source: Brekke and Øksendal (1994).

use crate::conversion::{expected_month, fit_factors};
use crate::dp::{DpError, DpSettings};
use crate::kernel::{BLOCK, Kernel};
use market::{Market, PowerSource};
use site::units::UsdPerKwMonth;
use site::{Campus, Hall, HallUse, Lease, Ledger, MiningFigures, MonthEconomics, step_hall};
use thiserror::Error;

/// A switching problem on two Gaussian factors.
#[derive(Debug, Clone, PartialEq)]
pub struct Reversible {
    /// Reward of a month, `[n_months][n_uses, n_nodes]`, each month row-major, in money of the month.
    pub reward: Vec<Vec<f64>>,
    /// Cost of a change by use before, then use after, in money of the month: at least 0 (infinite: never), nothing on the diagonal.
    pub cost: Vec<Vec<f64>>,
    /// Discount factor of a month, above 0 and at most 1.
    pub discount: f64,
}

/// The problem is not well posed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ReversibleError {
    /// More uses than are advanced together, or none.
    #[error("{0} uses; allowed are 1 to {BLOCK}")]
    Uses(usize),
    /// A table has another size than the others, or a number outside its range.
    #[error("{table} does not fit the other tables or has numbers outside their range")]
    Table {
        /// Which table.
        table: &'static str,
    },
    /// The discount factor is outside its range.
    #[error("discount factor is {0}; allowed is above 0 and at most 1")]
    Discount(f64),
}

impl Reversible {
    /// Value at the origin of the kernel's grid in the first month, by use before the first decision.
    ///
    /// # Errors
    /// When tables do not fit each other or numbers are outside their range.
    pub fn value(&self, kernel: &Kernel) -> Result<Vec<f64>, ReversibleError> {
        self.check(kernel)?;
        let (n_uses, n_nodes) = (self.cost.len(), kernel.n_nodes());
        // Values by node, then use, padded to what the kernel advances at once.
        let mut value = vec![0.0; n_nodes * BLOCK];
        let (mut half, mut later) = (value.clone(), value.clone());
        for reward in self.reward.iter().rev() {
            kernel.expect(&value, &mut half, &mut later);
            for (node, (value, later)) in
                value.chunks_exact_mut(BLOCK).zip(later.chunks_exact(BLOCK)).enumerate()
            {
                let of_use = |j: usize| reward[j * n_nodes + node] + self.discount * later[j];
                for (value, cost) in value.iter_mut().zip(&self.cost) {
                    let choices = cost.iter().enumerate().map(|(j, cost)| of_use(j) - cost);
                    *value = choices.fold(f64::NEG_INFINITY, f64::max);
                }
            }
        }
        Ok(value[kernel.origin() * BLOCK..][..n_uses].to_vec())
    }

    fn check(&self, kernel: &Kernel) -> Result<(), ReversibleError> {
        let n_uses = self.cost.len();
        if !(1..=BLOCK).contains(&n_uses) {
            return Err(ReversibleError::Uses(n_uses));
        }
        let costs = self
            .cost
            .iter()
            .enumerate()
            .all(|(i, row)| row.len() == n_uses && row[i] == 0.0 && row.iter().all(|cost| *cost >= 0.0));
        if !costs {
            return Err(ReversibleError::Table { table: "cost" });
        }
        let n = n_uses * kernel.n_nodes();
        if !self.reward.iter().all(|month| month.len() == n && month.iter().all(|r| r.is_finite())) {
            return Err(ReversibleError::Table { table: "reward" });
        }
        if !(self.discount > 0.0 && self.discount <= 1.0) {
            return Err(ReversibleError::Discount(self.discount));
        }
        Ok(())
    }
}

/// Mining and hosting of one hall of a campus as a switching problem, with the grid to solve it on: uses 0 and 1.
///
/// Hosting earns the month's market rent less its cost while the hall is let; mining earns the expected strip of the month. Machines stay, and
/// nothing is carried past the horizon. `cost_usd` is that of the change to hosting and of the way back, USD in any month.
///
/// # Errors
/// [`DpError::ReplayedPower`] where power is replayed and has no expectation.
pub fn reversible_hall(
    campus: &Campus,
    market: &Market,
    hall: &Hall,
    settings: DpSettings,
    cost_usd: [f64; 2],
) -> Result<(Kernel, Reversible), DpError> {
    let PowerSource::Model(power) = &market.power else { return Err(DpError::ReplayedPower) };
    let fit = fit_factors(market, settings.pilot_paths);
    let n_months = market.calendar.n_months();
    let kernel = Kernel::for_horizon(fit.factors, settings.grid_spacing, n_months as u32);
    let n2 = kernel.axis2.len();
    let month = |t: usize| {
        // Gains elsewhere are in money of the first opening; here each month has its own.
        let own_money = 1.0 / campus.company.discount_factor(t as u32);
        let mining_by_row: Vec<f64> = kernel
            .axis1
            .iter()
            .map(|u1| fit.hashprice(t, u1 * fit.factors.noise[0]))
            .map(|hashprice| own_money * expected_month(campus, market, power, hall, t, hashprice))
            .collect();
        let rate = &market.lease_rate;
        let rent = |node: usize| {
            rate.rate_at(t as u32, rate.expected_deviation(t as u32) + kernel.deviations(node)[1])
        };
        let hosting = (0..kernel.n_nodes()).map(|node| hosted_month_usd(campus, market, hall, t, rent(node)));
        (0..kernel.n_nodes()).map(|node| mining_by_row[node / n2]).chain(hosting).collect()
    };
    let problem = Reversible {
        reward: (0..n_months).map(month).collect(),
        cost: vec![vec![0.0, cost_usd[0]], vec![cost_usd[1], 0.0]],
        discount: campus.company.discount_factor(1) / campus.company.discount_factor(0),
    };
    Ok((kernel, problem))
}

/// Rent less the cost of serving the tenant in a month, USD of the month.
fn hosted_month_usd(
    campus: &Campus,
    market: &Market,
    hall: &Hall,
    t: usize,
    rent_usd_per_kw_month: f64,
) -> f64 {
    let rent = UsdPerKwMonth::try_new(rent_usd_per_kw_month).unwrap_or(UsdPerKwMonth::ZERO);
    let lease = Lease::steady(rent, 0.0, 2);
    let month = MonthEconomics {
        month: t as u32,
        hours: market.calendar.hours(t) as f64,
        cost_index: campus.company.cost_index(t as u32),
        hashprice_usd_per_ph_day: 0.0,
        btc_price_usd: 0.0,
        lease_rate_usd_per_kw_month: rent_usd_per_kw_month,
        gpu_hour_price_usd: 0.0,
        gpu_price_multiple: 0.0,
        power_price_usd_per_mwh: 0.0,
        mining: &vec![MiningFigures::default(); campus.fleets.len()],
        gpu: site::GpuFigures::default(),
        events: site::MonthEvents::default(),
    };
    let mut ledger = Ledger::default();
    step_hall(campus, hall, &mut HallUse::Hosting { lease, age_months: 0 }, &month, &mut ledger);
    ledger.net_cash_flow_usd()
}
