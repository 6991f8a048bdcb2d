use super::*;
use crate::test_support::{outcomes, smallest, zeros};
use std::collections::BTreeMap;

pub(super) fn read(sheet: Sheet) -> (String, Vec<BTreeMap<String, String>>) {
    let bytes = sheet.into_bytes();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().iter().collect::<Vec<_>>().join(",");
    (header, reader.deserialize().map(Result::unwrap).collect())
}

pub(super) fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} holds `{}`", row[column]))
}

#[test]
fn headers_are_as_documented() {
    let outcomes = outcomes();
    let check =
        |sheet: Sheet, expected: &str| assert_eq!(read(sheet).0, expected.replace(char::is_whitespace, ""));
    check(
        summary(&outcomes),
        "policy,n_paths,mean_npv_usd,se_npv_usd,p5_npv_usd,p50_npv_usd,p95_npv_usd,cvar5_npv_usd,mean_npv_horizon_usd,
         se_npv_horizon_usd,carried_leases_usd,carried_construction_usd,carried_asics_usd,carried_gpus_usd,
         carried_site_usd,carried_total_usd,difference_to_all_mining_usd,se_difference_to_all_mining_usd,foresight_less_policy_usd,
         se_foresight_less_policy_usd,incremental_irr_per_year,incremental_irr_count,incremental_irr_horizon_per_year,
         share_without_irr,incremental_moic,incremental_payback_years,mean_capex_usd,shortfall_probability,
         horizon_mining_mw,horizon_hosting_mw,horizon_inference_mw,horizon_training_mw,horizon_building_mw,
         horizon_idle_mw,quantile_paths,break_even_rent_share,break_even_rent_usd_per_kw_month,break_even_hashprice_share,
         break_even_hashprice_usd_per_ph_day,share_bound_by_money,mean_months_bound_by_money,lens",
    );
    check(
        monthly(&outcomes),
        "policy,month,mean_ai_gross_mw,p5_ai_gross_mw,p50_ai_gross_mw,p95_ai_gross_mw,mean_net_cash_flow_usd,
         p5_net_cash_flow_usd,p50_net_cash_flow_usd,p95_net_cash_flow_usd,mean_cash_usd,p5_cash_usd,p50_cash_usd,
         p95_cash_usd,mean_mining_share,lens",
    );
    check(allocation(&outcomes), "policy,month,use,mean_gross_mw");
    check(
        cash_flow(&outcomes),
        "policy,month,mining_revenue_usd,hosting_rent_usd,inference_revenue_usd,training_revenue_usd,
         power_block_gain_usd,asic_sales_usd,termination_fees_usd,mining_power_usd,gpu_power_usd,mining_opex_usd,
         hosting_opex_usd,sla_credits_usd,gpu_opex_usd,overhead_usd,conversion_capex_usd,gpu_capex_usd,net_cash_flow_usd,mining_mwh,hosting_mwh,gpu_mwh,lens",
    );
    check(
        markets(&outcomes),
        "factor,unit,month,mean,p5,p25,p50,p75,p95,mean_multiple,effective_sample,lens",
    );
    check(mining_hours(&outcomes), "fleet,month,hours,mean_out_of_money_hours,mean_out_of_money_intervals");
    check(paths(&outcomes), "path,policy,npv_usd,difference_to_all_mining_usd,lens");
    check(
        tuning(&outcomes),
        "policy,parameter,unit,value,tuning_paths,in_sample_mean_npv_usd,in_sample_se_npv_usd,in_sample_cvar5_npv_usd,
         objective_cvar_weight,objective_usd,start,chosen,frontier_weights,race_mean_npv_usd,race_se_npv_usd,
         race_cvar5_npv_usd,lens",
    );
    check(
        frontier(&outcomes),
        "policy,parameter,unit,value,weights,in_race,mean_npv_usd,se_npv_usd,cvar5_npv_usd,efficient,lens",
    );
    check(
        dispatch_week(&outcomes),
        "policy,path,month,hour_index,day,local_hour,price_usd_per_mwh,mining_s21_mw,mining_s19_xp_old_mw,hosting_mw,inference_mw,
         training_mw,curtailed_mw,total_draw_mw",
    );
}

#[test]
fn uses_of_a_month_sum_to_the_campus() {
    let outcomes = outcomes();
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in read(allocation(&outcomes)).1 {
        *sums.entry((row["policy"].clone(), row["month"].clone())).or_default() +=
            number(&row, "mean_gross_mw");
    }
    assert_eq!(sums.len(), outcomes.policies.len() * outcomes.months.len());
    assert!(sums.values().all(|sum| (sum - outcomes.campus_gross_mw).abs() < 1e-9));
}

