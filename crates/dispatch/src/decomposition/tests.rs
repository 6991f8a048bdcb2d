//! The decomposition against a simplex that shares no code with it, on random cases of varied structure.

use super::*;
use crate::test_support::random_cases::{Variety, random_case};
use crate::test_support::simplex;

const VARIETY: Variety = Variety {
    most_steps: 24,
    most_loads: 6,
    most_ramped: 1,
    most_budgets: 6,
    reserves: false,
    restarts: false,
};

/// Value of a case, in blocks of `block_hours`, held against the simplex.
fn compare(seed: u64, case: &Case, block_hours: f64) -> bool {
    let found = solve_in_blocks(case, None, block_hours).expect("within the structure");
    match (found, simplex::optimum(case)) {
        (Ok(found), Some(expected)) => {
            let proof = &found.certificate;
            let scale = expected.value_usd.abs().max(1.0);
            assert!(
                (found.value_usd - expected.value_usd).abs() <= 1e-9 * scale,
                "seed {seed}: {} against {}, {proof:?} {:?}",
                found.value_usd,
                expected.value_usd,
                found.effort
            );
            assert!(proof.relative_gap.abs() <= 1e-9, "seed {seed}: {proof:?}");
            assert!(proof.worst_step_mw <= 1e-9, "seed {seed}: {proof:?}");
            assert!(proof.worst_budget_share <= 1e-12, "seed {seed}: {proof:?}");
            true
        }
        (Err(DispatchError::Infeasible(why)), None) => {
            let missed: f64 = why.shortfalls.iter().map(|short| short.mwh).sum();
            let least = simplex::least_shortfall_mwh(case);
            assert!((missed - least).abs() <= 1e-8 * least.max(1.0), "seed {seed}: {missed} against {least}");
            false
        }
        (found, expected) => panic!(
            "seed {seed}: {:?} against {:?}",
            found.map(|f| (f.value_usd, f.certificate)),
            expected.map(|e| e.value_usd)
        ),
    }
}

#[test]
fn random_cases_equal_the_simplex() {
    let solved: usize = (0..2_000)
        .map(|seed| {
            usize::from(compare(seed, &random_case(seed, VARIETY), [168.0, 6.0, 3.0][seed as usize % 3]))
        })
        .sum();
    assert!((800..1_900).contains(&solved), "{solved} feasible");
}
