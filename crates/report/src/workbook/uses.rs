//! Sheet MW by use: megawatts and energy of the chosen policy by month, and a chart of them.

use super::Source;
use super::grid::{Found, Grid};
use super::look::{Kind, Look, Role};
use super::places::{CHOSEN_POLICY, ROWS_BEFORE, USES, here};
use super::words::{Spoken, spoken};
use crate::charts::use_colours;
use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, Workbook, XlsxError,
};
use simulate::Outcomes;
use site::Ledger;

const HEAD: u32 = 3;
const FIRST: u32 = HEAD + 1;
const NUMBER: u16 = 1;
const MEGAWATTS: u16 = 2;
const TOTAL: u16 = MEGAWATTS + Ledger::MEGAWATTS.len() as u16;
const ENERGY: u16 = TOTAL + 1;
const CHART: u16 = ENERGY + Ledger::ENERGY.len() as u16 + 1;

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, figures, places, .. } = source;
    let best = &outcomes.policies[figures.best()];
    let mut grid = Grid::new(
        book,
        USES,
        "Megawatts by use and energy of the chosen policy, mean over paths",
        "Follows the policy chosen in sheet Cash flow. Megawatts are gross; building: halls being rebuilt; idle: curtailed, down or unsold.",
    )?;
    let name = Found::Text(best.name.clone());
    grid.live(2, 0, &format!("={CHOSEN_POLICY}"), name, Look(Kind::Text, Role::Plain))?;
    let columns: Vec<Spoken> = Ledger::names().map(spoken).collect();
    let (megawatts, energy) = columns[..MEGAWATTS_AND_ENERGY].split_at(Ledger::MEGAWATTS.len());
    let mut heads = vec!["Month".to_owned(), "No.".into()];
    heads.extend(megawatts.iter().map(Spoken::head));
    heads.push("All uses, MW".into());
    heads.extend(energy.iter().map(Spoken::head));
    grid.heads(HEAD, 0, &heads)?;
    for (m, (month, ledger)) in outcomes.months.iter().zip(&best.ledger).enumerate() {
        let row = FIRST + m as u32;
        grid.month(row, 0, *month)?;
        grid.number(row, NUMBER, (m + 1) as f64, Look(Kind::Count, Role::Plain))?;
        for (place, value) in ledger.columns().into_iter().take(MEGAWATTS_AND_ENERGY).enumerate() {
            let is_energy = place >= Ledger::MEGAWATTS.len();
            let column = MEGAWATTS + place as u16 + u16::from(is_energy);
            let formula =
                format!("=INDEX({},{ROWS_BEFORE}+${})", places.ledger_column(place), here(row, NUMBER));
            let kind = if is_energy { Kind::Mwh } else { Kind::Mw };
            grid.live(row, column, &formula, value, Look(kind, Role::Plain))?;
        }
        let sum = format!("=SUM({}:{})", here(row, MEGAWATTS), here(row, TOTAL - 1));
        grid.live(row, TOTAL, &sum, ledger.total_mw(), Look(Kind::Mw, Role::Plain))?;
    }
    grid.widths(&[11.0, 5.0, 10.0], CHART - 4)?;
    grid.sheet.set_row_height(HEAD, 32)?;
    grid.sheet.insert_chart(HEAD, CHART, &chart(outcomes))?;
    grid.freeze(FIRST, 1, HEAD)
}

/// Columns of the ledger that are no money.
const MEGAWATTS_AND_ENERGY: usize = Ledger::MEGAWATTS.len() + Ledger::ENERGY.len();

/// Uses stacked to the campus, AI at the bottom, in the colours of all charts.
fn chart(outcomes: &Outcomes) -> Chart {
    let last = FIRST + outcomes.months.len().saturating_sub(1) as u32;
    let mut chart = Chart::new(ChartType::AreaStacked);
    for (name, title, colour) in use_colours() {
        let place = Ledger::MEGAWATTS.iter().position(|column| *column == name).unwrap_or_default();
        let column = MEGAWATTS + place as u16;
        let mut edge = ChartLine::new();
        edge.set_color(0x22_22_22).set_width(0.5);
        let mut format = ChartFormat::new();
        format.set_solid_fill(ChartSolidFill::new().set_color(colour)).set_line(&edge);
        chart
            .add_series()
            .set_name(title)
            .set_categories((USES, FIRST, 0, last, 0))
            .set_values((USES, FIRST, column, last, column))
            .set_format(&mut format);
    }
    chart.title().set_name("Gross MW by use, chosen policy, mean over paths");
    chart
        .x_axis()
        .set_date_axis(true)
        .set_num_format("yyyy")
        .set_major_unit(12.0)
        .set_major_unit_date_type(rust_xlsxwriter::ChartAxisDateUnitType::Months);
    chart
        .y_axis()
        .set_name("Gross MW")
        .set_min(0.0)
        .set_max(outcomes.campus_gross_mw.max(1.0))
        .set_num_format("#,##0");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(820).set_height(460);
    chart.set_alt_text("Gross megawatts by use over the months of the study, stacked, of the chosen policy");
    chart
}
