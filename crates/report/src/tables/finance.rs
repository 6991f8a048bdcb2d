//! `finance.csv`: what the money of each policy comes to, one figure a row.

use super::Sheet;
use crate::finance_figures::{dilution, value_at_risk_usd};
use crate::numbers::{error_of_share, exact, exact_or_empty};
use simulate::statistics::{lower_cvar_of_sorted, quantile_of_sorted};
use simulate::{CapitalStructure, FinanceOutcome, Moments, Outcomes, PolicyOutcome, Spread};

const USD: &str = "USD";
const SHARE_OF_PATHS: &str = "share of paths";
const MW: &str = "gross MW";

/// One figure of one policy.
struct Figure {
    metric: &'static str,
    unit: &'static str,
    /// Months to which it belongs; empty of the whole study.
    period: String,
    value: f64,
    error: Option<f64>,
}

impl Figure {
    fn new(metric: &'static str, unit: &'static str, value: f64) -> Self {
        Self { metric, unit, period: String::new(), value, error: None }
    }

    fn mean(metric: &'static str, unit: &'static str, moments: &Moments) -> Self {
        Self { error: Some(moments.standard_error()), ..Self::new(metric, unit, moments.mean()) }
    }

    fn share(metric: &'static str, share: f64, n: usize) -> Self {
        Self { error: Some(error_of_share(share, n as u64)), ..Self::new(metric, SHARE_OF_PATHS, share) }
    }

    fn during(self, period: String) -> Self {
        Self { period, ..self }
    }
}

/// A row per policy and figure.
///
/// Columns: `policy`, `metric`, `unit`, `period` (months it belongs to, empty of the whole study), `value`, `standard_error` (empty where
/// none is known), `lens`. What each metric is, `docs/finance/outputs.md` says.
#[must_use]
pub fn finance(outcomes: &Outcomes) -> Sheet {
    let columns = ["policy", "metric", "unit", "period", "value", "standard_error"];
    let mut sheet = Sheet::under(outcomes.lens, &columns);
    for policy in &outcomes.policies {
        let (Some(money), Some(capital)) = (&policy.finance, &outcomes.capital) else { continue };
        let mut figures = values(money, capital);
        figures.extend(events(outcomes, policy, money));
        figures.extend(tails(money));
        figures.extend(cash_flow_at_risk(outcomes, policy));
        figures.extend(value_per_mw(outcomes, policy, money, capital));
        for figure in figures {
            let words = [policy.name.clone(), figure.metric.into(), figure.unit.into(), figure.period];
            sheet.row(words.into_iter().chain([exact(figure.value), exact_or_empty(figure.error)]));
        }
    }
    sheet
}

/// Means over all paths with their errors.
fn values(money: &FinanceOutcome, capital: &CapitalStructure) -> Vec<Figure> {
    let dilution = Figure {
        error: Some(money.diluted_shares.standard_error() / capital.opening_shares),
        ..Figure::new("dilution", "share of opening shares", dilution(money, capital))
    };
    vec![
        Figure::mean("equity_value", USD, &money.equity_value_usd),
        Figure::mean("value_per_share", "USD/share", &money.value_per_share_usd),
        Figure::mean("value_per_share_less_all_mining", "USD/share", &money.per_share_difference_usd),
        Figure::mean("terminal_value_at_horizon", USD, &money.terminal_usd),
        Figure::mean("warrants_value", USD, &money.warrants_value_usd),
        Figure::mean("guarantee_paid", USD, &money.guarantee_value_usd),
        Figure::mean("taxes", USD, &money.taxes_value_usd),
        Figure::mean("company_creditors_loss", USD, &money.company_creditors_lost_usd),
        Figure::mean("diluted_shares", "shares", &money.diluted_shares),
        dilution,
        Figure::mean("lowest_liquidity", USD, &money.lowest_liquidity_usd),
        Figure::mean("highest_debt", USD, &money.highest_debt_usd),
    ]
}

/// How often things happen.
fn events(outcomes: &Outcomes, policy: &PolicyOutcome, money: &FinanceOutcome) -> Vec<Figure> {
    let n = outcomes.n_paths;
    let of = |metric, paths: u64| Figure::share(metric, paths as f64 / n as f64, n);
    vec![
        of("short_of_cash", money.paths_short),
        of("covenant_breached", money.paths_breached),
        of("distributions_locked_up", money.paths_locked_up),
        of("project_default", money.paths_project_default),
        of("company_default", money.paths_company_default),
        Figure::share("bound_by_money", policy.share_bound_by_money, n),
        Figure::new("months_bound_by_money", "months of a path", policy.months_bound_by_money),
    ]
}

