//! Files and columns of `run` that a capital structure adds.

use super::{ALL, ColumnEntry, FileEntry, lens, metrics, month, policy, spread, with_error};
use crate::tables::{DEBT_FLOWS, DEBTS, FLAGS, financing_flows, sheet_balances};
use simulate::Statement;

const RUN: &[&str] = &["run", "report"];
const WITH: &str = "with `[finance]`";

pub(super) fn files() -> Vec<FileEntry> {
    vec![finance(), debt(), balance_sheet(), shares(), lenders(), sources_uses()]
}

/// A column of the statement with the documentation of its field.
fn of_statement(name: &'static str) -> ColumnEntry {
    let place = Statement::FLOWS.iter().chain(Statement::BALANCES).position(|column| *column == name);
    let meaning = place.map_or("", |place| Statement::DOCS[place].trim());
    ColumnEntry::number(name, meaning).over(ALL)
}

/// Flows that a capital structure adds to `cash_flow.csv`.
pub(super) fn added_flows() -> Vec<ColumnEntry> {
    financing_flows().into_iter().map(of_statement).collect()
}

fn finance() -> FileEntry {
    let columns = vec![
        policy(),
        ColumnEntry::text("metric", "which figure, below"),
        ColumnEntry::text("unit", "the unit of the row"),
        ColumnEntry::of("period", "YYYY-MM, or two with `to` between", "months that the figure belongs to")
            .empty("of the whole study"),
        ColumnEntry::of("value", "as `unit` says", "the figure").over("see below"),
        ColumnEntry::of("standard_error", "as `unit` says", "its standard error")
            .over(ALL)
            .empty("of quantiles, tails, megawatts and values per MW; of `months_bound_by_money`"),
        lens(),
    ];
    FileEntry::new(RUN, "finance.csv", "a row per policy and figure")
        .when(WITH)
        .columns(columns)
        .metrics(metrics::of_finance())
}

fn debt() -> FileEntry {
    let no_service = "where no path has debt service";
    let mut columns = vec![policy(), month()];
    columns.extend(DEBTS.map(of_statement));
    columns.extend(spread("debt_usd", "all debt at month end, with interest that has accrued", ""));
    columns.extend(DEBT_FLOWS.map(of_statement));
    let mut coverage =
        spread("dscr", "cash flow available over debt service of the project, twelve months", no_service);
    coverage.iter_mut().for_each(|column| column.over = "`dscr_paths`");
    columns.extend(coverage);
    columns.push(ColumnEntry::number("dscr_paths", "kept paths that have debt service"));
    columns.push(lens());
    FileEntry::new(RUN, "debt.csv", "a row per policy and month; balances at month end, flows of the month")
        .when(WITH)
        .columns(columns)
}

fn balance_sheet() -> FileEntry {
    let mut columns = vec![policy(), month()];
    columns.extend(sheet_balances().map(of_statement));
    columns.push(
        ColumnEntry::number("imbalance_usd", "assets less debts less equity: zero but for rounding")
            .over(ALL),
    );
    let states = [
        "distributions are locked up",
        "a covenant test fails in the month",
        "the project is in default",
        "the company is in default",
    ];
    columns.extend(FLAGS.iter().zip(states).map(|(flag, state)| {
        let name = format!("share_{flag}");
        ColumnEntry::of(name, "share of paths", format!("paths on which {state}")).over(ALL)
    }));
    columns.push(lens());
    FileEntry::new(RUN, "balance_sheet.csv", "a row per policy and month; both sides at month end, means")
        .when(WITH)
        .columns(columns)
}

fn shares() -> FileEntry {
    let n = ColumnEntry::number;
    let mut columns = vec![
        policy(),
        month(),
        n("mean_shares", "shares outstanding at month end").over(ALL),
        n("mean_diluted_shares", "with warrants in the money and the premium of convertible notes").over(ALL),
        n("mean_equity_raised_usd", "new shares and exercised warrants of the month, fees off").over(ALL),
    ];
    columns.extend(spread("share_price_usd", "share price at month end", ""));
    columns.push(lens());
    FileEntry::new(RUN, "shares.csv", "a row per policy and month").when(WITH).columns(columns)
}

fn lenders() -> FileEntry {
    const LOANS: &str = "of anyone but a loan";
    const DRAWN: &str = "of anyone but a loan; of a loan that is never drawn";
    const GUARANTOR: &str = "of anyone but the guarantor";
    let n = ColumnEntry::number;
    let mut columns = vec![
        policy(),
        ColumnEntry::text("lender", "name of the loan, or who else it is"),
        ColumnEntry::text("kind", "`loan`, `company creditors` or `guarantor`"),
        n("coupon_per_year", "coupon").empty(LOANS),
    ];
    let pairs: [(&str, &str, &str, &'static str); 2] = [
        ("mean_drawn_usd", "se_drawn_usd", "drawn, discounted at the coupon to the first opening", LOANS),
        (
            "expected_loss_usd",
            "se_expected_loss_usd",
            "not recovered: of a loan discounted at the coupon, of the company's creditors at the cost of equity",
            "of the guarantor",
        ),
    ];
    columns.extend(
        pairs.into_iter().flat_map(|(name, error, meaning, empty)| with_error(name, error, meaning, empty)),
    );
    columns.extend([
        ColumnEntry::of("expected_loss_share", "share of what was drawn", "the loss over what was drawn")
            .over(ALL)
            .empty(DRAWN),
        ColumnEntry::of(
            "se_expected_loss_share",
            "share of what was drawn",
            "its standard error, what was drawn taken as known",
        )
        .over(ALL)
        .empty(DRAWN),
        n("break_even_spread_bp", "part of the coupon that just pays for the loss, a year")
            .over(ALL)
            .empty(DRAWN),
        n("se_break_even_spread_bp", "its standard error, what was drawn taken as known")
            .over(ALL)
            .empty(DRAWN),
        n("life_years", "discounted mean life of what was drawn").over(ALL).empty(DRAWN),
    ]);
    columns.extend(with_error(
        "default_probability",
        "se_default_probability",
        "paths on which anything due was unpaid",
        LOANS,
    ));
    columns.extend(with_error(
        "fees_paid_usd",
        "se_fees_paid_usd",
        "fees that the guarantor paid, discounted at the cost of equity",
        GUARANTOR,
    ));
    columns.extend(with_error(
        "warrants_received_usd",
        "se_warrants_received_usd",
        "gain of all warrants, discounted likewise",
        GUARANTOR,
    ));
    columns.push(n("net_usd", "warrants received less fees paid").over(ALL).empty(GUARANTOR));
    columns.extend(with_error("enforced_loss_usd", "se_enforced_loss_usd", "what would be lost if lenders enforced at the first default and recovered the loan's `recovery_share`", LOANS));
    columns.push(n("enforced_spread_bp", "spread that pays for that loss, a year").over(ALL).empty(LOANS));
    columns.push(lens());
    FileEntry::new(RUN, "lenders.csv", "a row per policy and loan, one for the revolver and convertible notes together, one for the guarantor")
        .when(WITH)
        .columns(columns)
}

fn sources_uses() -> FileEntry {
    FileEntry::new(RUN, "sources_uses.csv", "a row per policy and line; sources and uses of a policy sum to the same, and one that builds nothing has none")
        .when(WITH)
        .columns(vec![
            policy(),
            ColumnEntry::of("until", "YYYY-MM", "last month in which some path builds; sums run to its end"),
            ColumnEntry::text("item", "the line"),
            ColumnEntry::text("side", "`source` or `use`"),
            ColumnEntry::number("mean_usd", "the amount, not discounted").over(ALL),
            lens(),
        ])
}
