//! What the capital structure makes of the policies: a table per share, and a few sentences.

#[cfg(test)]
mod tests;

use super::sentences::{listed, stated, wrap_into};
use super::{NAME, cut, percent};
use crate::finance_figures::best_per_share;
use crate::numbers::{common_decimals, counted_paths, decimals_of_size, grouped, million_usd};
use crate::paint::Paint;
use crate::text_table::text_table;
use simulate::{FinanceOutcome, LenderOutcome, Moments, Outcomes, PolicyOutcome};

/// The block with its heading; empty without a capital structure.
pub(super) fn block(outcomes: &Outcomes, paint: Paint) -> String {
    let Some((best, _)) = best_per_share(outcomes) else { return String::new() };
    let one = outcomes.n_paths == 1;
    let row = financed(outcomes).position(|(policy, _)| std::ptr::eq(policy, best));
    let heading = paint.bold("The money, to the company's shareholders:");
    let mut text = format!("\n{heading}\n\n{}", paint.table(&table(outcomes, one), row));
    wrap_into(&mut text, notes(one));
    text.push('\n');
    sentences(outcomes).iter().for_each(|sentence| wrap_into(&mut text, sentence));
    text
}

/// What the capital structure makes of the policies, in words; empty without one.
pub(crate) fn sentences(outcomes: &Outcomes) -> Vec<String> {
    let Some((best, money)) = best_per_share(outcomes) else { return Vec::new() };
    let mut sentences = vec![lead(outcomes, best, money), ranking(outcomes, best)];
    sentences.push(bound(outcomes, best));
    sentences.extend(money.lenders.iter().map(|loan| lender(best, loan, outcomes.n_paths)));
    sentences.extend(guarantor(best, money));
    sentences.push(terminal(best, money));
    sentences
}

fn notes(one: bool) -> &'static str {
    if one {
        "USD per share of the first opening; equity in million USD; DSCR: lowest tested coverage."
    } else {
        "USD per share of the first opening ± one standard error; equity in million USD; default, breach and bound by money: \
         share of paths (default: of the project or of the company, whichever is more often); DSCR P5: of the lowest tested coverage."
    }
}

/// The policies with their money.
fn financed(outcomes: &Outcomes) -> impl Iterator<Item = (&PolicyOutcome, &FinanceOutcome)> + Clone {
    outcomes.policies.iter().filter_map(|policy| policy.finance.as_ref().map(|money| (policy, money)))
}

fn table(outcomes: &Outcomes, one: bool) -> String {
    let financed = || financed(outcomes);
    let pairs = |of: fn(&FinanceOutcome) -> Moments| {
        common_decimals(financed().map(move |(_, money)| (of(money).mean(), of(money).standard_error())))
    };
    let (value, over) = (pairs(|m| m.value_per_share_usd), pairs(|m| m.per_share_difference_usd));
    let with_error = |moments: &Moments, decimals: usize| {
        let mean = grouped(moments.mean(), decimals);
        if one { mean } else { format!("{mean} ± {}", grouped(moments.standard_error(), decimals)) }
    };
    let of_paths = |paths: u64| percent(paths as f64 / outcomes.n_paths.max(1) as f64);
    let row = |(i, (policy, money)): (usize, (&PolicyOutcome, &FinanceOutcome))| {
        let lowest = money.lowest_dscr.only().map(|lowest| grouped(lowest.quantiles[0], 2));
        vec![
            cut(&policy.name, NAME),
            with_error(&money.value_per_share_usd, value),
            if i == 0 { "–".into() } else { with_error(&money.per_share_difference_usd, over) },
            million_usd(money.equity_value_usd.mean()),
            of_paths(money.paths_project_default.max(money.paths_company_default)),
            of_paths(money.paths_breached),
            lowest.unwrap_or_else(|| "–".into()),
            percent(policy.share_bound_by_money),
        ]
    };
    let header = [
        "policy",
        if one { "value" } else { "value ±" },
        if one { "vs mining" } else { "vs mining ±" },
        "equity",
        "default",
        "breach",
        if one { "DSCR" } else { "DSCR P5" },
        "bound",
    ];
    text_table(&header, &financed().enumerate().map(row).collect::<Vec<_>>())
}

/// Who is worth most per share, by how much over the next on the same paths, and whether the run can tell.
fn lead(outcomes: &Outcomes, best: &PolicyOutcome, money: &FinanceOutcome) -> String {
    let per_share = &money.value_per_share_usd;
    let places = decimals_of_size(per_share.mean().abs()).max(2);
    let others = outcomes.policies.iter().filter(|policy| !std::ptr::eq(*policy, best));
    let second = others
        .filter_map(|policy| policy.finance.as_ref().map(|money| (policy, money)))
        .rev()
        .max_by(|(_, a), (_, b)| a.value_per_share_usd.mean().total_cmp(&b.value_per_share_usd.mean()));
    let worth = format!("Per share {} is worth most, {} USD", best.name, grouped(per_share.mean(), places));
    let Some((second, theirs)) = second else { return format!("{worth}; there is no other policy.") };
    let mut ahead = Moments::default();
    let pairs = money.kept_value_per_share_usd.iter().zip(&theirs.kept_value_per_share_usd);
    pairs.for_each(|(a, b)| ahead.add(a - b));
    if ahead.n() < 2 {
        return format!("{worth}, {} more than {}.", grouped(ahead.mean(), places), second.name);
    }
    let told = if ahead.mean().abs() > 2.0 * ahead.standard_error() {
        "more than two standard errors"
    } else {
        "within two standard errors, so this run cannot tell the two apart"
    };
    format!(
        "{worth}; path by path it is {} ± {} ahead of {} ({}), {told}.",
        grouped(ahead.mean(), places),
        grouped(ahead.standard_error(), places),
        second.name,
        counted_paths(ahead.n() as usize),
    )
}

