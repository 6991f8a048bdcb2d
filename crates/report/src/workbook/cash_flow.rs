//! Sheet Cash flow: the books of one policy by year and month, discounted, as formulas that follow the choice of the policy.
//!
//! The choice is a place among the policies; its months are found in sheet Ledger by counting rows, its value and rate in sheet Valuation.

use super::Source;
use super::figures::PolicyFigures;
use super::grid::{Found, Grid};
use super::look::{self, Kind, Look, Role};
use super::places::{
    CARRIED_PRESENT_ROW, CARRIED_TOTAL_ROW, CASH_FLOW, CHOSEN_POLICY, DISCOUNT_RATE, FACTOR_COLUMN,
    FLOWS_FIRST, HORIZON_ROW, IRR_ROW, NAMES_ROW, NPV_ROW, POLICY_NUMBER, Places, ROWS_BEFORE, VALUATION,
    cell, here, own_range, range,
};
use super::words::spoken;
use rust_xlsxwriter::{DataValidation, Formula, Workbook, XlsxError};
use site::{Ledger, YearMonth};

const CONTROLS: [u32; 2] = [2, 3];
const HEAD: u32 = 5;
const FIRST_YEAR: u32 = HEAD + 1;
const MONEY: Look = Look(Kind::Millions, Role::Plain);
const SUM: Look = Look(Kind::Millions, Role::Total);

/// Columns of the sheet.
const NUMBER: u16 = 1;
const REVENUES: u16 = 2;
const ALL_REVENUES: u16 = REVENUES + Ledger::REVENUES.len() as u16;
const COSTS: u16 = ALL_REVENUES + 1;
const ALL_COSTS: u16 = COSTS + Ledger::COSTS.len() as u16;
const NET: u16 = ALL_COSTS + 1;
const FACTOR: u16 = NET + 1;
const PRESENT: u16 = FACTOR + 1;
const BASELINE: u16 = PRESENT + 1;
const OVER: u16 = BASELINE + 1;
const OVER_PRESENT: u16 = OVER + 1;

/// Rows of the sheet below the years.
#[derive(Clone, Copy)]
struct Rows {
    sum: u32,
    carried: u32,
    npv: u32,
    first_month: u32,
    last_month: u32,
}

impl Rows {
    fn of(years: &[i16], n_months: usize) -> Self {
        let sum = FIRST_YEAR + years.len() as u32;
        let first_month = sum + 5;
        let last_month = first_month + n_months.saturating_sub(1) as u32;
        Self { sum, carried: sum + 1, npv: sum + 2, first_month, last_month }
    }

    fn months(self, column: u16) -> String {
        own_range((self.first_month, column), (self.last_month, column))
    }
}

/// The policy that the sheet shows until another one is chosen, with what it is set against.
struct Shown<'a> {
    own: &'a PolicyFigures,
    base: &'a PolicyFigures,
    ledger: &'a [Ledger],
    discount: &'a [f64],
    months: &'a [YearMonth],
}

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, figures, places, .. } = source;
    let mut years: Vec<i16> = outcomes.months.iter().map(|month| month.year).collect();
    years.dedup();
    let rows = Rows::of(&years, places.n_months);
    let mut grid = Grid::new(
        book,
        CASH_FLOW,
        "Cash flow of one policy, mean over paths, million USD",
        "Choose a policy in the yellow cell; the discount rate is in sheet Assumptions, the numbers behind it in sheet Ledger. Policies' decisions stay those of the run.",
    )?;
    controls(&mut grid, source)?;
    heads(&mut grid, HEAD, "Year")?;
    heads(&mut grid, rows.first_month - 1, "Month")?;
    let best = &outcomes.policies[figures.best()];
    let shown = Shown {
        own: &figures.policies[figures.best()],
        base: &figures.policies[0],
        ledger: &best.ledger,
        discount: &outcomes.discount,
        months: &outcomes.months,
    };
    by_year(&mut grid, rows, &years, &shown)?;
    closing(&mut grid, rows, &shown, places)?;
    by_month(&mut grid, rows, &shown, places)?;
    grid.widths(&[11.0, 5.0, 11.0], OVER_PRESENT - 2)?;
    grid.sheet.set_row_height(HEAD, 48)?;
    grid.sheet.set_row_height(rows.first_month - 1, 48)?;
    grid.freeze(HEAD + 1, 1, HEAD)?;
    names(book)
}

/// Names of the cells that other sheets' formulas read.
fn names(book: &mut Workbook) -> Result<(), XlsxError> {
    for (name, place) in [
        (CHOSEN_POLICY, (CONTROLS[0], 2)),
        (POLICY_NUMBER, (CONTROLS[0], 21)),
        (ROWS_BEFORE, (CONTROLS[1], 21)),
    ] {
        book.define_name(name, &format!("={}", cell(CASH_FLOW, place)))?;
    }
    Ok(())
}

