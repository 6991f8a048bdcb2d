//! Tables with a row per policy and month.

use super::money_by_month::amount;
use super::{Sheet, header};
use crate::numbers::{exact, exact_or_empty};
use simulate::{Fan, Outcomes, PolicyOutcome, Statement};
use site::Ledger;

/// What each policy's months look like over the paths.
///
/// Columns: `policy`, `month`; `ai_gross_mw` (gross MW committed to AI at month end), `net_cash_flow_usd` of the month and
/// `cash_usd` at month end (funding drawn counts as negative in its mean), each as `mean_`, `p5_`, `p50_`, `p95_`;
/// `mean_mining_share` of the campus's gross MW. Means are over all paths, quantiles over
/// the kept ones. `lens` is outcomes or value.
#[must_use]
pub fn monthly(outcomes: &Outcomes) -> Sheet {
    let mut names = header(["policy", "month"]);
    for quantity in ["ai_gross_mw", "net_cash_flow_usd", "cash_usd"] {
        names.extend(["mean", "p5", "p50", "p95"].map(|statistic| format!("{statistic}_{quantity}")));
    }
    names.push("mean_mining_share".into());
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for policy in &outcomes.policies {
        let kept = [&policy.ai_mw, &policy.flow_usd, &policy.cash_fan_usd].map(Fan::outer_quantiles);
        for_each_month(outcomes, policy, |m, ledger, row| {
            let means = [policy.ai_gross_mw[m], ledger.net_cash_flow_usd(), policy.cash_usd[m]];
            for (mean, quantiles) in means.into_iter().zip(&kept) {
                row.push(exact(mean));
                row.extend(quantiles.iter().map(|by_month| exact(by_month[m])));
            }
            row.push(exact(ledger.mining_mw / outcomes.campus_gross_mw));
            sheet.row(std::mem::take(row));
        });
    }
    sheet
}

/// Mean gross megawatts by use; the uses of a month sum to the campus.
///
/// Columns: `policy`, `month`, `use` (mining, hosting, inference, training, building, idle), `mean_gross_mw` over all paths.
#[must_use]
pub fn allocation(outcomes: &Outcomes) -> Sheet {
    let mut sheet = Sheet::new(&["policy", "month", "use", "mean_gross_mw"]);
    for policy in &outcomes.policies {
        for_each_month(outcomes, policy, |_, ledger, row| {
            for (name, mw) in Ledger::MEGAWATTS.iter().zip(ledger.columns()) {
                let name = name.strip_suffix("_mw").unwrap_or(name);
                sheet.row(row.iter().cloned().chain([name.to_owned(), exact(mw)]));
            }
        });
    }
    sheet
}

/// Every revenue and cost of each month, mean over all paths, and what they leave.
///
/// Columns: `policy`, `month`, the revenues, the costs (positive), `net_cash_flow_usd` (revenues less costs), and energy at
/// the meter in MWh; with a capital structure the flows of its month ([`Statement::FLOWS`]) after them. `lens` is outcomes or
/// value.
#[must_use]
pub fn cash_flow(outcomes: &Outcomes) -> Sheet {
    let mut names = header(["policy", "month"]);
    names.extend(header(Ledger::REVENUES.iter().chain(Ledger::COSTS).copied()));
    names.push("net_cash_flow_usd".into());
    names.extend(header(Ledger::ENERGY.iter().copied()));
    let flows = if outcomes.capital.is_some() { financing_flows() } else { Vec::new() };
    names.extend(header(flows.iter().copied()));
    let mut sheet = Sheet::under(outcomes.lens, &names);
    let energy = Ledger::MEGAWATTS.len()..Ledger::MEGAWATTS.len() + Ledger::ENERGY.len();
    for policy in &outcomes.policies {
        for_each_month(outcomes, policy, |m, ledger, row| {
            let columns = ledger.columns();
            row.extend(columns[energy.end..].iter().copied().map(exact));
            row.push(exact(ledger.net_cash_flow_usd()));
            row.extend(columns[energy.clone()].iter().copied().map(exact));
            let statement = policy.finance.as_ref().map(|money| &money.statement[m]);
            row.extend(flows.iter().map(|name| exact_or_empty(statement.map(|s| amount(s, name)))));
            sheet.row(std::mem::take(row));
        });
    }
    sheet
}

/// Flows of the capital structure; a guarantor's fees already stand among the revenues.
pub(crate) fn financing_flows() -> Vec<&'static str> {
    Statement::FLOWS.iter().copied().filter(|name| !Ledger::REVENUES.contains(name)).collect()
}

/// Calls `each` with the month's index, its mean ledger and a row that begins with policy and month.
pub(super) fn for_each_month(
    outcomes: &Outcomes,
    policy: &PolicyOutcome,
    mut each: impl FnMut(usize, &Ledger, &mut Vec<String>),
) {
    for (m, (month, ledger)) in outcomes.months.iter().zip(&policy.ledger).enumerate() {
        each(m, ledger, &mut vec![policy.name.clone(), month.to_string()]);
    }
}