#[test]
fn net_cash_flow_is_revenues_less_costs_and_agrees_between_tables() {
    let outcomes = outcomes();
    let months = read(monthly(&outcomes)).1;
    for (flow, month) in read(cash_flow(&outcomes)).1.iter().zip(&months) {
        let sum = |names: &[&str]| names.iter().map(|name| number(flow, name)).sum::<f64>();
        let net = sum(site::Ledger::REVENUES) - sum(site::Ledger::COSTS);
        assert!((net - number(flow, "net_cash_flow_usd")).abs() < 1e-6);
        assert_eq!(flow["net_cash_flow_usd"], month["mean_net_cash_flow_usd"]);
    }
}

#[test]
fn summary_has_foresight_last_and_empty_cells_where_nothing_is_defined() {
    let outcomes = outcomes();
    let rows = read(summary(&outcomes)).1;
    assert_eq!(rows.len(), outcomes.policies.len() + 1);
    assert_eq!(rows[0]["incremental_irr_per_year"], "");
    assert_eq!(rows[0]["incremental_irr_count"], "0");
    assert_eq!(rows[1]["incremental_payback_years"], "5.25");
    let mw: f64 =
        site::Ledger::MEGAWATTS.iter().map(|name| number(&rows[3], &format!("horizon_{name}"))).sum();
    assert!((mw - outcomes.campus_gross_mw).abs() < 1e-9);
    let foresight = &rows[7];
    assert_eq!(foresight["policy"], FORESIGHT);
    assert_eq!(number(foresight, "mean_npv_usd"), outcomes.foresight.npv_usd.mean());
    assert_eq!(foresight["mean_capex_usd"], "");
    assert!(number(foresight, "cvar5_npv_usd") <= number(foresight, "p5_npv_usd"));
}

#[test]
fn markets_take_any_number_of_factors_and_spell_their_units() {
    let mut outcomes = outcomes();
    outcomes.markets.retain(|factor| !factor.name.starts_with("gpu_"));
    outcomes.markets[0].unit = "T".into();
    let rows = read(markets(&outcomes)).1;
    assert_eq!(rows.len(), outcomes.markets.len() * outcomes.months.len());
    assert_eq!(rows[0]["unit"], "T (1e12)");
}

#[test]
fn paths_pair_with_all_mining() {
    let outcomes = outcomes();
    let rows = read(paths(&outcomes)).1;
    assert_eq!(rows.len(), outcomes.n_kept * 8);
    for path in rows.chunks(8) {
        for row in path {
            let difference = number(row, "npv_usd") - number(&path[0], "npv_usd");
            assert!((difference - number(row, "difference_to_all_mining_usd")).abs() < 1e-3);
        }
    }
}

#[test]
fn dispatched_loads_sum_to_the_draw() {
    let rows = read(dispatch_week(&outcomes())).1;
    for row in &rows {
        let loads = ["mining_s21_mw", "mining_s19_xp_old_mw", "hosting_mw", "inference_mw", "training_mw"];
        let sum: f64 = loads.iter().map(|name| number(row, name)).sum();
        assert!((sum - number(row, "total_draw_mw")).abs() < 1e-9);
    }
    assert_eq!([&rows[0]["policy"], &rows[0]["path"], &rows[0]["month"]], ["dp", "0", "2026-07"]);
    assert_eq!((rows[0]["day"].as_str(), rows[25]["hour_index"].as_str()), ("8", "25"));
    let hours = read(mining_hours(&outcomes())).1;
    assert_eq!(number(&hours[0], "mean_out_of_money_intervals"), 206.0);
}

#[test]
fn fleets_whose_names_clean_to_the_same_get_columns_of_their_own() {
    let mut outcomes = outcomes();
    outcomes.week.fleets = vec!["S-21".into(), "s 21".into()];
    assert!(read(dispatch_week(&outcomes)).0.contains("mining_s_21_mw,mining_s_21_2_mw"));
    assert_eq!(column_name("  Ä/é "), "unnamed");
}

#[test]
fn degenerate_outcomes_fill_every_table() {
    for outcomes in [smallest(), zeros()] {
        let place = tempfile::TempDir::new().unwrap();
        let mut folder = OutputFolder::open(&place.path().join("results"), "base", false).unwrap();
        write_tables(&outcomes, &mut folder).unwrap();
        assert_eq!(folder.publish(crate::Manifest::default()).unwrap().len(), 14);
    }
}

