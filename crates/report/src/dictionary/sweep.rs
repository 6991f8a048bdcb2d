//! Files of `sweep run` and `sweep merge`.

use super::{ColumnEntry, FileEntry};

const SWEEP: &[&str] = &["sweep"];
const NO_ERROR: &str = "where the objective is not compared path by path";
const OBJECTIVE: &str = "unit of the objective";
const RUNS: &str = "paths of the point";

pub(super) fn files() -> Vec<FileEntry> {
    let mut files = of_points();
    files.extend([best(), regret(), break_even(), tornado(), flips()]);
    files.extend([sobol(), convergence_of_indices()]);
    files.extend([
        spec(),
        journal(),
        FileEntry::new(
            SWEEP,
            "charts/<name>.png",
            "maps, lines, tornadoes, Sobol bars, convergence, regret, as pictures",
        ),
        FileEntry::new(SWEEP, "charts/<name>.svg", "the same as drawings"),
    ]);
    files
}

fn point() -> [ColumnEntry; 2] {
    [
        ColumnEntry::of("point", "from 0", "number of the point"),
        ColumnEntry::of(
            "<parameter>",
            "as the sweep file says",
            "value of a parameter, a column for each under its name",
        ),
    ]
}

fn of_points() -> Vec<FileEntry> {
    let mut points = point().to_vec();
    points.extend([
        ColumnEntry::text("policy", "name of the policy"),
        ColumnEntry::number("n_paths", "paths of the point"),
        ColumnEntry::of("seed", "whole number", "seed of its random numbers"),
    ]);
    points.extend(outputs());
    points.push(ColumnEntry::text("version", "version of the program"));
    let mut differences = point().to_vec();
    differences.extend([
        ColumnEntry::text("policy", "name of the policy"),
        ColumnEntry::text("other", "the policy it is compared with"),
        ColumnEntry::of("difference", OBJECTIVE, "objective of `policy` less that of `other`").over(RUNS),
        ColumnEntry::of("standard_error", OBJECTIVE, "its standard error").over(RUNS).empty(NO_ERROR),
    ]);
    let with = |name, meaning| [&point()[..], &[ColumnEntry::text(name, meaning)]].concat();
    vec![
        FileEntry::new(SWEEP, "points.csv", "a row per point and policy; points that failed have none")
            .columns(points),
        FileEntry::new(SWEEP, "points.parquet", "the columns of `points.csv` with their types")
            .when("in builds with the feature `parquet`"),
        FileEntry::new(SWEEP, "differences.csv", "a row per point and pair of policies").columns(differences),
        FileEntry::new(SWEEP, "warnings.csv", "a row per warning of a point that its base does not have")
            .when("where there is any")
            .columns(with("warning", "the warning")),
        FileEntry::new(SWEEP, "failed.csv", "a row per point that could not be run")
            .when("where there is any")
            .columns(with("reason", "why")),
    ]
}

/// The outputs that a sweep can keep; `outputs` of the sweep file says which it does.
fn outputs() -> Vec<ColumnEntry> {
    sweep::outputs::OUTPUTS
        .iter()
        .map(|output| {
            let (unit, meaning) = of_output(output.name);
            let empty =
                if output.needs_finance { "without `[finance]`" } else { "where there is no such figure" };
            let unit = if unit.is_empty() { super::unit_of(output.name) } else { unit };
            let meaning = if output.by_default {
                meaning.to_owned()
            } else {
                format!("{meaning}; only where `outputs` names it")
            };
            ColumnEntry::of(output.name, unit, meaning).over(RUNS).empty(empty)
        })
        .collect()
}

/// Unit (empty where the name has it) and meaning of an output.
fn of_output(name: &str) -> (&'static str, &'static str) {
    const SHARE: &str = "share of paths";
    match name {
        "mean_ai_share" => {
            ("share of gross MW", "gross MW committed to AI over the campus, mean over the months")
        }
        "horizon_ai_share" => ("share of gross MW", "the same in the last month"),
        "bound_less_policy_usd" => {
            ("", "bound on the market's own paths less the policy, as in `bounds.csv`")
        }
        "se_bound_less_policy_usd" => ("", "its standard error"),
        "share_bound_by_money" => (SHARE, "as in `summary.csv`"),
        "break_even_rent_share" | "break_even_hashprice_share" => ("", "as in `summary.csv`"),
        "value_per_share_usd" | "value_per_share_less_all_mining_usd" => ("USD/share", "as in `finance.csv`"),
        "se_value_per_share_usd" | "se_value_per_share_less_all_mining_usd" => {
            ("USD/share", "standard error")
        }
        "se_equity_value_usd" => ("", "standard error"),
        "equity_value_usd"
        | "diluted_shares"
        | "taxes_usd"
        | "guarantee_paid_usd"
        | "company_creditors_loss_usd"
        | "lowest_liquidity_usd"
        | "highest_debt_usd" => ("", "as in `finance.csv`"),
        "lenders_lost_usd" => ("", "expected loss of all loans, as in `lenders.csv`"),
        "lenders_enforced_loss_usd" => {
            ("", "what all loans would lose if lenders enforced, as in `lenders.csv`")
        }
        "share_short_of_cash"
        | "share_covenant_breached"
        | "share_project_default"
        | "share_company_default" => (SHARE, "as in `finance.csv`"),
        _ => ("", "as in `summary.csv`"),
    }
}

