//! The Python module: the engine of the command line as functions and classes.
//!
//! Nothing is computed here. Scenarios, runs, sweeps and fits are those of the crates beside this one, with the same seeds, messages
//! and bits; results go out as Arrow tables. Long work runs off the interpreter's lock and stops at Ctrl-C.

mod backtest;
mod calibrate;
mod case;
mod dispatch;
mod fault;
mod literal;
mod openings;
mod origin;
mod policy;
mod results;
mod run;
mod scenario;
mod store;
mod sweep;
mod table;
mod work;

use pyo3::prelude::*;

/// The compiled half of the package `wattshift`.
#[pymodule]
mod _wattshift {
    use super::*;
    #[pymodule_export]
    use crate::backtest::{Backtest, backtest_markets, backtest_production};
    #[pymodule_export]
    use crate::calibrate::{
        Fit, calibrate_bitcoin, calibrate_gpu, calibrate_lease, calibrate_power, calibrate_reserves,
    };
    #[pymodule_export]
    use crate::case::Case;
    #[pymodule_export]
    use crate::dispatch::{Dispatch, dispatch_case};
    #[pymodule_export]
    use crate::openings::Openings;
    #[pymodule_export]
    use crate::policy::Policy;
    #[pymodule_export]
    use crate::results::Results;
    #[pymodule_export]
    use crate::run::{Run, optimize, run};
    #[pymodule_export]
    use crate::scenario::Scenario;
    #[pymodule_export]
    use crate::store::Store;
    #[pymodule_export]
    use crate::sweep::{Sweep, merge_sweep, missing_points, sweep_status};
    #[pymodule_export]
    use crate::table::Table;
    #[pymodule_export]
    use crate::work::_end;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
