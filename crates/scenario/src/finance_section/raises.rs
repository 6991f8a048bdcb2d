//! Sales of shares, `[[finance.raises]]`.

use super::months::{Months, Reach};
use super::read_name;
use super::shares::COUNT;
use crate::reader::{Rule, Section};
use finance::terms::{RaiseTerms, RaiseTiming};

/// Reads all of them.
pub(super) fn read(finance: &Section<'_>, months: &Months) -> Vec<RaiseTerms> {
    let mut raises: Vec<RaiseTerms> = Vec::new();
    for section in finance.list("raises") {
        section.begin_item("finance.raises");
        let name = read_name(&section, raises.iter().map(|raise| raise.name.as_str()), "raise");
        raises.push(read_one(&section, months, name));
        section.finish();
    }
    raises
}

fn read_one(section: &Section<'_>, months: &Months, name: String) -> RaiseTerms {
    let when_needed = section.choice("timing", &["month", "when-needed"], None) == 1;
    let timing = if when_needed {
        RaiseTiming::WhenNeeded(months.read_or(section, "month", Reach::Study, 0))
    } else {
        RaiseTiming::Month(months.read(section, "month", Reach::Study))
    };
    let primary_shares = section.number_or("primary_shares", COUNT, 0.0);
    let secondary_shares = if when_needed {
        section.belongs_elsewhere(
            &["secondary_shares"],
            "belongs to timing = \"month\"; what is sold when needed are new shares",
        );
        0.0
    } else {
        section.number_or("secondary_shares", COUNT, 0.0)
    };
    if primary_shares + secondary_shares == 0.0 {
        section.fault("primary_shares", "is 0; allowed is above 0: this raise sells nothing");
    }
    let (price_usd, discount) = read_price(section);
    RaiseTerms {
        name,
        timing,
        primary_shares,
        secondary_shares,
        price_usd,
        discount,
        fee_share: section.number_or(
            "fee_share",
            Rule::between(0.0, 0.99, "of the proceeds of new shares"),
            0.0,
        ),
    }
}

/// A stated price, or a discount to the share price of the month.
fn read_price(section: &Section<'_>) -> (Option<f64>, f64) {
    if section.has("price_usd") {
        section.belongs_elsewhere(
            &["discount"],
            "stands beside price_usd; allowed is one of the two: a discount is to the share price of the month",
        );
        return (Some(section.number("price_usd", Rule::above(0.0, 1e9, "USD a share"))), 0.0);
    }
    (None, section.number_or("discount", Rule::between(0.0, 0.99, "of the share price"), 0.0))
}
