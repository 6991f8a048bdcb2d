//! A case of dispatch: prices, loads, the interconnect, energy budgets and reserves over a horizon of equal steps.
//!
//! Load `k` runs `x_kt` MW at its machines (IT MW) and draws `pue_k · x_kt` at the meter. The optimum maximises
//! `Σ_t h Σ_k (value_kt − pue_k · price_t) · x_kt` under capacities, the interconnect, ramps and budgets.
//! Everything here is plain numbers with the unit in the name; [`Case::check`] is the one place that validates them.

use crate::error::DispatchError;
use std::ops::Range;

/// A number that is the same in every step, or one per step.
#[derive(Debug, Clone, PartialEq)]
pub enum Series {
    /// The same in every step.
    Constant(f64),
    /// One number per step.
    Steps(Vec<f64>),
}

impl Series {
    /// The number of step `t`.
    #[must_use]
    pub fn at(&self, t: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Steps(values) => values[t],
        }
    }

    fn check(&self, field: &str, steps: usize, least: f64, range: &'static str) -> Result<(), DispatchError> {
        let values = match self {
            Self::Constant(value) => std::slice::from_ref(value),
            Self::Steps(values) if values.len() == steps => values,
            Self::Steps(values) => {
                return Err(DispatchError::Length { field: field.to_owned(), found: values.len(), steps });
            }
        };
        match values.iter().position(|value| !value.is_finite() || *value < least) {
            None => Ok(()),
            Some(t) => {
                let field = if values.len() > 1 { format!("{field} of step {t}") } else { field.to_owned() };
                Err(DispatchError::Value { field, value: values[t], range })
            }
        }
    }
}

/// Start-ups of a load that is either off or on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restart {
    /// Cost of every start, USD.
    pub cost_usd: f64,
    /// Least load while on, as a share of the step's capacity, 0 to 1.
    pub minimum_share: f64,
}

/// A load of the campus.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Its name.
    pub name: String,
    /// Most it can run at the machines, IT MW: capacity times availability, or a demand profile.
    pub capacity_it_mw: Series,
    /// What a MWh at the machines earns before power, USD.
    pub value_usd_per_it_mwh: Series,
    /// Energy at the meter per energy at the machines, at least 1.
    pub pue: f64,
    /// Most its running may change in an hour, IT MW; none into the first step.
    pub ramp_it_mw_per_hour: Option<f64>,
    /// Cost and least load of a load that is either on or off.
    pub restart: Option<Restart>,
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetOf {
    /// Energy of one load at its machines, IT MWh.
    Load(usize),
    /// Draw of all loads at the meter, MWh.
    Site,
}

/// Which side a budget holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At least so much energy.
    AtLeast,
    /// At most so much energy.
    AtMost,
}

/// Energy asked or allowed over a window of steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// Its name, for messages and multipliers.
    pub name: String,
    /// What it counts.
    pub of: BudgetOf,
    /// At least or at most.
    pub side: Side,
    /// Steps that it covers.
    pub steps: Range<usize>,
    /// Its size, MWh (at the machines for a load, at the meter for the site).
    pub mwh: f64,
}

impl Budget {
    /// Cap on the interconnect energy left unused over `steps`: `Σ (interconnect − draw) ≤ cap_mwh`.
    ///
    /// It reads as a least draw of the site, so it tightens when the interconnect grows.
    #[must_use]
    pub fn curtailment_cap(case: &Case, name: &str, steps: Range<usize>, cap_mwh: f64) -> Self {
        let mut offered = crate::sum::Sum::default();
        offered.add_each(steps.clone(), |t| case.interconnect_mw.at(t) * case.step_hours);
        Self {
            name: name.to_owned(),
            of: BudgetOf::Site,
            side: Side::AtLeast,
            steps,
            mwh: offered.get() - cap_mwh,
        }
    }
}

/// A fixed-price block with sell-back: `cost = draw · price + block · (strike − price)`, whatever the draw.
///
/// Source: settlement of fixed-price blocks at 15-minute spot prices as Riot Platforms describes it in its reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Size, MW.
    pub mw: f64,
    /// Price agreed, USD/MWh.
    pub strike_usd_per_mwh: f64,
}

/// A reserve product that running load may be sold into: paid for the MW offered, whether or not they are called.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserve {
    /// Its name.
    pub name: String,
    /// Clearing price, USD per MW and hour.
    pub price_usd_per_mw_h: Series,
    /// Expected share of the hour for which an offered MW is called and stands still, 0 to 1.
    pub called_share: f64,
    /// Most that the site may sell, MW at the meter; infinite for no limit.
    pub limit_mw: f64,
    /// Loads that qualify, by index.
    pub loads: Vec<usize>,
}

/// A horizon to dispatch.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Length of a step, hours.
    pub step_hours: f64,
    /// Settlement point price plus adders by step, USD/MWh at the meter.
    pub price_usd_per_mwh: Vec<f64>,
    /// Most that the site may draw by step, MW at the meter.
    pub interconnect_mw: Series,
    /// The loads.
    pub loads: Vec<Load>,
    /// Energy budgets.
    pub budgets: Vec<Budget>,
    /// Fixed-price block, if any.
    pub block: Option<Block>,
    /// Reserve products, if any.
    pub reserves: Vec<Reserve>,
}