fn best() -> FileEntry {
    let alone = "where no other policy did anything else";
    let undecided = "where the objective is not compared path by path, or no other policy did anything else";
    let mut columns = point().to_vec();
    columns.extend([
        ColumnEntry::text("best", "the best policy"),
        ColumnEntry::of("objective", OBJECTIVE, "its objective").over(RUNS),
        ColumnEntry::of(
            "mean_ai_share",
            "share of gross MW",
            "gross MW that it commits to AI, mean over the months",
        )
        .over(RUNS),
        ColumnEntry::text("second", "the best of those that did something else").empty(alone),
        ColumnEntry::of("margin", OBJECTIVE, "lead over the second").over(RUNS).empty(alone),
        ColumnEntry::of("standard_error", OBJECTIVE, "its standard error").over(RUNS).empty(undecided),
        ColumnEntry::flag("decided", "whether the margin is above two standard errors").empty(undecided),
    ]);
    FileEntry::new(SWEEP, "best.csv", "a row per done point").columns(columns)
}

fn regret() -> FileEntry {
    FileEntry::new(SWEEP, "regret.csv", "a row per policy, the one with the least regret at worst first")
        .columns(vec![
            ColumnEntry::text("policy", "name of the policy"),
            ColumnEntry::of(
                "worst_regret",
                OBJECTIVE,
                "best objective of a point less the policy's, at its largest",
            )
            .over(RUNS),
            ColumnEntry::of("standard_error", OBJECTIVE, "its standard error").over(RUNS).empty(NO_ERROR),
            ColumnEntry::of("worst_point", "from 0", "the point where that is"),
            ColumnEntry::of("mean_regret", OBJECTIVE, "mean regret").over("points"),
            ColumnEntry::of("share_best", "share of points", "points at which it is best").over("points"),
            ColumnEntry::count("points_best", "number of such points"),
            ColumnEntry::count("points_decided", "those at which its lead is above two standard errors")
                .empty("where no error is known"),
        ])
}

fn break_even() -> FileEntry {
    FileEntry::new(
        SWEEP,
        "break_even.csv",
        "a row per place on a line of the map at which the lead of two policies changes",
    )
    .when("with a map over one or two parameters")
    .columns(vec![
        ColumnEntry::text("policy", "one policy"),
        ColumnEntry::text("other", "the other"),
        ColumnEntry::text("parameter", "parameter along the line"),
        ColumnEntry::of("at", "of the parameter", "its value at the crossing").over(RUNS),
        ColumnEntry::of("standard_error", "of the parameter", "its standard error")
            .over(RUNS)
            .empty("where the objective is not compared path by path, or one side of the crossing is level"),
        ColumnEntry::text("beside", "the other parameter of the map").empty("with one parameter"),
        ColumnEntry::of("beside_value", "of that parameter", "its value on the line")
            .empty("with one parameter"),
        ColumnEntry::text("ahead_below", "who is ahead below the crossing").empty("where they are level"),
        ColumnEntry::text("ahead_above", "who is ahead above it").empty("where they are level"),
    ])
}

fn tornado() -> FileEntry {
    let alone = "with one policy, or where no other did anything else";
    FileEntry::new(
        SWEEP,
        "tornado.csv",
        "a row per parameter and level, the parameter that moves the best value most first",
    )
    .when("with the design `one-at-a-time`")
    .columns(vec![
        ColumnEntry::text("parameter", "name of the parameter"),
        ColumnEntry::of("level", "of the parameter", "its value"),
        ColumnEntry::flag("is_base", "whether that is the base"),
        ColumnEntry::text("best", "the best policy there"),
        ColumnEntry::of("best_objective", OBJECTIVE, "its objective").over(RUNS),
        ColumnEntry::of("base_best_objective", OBJECTIVE, "objective of the policy that is best at the base")
            .over(RUNS),
        ColumnEntry::of("base_lead", OBJECTIVE, "lead of that policy over the best of the others")
            .over(RUNS)
            .empty(alone),
        ColumnEntry::of("standard_error", OBJECTIVE, "its standard error")
            .over(RUNS)
            .empty("with one policy, or where the objective is not compared path by path"),
        ColumnEntry::of("swing", OBJECTIVE, "highest less lowest best objective over the levels").over(RUNS),
    ])
}

