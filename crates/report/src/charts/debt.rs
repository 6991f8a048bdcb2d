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
    let quantiles: Vec<Vec<f64>> = outcomes
        .monthly_quantiles(&shown.money.kept_debt_usd, &[0.05, 0.5, 0.95])
        .into_iter()
        .map(|by_month| by_month.iter().map(|usd| usd / MILLION).collect())
        .collect();
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
    let kinds: [(&str, fn(&Statement) -> f64); 5] = [
        ("Loans of the project", |s| s.project_debt_usd),
        ("Loans of the company", |s| s.company_debt_usd),
        ("Revolver", |s| s.revolver_usd),
        ("Convertible notes", |s| s.convertible_usd),
        ("Lent after a default", |s| s.rescue_usd),
    ];
    let layer = |((name, of), look): ((&str, fn(&Statement) -> f64), _)| Layer {
        name: name.into(),
        look,
        heights: statements.iter().map(|s| of(s) / MILLION).collect(),
    };
    kinds.into_iter().zip(DEBTS).map(layer).collect()
}

fn entry(layer: &Layer) -> Entry {
    let last = layer.heights.last().copied().unwrap_or(0.0);
    let note = format!("mean {} in the last month", million_usd(last * MILLION));
    Entry { key: Key::Swatch(layer.look), name: layer.name.clone(), note }
}
