//! Sums over paths that can be merged in the order of the paths, so that threads do not show in any result.

use crate::finance_totals::FinanceTotals;
use crate::pairs::PairedDifferences;
use crate::statistics::Moments;
use finance::Terms;
use site::Ledger;

/// One policy's sums.
#[derive(Debug, Clone)]
pub(crate) struct PolicyTotals {
    pub(crate) npv: Moments,
    pub(crate) npv_horizon: Moments,
    pub(crate) difference: Moments,
    pub(crate) foresight_less_policy: Moments,
    pub(crate) carried: [f64; 5],
    /// Cost of serving the leases that are carried, where it does not follow the rent.
    pub(crate) carried_lease_cost: f64,
    pub(crate) capex: f64,
    pub(crate) shortfalls: u64,
    pub(crate) without_irr: u64,
    /// Sums of ledger columns by month, `[n_months]`.
    pub(crate) ledger: Vec<[f64; Ledger::WIDTH]>,
    /// Sum of cash by month, `[n_months]`.
    pub(crate) cash: Vec<f64>,
    /// Sum of gross MW committed to AI by month, `[n_months]`.
    pub(crate) ai_mw: Vec<f64>,
    pub(crate) kept_npv: Vec<f64>,
    pub(crate) kept_difference: Vec<f64>,
    pub(crate) kept_ai_mw: Vec<f64>,
    pub(crate) kept_flow: Vec<f64>,
    pub(crate) kept_cash: Vec<f64>,
    /// Paths and months in which money kept it from starting more.
    pub(crate) paths_bound: u64,
    pub(crate) months_bound: u64,
    /// Its money, where there is a capital structure.
    pub(crate) finance: Option<FinanceTotals>,
}

impl PolicyTotals {
    fn new(n_months: usize, finance: Option<&Terms>) -> Self {
        Self {
            npv: Moments::default(),
            npv_horizon: Moments::default(),
            difference: Moments::default(),
            foresight_less_policy: Moments::default(),
            carried: [0.0; 5],
            carried_lease_cost: 0.0,
            capex: 0.0,
            shortfalls: 0,
            without_irr: 0,
            ledger: vec![[0.0; Ledger::WIDTH]; n_months],
            cash: vec![0.0; n_months],
            ai_mw: vec![0.0; n_months],
            kept_npv: Vec::new(),
            kept_difference: Vec::new(),
            kept_ai_mw: Vec::new(),
            kept_flow: Vec::new(),
            kept_cash: Vec::new(),
            paths_bound: 0,
            months_bound: 0,
            finance: finance.map(|terms| FinanceTotals::new(terms, n_months)),
        }
    }

    fn merge(&mut self, other: Self) {
        self.npv.merge(&other.npv);
        self.npv_horizon.merge(&other.npv_horizon);
        self.difference.merge(&other.difference);
        self.foresight_less_policy.merge(&other.foresight_less_policy);
        add(&mut self.carried, &other.carried);
        self.carried_lease_cost += other.carried_lease_cost;
        self.capex += other.capex;
        self.shortfalls += other.shortfalls;
        self.without_irr += other.without_irr;
        for (mine, theirs) in self.ledger.iter_mut().zip(&other.ledger) {
            add(mine, theirs);
        }
        add(&mut self.cash, &other.cash);
        add(&mut self.ai_mw, &other.ai_mw);
        self.kept_npv.extend(other.kept_npv);
        self.kept_difference.extend(other.kept_difference);
        self.kept_ai_mw.extend(other.kept_ai_mw);
        self.kept_flow.extend(other.kept_flow);
        self.kept_cash.extend(other.kept_cash);
        self.paths_bound += other.paths_bound;
        self.months_bound += other.months_bound;
        if let (Some(mine), Some(theirs)) = (&mut self.finance, other.finance) {
            mine.merge(theirs);
        }
    }
}

