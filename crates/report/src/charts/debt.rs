//! What is owed over time, by kind, with how far the total spreads over paths.

use super::frame::{Entry, Key, draw_legend};
use super::money::{Shown, at_month_ends, range};
use super::palette::{DEBTS, Ink};
use super::scale::Scale;
use super::scene::Scene;
use super::uses::{Layer, draw_stack};
use crate::numbers::million_usd;
use simulate::Statement;

const MILLION: f64 = 1e6;

/// Mean balances stacked, and quantiles of the total as lines.
pub(super) fn debt(shown: Shown<'_>) -> Scene {
    let outcomes = shown.outcomes;
    let one = outcomes.n_paths == 1;
    let in_millions = |by_month: Vec<f64>| by_month.iter().map(|usd| usd / MILLION).collect::<Vec<_>>();
    let quantiles = shown.money.debt_usd.outer_quantiles().map(in_millions);
    let layers = layers(&shown.money.statement);
    let totals: Vec<f64> = shown.money.statement.iter().map(|s| s.debt_usd() / MILLION).collect();
    let caption = if one {
        shown.over("", "")
    } else {
        format!(
            "{} Stacked: means by kind. Lines: quantiles of the total over paths.",
            shown.over("Lines", "stack")
        )
    };
    let mut scene = shown.titled("Debt by kind", "Million USD", &caption);
    let (_, high) = range(quantiles.iter().flatten().chain(&totals));
    let panel = shown.panel(&mut scene, Scale::rounded(0.0, high, 7), "Debt, million USD");
    draw_stack(&mut scene, &panel, &layers, 1.0);
    let mut entries: Vec<Entry> = Vec::new();
    if !one {
        for (by_month, dash) in quantiles.iter().zip([5.0, 0.0, 5.0]) {
            let line = at_month_ends(by_month, &panel);
            if dash > 0.0 {
                scene.dashed(&line, 2.0, dash, Ink::TEXT)
            } else {
                scene.line(line, 2.4, Ink::TEXT)
            }
        }
        let last = |i: usize| quantiles[i].last().map_or_else(|| "–".into(), |m| million_usd(m * MILLION));
        let middle = format!("last month {}", last(1));
        entries.push(Entry { key: Key::Line(Ink::TEXT), name: "Total, median".into(), note: middle });
        let note = format!("last month {} to {}", last(0), last(2));
        entries.push(Entry { key: Key::Dashed(Ink::TEXT), name: "Total, middle 90 %".into(), note });
    }
    if totals.iter().all(|total| *total <= 0.0) {
        panel.draw_nothing(&mut scene, "Nothing is owed.");
    }
    panel.draw_edge(&mut scene);
    entries.extend(layers.iter().rev().filter(|layer| layer.occurs()).map(entry));
    draw_legend(&mut scene, panel.top, &entries);
    scene
}

fn layers(statements: &[Statement]) -> Vec<Layer> {
    let of = |place: usize, name: &str, usd: fn(&Statement) -> f64| Layer {
        name: name.into(),
        look: DEBTS[place],
        heights: statements.iter().map(|s| usd(s) / MILLION).collect(),
    };
    vec![
        of(0, "Loans of the project", |s| s.project_debt_usd),
        of(1, "Loans of the company", |s| s.company_debt_usd),
        of(2, "Revolver", |s| s.revolver_usd),
        of(3, "Convertible notes", |s| s.convertible_usd),
        of(4, "Lent after a default", |s| s.rescue_usd),
    ]
}

fn entry(layer: &Layer) -> Entry {
    let last = layer.heights.last().copied().unwrap_or(0.0);
    let note = format!("mean {} in the last month", million_usd(last * MILLION));
    Entry { key: Key::Swatch(layer.look), name: layer.name.clone(), note }
}
