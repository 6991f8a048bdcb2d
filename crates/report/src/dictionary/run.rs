//! Files of `run` that every scenario has.

use super::{ALL, ColumnEntry, FileEntry, KEPT, lens, metrics, month, policy, spread, with_error};
use site::Ledger;

const RUN: &[&str] = &["run", "report"];
/// Why cells of the row of perfect foresight are empty.
const FORESIGHT: &str = "of perfect foresight";

pub(super) fn files() -> Vec<FileEntry> {
    vec![
        summary(),
        differences(),
        flips(),
        monthly(),
        allocation(),
        cash_flow(),
        paths(),
        frontier(),
        tuning(),
        bounds(),
        trigger_map(),
    ]
}

/// What is not a table.
pub(super) fn pages() -> Vec<FileEntry> {
    vec![
        FileEntry::new(
            RUN,
            "report.html",
            "the answer, what would turn it, the policies and all charts in one page; opens without a network",
        ),
        FileEntry::new(RUN, "report.xlsx", "a workbook with live formulas over the same figures"),
        FileEntry::new(
            RUN,
            "results.json.gz",
            "all that the run found, to the bit, from which `wattshift report` makes everything else again; read it with the version that wrote it",
        ),
        FileEntry::new(RUN, "charts/<name>.png", "the charts as pictures"),
        FileEntry::new(RUN, "charts/<name>.svg", "the same charts as drawings"),
    ]
}

/// Columns of the ledger with the documentation of their fields.
fn ledger(names: &[&'static str]) -> Vec<ColumnEntry> {
    let docs: Vec<_> = Ledger::names().zip(Ledger::DOCS).collect();
    let documented = |name: &&'static str| {
        let doc = docs.iter().find(|(column, _)| column == name).map_or("", |(_, doc)| doc);
        ColumnEntry::number(*name, doc.trim()).over(ALL)
    };
    names.iter().map(documented).collect()
}