fn flips() -> FileEntry {
    FileEntry::new(SWEEP, "flips.csv", "a row per value beyond which the policy that is best at the base is best no longer, the nearest first")
        .when("with the design `one-at-a-time`")
        .columns(vec![
            ColumnEntry::text("parameter", "name of the parameter"),
            ColumnEntry::of("base", "of the parameter", "its value at the base"),
            ColumnEntry::text("from", "the policy that is best at the base"),
            ColumnEntry::text("to", "the policy that takes over"),
            ColumnEntry::of("at", "of the parameter", "where, by linear interpolation between `held` and `lost`").empty("of a parameter without numbers"),
            ColumnEntry::of("held", "of the parameter", "last level at which the choice holds"),
            ColumnEntry::of("lost", "of the parameter", "the next level"),
            ColumnEntry::of("distance", "share of the base", "from the base to `at`").empty("of a parameter without numbers, or whose base is 0"),
            ColumnEntry::of("lead", OBJECTIVE, "lead of `to` over `from` at `lost`").over(RUNS),
            ColumnEntry::of("standard_error", OBJECTIVE, "its standard error").over(RUNS).empty(NO_ERROR),
        ])
}

fn indices() -> Vec<ColumnEntry> {
    let few = "with too few base rows for an interval";
    let index = |name: &'static str, meaning: &'static str| {
        ColumnEntry::of(name, "share of the variance", meaning).over("`base_rows`")
    };
    vec![
        ColumnEntry::text("output", "`objective`, `best_objective`, `margin` or `best_ai_share`"),
        ColumnEntry::text("policy", "the policy of an objective or a margin").empty("of the other outputs"),
        ColumnEntry::text("other", "whom the margin is over").empty("of the other outputs"),
        ColumnEntry::text("parameter", "name of the parameter"),
        index("first_order", "what goes when the parameter is known"),
        index("first_order_low", "lower end of its 95 % interval").empty(few),
        index("first_order_high", "upper end").empty(few),
        index("total", "what is left when all others are known"),
        index("total_low", "lower end of its 95 % interval").empty(few),
        index("total_high", "upper end").empty(few),
        ColumnEntry::of("variance", "square of the output's unit", "variance of the output")
            .over("`base_rows`"),
        ColumnEntry::count("base_rows", "base rows behind the estimates"),
    ]
}

fn sobol() -> FileEntry {
    FileEntry::new(
        SWEEP,
        "sobol.csv",
        "a row per output and parameter; an output that does not vary has none",
    )
    .when("with the design `sensitivity`")
    .columns(indices())
}

fn convergence_of_indices() -> FileEntry {
    let mut columns = indices();
    columns.extend([
        ColumnEntry::count("n_points", "of other random designs: points so far"),
        ColumnEntry::of("mean", OBJECTIVE, "mean of the policy's objective over them").over("`n_points`"),
        ColumnEntry::of("standard_error", OBJECTIVE, "its standard error")
            .over("`n_points`")
            .empty("of one point"),
    ]);
    FileEntry::new(SWEEP, "convergence.csv", "how the numbers settled: with the design `sensitivity` the columns of `sobol.csv` from ever more base rows; with `latin-hypercube` and `sobol` only `policy`, `n_points`, `mean` and `standard_error`")
        .when("with a random design")
        .columns(columns)
}

fn spec() -> FileEntry {
    let of = ColumnEntry::of;
    FileEntry::new(SWEEP, "sweep.json", "what the sweep is, for resuming and merging").columns(vec![
        of("tool", "text", "always `wattshift-sweep`"),
        of("version", "text", "version of the program"),
        of("name", "text", "name of the sweep"),
        of("description", "text", "one line on what it is").empty("where the file has none"),
        of("design", "text", "how its points were chosen"),
        of("n_points", "count", "number of points"),
        of("parameters", "list", "its parameters"),
        of("parameters[].name", "text", "column"),
        of("parameters[].label", "text", "title for people"),
        of("parameters[].unit", "text", "unit for people").empty("where it has none"),
        of("parameters[].base", "of the parameter", "value in the base scenario")
            .empty("where that is not known"),
        of("parameters[].scale", "text", "what equal steps are equal in"),
        of("policies", "list of texts", "policies, all-mining first"),
        of("outputs", "list of texts", "outputs that are kept"),
        of("objective", "text", "output by which policies are ranked"),
        of("compare", "list of texts", "policies whose difference is drawn")
            .empty("where the file names none"),
        of("common_random_numbers", "true or false", "whether all points see the same random numbers"),
        of("set", "list of texts", "settings laid on the base, as `path=value`"),
        of("resolved_scenario", "TOML", "the base with these settings and every default"),
        of("resolved_sweep", "TOML", "the sweep with every default"),
        of("inputs", "list of name and SHA-256", "files read"),
        of("points_sha256", "hexadecimal", "SHA-256 of the values of all points"),
    ])
}

fn journal() -> FileEntry {
    FileEntry::new(
        SWEEP,
        "journal/<shard>.jsonl",
        "finished points of a shard: a line of JSON, a tab and a checksum for each; what resuming and merging need and no table",
    )
}
