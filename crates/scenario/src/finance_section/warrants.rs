//! Warrants given away, `[[finance.warrants]]`.

use super::months::{Months, Reach};
use super::read_name;
use super::shares::COUNT;
use crate::reader::{Rule, Section};
use finance::terms::WarrantTerms;

/// Strike of the warrants given for a guarantee, USD a share: fact F0.
const PENNY_USD: f64 = 0.01;

/// Reads all of them.
pub(super) fn read(finance: &Section<'_>, months: &Months) -> Vec<WarrantTerms> {
    let mut warrants: Vec<WarrantTerms> = Vec::new();
    for section in finance.list("warrants") {
        section.begin_item("finance.warrants");
        let name = read_name(&section, warrants.iter().map(|warrant| warrant.name.as_str()), "warrant");
        let faults_before = section.log().n_faults();
        let warrant = WarrantTerms {
            name,
            shares: section.number("shares", COUNT),
            strike_usd: section.number_or("strike_usd", Rule::between(0.0, 1e9, "USD a share"), PENNY_USD),
            vesting_month: months.read_or(&section, "vesting", Reach::Beyond, 0),
            expiry_month: months.read(&section, "expiry", Reach::Beyond),
        };
        section.finish();
        let sound = section.log().n_faults() == faults_before;
        if sound && warrant.expiry_month < warrant.vesting_month {
            let (expiry, vesting) = (months.name(warrant.expiry_month), months.name(warrant.vesting_month));
            section.fault("expiry", format!("is {expiry}; allowed is vesting, {vesting}, or later"));
        }
        warrants.push(warrant);
    }
    warrants
}
