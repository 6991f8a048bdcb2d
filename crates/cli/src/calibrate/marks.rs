//! `wattshift calibrate gpu` and `wattshift calibrate lease`.

use super::args::MarksArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use market::marks_fit::{
    BUILTIN_GPU_MARKS, BUILTIN_LEASE_MARKS, GpuPrior, MarksError, RateFit, builtin_gpu_marks,
    builtin_lease_marks, fit_gpu, fit_lease, gpu_marks, lease_marks,
};

/// Fits the price of a GPU-hour.
pub(super) fn gpu(args: &MarksArgs) -> Result<(), Failure> {
    let target = Target::open(&args.output, "gpu")?;
    let (source, date) = (source(args, BUILTIN_GPU_MARKS)?, &target.fit_date);
    let marks = match &args.file {
        Some(file) => gpu_marks(file, &source, date),
        None => Ok(builtin_gpu_marks(&source, date)),
    };
    let fit = marks.and_then(|marks| fit_gpu(&marks, &GpuPrior::default()));
    finish(&target, ("Price of a GPU-hour", "gpus.price"), fit, args)
}

/// Fits lease rents.
pub(super) fn lease(args: &MarksArgs) -> Result<(), Failure> {
    let target = Target::open(&args.output, "lease")?;
    let (source, date) = (source(args, BUILTIN_LEASE_MARKS)?, &target.fit_date);
    let marks = match &args.file {
        Some(file) => lease_marks(file, &source, date),
        None => Ok(builtin_lease_marks(&source, date)),
    };
    let fit = marks.and_then(|marks| fit_lease(&marks));
    finish(&target, ("Lease rents", "hosting.rate"), fit, args)
}

fn source(args: &MarksArgs, (name, text): (&str, &str)) -> Result<String, Failure> {
    match &args.file {
        Some(file) => source_line(&[file]),
        None => Ok(format!("{name} as shipped (sha256 {})", report::sha256_hex(text.as_bytes()))),
    }
}

fn finish(
    target: &Target,
    (title, section): (&str, &str),
    fit: Result<RateFit, MarksError>,
    args: &MarksArgs,
) -> Result<(), Failure> {
    let fit = fit.map_err(|error| {
        // Faults of a file name it themselves.
        let file =
            args.file.as_ref().filter(|_| !matches!(error, MarksError::Import(_) | MarksError::Rows(_)));
        let file = file.map_or_else(String::new, |file| format!("{}: ", file.display()));
        Failure::BadInput(format!("error: {file}{error}"))
    })?;
    say(&report::rate_fit_report(&fit.calibration))?;
    target.write(title, &fit.toml, &fit.panels, Some(section))?;
    say("take reversion_per_year and volatility_per_sqrt_year out of that section, or they win over it\n")
}
