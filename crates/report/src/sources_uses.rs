//! Where the money for construction came from and where it went: mean over paths, undiscounted, from the first opening to the end
//! of the last month in which some path builds.
//!
//! Uses are what was spent on construction, what lenders took for lending until then (fees, interest paid and interest added to
//! balances), and what lies in reserve, collateral and construction accounts at the end. Sources are what lenders, new
//! shareholders and partners put in. What is left between the two is the company's own: cash at the opening and income until then;
//! or, where more came in than was used, money that is left with the company.

use simulate::{Outcomes, PolicyOutcome, Statement};
use site::YearMonth;

/// One side of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Use,
}

/// A line of the account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    pub(crate) usd: f64,
}

/// The account of one policy, both sides equal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SourcesUses {
    /// Last month with construction.
    pub(crate) until: YearMonth,
    /// Lines, sources first.
    pub(crate) items: Vec<Item>,
}

/// Below this an amount is none, USD.
const NOTHING_USD: f64 = 1.0;

impl SourcesUses {
    /// Of a policy; `None` without a capital structure or where nothing is ever built.
    pub(crate) fn of(outcomes: &Outcomes, policy: &PolicyOutcome) -> Option<Self> {
        let money = policy.finance.as_ref()?;
        let last = policy.ledger.iter().rposition(|ledger| ledger.capex_usd() > 0.0)?;
        let end = money.statement.get(last)?;
        let sum = |of: fn(&Statement) -> f64| money.statement[..=last].iter().map(of).sum::<f64>();
        let capex: f64 = policy.ledger[..=last].iter().map(|ledger| ledger.capex_usd()).sum();
        let mut items = Vec::new();
        let mut add = |name, side, usd: f64| items.push(Item { name, side, usd });
        add("loans drawn", Side::Source, sum(|s| s.loans_drawn_usd));
        add("interest added to balances", Side::Source, sum(|s| s.interest_capitalised_usd));
        add("convertible notes", Side::Source, sum(|s| s.convertible_issued_usd));
        add("revolver, net", Side::Source, sum(|s| s.revolver_drawn_usd - s.revolver_repaid_usd));
        add("lent after a default", Side::Source, sum(|s| s.rescue_drawn_usd - s.rescue_repaid_usd));
        add("new shares", Side::Source, sum(|s| s.equity_raised_usd));
        add("partners", Side::Source, sum(|s| s.partner_contribution_usd));
        add("construction", Side::Use, capex);
        add("fees and discounts of lenders", Side::Use, sum(|s| s.financing_fees_usd));
        let interest = |s: &Statement| {
            s.loan_interest_usd
                + s.interest_capitalised_usd
                + s.revolver_interest_usd
                + s.convertible_coupon_usd
        };
        add("interest until then", Side::Use, sum(interest));
        add("reserve accounts", Side::Use, end.reserve_usd);
        add("collateral", Side::Use, end.collateral_usd);
        add("construction account, not yet spent", Side::Use, end.construction_usd);
        balance(&mut items);
        Some(Self { until: outcomes.months[last], items })
    }

    /// The lines of one side.
    pub(crate) fn side(&self, side: Side) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.side == side)
    }
}

/// Leaves out what is nothing and closes the account with the company's own money.
fn balance(items: &mut Vec<Item>) {
    items.retain(|item| item.usd.abs() >= NOTHING_USD);
    // A net source below zero is money that went out.
    for item in items.iter_mut().filter(|item| item.usd < 0.0) {
        item.usd = -item.usd;
        item.side = if item.side == Side::Source { Side::Use } else { Side::Source };
    }
    let total = |side| items.iter().filter(|item| item.side == side).map(|item| item.usd).sum::<f64>();
    let own = total(Side::Use) - total(Side::Source);
    if own >= NOTHING_USD {
        items.push(Item { name: "company's own cash and income", side: Side::Source, usd: own });
    } else if own <= -NOTHING_USD {
        items.push(Item { name: "left with the company", side: Side::Use, usd: -own });
    }
    items.sort_by_key(|item| item.side == Side::Use);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::financed;

    #[test]
    fn both_sides_are_equal_and_all_mining_builds_nothing() {
        let outcomes = financed();
        for policy in &outcomes.policies {
            let Some(account) = SourcesUses::of(&outcomes, policy) else {
                assert_eq!(policy.name, "all-mining");
                continue;
            };
            let total = |side| account.side(side).map(|item| item.usd).sum::<f64>();
            assert!((total(Side::Source) - total(Side::Use)).abs() < 2.0, "{account:?}");
            assert!(account.items.iter().all(|item| item.usd > 0.0), "{account:?}");
        }
    }

    #[test]
    fn more_than_is_used_is_left_with_the_company_and_net_repayment_is_a_use() {
        let item = |name, side, usd| Item { name, side, usd };
        let mut items = vec![
            item("loans drawn", Side::Source, 100.0),
            item("revolver, net", Side::Source, -10.0),
            item("partners", Side::Source, 0.1),
            item("construction", Side::Use, 60.0),
        ];
        balance(&mut items);
        let expected = [
            item("loans drawn", Side::Source, 100.0),
            item("revolver, net", Side::Use, 10.0),
            item("construction", Side::Use, 60.0),
            item("left with the company", Side::Use, 30.0),
        ];
        assert_eq!(items, expected);
    }
}
