//! Files of `backtest markets` and of the commands of `calibrate`.

use super::{ColumnEntry, FileEntry};

const BACKTEST: &[&str] = &["backtest markets"];
const CALIBRATE: &[&str] = &["calibrate"];
const FEW: &str = "with twelve origins or fewer";

pub(super) fn files() -> Vec<FileEntry> {
    vec![
        scores(),
        forecasts(),
        FileEntry::new(BACKTEST, "backtest.png", "forecasts against what came, as a picture"),
        FileEntry::new(BACKTEST, "backtest.svg", "the same as a drawing"),
        FileEntry::new(
            CALIBRATE,
            "<name>.toml",
            "the fit, for the scenario's section that it names; its head says what it holds, in what units and from which files, `docs/calibrate.md` how to use it",
        ),
        FileEntry::new(CALIBRATE, "<name>.png", "model against history, as a picture"),
    ]
}

fn quantity() -> ColumnEntry {
    ColumnEntry::text("quantity", "`bitcoin_price`, `difficulty`, `hashprice` or `power`; monthly means")
}

fn horizon() -> ColumnEntry {
    ColumnEntry::of("horizon_months", "months", "months ahead: 1, 3, 6 or 12")
}

fn scores() -> FileEntry {
    let over = "`origins`";
    let log = |name, meaning: &'static str| ColumnEntry::number(name, meaning).over(over);
    let share = |name, meaning: &'static str| ColumnEntry::number(name, meaning).over(over);
    FileEntry::new(BACKTEST, "scores.csv", "a row per quantity, horizon and rival").columns(vec![
        quantity(),
        horizon(),
        ColumnEntry::count("origins", "months at whose end a forecast was made"),
        log("crps_log", "mean CRPS of the model; smaller is better"),
        log("median_low_by_log", "mean of outcome less median forecast; positive where forecasts were low"),
        share("coverage_of_50_percent_share", "outcomes inside the central 50 %"),
        share("coverage_of_80_percent_share", "outcomes inside the central 80 %"),
        share("coverage_of_95_percent_share", "outcomes inside the central 95 %"),
        ColumnEntry::of(
            "pit_class_<tenth>_count",
            "count",
            "outcomes in that tenth of their forecast, from 1 to 10",
        )
        .over(over),
        ColumnEntry::text("rival", "the rival of the row"),
        log("rival_crps_log", "mean CRPS of the rival"),
        share("rival_coverage_of_80_percent_share", "outcomes inside the rival's central 80 %"),
        ColumnEntry::of(
            "ratio",
            "ratio",
            "CRPS of the model over that of the rival; below 1 the model is better",
        )
        .over(over),
        ColumnEntry::of("ratio_p5", "ratio", "its 5 % quantile over resampled blocks of twelve origins")
            .over(over)
            .empty(FEW),
        ColumnEntry::of("ratio_p95", "ratio", "its 95 % quantile, likewise").over(over).empty(FEW),
    ])
}

fn forecasts() -> FileEntry {
    let fewer = "of a quantity with fewer rivals";
    let simulated = "`--paths` simulated";
    FileEntry::new(BACKTEST, "forecasts.csv", "a row per quantity, origin and horizon").columns(vec![
        quantity(),
        ColumnEntry::text("unit", "unit of outcome and forecasts"),
        ColumnEntry::of("origin_utc", "YYYY-MM-DD", "last day that the forecast knows"),
        horizon(),
        ColumnEntry::of("month", "YYYY-MM", "month forecast"),
        ColumnEntry::of("outcome", "as `unit` says", "mean of that month"),
        ColumnEntry::of("forecast_p<percent>", "as `unit` says", "quantile of the forecast at that percent")
            .over(simulated),
        ColumnEntry::of("pit", "share", "where the outcome stands in the forecast").over(simulated),
        ColumnEntry::number("crps_log", "CRPS").over(simulated),
        ColumnEntry::of("rival_<number>_name", "text", "name of a rival").empty(fewer),
        ColumnEntry::number("rival_<number>_mean_log", "mean of its normal forecast of the logarithm")
            .empty(fewer),
        ColumnEntry::of("rival_<number>_sd_log", "log units", "standard deviation of it").empty(fewer),
    ])
}
