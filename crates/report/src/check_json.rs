//! What `check` shows, for programs: the resolved scenario and its static first year as one JSON object.

use serde_json::{Value, json};
use simulate::{RequiredRent, StaticPrices, StaticUse};

/// What is known of a scenario before it is run.
#[derive(Debug, Clone, Copy)]
pub struct CheckFacts<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Every field with the value used, as TOML; under the same name as in the manifest of a run.
    pub resolved_scenario: &'a str,
    /// The policies and what they do, in words.
    pub policies: &'a [(String, String)],
    /// The static first year by use.
    pub uses: &'a [StaticUse],
    /// The prices at which it is taken.
    pub prices: StaticPrices,
    /// The rent that a conversion needs.
    pub required: RequiredRent,
    /// What the reader should know before trusting a number.
    pub warnings: &'a [String],
}

/// A checked scenario as indented JSON with a final line break; what has no value is null.
#[must_use]
pub fn check_json(facts: &CheckFacts<'_>) -> String {
    let (prices, required) = (facts.prices, &facts.required);
    let value = json!({
        "scenario": facts.scenario,
        "resolved_scenario": facts.resolved_scenario,
        "prices": {
            "hashprice_usd_per_ph_day": prices.hashprice_usd_per_ph_day,
            "power_usd_per_mwh": prices.power_usd_per_mwh,
            "rent_usd_per_kw_month": prices.rent_usd_per_kw_month,
            "gpu_hour_price_usd": prices.gpu_hour_usd,
        },
        "static_year_usd_per_gross_mw": facts.uses.iter().map(static_use).collect::<Vec<_>>(),
        "required_rent": {
            "level_usd_per_kw_month": required.level_usd_per_kw_month,
            "first_year_usd_per_kw_month": required.first_year_usd_per_kw_month,
            "escalator_per_year": required.escalator_per_year,
            "rate_per_year": required.rate_per_year,
            "years": required.years,
        },
        "policies": facts
            .policies
            .iter()
            .map(|(name, description)| json!({ "policy": name, "description": description }))
            .collect::<Vec<_>>(),
        "warnings": facts.warnings,
    });
    // Keys of a map are text, so it can always be written.
    format!("{value:#}\n")
}

fn static_use(found: &StaticUse) -> Value {
    json!({
        "use": found.name,
        "revenue_usd": found.revenue_usd,
        "power_usd": found.power_usd,
        "opex_usd": found.opex_usd,
        "margin_usd": found.margin_usd(),
        "capex_usd": found.capex_usd,
        "simple_yield_per_year": found.simple_yield(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checked_scenario_is_one_object_with_nulls_for_what_has_no_value() {
        let mining = StaticUse {
            name: "mining".into(),
            revenue_usd: 0.1 + 0.2,
            power_usd: 0.1,
            opex_usd: 0.05,
            capex_usd: 0.0,
        };
        let facts = CheckFacts {
            scenario: "texas",
            resolved_scenario: "[scenario]\nname = \"texas\"\n",
            policies: &[("dp".into(), "computed".into())],
            uses: std::slice::from_ref(&mining),
            prices: StaticPrices {
                hashprice_usd_per_ph_day: 45.0,
                power_usd_per_mwh: 40.0,
                rent_usd_per_kw_month: 134.5,
                gpu_hour_usd: None,
            },
            required: RequiredRent {
                level_usd_per_kw_month: 116.105,
                first_year_usd_per_kw_month: 98.04,
                escalator_per_year: 0.03,
                rate_per_year: 0.1,
                years: 15,
            },
            warnings: &[],
        };
        let json: Value = serde_json::from_str(&check_json(&facts)).unwrap();
        let year = &json["static_year_usd_per_gross_mw"][0];
        assert_eq!(year["revenue_usd"].as_f64(), Some(mining.revenue_usd));
        assert_eq!(year["margin_usd"].as_f64(), Some(mining.margin_usd()));
        assert_eq!(year["simple_yield_per_year"], Value::Null);
        assert_eq!(json["prices"]["gpu_hour_price_usd"], Value::Null);
        assert_eq!(json["policies"][0]["policy"], "dp");
    }
}
