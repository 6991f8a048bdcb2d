//! `wattshift calibrate`: files of prices in, a calibration and a chart of it out.

mod args;
mod bitcoin;
mod marks;
mod output;
mod power;
mod reserves;

use crate::failure::Failure;

pub(crate) use args::{CalibrateCommand, name, stretch};

/// Runs one of the fits.
pub(crate) fn calibrate(command: &CalibrateCommand) -> Result<(), Failure> {
    match command {
        CalibrateCommand::Power(args) => power::power(args),
        CalibrateCommand::Reserves(args) => reserves::reserves(args),
        CalibrateCommand::Bitcoin(args) => bitcoin::bitcoin(args),
        CalibrateCommand::Gpu(args) => marks::gpu(args),
        CalibrateCommand::Lease(args) => marks::lease(args),
    }
}