/// Tails over the kept paths.
fn tails(money: &FinanceOutcome) -> Vec<Figure> {
    let mut sorted = money.kept_equity_value_usd.clone();
    sorted.sort_by(f64::total_cmp);
    let mut figures = vec![
        Figure::new("equity_value_p5", USD, quantile_of_sorted(&sorted, 0.05)),
        Figure::new("equity_value_var95", USD, value_at_risk_usd(&sorted)),
        Figure::new("equity_value_cvar5", USD, lower_cvar_of_sorted(&sorted, 0.05)),
    ];
    if let Some(lowest) = money.lowest_dscr.only() {
        figures.extend([
            Figure::new("lowest_dscr_p5", "ratio", lowest.quantiles[0]),
            Figure::new("lowest_dscr_p50", "ratio", lowest.quantiles[2]),
            Figure::new("lowest_dscr_paths", "paths", lowest.n_paths as f64),
        ]);
    }
    figures
}

/// Mean less 5 % quantile of the net cash flow of each twelve months from the first opening.
fn cash_flow_at_risk(outcomes: &Outcomes, policy: &PolicyOutcome) -> Vec<Figure> {
    let year = |first: usize, flows: Spread| {
        let period = format!("{} to {}", outcomes.months[first], outcomes.months[first + 11]);
        Figure::new("net_cash_flow_cfar95", USD, flows.mean - flows.quantiles[0]).during(period)
    };
    policy
        .year_flow_usd
        .spreads()
        .iter()
        .enumerate()
        .filter_map(|(y, flows)| Some(year(12 * y, (*flows)?)))
        .collect()
}

/// Megawatts by state in the first and the last month, and what the company is worth over them.
fn value_per_mw(
    outcomes: &Outcomes,
    policy: &PolicyOutcome,
    money: &FinanceOutcome,
    capital: &CapitalStructure,
) -> Vec<Figure> {
    let Some(last) = outcomes.months.len().checked_sub(1) else { return Vec::new() };
    let mut figures = Vec::new();
    for m in if last > 0 { vec![0, last] } else { vec![0] } {
        let (ledger, committed) = (&policy.ledger[m], policy.ai_gross_mw[m]);
        let delivered = ledger.hosting_mw + ledger.inference_mw + ledger.training_mw;
        let states = [
            ("mw_mining", outcomes.campus_gross_mw - committed),
            ("mw_pipeline", (committed - delivered).max(0.0)),
            ("mw_let", ledger.hosting_mw),
            ("mw_delivered", delivered),
        ];
        let period = outcomes.months[m].to_string();
        figures.extend(states.map(|(metric, mw)| Figure::new(metric, MW, mw).during(period.clone())));
    }
    let enterprise = money.equity_value_usd.mean() - capital.opening_cash_usd;
    let with_debt = enterprise + debt_drawn_usd(money, capital);
    let gross = outcomes.campus_gross_mw;
    let committed_it = policy.ai_gross_mw[last] * capital.it_mw_per_gross_mw;
    figures.extend([
        Figure::new("enterprise_value", USD, enterprise),
        Figure::new("enterprise_value_with_debt_drawn", USD, with_debt),
    ]);
    let mut over = |metric, unit, usd: f64, mw: f64| {
        if mw > 0.0 {
            figures.push(Figure::new(metric, unit, usd / mw));
        }
    };
    over("enterprise_value_per_gross_mw", "USD/gross MW", enterprise, gross);
    over("enterprise_value_with_debt_drawn_per_gross_mw", "USD/gross MW", with_debt, gross);
    over("enterprise_value_with_debt_drawn_per_committed_it_mw", "USD/IT MW", with_debt, committed_it);
    figures
}

/// Present value of what is lent over the study: loans at their coupons, convertible notes at the cost of equity, USD.
fn debt_drawn_usd(money: &FinanceOutcome, capital: &CapitalStructure) -> f64 {
    let loans: f64 = money.lenders.iter().map(|loan| loan.drawn_usd.mean()).sum();
    let factor = |m: usize| (1.0 + capital.cost_of_equity_per_year).powf(-(m as f64 + 1.0) / 12.0);
    let notes = money.statement.iter().enumerate().map(|(m, s)| factor(m) * s.convertible_issued_usd);
    loans + notes.sum::<f64>()
}
