//! What the model leaves out, as far as it concerns the run at hand.

use simulate::Outcomes;

/// Limits that hold for every run.
const ALWAYS: [&str; 7] = [
    "Drifts are inputs: Bitcoin, rents and power grow as the scenario says. Ten years of Bitcoin closes cannot tell the drift; its mean has a \
     standard error of 21 points a year.",
    "The mean of Bitcoin follows the scenario; with a high volatility its median falls far below, and the mean rests on few paths.",
    "The rate and rents of lease offers are assumptions: announced deals are a selected sample. An offer is open for the month in which it comes.",
    "Calibrations of power come from calm spells unless the scenario says otherwise: a storm like that of February 2021 is in none of them and \
     comes in by a rate of the scenario's own. Runs of negative prices are shorter in the model than in history, and hourly prices undervalue \
     curtailment by 0.2 to 0.8 USD/MWh against 15-minute ones (Houston, 2021 to 2024).",
    "A hall converts as a whole, in one order, and not back. Machines are not refreshed. There is no construction delay and no tenant default.",
    "Peak charges (4CP) are a flat adder, and no reserves are sold; a case of wattshift dispatch has both.",
    "Policies are compared on one model of the markets. The error beside a number is that of simulation alone: that the model or its inputs \
     are wrong is not in it.",
];

pub(super) fn limits(outcomes: &Outcomes) -> Vec<String> {
    let money = match outcomes.capital {
        None => "Money is nominal, before tax and unlevered: this run has no debt and no covenants.",
        Some(_) => {
            "NPVs are nominal, before tax and unlevered. Debt, taxes and shareholders come in with the value per share; after a default \
             assets go on working, for lenders do not accelerate."
        }
    };
    let mut limits = vec![money.to_owned()];
    if outcomes.plan_race.is_some() || outcomes.market_bounds.is_some() {
        limits.push(
            "Computed policies plan on hashprice and rents; the power level and own GPUs are not in their state. Bounds cover policies that \
             let halls to tenants and not own GPUs."
                .into(),
        );
    }
    limits.extend(ALWAYS.map(str::to_owned));
    limits
}