/// One market factor's sums.
#[derive(Debug, Clone)]
pub(crate) struct FactorTotals {
    /// Sum and sum of squares by month, `[n_months]`.
    pub(crate) sum: Vec<f64>,
    pub(crate) squares: Vec<f64>,
    /// `[n_kept, n_months]` row-major.
    pub(crate) kept: Vec<f64>,
}

/// Sums over some paths.
#[derive(Debug, Clone)]
pub(crate) struct Totals {
    pub(crate) n_paths: usize,
    pub(crate) policies: Vec<PolicyTotals>,
    pub(crate) factors: Vec<FactorTotals>,
    pub(crate) foresight: Moments,
    pub(crate) foresight_difference: Moments,
    pub(crate) kept_foresight: Vec<f64>,
    /// Whether nothing of the money is summed or counted.
    pub(crate) without_money: bool,
    /// Bound of the market over all-mining, and the bound less each policy that is shown.
    pub(crate) market_upper: Moments,
    pub(crate) below_market_bound: Vec<Moments>,
    /// Policies that started own GPUs, which the bound does not cover.
    pub(crate) outside_bound: Vec<bool>,
    /// Between the policies that are shown.
    pub(crate) differences: PairedDifferences,
    /// Of value per share, where there is a capital structure.
    pub(crate) share_differences: Option<PairedDifferences>,
    /// Sums by fleet and month, `[n_fleets][n_months]`.
    pub(crate) out_of_money_hours: Vec<Vec<f64>>,
}

impl Totals {
    pub(crate) fn new(
        n_policies: usize,
        n_shown: usize,
        n_factors: usize,
        n_fleets: usize,
        n_months: usize,
        finance: Option<&Terms>,
    ) -> Self {
        let factor =
            FactorTotals { sum: vec![0.0; n_months], squares: vec![0.0; n_months], kept: Vec::new() };
        Self {
            n_paths: 0,
            policies: vec![PolicyTotals::new(n_months, finance); n_policies],
            factors: vec![factor; n_factors],
            foresight: Moments::default(),
            foresight_difference: Moments::default(),
            kept_foresight: Vec::new(),
            without_money: false,
            differences: PairedDifferences::new(n_shown),
            share_differences: finance.map(|_| PairedDifferences::new(n_shown)),
            market_upper: Moments::default(),
            below_market_bound: vec![Moments::default(); n_shown],
            outside_bound: vec![false; n_shown],
            out_of_money_hours: vec![vec![0.0; n_months]; n_fleets],
        }
    }

    /// Sums nothing of the money, where only values are wanted.
    pub(crate) fn leave_out_money(&mut self) {
        self.without_money = true;
        self.share_differences = None;
        for policy in &mut self.policies {
            policy.finance = None;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.n_paths += other.n_paths;
        for (mine, theirs) in self.policies.iter_mut().zip(other.policies) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.factors.iter_mut().zip(other.factors) {
            add(&mut mine.sum, &theirs.sum);
            add(&mut mine.squares, &theirs.squares);
            mine.kept.extend(theirs.kept);
        }
        self.foresight.merge(&other.foresight);
        self.foresight_difference.merge(&other.foresight_difference);
        self.kept_foresight.extend(other.kept_foresight);
        self.differences.merge(&other.differences);
        if let (Some(mine), Some(theirs)) = (&mut self.share_differences, &other.share_differences) {
            mine.merge(theirs);
        }
        self.market_upper.merge(&other.market_upper);
        for (mine, theirs) in self.below_market_bound.iter_mut().zip(&other.below_market_bound) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.outside_bound.iter_mut().zip(other.outside_bound) {
            *mine |= theirs;
        }
        for (mine, theirs) in self.out_of_money_hours.iter_mut().zip(&other.out_of_money_hours) {
            add(mine, theirs);
        }
    }
}

pub(crate) fn add(mine: &mut [f64], theirs: &[f64]) {
    for (a, b) in mine.iter_mut().zip(theirs) {
        *a += b;
    }
}
