//! Figures that stand in a row of their own, by the name in the column `metric`.

use super::{ALL, ColumnEntry, KEPT};

/// A figure.
fn m(name: &'static str, unit: &'static str, meaning: &'static str) -> ColumnEntry {
    ColumnEntry::of(name, unit, meaning)
}

/// Figures of `bounds.csv`.
pub(super) fn of_bounds() -> Vec<ColumnEntry> {
    const RACE: &str = "race within the planning model";
    const MARKET: &str = "first paths of the race itself";
    let usd = |name, meaning| m(name, "USD", meaning).over(RACE);
    vec![
        usd("lower_bound", "value of the policy that plans on the model"),
        usd("upper_bound", "no policy is worth more within the model"),
        usd("upper_bound_without_cash_limit", "the bound if starts needed no cash; only where they do"),
        usd("gap", "upper less lower bound, paired"),
        usd("gap_limit", "one-sided 95 % limit of the gap"),
        m("gap_limit_of_bound", "1", "that limit as a share of the bound with all-mining's value").over(RACE),
        m("gap_limit_of_stake", "1", "that limit as a share of what is at stake").over(RACE),
        usd("foresight", "value of the best starts by someone who knew the path"),
        usd("value_of_foresight", "foresight less the plan, paired on gains without penalties"),
        usd("value_of_waiting", "the plan less starting whatever gains by expectation"),
        usd("value_of_stochastic_solution", "the plan less the one that is best on median paths (VSS)"),
        usd("at_stake", "the bound less the best rule"),
        usd("gain", "value of the policy"),
        usd("below_bound", "bound less policy, paired: its regret at most"),
        usd("below_best", "the best policy less this one, paired"),
        m("market_upper_bound", "USD", "no policy that lets halls is worth more on the market's own paths")
            .over(MARKET),
        m("below_market_bound", "USD", "that bound less the policy, paired").over(MARKET),
    ]
}

/// Figures of `finance.csv`.
pub(super) fn of_finance() -> Vec<ColumnEntry> {
    let mut figures = values();
    figures.extend(events());
    figures.extend(tails());
    figures.extend(megawatts());
    figures
}

fn values() -> Vec<ColumnEntry> {
    let figures = [
        m(
            "equity_value",
            "USD",
            "dividends and shareholders' value at the horizon, discounted at the cost of equity",
        ),
        m("value_per_share", "USD/share", "the same for a share of the first opening"),
        m(
            "value_per_share_less_all_mining",
            "USD/share",
            "the same less that of all-mining on the same path",
        ),
        m(
            "terminal_value_at_horizon",
            "USD",
            "part on the terminal rule, before creditors, not discounted; already in the equity value",
        ),
        m("warrants_value", "USD", "gain of holders of warrants, discounted at the cost of equity"),
        m("guarantee_paid", "USD", "fees of the guarantor, discounted likewise"),
        m("taxes", "USD", "taxes, discounted likewise"),
        m(
            "company_creditors_loss",
            "USD",
            "not recovered by those who lent on the revolver and the convertible notes, discounted likewise",
        ),
        m("diluted_shares", "shares", "shares that own the company at the horizon"),
        m("dilution", "share of opening shares", "those over the shares of the first opening, less 1"),
        m("lowest_liquidity", "USD", "lowest money at hand of a path"),
        m("highest_debt", "USD", "highest debt of a path"),
    ];
    figures.map(|figure| figure.over(ALL)).into()
}

fn events() -> Vec<ColumnEntry> {
    let share = |name, meaning| m(name, "share of paths", meaning).over(ALL);
    vec![
        share("short_of_cash", "with a month in which creditors had to lend"),
        share("covenant_breached", "with a month whose covenant test fails"),
        share("distributions_locked_up", "with a month in which nothing may be distributed"),
        share("project_default", "with a month in which the project is in default"),
        share("company_default", "with a month in which the company is in default"),
        share("bound_by_money", "on which money kept the policy from starting more"),
        m("months_bound_by_money", "months of a path", "months in which it did").over(ALL),
    ]
}

fn tails() -> Vec<ColumnEntry> {
    const SERVED: &str = "`lowest_dscr_paths`";
    vec![
        m("equity_value_p5", "USD", "5 % quantile").over(KEPT),
        m("equity_value_var95", "USD", "mean less 5 % quantile").over(KEPT),
        m("equity_value_cvar5", "USD", "mean of the worst 5 % of paths").over(KEPT),
        m(
            "lowest_dscr_p5",
            "ratio",
            "lowest tested coverage of a path, 5 % quantile; no row where none is tested",
        )
        .over(SERVED),
        m("lowest_dscr_p50", "ratio", "the same, median").over(SERVED),
        m("lowest_dscr_paths", "paths", "kept paths on which coverage is tested").over(KEPT),
        m(
            "net_cash_flow_cfar95",
            "USD",
            "net cash flow of the twelve months in `period`, mean less 5 % quantile",
        )
        .over(KEPT),
    ]
}

