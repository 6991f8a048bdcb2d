//! A picture of a model beside history, as plain numbers: what a fit or a backtest shows, and `report` draws.

/// One pair of axes with its curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What the panel shows, in a few words.
    pub title: String,
    /// The horizontal axis with its unit.
    pub x_label: String,
    /// The vertical axis with its unit.
    pub y_label: String,
    /// Whether the vertical axis is logarithmic; values that are not above zero are then left out.
    pub log_y: bool,
    /// The curves, drawn in order.
    pub curves: Vec<PanelCurve>,
}

/// One curve, or the range between two.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelCurve {
    /// Name in the legend.
    pub name: String,
    /// What it stands for, which decides how it is drawn.
    pub role: CurveRole,
    /// Horizontal positions, ascending.
    pub x: Vec<f64>,
    /// Value at each position; the lower edge of a band.
    pub y: Vec<f64>,
    /// Upper edge of a band; empty for other roles.
    pub upper: Vec<f64>,
}

/// What a curve stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveRole {
    /// What happened: a heavy line.
    History,
    /// What the model says: a line in the first colour.
    Model,
    /// A rival model: a thin line.
    Rival,
    /// A range of the model: a shaded area from `y` to `upper`.
    Band,
    /// Single observations: dots.
    Points,
    /// Counts or shares by class: bars from zero.
    Bars,
}

impl PanelCurve {
    /// A line or a set of points.
    #[must_use]
    pub fn line(name: &str, role: CurveRole, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (x, y) = points.into_iter().unzip();
        Self { name: name.into(), role, x, y, upper: Vec::new() }
    }

    /// A band between `y` and `upper`.
    #[must_use]
    pub fn band(name: &str, points: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        let mut band = Self::line(name, CurveRole::Band, std::iter::empty());
        for (x, y, upper) in points {
            band.x.push(x);
            band.y.push(y);
            band.upper.push(upper);
        }
        band
    }
}
