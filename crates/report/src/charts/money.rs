//! The money of the policy that is worth most per share: cash, coverage, debt, sources and uses, shares.

use super::debt::debt;
use super::fans::{Bands, OUTER, last_value};
use super::frame::{Entry, Key, Panel, draw_legend, month_axis_name, month_ticks, titled};
use super::palette::Ink;
use super::scale::Scale;
use super::scene::{Point, Scene};
use super::sources_uses::sources_uses;
use crate::finance_figures::best_per_share;
use crate::lens::lens_words;
use crate::numbers::{counted_paths, grouped};
use simulate::{CapitalStructure, FinanceOutcome, Outcomes, PolicyOutcome, Spread};

const MILLION: f64 = 1e6;
/// Coverage above this is drawn at the upper end: months in which service has only begun cover it many times over.
const HIGHEST_DSCR: f64 = 4.0;

/// One policy's money, for a chart.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) outcomes: &'a Outcomes,
    pub(super) policy: &'a PolicyOutcome,
    pub(super) money: &'a FinanceOutcome,
    pub(super) capital: &'a CapitalStructure,
}

/// Every chart of the money with its name; none without a capital structure.
pub(super) fn money_charts(outcomes: &Outcomes) -> Vec<(&'static str, Scene)> {
    let (Some((policy, money)), Some(capital)) = (best_per_share(outcomes), &outcomes.capital) else {
        return Vec::new();
    };
    let shown = Shown { outcomes, policy, money, capital };
    let mut charts = vec![
        ("money_cash", cash(shown)),
        ("money_dscr", dscr(shown)),
        ("money_debt", debt(shown)),
        ("money_shares", shares(shown)),
    ];
    charts.extend(sources_uses(shown).map(|scene| ("money_sources_uses", scene)));
    charts
}

impl Shown<'_> {
    /// A scene whose title names the policy and whose second line says the unit, why this policy, and the lens.
    pub(super) fn titled(&self, title: &str, unit: &str, caption: &str) -> Scene {
        let lens = lens_words(self.outcomes.lens);
        let why = format!("{unit}; the policy with the highest mean value per share; {lens}");
        titled(&format!("{title}: {}", self.policy.name), &why, caption)
    }

    /// The usual panel with months along it.
    pub(super) fn panel(&self, scene: &mut Scene, y: Scale, name: &str) -> Panel {
        let months = &self.outcomes.months;
        let panel = Panel::usual(Scale::linear(0.0, months.len().max(1) as f64), y);
        panel.draw_y_axis(scene, name, 7);
        panel.draw_x_axis(scene, month_axis_name(months), &month_ticks(months));
        panel
    }

    /// What bands and means are over.
    pub(super) fn over(&self, bands: &str, means: &str) -> String {
        let (all, kept) = (counted_paths(self.outcomes.n_paths), counted_paths(self.outcomes.n_kept));
        match self.outcomes.n_paths {
            1 => "The one path, at month ends.".into(),
            n if n == self.outcomes.n_kept => format!("Over all {all}, at month ends."),
            _ => format!("{bands}: the first {kept}; {means}: all {all}; at month ends."),
        }
    }
}

/// Values at month ends; the first is held from the first opening.
pub(super) fn at_month_ends(values: &[f64], panel: &Panel) -> Vec<Point> {
    let held = values.first().into_iter().chain(values).enumerate();
    held.map(|(m, value)| panel.at(m as f64, *value)).collect()
}

/// Lowest and highest of values, zero among them.
pub(super) fn range<'a>(values: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    values.filter(|value| value.is_finite()).fold((0.0, 0.0), |(low, high), v| (low.min(*v), high.max(*v)))
}

fn cash(shown: Shown<'_>) -> Scene {
    let Shown { outcomes, policy, .. } = shown;
    let in_millions = |values: &[f64]| values.iter().map(|usd| usd / MILLION).collect::<Vec<f64>>();
    let quantiles = policy.cash_fan_usd.quantiles().map(|by_month| in_millions(&by_month));
    let mean = in_millions(&policy.cash_usd);
    let caption = shown.over("Bands and median", "mean");
    let mut scene = shown.titled("Company cash", "Million USD", &caption);
    let (low, high) = range(quantiles.iter().flatten().chain(&mean));
    let panel = shown.panel(&mut scene, Scale::rounded(low, high, 7), "Cash of the company, million USD");
    let bands = Bands { quantiles: &quantiles, mean: &mean, one: outcomes.n_paths == 1 };
    bands.draw(&mut scene, |values| at_month_ends(values, &panel));
    panel.draw_edge(&mut scene);
    draw_legend(&mut scene, panel.top, &bands.legend("The one path"));
    scene
}

