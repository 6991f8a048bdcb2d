//! Inference demand over the day.
//!
//! A cosine on the local clock with its peak between 10 and 11 Central: published weekday peaks lie between 08 and 14
//! Eastern. Mean and peak-to-trough ratio are the scenario's (fact F2.5).

use site::GpuTerms;

/// Local hour round which demand is highest.
const PEAK_HOUR: f64 = 10.5;

/// Share of the GPU pool that inference takes in a local clock hour; training has the rest.
///
/// Between 0 and 1 for every hour if it is at the peak, see [`peak_share`].
#[must_use]
pub fn inference_share(gpus: &GpuTerms, local_hour: u8) -> f64 {
    let swing = swing(gpus);
    let angle = std::f64::consts::TAU * (f64::from(local_hour) + 0.5 - PEAK_HOUR) / 24.0;
    gpus.inference_share.get() * (1.0 + swing * angle.cos())
}

/// The share at the peak of the day; above 1 the terms ask for more than the pool has.
#[must_use]
pub fn peak_share(gpus: &GpuTerms) -> f64 {
    gpus.inference_share.get() * (1.0 + swing(gpus))
}

fn swing(gpus: &GpuTerms) -> f64 {
    (gpus.inference_peak_to_trough - 1.0) / (gpus.inference_peak_to_trough + 1.0)
}
