//! Sheet Valuation: the NPV of every policy, and its difference to all-mining with its rate of return, as formulas over the ledger.
//!
//! Months stand below each other, policies beside each other: first their own flows, then what they bring over all-mining.

use super::Source;
use super::figures::{Figures, NO_RATE, NO_SIGN_CHANGE};
use super::grid::Grid;
use super::look::{self, Kind, Look, Role};
use super::places::{
    CARRIED_PRESENT_ROW, CARRIED_ROW, CARRIED_TOTAL_ROW, DISCOUNT_RATE, FACTOR_COLUMN, FLOWS_FIRST,
    GUESS_ROW, HORIZON_ROW, IRR_ROW, LEDGER, MONTHLY_IRR_ROW, NAMES_ROW, NPV_ROW, Places, VALUATION,
    VALUATION_LEAD, here, ledger_place, own_range, range,
};
use rust_xlsxwriter::{Workbook, XlsxError};
use site::Ledger;

const MONEY: Look = Look(Kind::Millions, Role::Plain);
const SUM: Look = Look(Kind::Millions, Role::Total);

/// Names of the rows above the months.
const ROWS: [(u32, &str); 12] = [
    (CARRIED_ROW, "Carried at the horizon: leases in force, million USD"),
    (CARRIED_ROW + 1, "   construction still to be paid, million USD"),
    (CARRIED_ROW + 2, "   mining machines (ASICs), million USD"),
    (CARRIED_ROW + 3, "   GPUs, million USD"),
    (CARRIED_ROW + 4, "   site, million USD"),
    (CARRIED_TOTAL_ROW, "Carried at the horizon, million USD"),
    (CARRIED_PRESENT_ROW, "Its present value, million USD"),
    (HORIZON_ROW, "NPV of the horizon, million USD"),
    (NPV_ROW, "NPV, million USD"),
    (GUESS_ROW, "Where the search for a rate starts, a month"),
    (MONTHLY_IRR_ROW, "IRR over all-mining, a month"),
    (IRR_ROW, "IRR over all-mining, a year"),
];

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, figures, places, .. } = source;
    let mut grid = Grid::new(
        book,
        VALUATION,
        "Valuation: every policy by formula",
        "Carried values stand at the horizon as the run found them; all below them is worked out from the sheets Ledger and Assumptions.",
    )?;
    let head = FLOWS_FIRST - 1;
    grid.words(NAMES_ROW - 1, places.own(0), "Each policy", &look::label())?;
    grid.words(NAMES_ROW - 1, places.over(0), "Over all-mining", &look::label())?;
    grid.heads(NAMES_ROW, 0, &["", "", ""])?;
    for (row, name) in ROWS {
        grid.words(row, 0, name, &look::label())?;
    }
    grid.heads(head, 0, &["Month", "No.", "Discount factor"])?;
    for (m, month) in outcomes.months.iter().enumerate() {
        let row = places.flows_row(m);
        grid.month(row, 0, *month)?;
        grid.number(row, 1, (m + 1) as f64, Look(Kind::Count, Role::Plain))?;
        let formula = format!("=(1+{DISCOUNT_RATE})^(-{}/12)", here(row, 1));
        grid.live(row, FACTOR_COLUMN, &formula, outcomes.discount[m], Look(Kind::Factor, Role::Plain))?;
    }
    for (p, policy) in outcomes.policies.iter().enumerate() {
        for (column, what) in [
            (places.own(p), "Net cash flow, million USD"),
            (places.over(p), "Over all-mining with carried value, million USD"),
        ] {
            grid.heads(NAMES_ROW, column, &[&policy.name])?;
            grid.heads(head, column, &[what])?;
        }
        own(&mut grid, places, figures, p)?;
        over(&mut grid, places, figures, p)?;
    }
    grid.widths(&[44.0, 5.0, 9.0, 13.0], 2 * places.n_policies as u16 - 1)?;
    grid.sheet.set_print_fit_to_pages(2, 0).set_repeat_columns(0, VALUATION_LEAD - 1)?;
    grid.sheet.set_row_height(NAMES_ROW, 32)?;
    grid.sheet.set_row_height(head, 64)?;
    grid.freeze(NAMES_ROW + 1, VALUATION_LEAD, NAMES_ROW)
}