fn summary() -> FileEntry {
    let n = ColumnEntry::number;
    let mut columns =
        vec![policy(), ColumnEntry::number("n_paths", "paths behind means and standard errors")];
    columns.extend(with_error(
        "mean_npv_usd",
        "se_npv_usd",
        "NPV with what is carried past the horizon, mean; before tax, unlevered",
        "",
    ));
    columns.extend([
        n("p5_npv_usd", "NPV, 5 % quantile").over(KEPT),
        n("p50_npv_usd", "NPV, median").over(KEPT),
        n("p95_npv_usd", "NPV, 95 % quantile").over(KEPT),
        n("cvar5_npv_usd", "NPV, mean of the worst 5 % of paths").over(KEPT),
    ]);
    columns.extend(with_error(
        "mean_npv_horizon_usd",
        "se_npv_horizon_usd",
        "NPV of the horizon alone, mean",
        FORESIGHT,
    ));
    let carried = [
        ("carried_leases_usd", "carried past the horizon: leases to their expiry, discounted"),
        ("carried_construction_usd", "carried: construction still to be paid, negative"),
        ("carried_asics_usd", "carried: mining machines sold"),
        ("carried_gpus_usd", "carried: GPUs sold"),
        ("carried_site_usd", "carried: the site"),
        ("carried_total_usd", "sum of what is carried: `mean_npv_usd` less `mean_npv_horizon_usd`"),
    ];
    columns.extend(carried.map(|(name, meaning)| n(name, meaning).over(ALL).empty(FORESIGHT)));
    columns.extend(with_error(
        "difference_to_all_mining_usd",
        "se_difference_to_all_mining_usd",
        "NPV less that of all-mining on the same path",
        "",
    ));
    columns.extend(with_error(
        "foresight_less_policy_usd",
        "se_foresight_less_policy_usd",
        "NPV of perfect foresight less that of the policy on the same path",
        FORESIGHT,
    ));
    let no_rate = "of perfect foresight; where the mean flow has no such figure";
    columns.extend([
        n(
            "incremental_irr_per_year",
            "lowest rate of return of the mean flow incremental to all-mining, carried value in",
        )
        .over(ALL)
        .empty(no_rate),
        n("incremental_irr_count", "how many rates of return that flow has").over(ALL).empty(FORESIGHT),
        n("incremental_irr_horizon_per_year", "lowest rate of return without the carried value")
            .over(ALL)
            .empty(no_rate),
        ColumnEntry::of(
            "share_without_irr",
            "share of paths",
            "paths whose incremental flow has no rate of return",
        )
        .over(ALL)
        .empty(FORESIGHT),
        n("incremental_moic", "inflows over outflows of the mean incremental flow").over(ALL).empty(no_rate),
        n("incremental_payback_years", "years until that flow has paid back within the horizon")
            .over(ALL)
            .empty(no_rate),
        n("mean_capex_usd", "conversions and GPUs, not discounted").over(ALL).empty(FORESIGHT),
        n("shortfall_probability", "paths that run out of cash and committed funding at some month end")
            .over(ALL)
            .empty(FORESIGHT),
    ]);
    columns.extend(Ledger::MEGAWATTS.iter().zip(Ledger::DOCS).map(|(name, doc)| {
        let meaning = format!("last month, mean: {}", doc.trim());
        ColumnEntry::of(format!("horizon_{name}"), "gross MW", meaning).over(ALL).empty(FORESIGHT)
    }));
    let no_price = "of perfect foresight and all-mining; where no price of zero or more does it";
    columns.extend([
        n("quantile_paths", "paths behind quantiles and CVaR"),
        n(
            "break_even_rent_share",
            "factor on all rents at which the policy, its decisions held, is worth as much as all-mining",
        )
        .over(ALL)
        .empty(no_price),
        n("break_even_rent_usd_per_kw_month", "that factor times the mean rent of the first opening")
            .over(ALL)
            .empty(no_price),
        n("break_even_hashprice_share", "the same of all mining revenue").over(ALL).empty(no_price),
        n("break_even_hashprice_usd_per_ph_day", "that factor times the mean hashprice of the first opening")
            .over(ALL)
            .empty(no_price),
        ColumnEntry::of(
            "share_bound_by_money",
            "share of paths",
            "paths on which money kept the policy from starting more",
        )
        .over(ALL)
        .empty(FORESIGHT),
        ColumnEntry::of("mean_months_bound_by_money", "months of a path", "months in which it did")
            .over(ALL)
            .empty(FORESIGHT),
        lens(),
    ]);
    FileEntry::new(RUN, "summary.csv", "a row per policy, and perfect foresight after them").columns(columns)
}

fn differences() -> FileEntry {
    let mut columns = vec![
        policy(),
        ColumnEntry::text("other", "the policy it is compared with"),
        ColumnEntry::number("n_paths", "paths behind the means"),
    ];
    columns.extend(with_error(
        "mean_difference_usd",
        "se_difference_usd",
        "NPV of `policy` less that of `other` on the same path",
        "",
    ));
    columns.extend([
        ColumnEntry::flag(
            "is_best",
            "whether `policy` is the best of the race, so that the difference is the regret of `other`",
        ),
        lens(),
    ]);
    FileEntry::new(RUN, "differences.csv", "a row per ordered pair of policies").columns(columns)
}

fn flips() -> FileEntry {
    let none = "where no factor from 0 does it";
    let level = "where the assumption has no level of its own";
    let of = ColumnEntry::of;
    FileEntry::new(RUN, "flips.csv", "a row per assumption and policy other than the best, decisions held")
        .columns(vec![
            ColumnEntry::text(
                "assumption",
                "what moves alone: rents, hashprice, costs, what is carried, the discount rate",
            ),
            ColumnEntry::text("best", "the policy with the highest mean NPV"),
            ColumnEntry::text("policy", "the policy that draws level with it"),
            of("factor", "ratio", "factor on the assumption in all months at which both are worth the same")
                .over(ALL)
                .empty(none),
            of("se_factor", "ratio", "standard error of the factor, from that of the difference alone")
                .over(ALL)
                .empty("where there is no factor, and of the discount rate"),
            of(
                "level",
                "USD/kW-month, USD/PH/day, USD or a year",
                "the assumption at the first opening, mean; the discount rate",
            )
            .over(ALL)
            .empty(level),
            of("flip_level", "as `level`", "the level at the factor")
                .over(ALL)
                .empty("where `factor` or `level` is"),
            ColumnEntry::number(
                "exposure_of_best_usd",
                "present value that follows the assumption, of the best policy; negative of costs",
            )
            .over(ALL)
            .empty("of the discount rate"),
            ColumnEntry::number("exposure_usd", "the same of `policy`")
                .over(ALL)
                .empty("of the discount rate"),
            lens(),
        ])
}

