//! Sheet Summary: what the run is, its answer, and the value of each policy as the run found it and as the formulas give it.

use super::Source;
use super::figures::Figures;
use super::grid::{Found, Grid};
use super::look::{self, Kind, Look, Role};
use super::places::{IRR_ROW, NPV_ROW, SUMMARY, SUMMARY_FIRST, VALUATION, cell, here};
use crate::html::{answer_in_words, command};
use crate::lens::lens_words;
use rust_xlsxwriter::{Workbook, XlsxError};
use simulate::PolicyOutcome;

/// Last column that paragraphs reach to.
const LAST: u16 = 10;
/// Characters of a paragraph on a line.
const LINE: usize = 160;

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, figures, .. } = source;
    let mut grid = Grid::new(
        book,
        SUMMARY,
        &format!("{}: moving megawatts from mining to AI", outcomes.scenario),
        "Yellow cells are meant to be changed: the discount rate in sheet Assumptions, the policy in sheet Cash flow. Numbers in blue are inputs of formulas.",
    )?;
    facts(&mut grid, source)?;
    let head = SUMMARY_FIRST - 1;
    grid.heads(
        head,
        0,
        &[
            "Policy, the best first",
            "NPV of the run, million USD",
            "s.e., million USD",
            "NPV by formula, million USD",
            "Formula less run, USD",
            "Over all-mining, run, million USD",
            "s.e., million USD",
            "Over all-mining, formula, million USD",
            "IRR over all-mining, run, a year",
            "IRR over all-mining, formula, a year",
            "Rates of return",
        ],
    )?;
    grid.sheet.set_row_height(head, 64)?;
    for (row, place) in (SUMMARY_FIRST..).zip(&figures.ranked) {
        policy(&mut grid, row, *place, &outcomes.policies[*place], source, figures)?;
    }
    let mut row = SUMMARY_FIRST + outcomes.policies.len() as u32 + 1;
    let answer = answer_in_words(outcomes);
    for (title, paragraphs) in [
        ("The answer", answer.as_slice()),
        ("Before trusting a number", outcomes.warnings.as_slice()),
        ("To run it again", &[command(source.manifest)]),
    ] {
        if paragraphs.is_empty() {
            continue;
        }
        grid.words(row, 0, title, &look::label())?;
        for paragraph in paragraphs {
            row += 1;
            grid.paragraph(row, (0, LAST), paragraph, paragraph.chars().count().div_ceil(LINE).max(1))?;
        }
        row += 2;
    }
    grid.widths(&[26.0, 14.0], LAST - 1)?;
    grid.sheet.set_selection(0, 0, 0, 0)?;
    Ok(())
}

/// What the run is.
fn facts(grid: &mut Grid<'_>, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, manifest, .. } = source;
    let months = match (outcomes.months.first(), outcomes.months.last()) {
        (Some(first), Some(last)) => format!("{} ({first} to {last})", outcomes.months.len()),
        _ => "0".into(),
    };
    let stopped = if outcomes.interrupted { ", stopped before all paths were done" } else { "" };
    let facts = [
        ("Scenario", outcomes.scenario.clone()),
        ("Lens", lens_words(outcomes.lens).to_owned()),
        ("Paths", format!("{}{stopped}", outcomes.n_paths)),
        ("Months", months),
        ("Seed", manifest.seed.to_string()),
        ("Version", manifest.version.clone()),
        ("Money", "nominal USD, before tax and unlevered, means over paths".into()),
    ];
    for (row, (name, fact)) in (3..).zip(facts) {
        grid.words(row, 0, name, &look::label())?;
        grid.text(row, 1, &fact)?;
    }
    Ok(())
}

/// A policy's values, the run's beside the formulas'.
fn policy(
    grid: &mut Grid<'_>,
    row: u32,
    place: usize,
    policy: &PolicyOutcome,
    source: Source<'_>,
    figures: &Figures,
) -> Result<(), XlsxError> {
    let (places, of) = (source.places, &figures.policies[place]);
    let money = Look(Kind::Millions, Role::Plain);
    let rate = Look(Kind::Percent, Role::Plain);
    grid.text(row, 0, &policy.name)?;
    grid.number(row, 1, policy.npv_usd.mean(), money)?;
    grid.number(row, 2, policy.npv_usd.standard_error(), money)?;
    let npv = format!("={}", cell(VALUATION, (NPV_ROW, places.own(place))));
    grid.live(row, 3, &npv, of.npv_usd, money)?;
    let apart = format!("={}-{}", here(row, 3), here(row, 1));
    grid.live(row, 4, &apart, of.npv_usd - policy.npv_usd.mean(), Look(Kind::Cents, Role::Plain))?;
    grid.number(row, 5, policy.difference_usd.mean(), money)?;
    grid.number(row, 6, policy.difference_usd.standard_error(), money)?;
    let over = format!("={}", cell(VALUATION, (NPV_ROW, places.over(place))));
    grid.live(row, 7, &over, of.npv_usd - figures.policies[0].npv_usd, money)?;
    match (policy.incremental_irrs.first(), &of.irr) {
        (Some(irr), _) => grid.number(row, 8, *irr, rate)?,
        (None, Found::Text(text)) => grid.words(row, 8, text, &rate.format())?,
        (None, Found::Number(_)) => {}
    }
    let irr = format!("={}", cell(VALUATION, (IRR_ROW, places.over(place))));
    grid.live(row, 9, &irr, of.irr.clone(), rate)?;
    grid.number(row, 10, policy.incremental_irrs.len() as f64, Look(Kind::Count, Role::Plain))
}