impl Case {
    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.price_usd_per_mwh.len()
    }

    /// Most that load `k` may draw at the meter in step `t`, MW.
    #[must_use]
    pub fn meter_mw(&self, k: usize, t: usize) -> f64 {
        self.loads[k].capacity_it_mw.at(t) * self.loads[k].pue
    }

    /// Most that load `k` may change from step to step, IT MW; none where it does not bind by its size.
    #[must_use]
    pub fn ramp_it_mw_per_step(&self, k: usize) -> Option<f64> {
        self.loads[k].ramp_it_mw_per_hour.map(|ramp| ramp * self.step_hours)
    }

    /// What the fixed-price block adds to the value, USD: `Σ block · (price − strike)`, whatever the draw.
    #[must_use]
    pub fn block_value_usd(&self) -> f64 {
        let Some(block) = self.block else { return 0.0 };
        let mut spread = crate::sum::Sum::default();
        let price = &self.price_usd_per_mwh;
        spread.add_each(0..self.steps(), |t| price[t] - block.strike_usd_per_mwh);
        block.mw * self.step_hours * spread.get()
    }

    /// Checks every number once.
    ///
    /// # Errors
    /// The first field out of its range, of a wrong length, or naming a load or step that does not exist.
    pub fn check(&self) -> Result<(), DispatchError> {
        let steps = self.steps();
        let value = |field: String, value: f64, least: f64, range: &'static str| {
            if value.is_finite() && value >= least {
                Ok(())
            } else {
                Err(DispatchError::Value { field, value, range })
            }
        };
        if steps == 0 {
            return Err(DispatchError::Empty);
        }
        if !(self.step_hours.is_finite() && self.step_hours > 0.0) {
            let field = "step_hours".to_owned();
            return Err(DispatchError::Value { field, value: self.step_hours, range: "above 0 hours" });
        }
        if let Some(t) = self.price_usd_per_mwh.iter().position(|price| !price.is_finite()) {
            let field = format!("price_usd_per_mwh of step {t}");
            return Err(DispatchError::Value {
                field,
                value: self.price_usd_per_mwh[t],
                range: "a finite number",
            });
        }
        self.interconnect_mw.check("interconnect_mw", steps, 0.0, "at least 0 MW")?;
        for load in &self.loads {
            load.check(steps)?;
        }
        for budget in &self.budgets {
            self.check_budget(budget)?;
        }
        if let Some(block) = self.block {
            value("block.mw".to_owned(), block.mw, 0.0, "at least 0 MW")?;
            let strike = block.strike_usd_per_mwh;
            value("block.strike_usd_per_mwh".to_owned(), strike, f64::MIN, "a finite number")?;
        }
        self.reserves.iter().try_for_each(|reserve| self.check_reserve(reserve))
    }

    fn check_budget(&self, budget: &Budget) -> Result<(), DispatchError> {
        let field = format!("budget '{}'", budget.name);
        if let BudgetOf::Load(k) = budget.of
            && k >= self.loads.len()
        {
            return Err(DispatchError::NoSuchLoad { field, load: k, loads: self.loads.len() });
        }
        if budget.steps.start >= budget.steps.end || budget.steps.end > self.steps() {
            let (from, to) = (budget.steps.start, budget.steps.end);
            return Err(DispatchError::Window { field, from, to, steps: self.steps() });
        }
        if budget.mwh.is_finite() {
            return Ok(());
        }
        Err(DispatchError::Value { field, value: budget.mwh, range: "a finite number of MWh" })
    }

    fn check_reserve(&self, reserve: &Reserve) -> Result<(), DispatchError> {
        let name = &reserve.name;
        let price = format!("price of reserve '{name}'");
        reserve.price_usd_per_mw_h.check(&price, self.steps(), f64::MIN, "a finite number")?;
        if !(0.0..=1.0).contains(&reserve.called_share) {
            let field = format!("called share of reserve '{name}'");
            return Err(DispatchError::Value { field, value: reserve.called_share, range: "0 to 1" });
        }
        if reserve.limit_mw.is_nan() || reserve.limit_mw < 0.0 {
            let field = format!("limit of reserve '{name}'");
            return Err(DispatchError::Value { field, value: reserve.limit_mw, range: "at least 0 MW" });
        }
        match reserve.loads.iter().find(|k| **k >= self.loads.len()) {
            None => Ok(()),
            Some(&load) => {
                let field = format!("reserve '{name}'");
                Err(DispatchError::NoSuchLoad { field, load, loads: self.loads.len() })
            }
        }
    }
}

impl Load {
    fn check(&self, steps: usize) -> Result<(), DispatchError> {
        let name = &self.name;
        let capacity = format!("capacity of '{name}'");
        self.capacity_it_mw.check(&capacity, steps, 0.0, "at least 0 MW")?;
        let value = format!("value of '{name}'");
        self.value_usd_per_it_mwh.check(&value, steps, f64::MIN, "a finite number")?;
        let within = |what: &str, value: f64, good: bool, range: &'static str| {
            if good {
                return Ok(());
            }
            Err(DispatchError::Value { field: format!("{what} of '{name}'"), value, range })
        };
        within("pue", self.pue, self.pue.is_finite() && self.pue >= 1.0, "at least 1")?;
        if let Some(ramp) = self.ramp_it_mw_per_hour {
            within("ramp", ramp, ramp.is_finite() && ramp >= 0.0, "at least 0 MW/h")?;
        }
        if let Some(restart) = self.restart {
            let cost = restart.cost_usd;
            within("restart cost", cost, cost.is_finite() && cost >= 0.0, "at least 0 USD")?;
            let share = restart.minimum_share;
            within("minimum share", share, (0.0..=1.0).contains(&share), "0 to 1")?;
        }
        Ok(())
    }
}
