//! A capital structure made up for tests, laid over made-up outcomes: a loan that is drawn as built, convertible notes, warrants.

use crate::test_support::{POLICIES, build, moments, noise, normal};
use simulate::{CapitalStructure, Fan, FinanceOutcome, LenderOutcome, Outcomes, PolicyOutcome, Statement};

const SHARES: f64 = 120e6;

/// Seven policies over ten years and 400 paths, with a capital structure.
pub(crate) fn financed() -> Outcomes {
    with_money(build(&POLICIES, 120, 400))
}

/// Outcomes with money of the right shape.
pub(crate) fn with_money(mut outcomes: Outcomes) -> Outcomes {
    outcomes.capital = Some(CapitalStructure {
        opening_cash_usd: 60e6,
        opening_shares: SHARES,
        cost_of_equity_per_year: 0.14,
        it_mw_per_gross_mw: 1.0 / 1.45,
        lock_up_dscr: Some(1.2),
        default_dscr: Some(1.05),
    });
    let n_kept = outcomes.n_kept;
    let mining: Vec<f64> = outcomes.policies[0].kept_npv_usd.clone();
    for policy in &mut outcomes.policies {
        for (m, ledger) in policy.ledger.iter_mut().enumerate() {
            ledger.conversion_capex_usd =
                0.6e6 * ledger.building_mw + if m == 3 { ledger.building_mw } else { 0.0 };
        }
        policy.share_bound_by_money = if policy.ai_gross_mw.last() > Some(&0.0) { 0.25 } else { 0.0 };
        policy.months_bound_by_money = 6.0 * policy.share_bound_by_money;
        policy.finance = Some(money(policy, &mining, n_kept));
    }
    outcomes
}

fn money(policy: &PolicyOutcome, mining: &[f64], n_kept: usize) -> FinanceOutcome {
    let equity: Vec<f64> = policy.kept_npv_usd.iter().map(|npv| (0.9 * npv).max(0.0)).collect();
    let per_share: Vec<f64> = equity.iter().map(|usd| usd / SHARES / 1.05).collect();
    let base: Vec<f64> = mining.iter().map(|npv| (0.9 * npv).max(0.0) / SHARES / 1.05).collect();
    let differences: Vec<f64> = per_share.iter().zip(&base).map(|(a, b)| a - b).collect();
    let statement = statements(policy);
    let wide = |f: &dyn Fn(usize, usize, &Statement) -> f64| -> Fan {
        let months = (0..n_kept).flat_map(|p| statement.iter().enumerate().map(move |(m, s)| f(p, m, s)));
        Fan::of(months.collect(), statement.len())
    };
    let builds = policy.ledger.iter().any(|ledger| ledger.capex_usd() > 0.0);
    let n = n_kept as u64;
    FinanceOutcome {
        equity_value_usd: moments(&equity),
        value_per_share_usd: moments(&per_share),
        per_share_difference_usd: moments(&differences),
        terminal_usd: moments(&equity.iter().map(|usd| 0.3 * usd).collect::<Vec<_>>()),
        warrants_value_usd: moments(&equity.iter().map(|usd| 0.02 * usd).collect::<Vec<_>>()),
        guarantee_value_usd: moments(&(0..n_kept).map(|p| 4e7 * noise(p).powi(9)).collect::<Vec<_>>()),
        taxes_value_usd: moments(&[2e7, 3e7]),
        company_creditors_lost_usd: moments(&[0.0, 1e6]),
        diluted_shares: moments(&[1.04 * SHARES, 1.06 * SHARES]),
        lowest_liquidity_usd: moments(&[1e7, 3e7]),
        highest_debt_usd: moments(&[8e8, 9e8]),
        lenders: if builds { vec![lender(n_kept)] } else { Vec::new() },
        paths_short: n / 20,
        paths_breached: if builds { n / 10 } else { 0 },
        paths_locked_up: if builds { n / 5 } else { 0 },
        paths_project_default: if builds { n / 25 } else { 0 },
        paths_company_default: n / 50,
        lowest_dscr: Fan::of(
            (0..n_kept).map(|p| if builds { 1.3 + 0.15 * normal(p) } else { f64::NAN }).collect(),
            1,
        ),
        dscr: wide(&|p, _, s| if s.dscr > 0.0 { s.dscr * (1.0 + 0.12 * normal(p)) } else { f64::NAN }),
        debt_usd: wide(&|p, _, s| s.debt_usd() * (1.0 + 0.2 * normal(p)).max(0.0)),
        share_price_usd: wide(&|p, _, s| s.share_price_usd * f64::exp(0.4 * normal(p))),
        kept_value_per_share_usd: per_share,
        kept_equity_value_usd: equity,
        statement,
    }
}

