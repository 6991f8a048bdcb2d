//! `wattshift backtest`: the model against history.

use crate::args::ProductionArgs;
use crate::failure::Failure;
use crate::output::say;

/// Prints expected beside reported production.
pub(crate) fn production(args: &ProductionArgs) -> Result<(), Failure> {
    let fees = args.missing_fees_btc_per_block;
    if !(0.0..=50.0).contains(&fees) {
        return Err(Failure::BadInput(format!(
            "error: --missing-fees-btc-per-block is {fees}; allowed is 0 to 50 BTC"
        )));
    }
    let months = market::production(&args.miners, &args.bitcoin, fees)
        .map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    say(&report::production_table(&months, fees))
}
