//! The charts of a sweep from what was found.

use super::{
    Axis, BestCell, Cells, Contour, Convergence, ConvergencePoint, ConvergenceSeries, Crossing, Estimate,
    HeatMap, LineChart, MarkedPoint, Measure, PolicyLine, RegretBar, RegretBars, SobolBar, SobolBars,
    SweepChart, Tornado, TornadoBar, TornadoEnd, Words,
};
use crate::sweep_results::Findings;
use crate::sweep_words::{measure_of, parameter_value, points_and_paths};
use sweep::answers::axes::{Axis as MapAxis, Map};
use sweep::answers::break_even::BreakEven;
use sweep::answers::jansen::Index;
use sweep::answers::sensitivity::Output;
use sweep::answers::tornado::{Bar, Extreme};
use sweep::{Spec, Value};

/// Parameters whose convergence is drawn: those with the largest total index.
const MOST_SERIES: usize = 6;

/// Every chart with its file name, without extension.
#[must_use]
pub fn sweep_charts(spec: &Spec, findings: &Findings) -> Vec<(String, SweepChart)> {
    let maker = Maker { spec, findings };
    let mut charts = Vec::new();
    if let Some(map) = &findings.answers.map {
        match &map.y {
            Some(y) => charts.extend(maker.maps(map, y)),
            None => charts.push(("by_parameter".into(), SweepChart::Line(maker.line(map)))),
        }
    }
    charts.extend(maker.tornadoes());
    charts.extend(maker.sobol());
    charts.extend(maker.convergence());
    if findings.results.points.len() > 1 {
        charts.push(("regret".into(), SweepChart::Regret(maker.regret())));
    }
    charts
}

struct Maker<'a> {
    spec: &'a Spec,
    findings: &'a Findings,
}