/// A policy's own flows and what they are worth.
fn own(grid: &mut Grid<'_>, places: Places, figures: &Figures, policy: usize) -> Result<(), XlsxError> {
    let column = places.own(policy);
    let of = &figures.policies[policy];
    for (row, value) in (CARRIED_ROW..).zip(of.carried_usd) {
        grid.number(row, column, value, Look(Kind::Millions, Role::Input))?;
    }
    let parts = format!("=SUM({}:{})", here(CARRIED_ROW, column), here(CARRIED_TOTAL_ROW - 1, column));
    grid.live(CARRIED_TOTAL_ROW, column, &parts, of.carried_total_usd, MONEY)?;
    let end = row_col_fixed(places.flows_last(), FACTOR_COLUMN);
    let present = format!("={}*{end}", here(CARRIED_TOTAL_ROW, column));
    grid.live(CARRIED_PRESENT_ROW, column, &present, of.carried_present_usd, MONEY)?;
    let horizon = format!(
        "=SUMPRODUCT({}:{},{})",
        here(FLOWS_FIRST, column),
        here(places.flows_last(), column),
        own_range((FLOWS_FIRST, FACTOR_COLUMN), (places.flows_last(), FACTOR_COLUMN))
    );
    grid.live(HORIZON_ROW, column, &horizon, of.horizon_usd, MONEY)?;
    let npv = format!("={}+{}", here(HORIZON_ROW, column), here(CARRIED_PRESENT_ROW, column));
    grid.live(NPV_ROW, column, &npv, of.npv_usd, SUM)?;
    for (m, flow) in of.flows_usd.iter().enumerate() {
        let row = places.ledger_row(policy, m);
        let [revenues, costs] = [first_and_last(Ledger::REVENUES), first_and_last(Ledger::COSTS)]
            .map(|[first, last]| range(LEDGER, (row, first), (row, last)));
        let net = format!("=SUM({revenues})-SUM({costs})");
        grid.live(places.flows_row(m), column, &net, *flow, MONEY)?;
    }
    Ok(())
}

/// First and last column of names that stand side by side in sheet Ledger.
pub(super) fn first_and_last(names: &[&str]) -> [u16; 2] {
    let place = |name: &str| Ledger::names().position(|column| column == name).map_or(0, ledger_place);
    [names.first(), names.last()].map(|name| name.map_or(0, |name| place(name)))
}

/// What a policy brings over all-mining.
fn over(grid: &mut Grid<'_>, places: Places, figures: &Figures, policy: usize) -> Result<(), XlsxError> {
    let column = places.over(policy);
    let (own, base) = (places.own(policy), places.own(0));
    let (of, all_mining) = (&figures.policies[policy], &figures.policies[0]);
    let less = |row: u32| format!("={}-{}", here(row, own), row_col_fixed(row, base));
    let gains = [
        (CARRIED_TOTAL_ROW, of.carried_total_usd - all_mining.carried_total_usd, MONEY),
        (CARRIED_PRESENT_ROW, of.carried_present_usd - all_mining.carried_present_usd, MONEY),
        (HORIZON_ROW, of.horizon_usd - all_mining.horizon_usd, MONEY),
        (NPV_ROW, of.npv_usd - all_mining.npv_usd, SUM),
    ];
    for (place, part) in of.carried_usd.iter().zip(all_mining.carried_usd).map(|(a, b)| a - b).enumerate() {
        let row = CARRIED_ROW + place as u32;
        grid.live(row, column, &less(row), part, MONEY)?;
    }
    for (row, gain, look) in gains {
        grid.live(row, column, &less(row), gain, look)?;
    }
    grid.number(GUESS_ROW, column, of.guess, Look(Kind::Percent, Role::Input))?;
    let flows = format!("{}:{}", here(FLOWS_FIRST, column), here(places.flows_last(), column));
    let rate = Look(Kind::Percent, Role::Plain);
    let monthly = irr_formula(&flows, &here(GUESS_ROW, column));
    grid.live(MONTHLY_IRR_ROW, column, &monthly, of.monthly_irr.clone(), rate)?;
    let yearly = yearly_formula(&here(MONTHLY_IRR_ROW, column));
    grid.live(IRR_ROW, column, &yearly, of.irr.clone(), Look(Kind::Percent, Role::Total))?;
    for (m, flow) in of.over_usd.iter().enumerate() {
        let row = places.flows_row(m);
        let carried = row_col_fixed(CARRIED_TOTAL_ROW, column);
        let arrives = if row == places.flows_last() { format!("+{carried}") } else { String::new() };
        grid.live(row, column, &format!("{}{arrives}", less(row)), *flow, MONEY)?;
    }
    Ok(())
}

/// The rate per period at which flows are worth nothing, near a guess; words where they never change sign.
fn irr_formula(flows: &str, guess: &str) -> String {
    format!(
        "=IF(OR(COUNTIF({flows},\">0\")=0,COUNTIF({flows},\"<0\")=0),\"{NO_SIGN_CHANGE}\",IFERROR(IRR({flows},{guess}),\"{NO_RATE}\"))"
    )
}

/// A monthly rate as an effective yearly one; words stay.
fn yearly_formula(monthly: &str) -> String {
    format!("=IF(ISNUMBER({monthly}),(1+{monthly})^12-1,{monthly})")
}

/// A reference whose row and column stay when it is copied.
fn row_col_fixed(row: u32, column: u16) -> String {
    rust_xlsxwriter::utility::row_col_to_cell_absolute(row, column)
}