/// The choice of the policy and what it is worth.
fn controls(grid: &mut Grid<'_>, source: Source<'_>) -> Result<(), XlsxError> {
    let Source { outcomes, figures, places, .. } = source;
    let best = figures.best();
    let of = &figures.policies[best];
    grid.words(CONTROLS[0], 0, "Policy", &look::label())?;
    let choice = Look(Kind::Text, Role::Control).format();
    grid.sheet.merge_range(CONTROLS[0], 2, CONTROLS[0], 4, &outcomes.policies[best].name, &choice)?;
    let list = DataValidation::new()
        .allow_list_formula(Formula::new(format!("={}", places.ranked_names())))
        .set_error_title("No such policy")?
        .set_error_message("Choose one of the run's policies from the list.")?;
    grid.sheet.add_data_validation(CONTROLS[0], 2, CONTROLS[0], 2, &list)?;
    grid.words(CONTROLS[1], 0, "Discount rate", &look::label())?;
    let percent = Look(Kind::Percent, Role::Plain);
    grid.live(CONTROLS[1], 2, &format!("={DISCOUNT_RATE}"), outcomes.discount_rate_per_year, percent)?;

    let pick = |row: String| format!("=INDEX({row},{POLICY_NUMBER})");
    let over = of.npv_usd - figures.policies[0].npv_usd;
    for (line, column, label, formula, found, look) in [
        (0, 6, "NPV", pick(places.own_row(NPV_ROW)), Found::Number(of.npv_usd), SUM),
        (1, 6, "of the horizon", pick(places.own_row(HORIZON_ROW)), Found::Number(of.horizon_usd), MONEY),
        (0, 10, "NPV over all-mining", pick(places.over_row(NPV_ROW)), Found::Number(over), SUM),
        (
            1,
            10,
            "carried, present value",
            pick(places.own_row(CARRIED_PRESENT_ROW)),
            Found::Number(of.carried_present_usd),
            MONEY,
        ),
        (
            0,
            15,
            "IRR over all-mining",
            pick(places.over_row(IRR_ROW)),
            of.irr.clone(),
            Look(Kind::Percent, Role::Total),
        ),
    ] {
        grid.words(CONTROLS[line], column, label, &look::label())?;
        grid.live(CONTROLS[line], column + 2, &formula, found, look)?;
    }
    let count = Look(Kind::Count, Role::Plain);
    let all_names = places.own_row(NAMES_ROW);
    let first = cell(VALUATION, (NAMES_ROW, places.own(0)));
    // EXACT and not MATCH: a name may look like a number or hold wildcards.
    let number =
        format!("=SUMPRODUCT(EXACT({all_names},{CHOSEN_POLICY})*(COLUMN({all_names})-COLUMN({first})+1))");
    grid.words(CONTROLS[0], 19, "Place of the policy", &look::note())?;
    grid.live(CONTROLS[0], 21, &number, (best + 1) as f64, count)?;
    grid.words(CONTROLS[1], 19, "Ledger rows before it", &look::note())?;
    let before = format!("=({POLICY_NUMBER}-1)*{}", places.n_months);
    grid.live(CONTROLS[1], 21, &before, (best * places.n_months) as f64, count)
}

fn heads(grid: &mut Grid<'_>, row: u32, period: &str) -> Result<(), XlsxError> {
    let mut heads = vec![period.to_owned(), "No.".into()];
    heads.extend(Ledger::REVENUES.iter().map(|name| spoken(name).label));
    heads.push("Revenues".into());
    heads.extend(Ledger::COSTS.iter().map(|name| spoken(name).label));
    heads.extend(
        [
            "Costs",
            "Net cash flow",
            "Discount factor",
            "Present value",
            "All-mining: net",
            "Over all-mining",
            "Over: present value",
        ]
        .map(str::to_owned),
    );
    grid.heads(row, 0, &heads)
}

impl Shown<'_> {
    /// The values of a month in the columns from [`REVENUES`] on.
    fn month(&self, m: usize) -> Vec<f64> {
        let columns = self.ledger[m].columns();
        let (revenues, costs) = columns[Ledger::WIDTH - Ledger::REVENUES.len() - Ledger::COSTS.len()..]
            .split_at(Ledger::REVENUES.len());
        let (net, base, factor) = (self.own.flows_usd[m], self.base.flows_usd[m], self.discount[m]);
        let mut values = revenues.to_vec();
        values.push(revenues.iter().sum());
        values.extend(costs);
        values.extend([
            costs.iter().sum(),
            net,
            factor,
            net * factor,
            base,
            net - base,
            (net - base) * factor,
        ]);
        values
    }

    /// Sums over some months in the same columns; discount factors have none.
    fn sums(&self, wanted: impl Fn(&YearMonth) -> bool) -> Vec<f64> {
        let mut sums = vec![0.0; usize::from(OVER_PRESENT + 1 - REVENUES)];
        for (m, _) in self.months.iter().enumerate().filter(|(_, month)| wanted(month)) {
            sums.iter_mut().zip(self.month(m)).for_each(|(sum, value)| *sum += value);
        }
        sums
    }
}