impl Maker<'_> {
    fn words(&self, title: String, note: String) -> Words {
        Words { title, subtitle: format!("{}: {}", self.spec.name, points_and_paths(self.spec)), note }
    }

    fn measure(&self) -> Measure {
        measure_of(&self.spec.objective)
    }

    fn policy(&self, policy: usize) -> &str {
        &self.spec.policies[policy]
    }

    fn axis(&self, axis: &MapAxis) -> Axis {
        Axis { spacing: axis.scale, ..Axis::of(&self.spec.parameters[axis.parameter], axis.values.clone()) }
    }

    /// Where other parameters of a grid are held.
    fn held(&self, map: &Map) -> String {
        let held = map
            .held
            .iter()
            .map(|(parameter, value)| parameter_value(&self.spec.parameters[*parameter], value));
        let held: Vec<String> = held.collect();
        if held.is_empty() { String::new() } else { format!("Held: {}.", held.join(", ")) }
    }

    fn maps(&self, map: &Map, y: &MapAxis) -> Vec<(String, SweepChart)> {
        let chart = |title: String, cells, lines| {
            SweepChart::HeatMap(HeatMap {
                words: self.words(title, self.held(map)),
                x: self.axis(&map.x),
                y: self.axis(y),
                cells,
                lines,
                marked: self.base(map, y),
            })
        };
        let by_point = || map.cells.iter().flatten().copied();
        let best = by_point().map(|cell| cell.map(|point| self.best_cell(point))).collect();
        let share =
            by_point().map(|cell| cell.map(|point| self.findings.answers.best[point].ai_share)).collect();
        let best = Cells::Best { policies: self.spec.policies.clone(), cells: best };
        let share = Cells::Share {
            label: "AI share of gross MW under the best policy, mean over the horizon".into(),
            cells: share,
        };
        let lines: Vec<Contour> =
            self.findings.answers.break_evens.iter().map(|pair| self.contour(pair)).collect();
        let mut maps = vec![
            (
                "best_policy".into(),
                chart(format!("Best policy by {}", self.measure().within_words()), best, lines),
            ),
            ("ai_share".into(), chart("AI share of the best policy".into(), share, Vec::new())),
        ];
        for pair in &self.findings.answers.break_evens {
            let (first, second) = (self.policy(pair.first), self.policy(pair.second));
            let measure = Measure { label: format!("{first} less {second}"), ..self.measure() };
            let cells = pair.differences.iter().flatten().copied().collect();
            let title = format!("{}: {first} less {second}", self.measure().label);
            let map = chart(title, Cells::Difference { measure, cells }, vec![self.contour(pair)]);
            maps.push((format!("difference_{first}_less_{second}"), map));
        }
        maps
    }

    fn best_cell(&self, point: usize) -> BestCell {
        let best = &self.findings.answers.best[point];
        let (margin, error) =
            best.lead.map_or((f64::INFINITY, None), |lead| (lead.margin, lead.standard_error));
        BestCell { policy: best.policy, margin, error }
    }

    fn contour(&self, pair: &BreakEven) -> Contour {
        let label = format!("{} = {}", self.policy(pair.first), self.policy(pair.second));
        Contour { label, pieces: pair.contour.clone() }
    }

    /// The base, unless another parameter is held elsewhere.
    fn base(&self, map: &Map, y: &MapAxis) -> Option<MarkedPoint> {
        let is_base = |(p, value): &(usize, Value)| self.spec.parameters[*p].base.as_ref() == Some(value);
        if !map.held.iter().all(is_base) {
            return None;
        }
        let x = &map.x;
        let base =
            |axis: &MapAxis| self.spec.parameters[axis.parameter].base.as_ref().and_then(Value::number);
        Some(MarkedPoint { name: "Base".into(), at: [base(x)?, base(y)?] })
    }

    fn line(&self, map: &Map) -> LineChart {
        let points: Vec<Option<usize>> = map.cells.iter().flatten().copied().collect();
        let lines = self.spec.policies.iter().enumerate().map(|(policy, name)| PolicyLine {
            name: name.clone(),
            estimates: points.iter().map(|point| point.map(|point| self.estimate(point, policy))).collect(),
        });
        let parameter = &self.spec.parameters[map.x.parameter];
        LineChart {
            words: self.words(format!("{} by {}", self.measure().label, parameter.label), self.held(map)),
            x: self.axis(&map.x),
            measure: self.measure(),
            lines: lines.collect(),
            crossings: self
                .findings
                .answers
                .break_evens
                .iter()
                .flat_map(|pair| self.crossings(map, &points, pair))
                .collect(),
            base: parameter.base.as_ref().and_then(Value::number),
        }
    }

    /// A policy's objective at a point; its error is that of its difference to all-mining, by which lines are told apart.
    fn estimate(&self, point: usize, policy: usize) -> Estimate {
        let point = &self.findings.results.points[point];
        Estimate::of_mean(point.objective[policy], point.result.between(policy, 0).1)
    }

    fn crossings(&self, map: &Map, points: &[Option<usize>], pair: &BreakEven) -> Vec<Crossing> {
        let label = format!("{} = {}", self.policy(pair.first), self.policy(pair.second));
        let height = |at: f64| {
            let below = map.x.values.iter().rposition(|value| *value <= at)?.min(map.x.values.len() - 2);
            let objective = |i: usize| Some(self.findings.results.points[points[i]?].objective[pair.second]);
            let (low, high) = (map.x.values[below], map.x.values[below + 1]);
            let share = (at - low) / (high - low);
            Some(objective(below)? * (1.0 - share) + objective(below + 1)? * share)
        };
        pair.crossings
            .iter()
            .filter_map(|crossing| {
                Some(Crossing { at: crossing.at, value: height(crossing.at)?, label: label.clone() })
            })
            .collect()
    }

    fn tornadoes(&self) -> Vec<(String, SweepChart)> {
        let Some(tornado) = &self.findings.answers.tornado else { return Vec::new() };
        let base = tornado.base.policy;
        let best = |bar: &Bar| bar.best.clone();
        let margin = |bar: &Bar| bar.margin.clone();
        let bars = |span: &dyn Fn(&Bar) -> Option<sweep::answers::tornado::Span>| -> Vec<TornadoBar> {
            tornado.bars.iter().filter_map(|bar| Some(self.tornado_bar(bar, &span(bar)?, base))).collect()
        };
        let chart = |title: String, note: &str, at_base: f64, bars: Vec<TornadoBar>, label: String| {
            let measure = Measure { label, ..self.measure() };
            SweepChart::Tornado(Tornado {
                words: self.words(title, note.into()),
                measure,
                base: at_base,
                bars,
            })
        };
        let at_base = tornado.bars.first().map(|bar| &bar.levels[bar.base_level]);
        let value = at_base.map_or(0.0, |level| level.objective[base]);
        let label = self.measure().label;
        let mut charts = vec![(
            "tornado".into(),
            chart(
                format!("{label} of the best policy, one parameter at a time"),
                "",
                value,
                bars(&|bar| Some(best(bar))),
                label.clone(),
            ),
        )];
        if let Some(lead) = tornado.base.lead {
            charts.push((
                "tornado_margin".into(),
                chart(
                    format!(
                        "Lead of {} over the best of the others, one parameter at a time",
                        self.policy(base)
                    ),
                    "Below zero another policy is the best.",
                    lead.margin,
                    bars(&margin),
                    format!("Lead in {}", self.measure().within_words()),
                ),
            ));
        }
        charts
    }

    fn tornado_bar(&self, bar: &Bar, span: &sweep::answers::tornado::Span, base: usize) -> TornadoBar {
        let parameter = &self.spec.parameters[bar.parameter];
        // Ends in the order of the parameter, so that colours tell low values from high ones.
        let at = |extreme: &Extreme| bar.levels.iter().position(|level| level.value == extreme.value);
        let (low, high) =
            if at(&span.low) <= at(&span.high) { (&span.low, &span.high) } else { (&span.high, &span.low) };
        let end = |extreme: &Extreme| TornadoEnd {
            level: extreme.value.clone(),
            value: Some(extreme.output),
            flips_to: at(extreme)
                .map(|level| &bar.levels[level])
                // Level with the other is no loss.
                .filter(|level| level.base_lead.is_some_and(|lead| lead.margin < 0.0))
                .map(|level| level.best.policy)
                .filter(|policy| *policy != base)
                .map(|policy| self.policy(policy).to_owned()),
        };
        TornadoBar {
            label: parameter.label.clone(),
            unit: parameter.unit.clone(),
            low: end(low),
            high: end(high),
        }
    }

    fn sobol(&self) -> Vec<(String, SweepChart)> {
        let Some(sensitivity) = &self.findings.answers.sensitivity else { return Vec::new() };
        let chart = |(output, indices): &(Output, sweep::answers::jansen::Indices)| {
            let (file, title) = self.output_words(*output)?;
            let bars =
                self.spec.parameters.iter().zip(indices.by_parameter.as_ref()?).map(|(parameter, both)| {
                    SobolBar {
                        label: parameter.label.clone(),
                        first: estimate_of(&both.first),
                        total: estimate_of(&both.total),
                    }
                });
            let note = format!("{} base rows, {} left out.", indices.n_rows, sensitivity.n_left_out);
            let words = self.words(format!("What {title} hangs on: Sobol indices"), note);
            Some((format!("sobol_{file}"), SweepChart::SobolBars(SobolBars { words, bars: bars.collect() })))
        };
        sensitivity.outputs.iter().filter_map(chart).collect()
    }

    /// File name and title of an output that is drawn; objectives of single policies are in the tables alone.
    fn output_words(&self, output: Output) -> Option<(String, String)> {
        match output {
            Output::Objective(_) => None,
            Output::BestObjective => Some((
                "best_objective".into(),
                format!("the {} of the best policy", self.measure().within_words()),
            )),
            Output::Margin(first, second) => {
                let (first, second) = (self.policy(first), self.policy(second));
                Some((format!("margin_{first}_over_{second}"), format!("the lead of {first} over {second}")))
            }
            Output::BestAiShare => Some(("best_ai_share".into(), "the AI share of the best policy".into())),
        }
    }

    fn convergence(&self) -> Vec<(String, SweepChart)> {
        let Some(convergence) = &self.findings.answers.convergence else { return Vec::new() };
        if convergence.indices.is_empty() {
            let series =
                self.spec.policies.iter().zip(&convergence.means).map(|(name, means)| ConvergenceSeries {
                    name: name.clone(),
                    points: means
                        .iter()
                        .map(|mean| ConvergencePoint {
                            n_points: mean.n_points,
                            estimate: Estimate::of_mean(mean.mean, mean.standard_error),
                        })
                        .collect(),
                });
            let title = format!("{} over the ranges, as points are added", self.measure().label);
            let words = self.words(title, "Two standard errors either way, as if points were random.".into());
            let chart = Convergence {
                words,
                measure: self.measure(),
                counted: "points".into(),
                of_policies: true,
                series: series.collect(),
            };
            return vec![("convergence".into(), SweepChart::Convergence(chart))];
        }
        let chart = |(output, steps): &(Output, Vec<sweep::answers::jansen::Indices>)| {
            let (file, title) = self.output_words(*output)?;
            let last = steps.last()?.by_parameter.as_ref()?;
            let mut order: Vec<usize> = (0..last.len()).collect();
            order.sort_by(|a, b| last[*b].total.estimate.total_cmp(&last[*a].total.estimate));
            let series = order.into_iter().take(MOST_SERIES).map(|parameter| ConvergenceSeries {
                name: self.spec.parameters[parameter].label.clone(),
                points: steps
                    .iter()
                    .filter_map(|indices| {
                        let total = indices.by_parameter.as_ref()?.get(parameter)?.total;
                        // Without an interval the least certain would look the surest.
                        total.interval?;
                        Some(ConvergencePoint { n_points: indices.n_rows, estimate: estimate_of(&total) })
                    })
                    .collect(),
            });
            let words = self.words(format!("Total Sobol indices of {title}"), String::new());
            let measure = Measure::plain("Total index", "share of the variance");
            Some((
                format!("convergence_{file}"),
                SweepChart::Convergence(Convergence {
                    words,
                    measure,
                    counted: "base rows".into(),
                    of_policies: false,
                    series: series.collect(),
                }),
            ))
        };
        convergence.indices.iter().filter_map(chart).collect()
    }

    fn regret(&self) -> RegretBars {
        let bars = self.findings.answers.regrets.iter().map(|regret| RegretBar {
            name: self.policy(regret.policy).to_owned(),
            policy: regret.policy,
            worst: regret.worst,
            worst_error: regret.standard_error,
            mean: regret.mean,
            worst_point: Some(regret.worst_point),
        });
        RegretBars {
            words: self.words("Regret by policy".into(), String::new()),
            measure: Measure {
                label: format!("Regret in {}", self.measure().within_words()),
                ..self.measure()
            },
            bars: bars.collect(),
        }
    }
}

fn estimate_of(index: &Index) -> Estimate {
    let (low, high) =
        index.interval.map_or((index.estimate, index.estimate), |interval| (interval.low, interval.high));
    Estimate { value: index.estimate, low, high }
}