fn dscr(shown: Shown<'_>) -> Scene {
    let Shown { outcomes, money, capital, .. } = shown;
    let months = money.dscr.spreads();
    let one = outcomes.n_paths == 1;
    let caption = format!(
        "{} Only paths with debt service in the last twelve months count; above {} the line stands at the edge.",
        match outcomes.n_paths {
            1 => "The one path.".into(),
            _ => format!("Median and middle 90 % of the first {}.", counted_paths(outcomes.n_kept)),
        },
        grouped(HIGHEST_DSCR, 0)
    );
    let unit = "Cash flow available over debt service of the project, twelve months";
    let mut scene = shown.titled("Debt service coverage (DSCR)", unit, &caption);
    let quantiles = |i: usize| months.iter().flatten().map(move |coverage| coverage.outer()[i]);
    let low = quantiles(0).fold(0.0, f64::min).max(-1.0);
    let high = quantiles(2).chain(capital.lock_up_dscr).fold(2.0, f64::max).min(HIGHEST_DSCR);
    let panel = shown.panel(&mut scene, Scale::rounded(low, high, 7), "DSCR");
    let mut entries = draw_coverage(&mut scene, &panel, months, one);
    if entries.is_empty() {
        panel.draw_nothing(&mut scene, "The project has no debt service.");
    }
    let ends = [panel.x.low(), panel.x.high()];
    for (limit, name, ink) in [
        (capital.lock_up_dscr, "Lock-up of distributions", Ink::ORANGE.darker(0.8)),
        (capital.default_dscr, "Covenant breached below", Ink::VERMILLION),
    ] {
        let Some(limit) = limit else { continue };
        scene.dashed(&ends.map(|x| panel.at(x, limit)), 1.8, 9.0, ink);
        entries.push(Entry { key: Key::Dashed(ink), name: name.into(), note: grouped(limit, 2) });
    }
    panel.draw_edge(&mut scene);
    draw_legend(&mut scene, panel.top, &entries);
    scene
}

/// Median and band over each run of months with service; the entries of what was drawn.
fn draw_coverage(scene: &mut Scene, panel: &Panel, months: &[Option<Spread>], one: bool) -> Vec<Entry> {
    let mut first = 0;
    for run in months.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let of_run: Vec<&Spread> = run.iter().flatten().collect();
        let line = |i: usize| -> Vec<Point> {
            // Held over its month, so that a run of one month shows.
            let ends = of_run.iter().take(1).chain(&of_run).enumerate();
            ends.map(|(m, coverage)| panel.at((first + m) as f64, coverage.outer()[i])).collect()
        };
        if !of_run.is_empty() {
            if !one {
                scene.area(line(2).into_iter().chain(line(0).into_iter().rev()).collect(), OUTER);
            }
            scene.line(line(1), 2.6, Ink::BLUE.darker(0.75));
        }
        first += run.len();
    }
    let Some(last) = months.iter().flatten().last() else { return Vec::new() };
    let [low, middle, high] = last.outer().map(|dscr| grouped(dscr, 2));
    let entry = |key, name: &str, note| Entry { key, name: name.into(), note };
    let line = Key::Line(Ink::BLUE.darker(0.75));
    if one {
        return vec![entry(line, "The one path", format!("at last {middle}"))];
    }
    let paths = counted_paths(last.n_paths);
    vec![
        entry(line, "Median", format!("at last {middle}")),
        entry(Key::Band(OUTER), "Middle 90 %", format!("at last {low} to {high}, {paths} with service")),
    ]
}

fn shares(shown: Shown<'_>) -> Scene {
    let Shown { money, capital, .. } = shown;
    let opening = capital.opening_shares / MILLION;
    let of = |value: fn(&simulate::Statement) -> f64| -> Vec<f64> {
        money.statement.iter().map(|statement| value(statement) / MILLION).collect()
    };
    let (outstanding, diluted) = (of(|s| s.shares), of(|s| s.diluted_shares));
    let over = if shown.outcomes.n_paths == 1 { "The one path" } else { "Means over all paths, no band" };
    let caption = format!(
        "Diluted: with warrants in the money (treasury-stock method) and the premium of convertible notes. {over}; at month ends."
    );
    let mut scene = shown.titled("Shares", "Million shares", &caption);
    let (_, high) = range(outstanding.iter().chain(&diluted).chain([&opening]));
    let panel = shown.panel(&mut scene, Scale::rounded(0.0, high, 7), "Million shares");
    let (lower, upper) = (at_month_ends(&outstanding, &panel), at_month_ends(&diluted, &panel));
    scene.area(upper.iter().copied().chain(lower.iter().rev().copied()).collect(), OUTER);
    scene.line(lower, 2.6, Ink::BLUE.darker(0.75));
    scene.line(upper, 2.2, Ink::VERMILLION);
    let ends = [panel.x.low(), panel.x.high()];
    scene.dashed(&ends.map(|x| panel.at(x, opening)), 1.6, 8.0, Ink::TEXT);
    panel.draw_edge(&mut scene);
    let entry = |key, name: &str, note| Entry { key, name: name.into(), note };
    let more = diluted.last().map_or(0.0, |last| 100.0 * (last / opening - 1.0));
    let entries = [
        entry(
            Key::Line(Ink::VERMILLION),
            "Diluted",
            format!("{}, {} % over the opening", last_value(&diluted), grouped(more, 1)),
        ),
        entry(Key::Line(Ink::BLUE.darker(0.75)), "Outstanding", last_value(&outstanding)),
        entry(Key::Dashed(Ink::TEXT), "First opening", grouped(opening, 1)),
        entry(Key::Band(OUTER), "Dilution still to come", String::new()),
    ];
    draw_legend(&mut scene, panel.top, &entries);
    scene
}