#[test]
fn carried_parts_sum_to_their_total() {
    let outcomes = outcomes();
    let (_, sheet) = read(summary(&outcomes));
    for row in sheet.iter().take(outcomes.policies.len()) {
        let parts: f64 = ["leases", "construction", "asics", "gpus", "site"]
            .iter()
            .map(|part| number(row, &format!("carried_{part}_usd")))
            .sum();
        assert!((parts - number(row, "carried_total_usd")).abs() < 1e-3, "{row:?}");
        assert!(number(row, "carried_construction_usd") <= 0.0);
        let [npv, horizon] = ["mean_npv_usd", "mean_npv_horizon_usd"].map(|name| number(row, name));
        assert!((npv - horizon - number(row, "carried_total_usd")).abs() < 1e-3, "{row:?}");
    }
    assert_eq!(number(&sheet[0], "carried_construction_usd"), -0.02e8);
    assert_eq!(sheet[outcomes.policies.len()]["carried_total_usd"], "");
}

#[test]
fn the_trigger_map_has_a_row_per_point_and_says_how_close_a_call_is() {
    let outcomes = outcomes();
    let (header, rows) = read(trigger_map(&outcomes));
    assert_eq!(
        header,
        "policy,month,month_index,hashprice_usd_per_ph_day,offered_rent_usd_per_kw_month,decision,halls,gross_mw,\
         gain_of_one_start_now_usd,best_value_usd,value_of_waiting_usd,lead_over_waiting_usd,lens"
    );
    assert_eq!(rows.len(), 21 * 21);
    for row in &rows {
        let [waiting, lead] = ["value_of_waiting_usd", "lead_over_waiting_usd"].map(|name| number(row, name));
        let gain = number(row, "gain_of_one_start_now_usd");
        assert!(waiting >= 0.0 && lead >= 0.0 && waiting * lead == 0.0);
        match row["decision"].as_str() {
            "convert" => assert!(lead > 0.0 && number(row, "gross_mw") == 20.0 * number(row, "halls")),
            "wait" => assert!(gain > 0.0 && row["halls"] == "0"),
            word => assert!(word == "stay" && gain <= 0.0, "{word}"),
        }
    }
    let mut beyond = outcomes;
    beyond.trigger_maps[0].map.cells[0] = simulate::Cell::beyond();
    let (_, rows) = read(trigger_map(&beyond));
    assert_eq!(rows[0]["decision"], "beyond");
    assert!(["halls", "gross_mw", "best_value_usd"].iter().all(|name| rows[0][*name].is_empty()));
}

#[test]
fn every_policy_stands_against_every_other_and_the_best_is_marked() {
    let outcomes = outcomes();
    let (_, rows) = read(differences(&outcomes));
    let n = outcomes.policies.len();
    assert_eq!(rows.len(), n * (n - 1));
    for row in &rows {
        let back =
            rows.iter().find(|other| other["policy"] == row["other"] && other["other"] == row["policy"]);
        let back = back.expect("the pair the other way round");
        assert_eq!(number(row, "mean_difference_usd"), -number(back, "mean_difference_usd"));
        assert_eq!(row["se_difference_usd"], back["se_difference_usd"]);
        let best = row["is_best"] == "true";
        assert_eq!(best, row["policy"] == outcomes.best().name);
        assert!(!best || number(row, "mean_difference_usd") >= 0.0);
    }
}

#[test]
fn tuning_pairs_what_was_tried_with_the_race_and_money_names_its_lens() {
    let mut outcomes = outcomes();
    outcomes.lens = Lens::Value;
    let rows = read(tuning(&outcomes)).1;
    let cells = |column: &str| rows.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();
    assert_eq!(cells("chosen"), ["false", "true", "false"]);
    assert_eq!(cells("frontier_weights"), ["1 2", "0 0.5", ""]);
    assert_eq!(
        rows[2]["race_mean_npv_usd"], "",
        "what is neither raced nor on the frontier has no value there"
    );
    let trigger = outcomes.policies.last().unwrap();
    assert_eq!(number(&rows[1], "race_mean_npv_usd"), trigger.npv_usd.mean());
    assert_eq!(number(&rows[0], "race_cvar5_npv_usd"), trigger.cvar5_usd + 1e6);
    for sheet in [
        summary(&outcomes),
        monthly(&outcomes),
        cash_flow(&outcomes),
        paths(&outcomes),
        markets(&outcomes),
        tuning(&outcomes),
        frontier(&outcomes),
    ] {
        assert!(read(sheet).1.iter().all(|row| row["lens"] == "value"));
    }
}