fn monthly() -> FileEntry {
    let mut columns = vec![policy(), month()];
    columns.extend(spread("ai_gross_mw", "gross MW committed to AI at month end", ""));
    columns.extend(spread("net_cash_flow_usd", "revenues less costs of the month", ""));
    columns.extend(spread("cash_usd", "cash at month end; funding drawn counts as negative", ""));
    columns.push(
        ColumnEntry::of("mean_mining_share", "share of gross MW", "gross MW that mine, over the campus")
            .over(ALL),
    );
    columns.push(lens());
    FileEntry::new(RUN, "monthly.csv", "a row per policy and month").columns(columns)
}

fn allocation() -> FileEntry {
    FileEntry::new(
        RUN,
        "allocation.csv",
        "a row per policy, month and use; uses of a month sum to the campus",
    )
    .columns(vec![
        policy(),
        month(),
        ColumnEntry::text("use", "`mining`, `hosting`, `inference`, `training`, `building` or `idle`"),
        ColumnEntry::number("mean_gross_mw", "gross MW of that use, mean over the month").over(ALL),
    ])
}

fn cash_flow() -> FileEntry {
    let mut columns = vec![policy(), month()];
    columns.extend(ledger(Ledger::REVENUES));
    columns.extend(ledger(Ledger::COSTS));
    columns.push(ColumnEntry::number("net_cash_flow_usd", "revenues less costs").over(ALL));
    columns.extend(ledger(Ledger::ENERGY));
    columns.extend(super::money::added_flows());
    columns.push(lens());
    FileEntry::new(RUN, "cash_flow.csv", "a row per policy and month, means; costs are positive. With `[finance]` the flows of the money stand after the energy").columns(columns)
}

fn paths() -> FileEntry {
    FileEntry::new(
        RUN,
        "paths.csv",
        "a row per kept path and policy; perfect foresight comes last on each path",
    )
    .columns(vec![
        ColumnEntry::of("path", "from 0", "number of the path"),
        policy(),
        ColumnEntry::number("npv_usd", "NPV on the path").over("that path"),
        ColumnEntry::number("difference_to_all_mining_usd", "NPV less that of all-mining on it")
            .over("that path"),
        lens(),
    ])
}

fn frontier() -> FileEntry {
    let untuned = "of a rule without a tuned number";
    let mut columns = vec![
        policy(),
        ColumnEntry::text("parameter", "field of the scenario that was tuned").empty(untuned),
        ColumnEntry::text("unit", "its unit").empty(untuned),
        ColumnEntry::of("value", "as `unit` says", "its number").empty(untuned),
        ColumnEntry::of(
            "weights",
            "numbers with spaces between",
            "weights of CVaR 5 % for which that number is the rule's best on the tuning paths",
        )
        .empty("of a rule without a tuned number; of a number that is best for no weight"),
        ColumnEntry::flag("in_race", "whether this is the policy as the other tables show it"),
    ];
    columns.extend(with_error("mean_npv_usd", "se_npv_usd", "NPV, mean", ""));
    columns.extend([
        ColumnEntry::number("cvar5_npv_usd", "NPV, mean of the worst 5 % of paths").over(KEPT),
        ColumnEntry::flag("efficient", "whether no other row has both a higher mean and a higher CVaR 5 %"),
        lens(),
    ]);
    FileEntry::new(
        RUN,
        "frontier.csv",
        "a row per policy, and per number of a tuned rule that is best for some weight",
    )
    .columns(columns)
}

