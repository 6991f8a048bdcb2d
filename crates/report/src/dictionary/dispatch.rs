//! Files of `dispatch`.

use super::{ColumnEntry, FileEntry, metrics};

const DISPATCH: &[&str] = &["dispatch"];
const AT_MACHINES: &str = "running MW at the machines";

pub(super) fn files() -> Vec<FileEntry> {
    vec![
        dispatch(),
        summary(),
        budgets(),
        services(),
        real_time(),
        FileEntry::new(
            DISPATCH,
            "charts/heaviest_week_<place>.png",
            "the weeks in which power for all loads would cost most, the first the dearest, as pictures",
        ),
        FileEntry::new(DISPATCH, "charts/heaviest_week_<place>.svg", "the same as drawings"),
    ]
}

fn times() -> [ColumnEntry; 3] {
    [
        ColumnEntry::of("time_utc", "ISO 8601", "start of the step, UTC"),
        ColumnEntry::of("time_local", "ISO 8601", "start of the step on the local clock, with its offset"),
        ColumnEntry::number("price_usd_per_mwh", "settlement price with the adder"),
    ]
}

fn loads() -> ColumnEntry {
    ColumnEntry::number(
        "<load>_it_mw",
        format!(
            "{AT_MACHINES} of a load; a load whose name gives the same column has its place number behind it"
        ),
    )
}

fn dispatch() -> FileEntry {
    let mut columns = times().to_vec();
    columns.extend([
        ColumnEntry::of("interconnect_mw", "MW at the meter", "power that may be drawn"),
        loads(),
        ColumnEntry::of("<load>_mw", "MW at the meter", "draw of a load"),
        ColumnEntry::of("reserve_<product>_mw", "IT MW", "running load sold as reserve, by product"),
        ColumnEntry::of("draw_mw", "MW at the meter", "draw of all running loads"),
        ColumnEntry::of("curtailed_mw", "MW at the meter", "interconnect less draw"),
        ColumnEntry::number("interconnect_usd_per_mw", "value of one more MW of interconnect in the step")
            .empty("where the method claims no multipliers"),
    ]);
    FileEntry::new(DISPATCH, "dispatch.csv", "a row per step").columns(columns)
}

fn summary() -> FileEntry {
    FileEntry::new(DISPATCH, "summary.csv", "a row per figure")
        .columns(vec![
            ColumnEntry::text("metric", "which figure, below; `calls`, `four_cp`, `real_time` and `forecast` only where the case has them"),
            ColumnEntry::text("unit", "its unit").empty("of words, counts and shares"),
            ColumnEntry::of("value", "as `unit` says", "the figure"),
        ])
        .metrics(metrics::of_dispatch())
}

fn budgets() -> FileEntry {
    let n = ColumnEntry::number;
    FileEntry::new(DISPATCH, "budgets.csv", "a row per budget and window").columns(vec![
        ColumnEntry::text("name", "name of the budget"),
        ColumnEntry::text("window", "its window, such as `2024-W09`, or `horizon`"),
        ColumnEntry::text("of", "the load, or `site`"),
        ColumnEntry::text("side", "`at least` or `at most`"),
        n("asked_mwh", "energy asked, at the machines of a load, at the meter of the site"),
        n("served_mwh", "energy served, likewise"),
        n("multiplier_usd_per_mwh", "what the last MWh of it costs")
            .empty("where the method claims no multipliers"),
        ColumnEntry::flag("binding", "whether it binds"),
        n("bid_usd_per_mwh", "what the real-time rule adds to its bid for it; only with such a rule"),
        n("real_time_missed_mwh", "energy that the rule misses; only with such a rule"),
    ])
}

fn services() -> FileEntry {
    FileEntry::new(DISPATCH, "services.csv", "a row per service and local month")
        .when("with services in the case")
        .columns(vec![
            ColumnEntry::text("load", "the load that serves"),
            super::month(),
            ColumnEntry::of("availability", "share", "energy served over contracted")
                .empty("in a month without contracted energy"),
            ColumnEntry::number("rent_usd", "rent of the month"),
            ColumnEntry::number("credit_usd", "credit given back"),
            ColumnEntry::flag("bad", "whether the month counts towards chronic failure"),
            ColumnEntry::flag("may_terminate", "whether the tenant may leave"),
        ])
}

fn real_time() -> FileEntry {
    let mut columns = times().to_vec();
    columns.extend([
        ColumnEntry::number("forecast_usd_per_mwh", "price of the forecast for the same step"),
        loads(),
        ColumnEntry::of("draw_mw", "MW at the meter", "draw of all loads under the rule"),
        ColumnEntry::of("draw_of_optimum_mw", "MW at the meter", "draw of the optimum beside it"),
    ]);
    FileEntry::new(DISPATCH, "real_time.csv", "a row per step of the rule that cannot see ahead")
        .when("with a real-time rule in the case")
        .columns(columns)
}