/// A row of sums for each year, and one for all.
fn by_year(grid: &mut Grid<'_>, rows: Rows, years: &[i16], shown: &Shown<'_>) -> Result<(), XlsxError> {
    let months = rows.months(0);
    for (row, year) in (FIRST_YEAR..).zip(years) {
        grid.sheet.write_number(row, 0, f64::from(*year))?;
        for (column, sum) in (REVENUES..).zip(shown.sums(|month| month.year == *year)) {
            let formula = format!("=SUMPRODUCT((YEAR({months})=$A{})*{})", row + 1, rows.months(column));
            if column != FACTOR {
                grid.live(row, column, &formula, sum, MONEY)?;
            }
        }
    }
    grid.words(rows.sum, 0, "All months", &look::label())?;
    for (column, sum) in (REVENUES..).zip(shown.sums(|_| true)) {
        if column != FACTOR {
            grid.live(rows.sum, column, &format!("=SUM({})", rows.months(column)), sum, SUM)?;
        }
    }
    Ok(())
}

/// What is carried past the horizon, and the value with it.
fn closing(grid: &mut Grid<'_>, rows: Rows, shown: &Shown<'_>, places: Places) -> Result<(), XlsxError> {
    grid.words(rows.carried, 0, "Carried at the horizon", &look::label())?;
    grid.words(rows.npv, 0, "NPV", &look::label())?;
    let row = rows.carried;
    let (own, base) = (shown.own.carried_total_usd, shown.base.carried_total_usd);
    let end = shown.discount.last().copied().unwrap_or(1.0);
    let all = places.own_row(CARRIED_TOTAL_ROW);
    let factor = Look(Kind::Factor, Role::Plain);
    for (column, formula, found, look) in [
        (NET, format!("=INDEX({all},{POLICY_NUMBER})"), own, MONEY),
        (FACTOR, format!("={}", here(rows.last_month, FACTOR)), end, factor),
        (PRESENT, format!("={}*{}", here(row, NET), here(row, FACTOR)), own * end, MONEY),
        (BASELINE, format!("=INDEX({all},1)"), base, MONEY),
        (OVER, format!("={}-{}", here(row, NET), here(row, BASELINE)), own - base, MONEY),
        (OVER_PRESENT, format!("={}*{}", here(row, OVER), here(row, FACTOR)), (own - base) * end, MONEY),
    ] {
        grid.live(row, column, &formula, found, look)?;
    }
    let over = shown.own.npv_usd - shown.base.npv_usd;
    for (column, found) in [(PRESENT, shown.own.npv_usd), (OVER_PRESENT, over)] {
        let formula = format!("={}+{}", here(rows.sum, column), here(rows.carried, column));
        grid.live(rows.npv, column, &formula, found, SUM)?;
    }
    Ok(())
}

/// The months, each column by its place in sheet Ledger.
fn by_month(grid: &mut Grid<'_>, rows: Rows, shown: &Shown<'_>, places: Places) -> Result<(), XlsxError> {
    let baseline = |row| (row, places.own(0));
    let base = range(VALUATION, baseline(FLOWS_FIRST), baseline(places.flows_last()));
    let factors = range(VALUATION, (FLOWS_FIRST, FACTOR_COLUMN), (places.flows_last(), FACTOR_COLUMN));
    let money = Ledger::WIDTH - Ledger::REVENUES.len() - Ledger::COSTS.len();
    for (m, month) in shown.months.iter().enumerate() {
        let row = rows.first_month + m as u32;
        let number = format!("${}", here(row, NUMBER));
        grid.month(row, 0, *month)?;
        grid.number(row, NUMBER, (m + 1) as f64, Look(Kind::Count, Role::Plain))?;
        for (column, found) in (REVENUES..).zip(shown.month(m)) {
            let here = |column| here(row, column);
            let from_ledger =
                |place: usize| format!("=INDEX({},{ROWS_BEFORE}+{number})", places.ledger_column(place));
            let formula = match column {
                ALL_REVENUES => format!("=SUM({}:{})", here(REVENUES), here(ALL_REVENUES - 1)),
                ALL_COSTS => format!("=SUM({}:{})", here(COSTS), here(ALL_COSTS - 1)),
                NET => format!("={}-{}", here(ALL_REVENUES), here(ALL_COSTS)),
                FACTOR => format!("=INDEX({factors},{number})"),
                PRESENT => format!("={}*{}", here(NET), here(FACTOR)),
                BASELINE => format!("=INDEX({base},{number})"),
                OVER => format!("={}-{}", here(NET), here(BASELINE)),
                OVER_PRESENT => format!("={}*{}", here(OVER), here(FACTOR)),
                revenue if revenue < ALL_REVENUES => from_ledger(money + usize::from(revenue - REVENUES)),
                cost => from_ledger(money + Ledger::REVENUES.len() + usize::from(cost - COSTS)),
            };
            let kind = if column == FACTOR { Kind::Factor } else { Kind::Millions };
            grid.live(row, column, &formula, found, Look(kind, Role::Plain))?;
        }
    }
    Ok(())
}