/// Whether money changes the order of the policies, and whether the run can tell.
fn ranking(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let order = |value: fn(&PolicyOutcome) -> f64| {
        let mut places: Vec<usize> = (0..outcomes.policies.len()).collect();
        // Of equals the first in the list stays first.
        places.sort_by(|a, b| value(&outcomes.policies[*b]).total_cmp(&value(&outcomes.policies[*a])));
        places
    };
    let per_share = order(|p| p.finance.as_ref().map_or(0.0, |money| money.value_per_share_usd.mean()));
    let by_npv = order(|p| p.npv_usd.mean());
    if per_share == by_npv {
        return "The ranking by mean value per share is that by mean NPV.".into();
    }
    let leader = outcomes.best();
    if std::ptr::eq(leader, best) {
        return format!("By mean NPV {} is first, too; further down the two rankings differ.", best.name);
    }
    let told = if is_ahead(outcomes, leader, best) {
        "both by more than two standard errors: how it is paid for changes the answer"
    } else {
        "but not both by more than two standard errors: this run cannot tell whether money turns the ranking"
    };
    format!(
        "By mean NPV, before tax and unlevered, {} is first, per share {}, {told}.",
        leader.name, best.name
    )
}

/// Whether one policy is ahead by NPV and the other per share, each by more than two standard errors on the same paths.
fn is_ahead(outcomes: &Outcomes, by_npv: &PolicyOutcome, per_share: &PolicyOutcome) -> bool {
    let mut npv = Moments::default();
    by_npv.kept_npv_usd.iter().zip(&per_share.kept_npv_usd).for_each(|(a, b)| npv.add(a - b));
    let values = |policy: &PolicyOutcome| {
        policy.finance.as_ref().map_or_else(Vec::new, |money| money.kept_value_per_share_usd.clone())
    };
    let mut value = Moments::default();
    values(per_share).iter().zip(values(by_npv)).for_each(|(a, b)| value.add(a - b));
    let clear = |lead: &Moments| lead.mean() > 2.0 * lead.standard_error();
    outcomes.n_paths > 1 && clear(&npv) && clear(&value)
}

/// How often money kept policies from starting more.
fn bound(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let words = |policy: &PolicyOutcome| {
        format!(
            "{} on {} of paths ({} months of a path)",
            policy.name,
            percent(policy.share_bound_by_money),
            grouped(policy.months_bound_by_money, 1)
        )
    };
    let bound = outcomes.policies.iter().filter(|policy| policy.share_bound_by_money > 0.0);
    let most = bound.rev().max_by(|a, b| a.share_bound_by_money.total_cmp(&b.share_bound_by_money));
    let Some(most) = most else {
        return "Money kept no policy from starting what it wanted.".into();
    };
    let mut named = vec![words(most)];
    if !std::ptr::eq(most, best) && best.share_bound_by_money < most.share_bound_by_money {
        named.push(words(best));
    }
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    format!("Money kept policies from starting more: {}.", listed(&named))
}

fn lender(best: &PolicyOutcome, loan: &LenderOutcome, n_paths: usize) -> String {
    let defaults = loan.defaults as f64 / n_paths.max(1) as f64;
    let drawn = loan.drawn_usd.mean();
    if drawn <= 0.0 {
        return format!("Under {} nothing of {} is drawn.", best.name, loan.name);
    }
    format!(
        "Under {}, {} at {} %: {} million USD drawn (at the coupon's discount), expected loss {} million or {} % of it, which a spread of \
         {} bp pays for; something due is unpaid on {} of paths, and if lenders then enforced and recovered {} % of the balance, a spread of {} bp \
         would pay for it.",
        best.name,
        loan.name,
        grouped(100.0 * loan.rate_per_year, 2),
        million_usd(drawn),
        stated(&loan.lost_usd),
        grouped(100.0 * loan.expected_loss_share(), 2),
        grouped(1e4 * loan.break_even_spread_per_year(), 0),
        percent(defaults),
        grouped(100.0 * loan.recovery_share, 0),
        grouped(1e4 * loan.enforced_spread_per_year(), 0),
    )
}

fn guarantor(best: &PolicyOutcome, money: &FinanceOutcome) -> Option<String> {
    let (fees, warrants) = (&money.guarantee_value_usd, &money.warrants_value_usd);
    let pays =
        if fees.mean() > 0.0 { format!("fees worth {} million USD", stated(fees)) } else { "no fees".into() };
    (fees.mean() > 0.0 || warrants.mean() > 0.0).then(|| {
        let name = &best.name;
        format!(
            "Under {name} a guarantor pays {pays}, and holders of warrants gain {} million.",
            stated(warrants)
        )
    })
}

fn terminal(best: &PolicyOutcome, money: &FinanceOutcome) -> String {
    if money.terminal_usd.mean() == 0.0 && money.terminal_usd.standard_deviation() == 0.0 {
        return "No terminal value beyond contracts and things is counted.".into();
    }
    format!(
        "The terminal value, a line of its own within the equity: {} million USD under {} at the horizon, before creditors and discounting.",
        stated(&money.terminal_usd),
        best.name
    )
}