fn megawatts() -> Vec<ColumnEntry> {
    const PER_GROSS: &str = "USD/gross MW";
    let figures = [
        m("mw_mining", "gross MW", "not committed to AI, in the month of `period`"),
        m("mw_pipeline", "gross MW", "committed and not delivered, vacant or unsold"),
        m("mw_let", "gross MW", "let to tenants"),
        m("mw_delivered", "gross MW", "serving AI, those let among them"),
        m("enterprise_value", "USD", "equity value less opening cash"),
        m("enterprise_value_with_debt_drawn", "USD", "the same with what lenders put in over the study"),
        m("enterprise_value_per_gross_mw", PER_GROSS, "over all gross MW of the campus"),
        m("enterprise_value_with_debt_drawn_per_gross_mw", PER_GROSS, "over all gross MW of the campus"),
        m(
            "enterprise_value_with_debt_drawn_per_committed_it_mw",
            "USD/IT MW",
            "over critical IT MW committed to AI in the last month; no row without any",
        ),
    ];
    figures.map(|figure| figure.over(ALL)).into()
}

/// Figures of the summary of a dispatched case.
pub(super) fn of_dispatch() -> Vec<ColumnEntry> {
    let mut figures = vec![
        m(
            "method",
            "text",
            "how the optimum was found: `decomposition`, `interior point` or `off and on states`",
        ),
        m("steps", "count", "steps of the horizon"),
        m("step_length", "h", "length of a step"),
        m(
            "value",
            "USD",
            "worth of what ran and of reserves less power and restarts, with the fixed-price block",
        ),
        m("block_value", "USD", "gain of the fixed-price block, which never changes when to run"),
        m("reserve_revenue", "USD", "reserve sold, within the value"),
        m("restart_cost", "USD", "cost of restarts, within the value"),
        m("bound", "USD", "no dispatch is worth more; recomputed from the multipliers alone"),
        m("value_recomputed", "USD", "the value recomputed from the megawatts alone"),
        m(
            "relative_gap",
            "share",
            "bound less value, over the larger of the bound without the block and a ten-thousandth of the revenue of all loads always running",
        ),
        m("worst_violation_of_a_step", "MW", "by how much a limit of a step is broken at most"),
        m(
            "worst_violation_of_a_budget",
            "share",
            "by how much a budget is missed at most, as a share of its size",
        ),
        m("passes", "count", "passes over the steps, or iterations of the interior point"),
        m("interconnect_energy", "MWh", "energy that the interconnect allowed"),
        m("drawn_energy", "MWh", "energy drawn at the meter"),
        m("curtailed_energy", "MWh", "the one less the other"),
        m("budgets", "count", "budgets by window"),
        m("binding_budgets", "count", "those that bind"),
        m("<load>.energy", "IT MWh", "energy at the machines of a load"),
        m("<load>.possible_energy", "IT MWh", "what its capacity allowed"),
        m("<load>.drawn_energy", "MWh", "energy at the meter of a load"),
        m("<load>.revenue", "USD", "worth of what it ran"),
        m("<load>.power_cost", "USD", "its power"),
    ];
    figures.extend(of_surroundings());
    figures
}

fn of_surroundings() -> Vec<ColumnEntry> {
    vec![
        m("calls.margin_lost", "USD", "margin lost against the optimum without calls"),
        m(
            "calls.training_work_lost",
            "USD",
            "lost work and restarts of training that calls stopped; not part of `calls.margin_lost`",
        ),
        m("calls.training_interruptions", "count", "how often calls stopped training"),
        m(
            "calls.unmet_energy",
            "MWh",
            "what voluntary calls asked for beyond the loads that the order names",
        ),
        m("four_cp.charge_of_the_year_after", "USD", "transmission charge that follows from the four peaks"),
        m("four_cp.charge_without_avoidance", "USD", "the same had nothing been shed"),
        m("four_cp.margin_lost", "USD", "margin lost by shedding"),
        m("four_cp.standing_still", "h", "hours of shedding"),
        m("four_cp.peaks_hit", "of 4", "peaks in which the campus had shed"),
        m("four_cp.false_alarms", "count", "runs of hours of shedding without a peak among them"),
        m("real_time.value", "USD", "value of the rule that cannot see ahead"),
        m("real_time.foresight_adds", "USD", "the optimum less that"),
        m("real_time.missed_budget_energy", "MWh", "energy that the rule still owes its budgets"),
        m("real_time.worst_violation_of_a_step", "MW", "by how much it breaks a limit of a step at most"),
        m("forecast.value", "USD", "optimum at the prices of the forecast"),
    ]
}