fn lender(n_paths: usize) -> LenderOutcome {
    let over = |f: &dyn Fn(usize) -> f64| moments(&(0..n_paths).map(f).collect::<Vec<_>>());
    LenderOutcome {
        name: "senior notes".into(),
        rate_per_year: 0.08,
        drawn_usd: over(&|p| 6e8 * (1.0 + 0.1 * noise(p))),
        lost_usd: over(&|p| 9e7 * noise(p).powi(12)),
        enforced_loss_usd: over(&|_| 5.4e6),
        recovery_share: 0.55,
        balance_years_usd: over(&|_| 3e9),
        defaults: n_paths as u64 / 25,
    }
}

/// Months in which a fifth of construction is the owners', and loans are repaid once halls are let.
fn statements(policy: &PolicyOutcome) -> Vec<Statement> {
    let mut all = Vec::with_capacity(policy.ledger.len());
    let (mut loan, mut plant, mut cash) = (0.0_f64, 5e7, 6e7);
    let mut notes = 0.0;
    for (m, ledger) in policy.ledger.iter().enumerate() {
        let capex = ledger.capex_usd();
        let drawn = 0.8 * capex;
        let interest = loan * 0.08 / 12.0;
        let capitalised = if m < 18 { interest } else { 0.0 };
        let principal = if m < 36 { 0.0 } else { (loan / 180.0).max(0.0) };
        let issued = if m == 6 && policy.capex_usd > 0.0 { 2e8 } else { 0.0 };
        notes += issued;
        loan += drawn + capitalised - principal;
        plant += capex;
        cash += 1.5e6 + 0.5 * issued - 0.1 * capex;
        let cash_now = cash.max(0.0);
        let raised = if m == 10 && policy.capex_usd > 0.0 { 7e7 } else { 0.0 };
        all.push(Statement {
            cfads_usd: 0.85 * ledger.hosting_rent_usd,
            loans_drawn_usd: drawn,
            interest_capitalised_usd: capitalised,
            loan_interest_usd: interest - capitalised,
            financing_fees_usd: 0.02 * drawn,
            loan_principal_usd: principal,
            convertible_issued_usd: issued,
            equity_raised_usd: raised,
            company_cash_usd: cash_now,
            reserve_usd: if loan > 0.0 { 6.0 * interest } else { 0.0 },
            plant_usd: plant,
            project_debt_usd: loan,
            convertible_usd: notes,
            equity_usd: cash_now + plant - loan - notes + if loan > 0.0 { 6.0 * interest } else { 0.0 },
            liquidity_usd: cash_now,
            shares: SHARES + if m >= 10 { raised_shares(policy) } else { 0.0 },
            diluted_shares: SHARES * 1.02 + if m >= 10 { 1.4 * raised_shares(policy) } else { 0.0 },
            share_price_usd: 14.0 + 0.02 * m as f64,
            dscr: if m > 30 && loan > 0.0 { 1.2 + 0.004 * m as f64 } else { 0.0 },
            locked_up: 0.05,
            ..Statement::default()
        });
    }
    all
}

fn raised_shares(policy: &PolicyOutcome) -> f64 {
    if policy.capex_usd > 0.0 { 5e6 } else { 0.0 }
}
