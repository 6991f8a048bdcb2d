//! Tables of `run` that all policies share: prices, hours, and a dispatched week.

use super::{ALL, ColumnEntry, FileEntry, KEPT, lens, month};

const RUN: &[&str] = &["run", "report"];

pub(super) fn files() -> Vec<FileEntry> {
    vec![markets(), history(), mining_hours(), dispatch_week()]
}

fn markets() -> FileEntry {
    let mut columns = vec![
        ColumnEntry::text("factor", "name of the market factor, which ends in its unit"),
        ColumnEntry::text("unit", "the unit of the row"),
        month(),
        ColumnEntry::of("mean", "as `unit` says", "value at the opening, mean").over(ALL),
    ];
    columns.extend([5, 25, 50, 75, 95].map(|p| {
        ColumnEntry::of(format!("p{p}"), "as `unit` says", format!("value at the opening, {p} % quantile"))
            .over(KEPT)
    }));
    columns.extend([
        ColumnEntry::of("mean_multiple", "ratio", "mean over the value of the first month")
            .over(ALL)
            .empty("where the first month's value is 0"),
        ColumnEntry::of("effective_sample", "paths", "paths that the mean really rests on, (Σw)²/Σw²")
            .over(ALL)
            .empty("where all values are 0"),
        lens(),
    ]);
    FileEntry::new(RUN, "markets.csv", "a row per market factor and month").columns(columns)
}

fn history() -> FileEntry {
    let of = |name, meaning: &'static str| ColumnEntry::of(name, "as `unit` says", meaning);
    let range = "where the model is not simulated over the history's length";
    FileEntry::new(
        RUN,
        "history.csv",
        "a row per statistic of a market's history; none where history is replayed",
    )
    .columns(vec![
        ColumnEntry::text("subject", "the market"),
        ColumnEntry::text("statistic", "the statistic"),
        ColumnEntry::text("unit", "the unit of the row"),
        of("history", "value of the history that the model was fitted to"),
        of("se_history", "its standard error").empty("where none was estimated"),
        of("model", "what the run assumes, or the mean over histories that the fitted model simulates"),
        of("p5_model", "5 % quantile over simulated histories").empty(range),
        of("p95_model", "95 % quantile over simulated histories").empty(range),
        ColumnEntry::text("first", "first day or month of the history"),
        ColumnEntry::text("last", "last day or month of it"),
        ColumnEntry::text("source", "where the history came from, with its checksum"),
    ])
}

fn mining_hours() -> FileEntry {
    FileEntry::new(RUN, "mining_hours.csv", "a row per fleet and month").columns(vec![
        ColumnEntry::text("fleet", "name of the fleet of machines"),
        month(),
        ColumnEntry::of("hours", "h", "hours of the month"),
        ColumnEntry::number("mean_out_of_money_hours", "hours in which mining does not pay for its power")
            .over(ALL),
        ColumnEntry::of(
            "mean_out_of_money_intervals",
            "intervals of dispatch",
            "the same, in intervals of dispatch",
        )
        .over(ALL),
    ])
}

fn dispatch_week() -> FileEntry {
    let n = ColumnEntry::number;
    FileEntry::new(RUN, "dispatch_week.csv", "a row per interval of one week of one path").columns(vec![
        ColumnEntry::text("policy", "policy shown"),
        ColumnEntry::of("path", "from 0", "path shown"),
        month(),
        ColumnEntry::of("hour_index", "h", "hours since the week began"),
        ColumnEntry::of("day", "from 1", "day of the month"),
        ColumnEntry::of("local_hour", "0 to 23", "hour of the local clock"),
        n("price_usd_per_mwh", "settlement price of the interval").over("that path"),
        ColumnEntry::of(
            "mining_<fleet>_mw",
            "MW at the meter",
            "draw of a fleet; a fleet whose name gives the same column has its place number behind it",
        )
        .over("that path"),
        ColumnEntry::of("hosting_mw", "MW at the meter", "draw of tenants").over("that path"),
        ColumnEntry::of("inference_mw", "MW at the meter", "draw of own GPUs at inference").over("that path"),
        ColumnEntry::of("training_mw", "MW at the meter", "draw of own GPUs at training").over("that path"),
        ColumnEntry::of("curtailed_mw", "MW at the meter", "mining machines that could work and stand still")
            .over("that path"),
        ColumnEntry::of("total_draw_mw", "MW at the meter", "all loads, without the curtailed")
            .over("that path"),
    ])
}
