//! What a run found, for the terminal: one table and a few sentences.

mod money;
mod plan_sentences;
mod sentences;
#[cfg(test)]
mod tests;
mod tuned;

use crate::numbers::{common_decimals, decimals_of_size, grouped};
use crate::paint::Paint;
pub(crate) use money::sentences as money_sentences;
pub(crate) use sentences::{best_and_second, listed, sentences, stated, wrap_into};
use simulate::{Moments, Outcomes, PolicyOutcome};

/// Widest line, in characters.
const WIDTH: usize = 100;
/// Names up to this long are never cut.
const NAME: usize = 24;
const COLUMNS: usize = 9;
/// The column of differences to all-mining.
const DIFFERENCE: usize = 2;
pub(crate) type Row = [String; COLUMNS];
type Header = [[&'static str; COLUMNS]; 3];
/// The lines above the table, by column; an empty first line is not shown.
const HEADER: Header = [
    [""; COLUMNS],
    ["", "NPV mean", "over all-", "NPV", "NPV", "IRR of", "", "AI MW", "short"],
    ["policy", "± s.e.", "mining ± s.e.", "P5", "CVaR 5 %", "difference", "capex", "at end", "of cash"],
];
/// The same in narrower columns.
const NARROW: Header = [
    ["", "", "over", "", "NPV", "IRR", "", "AI", "short"],
    ["", "NPV mean", "all-mining", "NPV", "CVaR", "of", "", "MW", "of"],
    ["policy", "± s.e.", "± s.e.", "P5", "5 %", "diff.", "capex", "at end", "cash"],
];
/// The same of one path, which has no mean and no error.
const ONE_PATH: Header = [
    [""; COLUMNS],
    ["", "", "over", "NPV", "NPV", "IRR of", "", "AI MW", "short"],
    ["policy", "NPV", "all-mining", "P5", "CVaR 5 %", "difference", "capex", "at end", "of cash"],
];

/// The policies side by side, and in words which is best, by how much, and how sure that is.
///
/// Lines have at most 100 characters. Money is in million USD, in the table in more where it would not fit. Of one path no
/// error and no spread is shown. With a capital structure a block of its own says what the policies are worth per share.
#[must_use]
pub fn comparison(outcomes: &Outcomes) -> String {
    painted_comparison(outcomes, Paint::Plain)
}

/// The same for a terminal: headings and the best policy in bold, what loses to all-mining by more than two standard errors in red.
#[must_use]
pub fn painted_comparison(outcomes: &Outcomes, paint: Paint) -> String {
    let mut text = table(outcomes, paint);
    text.push('\n');
    for sentence in sentences(outcomes) {
        wrap_into(&mut text, &sentence);
    }
    text + &money::block(outcomes, paint)
}

/// What the reader should know before trusting a number, a paragraph each; empty without any.
#[must_use]
pub fn warnings(outcomes: &Outcomes) -> String {
    let mut text = String::new();
    for warning in &outcomes.warnings {
        wrap_into(&mut text, &format!("warning: {warning}"));
    }
    text
}

fn table(outcomes: &Outcomes, paint: Paint) -> String {
    let Layout { header, money, rows, widths } = fitting(outcomes);
    let mut text = String::new();
    for line in header.iter().filter(|line| line.iter().any(|cell| !cell.is_empty())) {
        text += &paint.bold(&row_line(&line.map(str::to_owned), &widths, Paint::Plain));
        text.push('\n');
    }
    text.push_str(&"─".repeat(total_width(&widths)));
    text.push('\n');
    for (row, policy) in rows.iter().zip(outcomes.policies.iter().map(Some).chain([None])) {
        let is_best = policy.is_some_and(|policy| std::ptr::eq(policy, outcomes.best()));
        let loses = policy.is_some_and(|policy| is_below_zero(&policy.difference_usd));
        let line = row_line(row, &widths, if loses { paint } else { Paint::Plain });
        text += &if is_best { paint.bold(&line) } else { line };
        text.push('\n');
    }
    let error = if money.one_path { "on the one path" } else { "± one standard error (charts: ± two)" };
    text.push_str(&format!("Money in {}, {error}.\n", money.unit()));
    text
}

/// Whether a mean lies below zero by more than two standard errors, which one path cannot tell.
fn is_below_zero(moments: &Moments) -> bool {
    moments.n() > 1 && moments.mean() < -2.0 * moments.standard_error()
}

/// A table ready to be written.
struct Layout {
    header: &'static Header,
    money: Money,
    rows: Vec<Row>,
    widths: [usize; COLUMNS],
}

/// The smallest unit, the most decimals and the widest columns with which the table fits and names are not cut.
fn fitting(outcomes: &Outcomes) -> Layout {
    let first = if largest_usd(outcomes) < 1e12 { 2 } else { 3 };
    let headers: &[&'static Header] = if outcomes.n_paths < 2 { &[&ONE_PATH] } else { &[&HEADER, &NARROW] };
    let mut best = layout(outcomes, headers[0], Money::of(outcomes, first, 2));
    for thousands in first..=8 {
        for (most_decimals, header) in (0..=2).rev().flat_map(|most| headers.iter().map(move |h| (most, h))) {
            if best.fits() {
                return best.with_names_cut();
            }
            best = layout(outcomes, header, Money::of(outcomes, thousands, most_decimals));
        }
    }
    best.with_names_cut()
}

fn layout(outcomes: &Outcomes, header: &'static Header, money: Money) -> Layout {
    let mut rows: Vec<Row> =
        outcomes.policies.iter().enumerate().map(|(i, policy)| policy_row(policy, i, &money)).collect();
    rows.push(foresight_row(outcomes, &money));
    let widths = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain(header.iter().map(|line| line[column].chars().count())).max().unwrap_or(0)
    });
    Layout { header, money, rows, widths }
}

impl Layout {
    /// Whether everything but names that are too long for any table has room.
    fn fits(&self) -> bool {
        self.room_for_names() >= self.widths[0].min(NAME)
    }

    fn room_for_names(&self) -> usize {
        WIDTH.saturating_sub(total_width(&self.widths) - self.widths[0])
    }

    /// Names give way to numbers.
    fn with_names_cut(mut self) -> Self {
        self.widths[0] = self.widths[0].min(self.room_for_names().max(8));
        self
    }
}

fn total_width(widths: &[usize; COLUMNS]) -> usize {
    widths.iter().sum::<usize>() + 2 * (COLUMNS - 1)
}

pub(crate) fn largest_usd(outcomes: &Outcomes) -> f64 {
    let foresight = &outcomes.foresight;
    let of = |moments: &Moments| moments.mean().abs().max(moments.standard_error());
    let policies = outcomes.policies.iter().flat_map(|p| {
        [of(&p.npv_usd), of(&p.difference_usd), p.npv_quantiles_usd[0].abs(), p.cvar5_usd.abs(), p.capex_usd]
    });
    policies.chain([of(&foresight.npv_usd), of(&foresight.difference_usd)]).fold(0.0, f64::max)
}

/// A row without its line break; `difference` paints the column of differences.
fn row_line(cells: &Row, widths: &[usize; COLUMNS], difference: Paint) -> String {
    let mut line = cut(&cells[0], widths[0]);
    line.push_str(&" ".repeat(widths[0] - line.chars().count()));
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate().skip(1) {
        let padded = format!("  {cell:>width$}");
        line += &if column == DIFFERENCE { difference.red(&padded) } else { padded };
    }
    line.trim_end().to_owned()
}

pub(crate) fn cut(name: &str, width: usize) -> String {
    if name.chars().count() <= width {
        return name.to_owned();
    }
    name.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// How money is written: its unit, and decimals that are the same down each column.
pub(crate) struct Money {
    thousands: i32,
    /// Of one path: no error and no spread.
    one_path: bool,
    npv: usize,
    pub(crate) difference: usize,
    capex: usize,
}

impl Money {
    pub(crate) fn of(outcomes: &Outcomes, thousands: i32, most_decimals: usize) -> Self {
        let unit = 1000f64.powi(thousands);
        let of = |moments: fn(&PolicyOutcome) -> Moments, foresight: Moments| {
            let all = outcomes.policies.iter().map(moments).chain([foresight]);
            common_decimals(all.map(|m| (m.mean() / unit, m.standard_error() / unit))).min(most_decimals)
        };
        let capex = outcomes.policies.iter().map(|p| p.capex_usd / unit).fold(0.0, f64::max);
        Self {
            thousands,
            one_path: outcomes.n_paths == 1,
            npv: of(|p| p.npv_usd, outcomes.foresight.npv_usd),
            difference: of(|p| p.difference_usd, outcomes.foresight.difference_usd),
            capex: decimals_of_size(capex).min(most_decimals),
        }
    }

    /// Whether there is one path, and so no error.
    pub(crate) fn one_path(&self) -> bool {
        self.one_path
    }

    /// What money is in.
    pub(crate) fn unit(&self) -> String {
        match self.thousands {
            2 => "million USD".into(),
            3 => "billion USD".into(),
            more => format!("1e{} USD", 3 * more),
        }
    }

    pub(crate) fn text(&self, usd: f64, decimals: usize) -> String {
        grouped(usd / 1000f64.powi(self.thousands), decimals)
    }

    pub(crate) fn with_error(&self, moments: &Moments, decimals: usize) -> String {
        let mean = self.text(moments.mean(), decimals);
        if self.one_path {
            return mean;
        }
        format!("{mean} ± {}", self.text(moments.standard_error(), decimals))
    }

    /// What needs a spread over paths.
    fn of_spread(&self, usd: f64) -> String {
        if self.one_path { "–".into() } else { self.text(usd, self.npv) }
    }
}

pub(crate) fn policy_row(policy: &PolicyOutcome, index: usize, money: &Money) -> Row {
    let irr = match policy.incremental_irrs.as_slice() {
        [] => "–".into(),
        [only] => percent(*only),
        // More than one rate solves the equation; the table has how many.
        [lowest, ..] => format!("{}*", percent(*lowest)),
    };
    let ai_mw = policy.ledger.last().map(|l| l.hosting_mw + l.inference_mw + l.training_mw);
    [
        policy.name.clone(),
        money.with_error(&policy.npv_usd, money.npv),
        if index == 0 { "–".into() } else { money.with_error(&policy.difference_usd, money.difference) },
        money.of_spread(policy.npv_quantiles_usd[0]),
        money.of_spread(policy.cvar5_usd),
        irr,
        money.text(policy.capex_usd, money.capex),
        ai_mw.map_or_else(|| "–".into(), |mw| grouped(mw, 0)),
        percent(policy.shortfall_probability),
    ]
}

pub(crate) fn foresight_row(outcomes: &Outcomes, money: &Money) -> Row {
    let mut row: Row = std::array::from_fn(|_| "–".to_owned());
    row[0] = "perfect foresight".into();
    row[1] = money.with_error(&outcomes.foresight.npv_usd, money.npv);
    row[2] = money.with_error(&outcomes.foresight.difference_usd, money.difference);
    row
}

/// A share in percent; what is beyond any use is only said to be large.
pub(crate) fn percent(share: f64) -> String {
    if share > 99.0 { "> 9,900 %".into() } else { format!("{} %", grouped(100.0 * share, 1)) }
}
