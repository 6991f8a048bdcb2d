//! The charts, each as PNG and SVG from the same marks.
//!
//! A chart is built as a scene of lines, areas and labels in a frame of 1200 by 700 (panels: as high as they need), and then painted
//! through plotters; so both files show the same thing, and tests can look at marks instead of pixels. PNG text comes
//! from a font within the program, so that it is the same on a machine without fonts.

mod debt;
mod fans;
mod frame;
mod frontier;
mod heaviest_week;
mod labels;
mod money;
#[cfg(test)]
mod money_tests;
mod paint;
mod palette;
mod panels;
mod scale;
mod scene;
mod sources_uses;
pub mod sweep;
#[cfg(test)]
mod tests;
mod trigger_map;
mod trigger_regions;
mod uses;
mod values;
mod week;
mod week_frame;

use crate::file::{FileError, write_whole};
use crate::folder::{FolderError, OutputFolder};
use crate::two_runs::TwoRuns;
use market::Panel;
use rayon::prelude::*;
use scene::Scene;
use simulate::{DispatchStudy, Outcomes};
use std::path::Path;
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
    /// A chart could not be stored outside a folder of results.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Draws panels as one figure and writes it as PNG, and as SVG where a place for it is given; each file appears whole.
///
/// Two panels stand side by side, one alone takes the whole width, and the figure is as high as they need.
///
/// # Errors
/// If the figure cannot be drawn or stored.
///
/// # Example
/// ```
/// use market::{CurveRole, Panel, PanelCurve};
///
/// let line = PanelCurve::line("history", CurveRole::History, [(2023.0, 49.6), (2024.0, 26.9)]);
/// let panel = Panel {
///     title: "Mean price".into(),
///     x_label: "year".into(),
///     y_label: "USD/MWh".into(),
///     log_y: false,
///     curves: vec![line],
/// };
/// let png = std::env::temp_dir().join("wattshift-panels-example.png");
/// report::write_panels("Power at the hub", &[panel], &png, None)?;
/// # Ok::<(), report::ChartError>(())
/// ```
pub fn write_panels(title: &str, panels: &[Panel], png: &Path, svg: Option<&Path>) -> Result<(), ChartError> {
    let scene = panels::figure(title, panels);
    let fault = |cause| ChartError::Draw { chart: title.to_owned(), cause };
    let drawing = svg.map(|_| paint::svg(&scene)).transpose().map_err(fault)?;
    let picture = paint::png(&scene).map_err(fault)?;
    write_whole(png, &picture)?;
    if let (Some(path), Some(drawing)) = (svg, drawing) {
        write_whole(path, drawing.as_bytes())?;
    }
    Ok(())
}

/// A chart as it was painted, for a page that shows it.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Its file name, without extension.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The line below the title: units, lens, paths.
    pub subtitle: String,
    /// The SVG document.
    pub svg: String,
}

/// Writes all charts to `charts/`, drawn in parallel on the caller's threads, and returns them in their order.
///
/// # Errors
/// If a chart cannot be drawn or stored.
pub fn write_charts(outcomes: &Outcomes, folder: &mut OutputFolder) -> Result<Vec<Drawing>, ChartError> {
    paint_all(all(outcomes), folder)
}

/// Writes the heaviest weeks of a dispatched case to `charts/heaviest_week_1` and so on, drawn in parallel.
///
/// # Errors
/// If a chart cannot be drawn or stored.
pub fn write_dispatch_charts(study: &DispatchStudy<'_>, folder: &mut OutputFolder) -> Result<(), ChartError> {
    let weeks = (0..study.weeks.len())
        .map(|place| (format!("heaviest_week_{}", place + 1), heaviest_week::heaviest_week(study, place)));
    paint_all(weeks.collect(), folder).map(drop)
}

/// Writes the charts of a sweep to `charts/`, drawn in parallel on the caller's threads.
///
/// # Errors
/// If a chart cannot be drawn or stored.
pub fn write_sweep_charts(
    charts: &[(String, sweep::SweepChart)],
    folder: &mut OutputFolder,
) -> Result<(), ChartError> {
    let scenes = charts.iter().map(|(name, chart)| (file_name(name), chart.scene()));
    paint_all(scenes.collect(), folder).map(drop)
}

/// Writes the chart of two runs to `charts/npv_change`.
///
/// # Errors
/// If the chart cannot be drawn or stored.
pub fn write_change_chart(runs: &TwoRuns<'_>, folder: &mut OutputFolder) -> Result<(), ChartError> {
    paint_all(vec![("npv_change".into(), values::changes(runs))], folder).map(drop)
}

/// Paints scenes by their file name, without extension.
fn paint_all(scenes: Vec<(String, Scene)>, folder: &mut OutputFolder) -> Result<Vec<Drawing>, ChartError> {
    let painted: Result<Vec<_>, ChartError> = scenes
        .into_par_iter()
        .map(|(name, scene)| {
            let fault = |cause| ChartError::Draw { chart: name.clone(), cause };
            let png = paint::png(&scene).map_err(fault)?;
            let svg = paint::svg(&scene).map_err(fault)?;
            Ok((png, Drawing { name, title: scene.title, subtitle: scene.subtitle, svg }))
        })
        .collect();
    let mut drawings = Vec::new();
    for (png, drawing) in painted? {
        folder.write(&format!("charts/{}.png", drawing.name), &png)?;
        folder.write(&format!("charts/{}.svg", drawing.name), drawing.svg.as_bytes())?;
        drawings.push(drawing);
    }
    Ok(drawings)
}

/// Every chart of a run without its file, for tests.
#[cfg(test)]
pub(crate) fn drawings(outcomes: &Outcomes) -> Vec<Drawing> {
    let drawing = |(name, scene): (String, Scene)| {
        let svg = paint::svg(&scene).expect("a scene of a run paints");
        Drawing { name, title: scene.title, subtitle: scene.subtitle, svg }
    };
    all(outcomes).into_par_iter().map(drawing).collect()
}

/// The colour of a policy in every chart, by its name and its place in the outcomes, as `#RRGGBB`.
pub(crate) fn policy_colour(name: &str, place: usize) -> String {
    let (red, green, blue) = palette::policy(name, place).rgb;
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Uses of the campus from the bottom of their stack up: column of the ledger, name for people, colour as `0xRRGGBB`.
pub(crate) fn use_colours() -> impl Iterator<Item = (&'static str, &'static str, u32)> {
    uses::STACK.iter().map(|(column, name, look)| {
        let (red, green, blue) = look.ink.rgb;
        (*column, *name, u32::from_be_bytes([0, red, green, blue]))
    })
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
    if outcomes.n_kept > 1 {
        // One path has no tail.
        add("frontier".into(), frontier::mean_and_tail(outcomes));
    }
    for factor in &outcomes.markets {
        let stem = factor.name.split("_usd").next().unwrap_or(&factor.name);
        let stem = stem.strip_suffix("_price").or(stem.strip_suffix("_t")).unwrap_or(stem);
        add(format!("fan_{}", file_name(stem)), fans::fan(outcomes, factor));
    }
    for map in &outcomes.trigger_maps {
        add(format!("trigger_map_{}", map.month), trigger_map::trigger_map(map));
    }
    for (name, scene) in money::money_charts(outcomes) {
        add(name.into(), scene);
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
