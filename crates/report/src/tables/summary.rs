//! `summary.csv`: a row per policy, and one for perfect foresight.

use super::{FORESIGHT, Sheet, header};
use crate::numbers::{exact, exact_or_empty};
use simulate::statistics::{lower_cvar_of_sorted, quantile_of_sorted};
use simulate::{Outcomes, PolicyOutcome};
use site::Ledger;

/// Columns before the megawatts.
const COLUMNS: [&str; 28] = [
    "policy",
    "n_paths",
    "mean_npv_usd",
    "se_npv_usd",
    "p5_npv_usd",
    "p50_npv_usd",
    "p95_npv_usd",
    "cvar5_npv_usd",
    "mean_npv_horizon_usd",
    "se_npv_horizon_usd",
    "carried_leases_usd",
    "carried_construction_usd",
    "carried_asics_usd",
    "carried_gpus_usd",
    "carried_site_usd",
    "carried_total_usd",
    "difference_to_all_mining_usd",
    "se_difference_to_all_mining_usd",
    "foresight_less_policy_usd",
    "se_foresight_less_policy_usd",
    "incremental_irr_per_year",
    "incremental_irr_count",
    "incremental_irr_horizon_per_year",
    "share_without_irr",
    "incremental_moic",
    "incremental_payback_years",
    "mean_capex_usd",
    "shortfall_probability",
];

/// Columns after the megawatts.
const LAST: [&str; 7] = [
    "quantile_paths",
    "break_even_rent_share",
    "break_even_rent_usd_per_kw_month",
    "break_even_hashprice_share",
    "break_even_hashprice_usd_per_ph_day",
    "share_bound_by_money",
    "mean_months_bound_by_money",
];

/// What each policy is worth, and perfect foresight after them.
///
/// Columns: `policy`; `n_paths` behind means and standard errors (`se_`); mean, error, quantiles and `cvar5` (mean of the
/// worst 5 %) of the NPV with what is carried past the horizon; `mean_npv_horizon_usd` without it; the mean of what is
/// carried by part (`carried_construction_usd`, still to be paid, is negative) and in total, so that `mean_npv_usd` is
/// `mean_npv_horizon_usd` plus `carried_total_usd`; the paired difference to all-mining and of perfect foresight to the
/// policy; of the mean flow incremental to all-mining the lowest rate of return, how many there are, the lowest
/// without the carried value, the share of paths without one, inflows over outflows, and years to pay back; mean
/// undiscounted capex; the share of paths that run out of cash; gross MW by use in the last month (`horizon_…_mw`);
/// `quantile_paths`, the number of paths behind the quantiles; the factor on all rents, and that on all mining revenue, at which the
/// policy with its decisions held is worth as much as all-mining, each also times the mean of the first opening (empty where no
/// price of zero or more does it); the share of paths, and the mean months of a path, in which money kept it from starting more;
/// `lens`, outcomes or value.
#[must_use]
pub fn summary(outcomes: &Outcomes) -> Sheet {
    let mut names = header(COLUMNS);
    names.extend(Ledger::MEGAWATTS.iter().map(|name| format!("horizon_{name}")));
    names.extend(header(LAST));
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for policy in &outcomes.policies {
        sheet.row(policy_row(policy, outcomes));
    }
    sheet.row(foresight_row(outcomes, names.len()));
    sheet
}

fn policy_row(policy: &PolicyOutcome, outcomes: &Outcomes) -> Vec<String> {
    let mut row = vec![policy.name.clone(), policy.npv_usd.n().to_string()];
    row.extend([policy.npv_usd.mean(), policy.npv_usd.standard_error()].map(exact));
    row.extend(policy.npv_quantiles_usd.map(exact));
    row.extend(
        [policy.cvar5_usd, policy.npv_horizon_usd.mean(), policy.npv_horizon_usd.standard_error()].map(exact),
    );
    // Construction still to be paid is a cost; here it carries its sign, so that the parts sum to the total.
    let [leases, construction, asics, gpus, site] = policy.carried_usd;
    let parts = [leases, -construction, asics, gpus, site];
    row.extend(parts.iter().copied().chain([parts.iter().sum()]).map(exact));
    for moments in [&policy.difference_usd, &policy.foresight_less_policy_usd] {
        row.extend([moments.mean(), moments.standard_error()].map(exact));
    }
    row.push(exact_or_empty(policy.incremental_irrs.first().copied()));
    row.push(policy.incremental_irrs.len().to_string());
    row.push(exact_or_empty(policy.incremental_irrs_horizon.first().copied()));
    row.push(exact(policy.share_without_irr));
    row.push(exact_or_empty(policy.incremental_moic));
    row.push(exact_or_empty(policy.incremental_payback_years));
    row.extend([policy.capex_usd, policy.shortfall_probability].map(exact));
    let last = policy.ledger.last();
    row.extend((0..Ledger::MEGAWATTS.len()).map(|use_| exact_or_empty(last.map(|l| l.columns()[use_]))));
    row.push(outcomes.n_kept.to_string());
    let break_even = &policy.break_even;
    for (share, factor) in [
        (break_even.rent_share, "lease_rate_usd_per_kw_month"),
        (break_even.hashprice_share, "hashprice_usd_per_ph_day"),
    ] {
        let opening = opening_mean(outcomes, factor);
        row.extend([share, share.zip(opening).map(|(share, price)| share * price)].map(exact_or_empty));
    }
    row.extend([policy.share_bound_by_money, policy.months_bound_by_money].map(exact));
    row
}

/// Mean of a market factor at the first opening, if it is among those shown.
fn opening_mean(outcomes: &Outcomes, name: &str) -> Option<f64> {
    let factor = outcomes.markets.iter().find(|factor| factor.name == name)?;
    factor.mean.first().copied()
}

/// Foresight has values and differences; what needs its month-by-month flow is left empty.
fn foresight_row(outcomes: &Outcomes, width: usize) -> Vec<String> {
    let foresight = &outcomes.foresight;
    let mut sorted = foresight.kept_npv_usd.clone();
    sorted.sort_by(f64::total_cmp);
    let kept = |value: f64| if sorted.is_empty() { String::new() } else { exact(value) };
    let mut row = vec![String::new(); width];
    let mut set = |column: &str, text: String| {
        let at = COLUMNS.iter().position(|name| *name == column).expect("a column of the table");
        row[at] = text;
    };
    set("policy", FORESIGHT.into());
    set("n_paths", foresight.npv_usd.n().to_string());
    set("mean_npv_usd", exact(foresight.npv_usd.mean()));
    set("se_npv_usd", exact(foresight.npv_usd.standard_error()));
    for (column, probability) in [("p5_npv_usd", 0.05), ("p50_npv_usd", 0.5), ("p95_npv_usd", 0.95)] {
        set(column, kept(quantile_of_sorted(&sorted, probability)));
    }
    set("cvar5_npv_usd", kept(lower_cvar_of_sorted(&sorted, 0.05)));
    set("difference_to_all_mining_usd", exact(foresight.difference_usd.mean()));
    set("se_difference_to_all_mining_usd", exact(foresight.difference_usd.standard_error()));
    row[width - LAST.len()] = sorted.len().to_string();
    row
}
