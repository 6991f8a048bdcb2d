//! Charts of a sweep: what is best over two parameters or one, what moves it, how sure that is, and what a wrong choice costs.
//!
//! Each chart is made of a small plain struct, which whoever has the answers fills; [`write_sweep_charts`] paints them like the charts of a run.

mod axis;
mod colours;
mod convergence;
mod heat_map;
mod legend;
mod line;
mod measure;
mod regret;
mod rows;
#[cfg(test)]
mod samples;
mod sobol_bars;
#[cfg(test)]
mod tests;
mod tornado;

pub use axis::Axis;
pub use convergence::{Convergence, ConvergencePoint, ConvergenceSeries};
pub use heat_map::{BestCell, Cells, Contour, HeatMap, MarkedPoint};
pub use line::{Crossing, LineChart, PolicyLine};
pub use measure::{Estimate, Measure};
pub use regret::{RegretBar, RegretBars};
pub use sobol_bars::{SobolBar, SobolBars};
pub use tornado::{Tornado, TornadoBar, TornadoEnd};

use super::scene::Scene;
use super::{ChartError, paint};
use crate::file::{FileError, write_whole};
use rayon::prelude::*;
use std::fs;
use std::path::Path;

/// Words round a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Words {
    /// Title.
    pub title: String,
    /// A line below it, such as the name of the sweep, its points and paths.
    pub subtitle: String,
    /// What stands at the foot before what the chart says of itself; may be empty.
    pub note: String,
}

impl Words {
    /// A scene with these words, and what a chart says of itself at the foot.
    fn titled(&self, caption: &str) -> Scene {
        let caption = format!("{} {caption}", self.note);
        super::frame::titled(&self.title, &self.subtitle, caption.trim())
    }
}

/// A chart of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub enum SweepChart {
    /// Something over two parameters.
    HeatMap(HeatMap),
    /// Each policy over one parameter.
    Line(LineChart),
    /// What moves the outcome, one parameter at a time.
    Tornado(Tornado),
    /// Sobol indices.
    SobolBars(SobolBars),
    /// Estimates against the number of points.
    Convergence(Convergence),
    /// What a wrong choice costs.
    Regret(RegretBars),
}

impl SweepChart {
    fn scene(&self) -> Scene {
        match self {
            Self::HeatMap(map) => map.scene(),
            Self::Line(chart) => chart.scene(),
            Self::Tornado(tornado) => tornado.scene(),
            Self::SobolBars(bars) => bars.scene(),
            Self::Convergence(chart) => chart.scene(),
            Self::Regret(bars) => bars.scene(),
        }
    }
}

/// Paints charts by their file name, without extension, and puts them as PNG and SVG into a folder, which is made if it is not there; each file
/// appears whole.
///
/// # Errors
/// If a chart cannot be drawn or stored.
///
/// # Example
/// ```
/// use report::charts::sweep::{Measure, RegretBar, RegretBars, SweepChart, Words, write_sweep_charts};
///
/// let bar = |name: &str, policy, worst, mean| RegretBar { name: name.into(), policy, worst, mean, worst_point: None };
/// let chart = RegretBars {
///     words: Words { title: "Regret by policy".into(), ..Words::default() },
///     measure: Measure::million_usd("Regret"),
///     bars: vec![bar("all-mining", 0, 9.1e7, 2.0e7), bar("dp", 1, 1.2e7, 3.0e6)],
/// };
/// let folder = std::env::temp_dir().join("wattshift-sweep-charts-example");
/// write_sweep_charts(&[("regret".into(), SweepChart::Regret(chart))], &folder)?;
/// # Ok::<(), report::ChartError>(())
/// ```
pub fn write_sweep_charts(charts: &[(String, SweepChart)], folder: &Path) -> Result<(), ChartError> {
    let painted: Result<Vec<_>, ChartError> = charts
        .par_iter()
        .map(|(name, chart)| {
            let fault = |cause| ChartError::Draw { chart: name.clone(), cause };
            let scene = chart.scene();
            Ok((name, paint::png(&scene).map_err(fault)?, paint::svg(&scene).map_err(fault)?))
        })
        .collect();
    let painted = painted?;
    fs::create_dir_all(folder).map_err(|cause| FileError { path: folder.to_path_buf(), cause })?;
    for (name, png, svg) in painted {
        write_whole(&folder.join(format!("{name}.png")), &png)?;
        write_whole(&folder.join(format!("{name}.svg")), svg.as_bytes())?;
    }
    Ok(())
}
