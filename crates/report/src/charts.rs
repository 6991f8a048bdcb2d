//! The charts, each as PNG and SVG from the same marks.
//!
//! A chart is built as a scene of lines, areas and labels in a fixed frame of 1200 by 700, and then painted
//! through plotters; so both files show the same thing, and tests can look at marks instead of pixels. PNG text comes
//! from a font within the program, so that it is the same on a machine without fonts.

mod fans;
mod frame;
mod paint;
mod palette;
mod scale;
mod scene;
#[cfg(test)]
mod tests;
mod uses;
mod values;
mod week;

use crate::folder::{FolderError, OutputFolder};
use rayon::prelude::*;
use scene::Scene;
use simulate::Outcomes;
use thiserror::Error;

/// Why charts could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A chart could not be drawn.
    #[error("cannot draw the chart `{chart}`: {cause}")]
    Draw {
        /// Name of the chart.
        chart: String,
        /// What the drawing library said.
        cause: String,
    },
    /// A chart could not be stored.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Writes all charts to `charts/`, drawn in parallel on the caller's threads.
///
/// # Errors
/// If a chart cannot be drawn or stored.
pub fn write_charts(outcomes: &Outcomes, folder: &mut OutputFolder) -> Result<(), ChartError> {
    let scratch = folder.scratch("charts")?;
    let painted: Result<Vec<_>, ChartError> = all(outcomes)
        .into_par_iter()
        .map(|(name, scene)| {
            let fault = |cause| ChartError::Draw { chart: name.clone(), cause };
            let png = paint::png(&scene, &scratch.join(format!("{name}.scratch.png"))).map_err(fault)?;
            let svg = paint::svg(&scene).map_err(fault)?;
            Ok((name, png, svg))
        })
        .collect();
    for (name, png, svg) in painted? {
        folder.write(&format!("charts/{name}.png"), &png)?;
        folder.write(&format!("charts/{name}.svg"), svg.as_bytes())?;
    }
    Ok(())
}

/// Every chart with its file name, without extension.
fn all(outcomes: &Outcomes) -> Vec<(String, Scene)> {
    let mut charts: Vec<(String, Scene)> = Vec::new();
    let mut add = |wanted: String, scene| {
        let mut name = wanted.clone();
        let mut number = 2;
        while charts.iter().any(|(taken, _)| *taken == name) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        charts.push((name, scene));
    };
    for policy in &outcomes.policies {
        add(format!("mw_by_use_{}", file_name(&policy.name)), uses::mw_by_use(outcomes, policy));
    }
    if outcomes.n_kept > 1 {
        // One path has no distribution.
        add("npv_distributions".into(), values::distributions(outcomes));
    }
    add("npv_differences".into(), values::differences(outcomes));
    for factor in &outcomes.markets {
        let stem = factor.name.split("_usd").next().unwrap_or(factor.name);
        let stem = stem.strip_suffix("_price").or(stem.strip_suffix("_t")).unwrap_or(stem);
        add(format!("fan_{}", file_name(stem)), fans::fan(outcomes, factor));
    }
    add("dispatch_week".into(), week::dispatch_week(outcomes));
    charts
}

/// A name as part of a file's: lower case, and nothing that a file system minds.
fn file_name(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .take(80)
        .collect()
}
