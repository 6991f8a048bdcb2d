//! Charts of a sweep: what is best over two parameters or one, what moves it, how sure that is, and what a wrong choice costs.
//!
//! Each chart is made of a small plain struct, which [`sweep_charts`] fills from what was found; they are painted like the charts of a run.

mod axis;
mod colours;
mod convergence;
mod heat_map;
mod legend;
mod line;
mod measure;
mod of_findings;
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
pub use of_findings::sweep_charts;
pub use regret::{RegretBar, RegretBars};
pub use sobol_bars::{SobolBar, SobolBars};
pub use tornado::{Tornado, TornadoBar, TornadoEnd};

use super::scene::Scene;

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
    pub(super) fn scene(&self) -> Scene {
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