fn tuning() -> FileEntry {
    let not_raced = "of a number that is neither in the race nor on the frontier";
    let n = ColumnEntry::number;
    FileEntry::new(RUN, "tuning.csv", "a row per tuned rule and number tried")
        .when("with a policy that has `tune = true`")
        .columns(vec![
            policy(),
            ColumnEntry::text("parameter", "field of the scenario file"),
            ColumnEntry::text("unit", "its unit"),
            ColumnEntry::of("value", "as `unit` says", "the number tried"),
            n("tuning_paths", "paths of the search"),
            n("in_sample_mean_npv_usd", "NPV, mean").over("tuning"),
            n("in_sample_se_npv_usd", "its standard error").over("tuning"),
            n("in_sample_cvar5_npv_usd", "NPV, mean of the worst 5 %").over("tuning"),
            ColumnEntry::of("objective_cvar_weight", "1", "weight of CVaR 5 % in the objective"),
            n("objective_usd", "mean plus that weight times CVaR 5 %").over("tuning"),
            ColumnEntry::flag("start", "whether it is the stated number"),
            ColumnEntry::flag("chosen", "whether it is the one in the race"),
            ColumnEntry::of(
                "frontier_weights",
                "numbers with spaces between",
                "weights of CVaR 5 % for which it is the rule's best",
            )
            .empty("of a number that is best for none"),
            n("race_mean_npv_usd", "NPV on the race's paths, mean; to be believed before the one in sample")
                .over(ALL)
                .empty(not_raced),
            n("race_se_npv_usd", "its standard error").over(ALL).empty(not_raced),
            n("race_cvar5_npv_usd", "NPV on the race's paths, mean of the worst 5 %")
                .over(KEPT)
                .empty(not_raced),
            lens(),
        ])
}

fn bounds() -> FileEntry {
    let columns = vec![
        ColumnEntry::text("policy", "name of the policy; `any` for a bound on all"),
        ColumnEntry::count(
            "paths",
            "paths of the race within the planning model, or of the bound on the market's own paths",
        ),
        ColumnEntry::text("metric", "which figure, below"),
        ColumnEntry::text("unit", "`USD`, or `1` of a share"),
        ColumnEntry::of("value", "as `unit` says", "the figure").over("`paths`"),
        ColumnEntry::of("standard_error", "as `unit` says", "its standard error")
            .over("`paths`")
            .empty("of the limits of the gap"),
        lens(),
    ];
    FileEntry::new(RUN, "bounds.csv", "a row per policy and figure; all values are over all-mining")
        .when("with a `dp` policy whose `bound_paths` or `race_bound_paths` is above 0")
        .columns(columns)
        .metrics(metrics::of_bounds())
}

fn trigger_map() -> FileEntry {
    let n = ColumnEntry::number;
    let beyond = "beyond the grid of the plan";
    FileEntry::new(RUN, "trigger_map.csv", "a row per policy, month, hashprice and rent")
        .when("with a `dp` policy that draws maps")
        .columns(vec![
            policy(),
            month(),
            ColumnEntry::of("month_index", "months", "months since the first opening"),
            n("hashprice_usd_per_ph_day", "hashprice at the opening"),
            n("offered_rent_usd_per_kw_month", "offered rent, which is the market's too"),
            ColumnEntry::text("decision", "`stay`, `wait`, `convert`, or `beyond` the grid of the plan"),
            ColumnEntry::count("halls", "halls started").empty(beyond),
            n("gross_mw", "their gross MW").empty(beyond),
            n("gain_of_one_start_now_usd", "gain of one start over mining on, in money of that opening")
                .empty(beyond),
            n("best_value_usd", "value of the best decision over mining for ever").empty(beyond),
            n(
                "value_of_waiting_usd",
                "what waiting is worth over the best start, 0 where a start is worth more",
            )
            .empty(beyond),
            n(
                "lead_over_waiting_usd",
                "what the best start is worth over waiting, 0 where waiting is worth more",
            )
            .empty(beyond),
            lens(),
        ])
}
