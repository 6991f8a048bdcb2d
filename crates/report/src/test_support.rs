//! Outcomes made up for tests: plausible shapes, no simulation.

use dispatch::HourRow;
use scenario::DispatchCase;
use simulate::statistics::{lower_cvar_of_sorted, quantile_of_sorted};
use simulate::{
    Alternative, BreakEven, Call, Cell, DispatchWeek, Exposures, FactorOutcome, Fan, ForesightOutcome,
    FrontierRow, HistoryMark, Lens, Moments, Outcomes, PairedDifferences, PolicyMap, PolicyOutcome,
    TriggerMap, Tuning, TuningRow, best_of,
};
use site::{Ledger, YearMonth};

/// Names of the policies of [`outcomes`], all-mining first.
pub(crate) const POLICIES: [&str; 7] =
    ["all-mining", "all-ai-asap", "constant-share", "dp", "gpu-pilot", "hurdle", "trigger"];
const CAMPUS_MW: f64 = 300.0;

pub(crate) use crate::test_finance::financed;

/// A number from 0 to 1 that looks random.
pub(crate) fn noise(seed: usize) -> f64 {
    let mut x = (seed as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// About normal, from a sum of twelve.
pub(crate) fn normal(seed: usize) -> f64 {
    (0..12).map(|k| noise(seed * 12 + k)).sum::<f64>() - 6.0
}

/// Moments of a sample.
pub(crate) fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    values.iter().for_each(|v| moments.add(*v));
    moments
}

/// Seven policies over ten years and 400 paths.
pub(crate) fn outcomes() -> Outcomes {
    build(&POLICIES, 120, 400)
}

/// The smallest study: all-mining, one month, one path.
pub(crate) fn smallest() -> Outcomes {
    build(&POLICIES[..1], 1, 1)
}

/// Everything zero, and no week.
pub(crate) fn zeros() -> Outcomes {
    let mut zeros = build(&POLICIES[..3], 24, 5);
    zeros.campus_gross_mw = 0.0;
    for policy in &mut zeros.policies {
        policy.ledger.fill(Ledger::default());
        policy.kept_npv_usd.fill(0.0);
        policy.kept_difference_usd.fill(0.0);
        policy.npv_usd = moments(&policy.kept_npv_usd);
        policy.difference_usd = policy.npv_usd;
        policy.npv_horizon_usd = policy.npv_usd;
        policy.carried_usd = [0.0; 5];
    }
    zeros.foresight.kept_npv_usd.fill(0.0);
    zeros.foresight.npv_usd = zeros.policies[0].npv_usd;
    zeros.foresight.difference_usd = zeros.policies[0].npv_usd;
    for factor in &mut zeros.markets {
        factor.fan = Fan::of(vec![0.0; factor.fan.kept().len()], factor.mean.len());
        factor.mean.fill(0.0);
    }
    zeros.frontier = frontier(&zeros.policies);
    zeros.week.rows.clear();
    zeros
}

/// Outcomes of the named policies; the first should be all-mining.
pub(crate) fn build(names: &[&str], n_months: usize, n_paths: usize) -> Outcomes {
    let start = YearMonth { year: 2026, month: 7 };
    let months: Vec<YearMonth> = (0..n_months).map(|m| start.plus(m as u32)).collect();
    let mining: Vec<f64> = (0..n_paths).map(|path| 2.1e8 + 0.9e8 * normal(path)).collect();
    let policies: Vec<PolicyOutcome> =
        names.iter().enumerate().map(|(index, name)| policy(index, name, &mining, n_months)).collect();
    let best: Vec<f64> = (0..n_paths)
        .map(|path| policies.iter().map(|p| p.kept_npv_usd[path]).fold(f64::MIN, f64::max) + 4e7)
        .collect();
    let frontier = frontier(&policies);
    let over_mining: Vec<f64> = best.iter().zip(&mining).map(|(b, m)| b - m).collect();
    Outcomes {
        scenario: "made-up".into(),
        lens: Lens::Outcomes,
        hours: months.iter().map(|_| 730.0).collect(),
        discount_rate_per_year: 0.1,
        discount: (1..=n_months).map(|m| 1.1_f64.powf(-(m as f64) / 12.0)).collect(),
        months,
        n_paths,
        n_kept: n_paths,
        interrupted: false,
        campus_gross_mw: CAMPUS_MW,
        fleets: vec!["S21".into(), "S19 XP (old)".into()],
        differences: differences(&policies),
        share_differences: None,
        policies,
        foresight: ForesightOutcome {
            npv_usd: moments(&best),
            difference_usd: moments(&over_mining),
            kept_npv_usd: best,
        },
        markets: markets(n_months, n_paths),
        history: history(),
        out_of_money_hours: vec![vec![51.5; n_months], vec![120.0; n_months]],
        step_hours: 0.25,
        week: week(start),
        plan_race: None,
        market_bounds: None,
        trigger_maps: if names.contains(&"dp") { vec![trigger_map(start)] } else { Vec::new() },
        tuning: Some(tuning(names)),
        frontier,
        capital: None,
        warnings: vec!["made up".into()],
    }
}

/// A tuning of the last of the policies over three numbers, of which the middle one is chosen.
fn tuning(names: &[&str]) -> Tuning {
    let row = |n: usize| TuningRow {
        policy: names[names.len() - 1].into(),
        parameter: "spread_usd_per_gross_mw_month".into(),
        unit: "USD per gross MW and month".into(),
        value: 60_000.0 + 7_500.0 * n as f64,
        npv_usd: moments(&[3e8, 4e8 + 2e7 * n as f64]),
        cvar5_usd: 1e8 - 1e7 * n as f64,
        objective_usd: 3.5e8,
        is_start: n == 0,
        is_chosen: n == 1,
        frontier_weights: [vec![1.0, 2.0], vec![0.0, 0.5], vec![]][n].clone(),
    };
    Tuning { n_paths: 512, objective_cvar_weight: 0.0, rows: (0..3).map(row).collect() }
}

/// Every policy, and the last one at another number; which are efficient is made up as far as the order of means goes.
fn frontier(policies: &[PolicyOutcome]) -> Vec<FrontierRow> {
    let row = |place: usize, number: Option<f64>, in_race: bool| FrontierRow {
        policy: policies[place].name.clone(),
        place,
        number: number.map(|value| {
            ("spread_usd_per_gross_mw_month".into(), "USD per gross MW and month".into(), value)
        }),
        weights: if number.is_some() { vec![0.0, 0.5] } else { vec![] },
        npv_usd: policies[place].npv_usd,
        cvar5_usd: policies[place].cvar5_usd + if in_race { 0.0 } else { 1e6 },
        in_race,
        is_efficient: place % 2 == 1 || !in_race,
    };
    let last = policies.len() - 1;
    let number = |place: usize| (place == last).then_some(67_500.0);
    (0..policies.len())
        .map(|place| row(place, number(place), true))
        .chain([row(last, Some(60_000.0), false)])
        .collect()
}

fn policy(index: usize, name: &str, mining: &[f64], n_months: usize) -> PolicyOutcome {
    let gain = [0.0, 2.4e8, 1.3e8, 3.1e8, -0.3e8, 2.9e8, 3.05e8][index % 7];
    let kept_difference_usd: Vec<f64> =
        (0..mining.len()).map(|p| gain * (1.0 + 0.6 * normal(p + 7_000 * (index + 1)))).collect();
    let kept_npv_usd: Vec<f64> = mining.iter().zip(&kept_difference_usd).map(|(m, d)| m + d).collect();
    let mut sorted = kept_npv_usd.clone();
    sorted.sort_by(f64::total_cmp);
    let share = |m: usize| {
        [0.0, 1.0, 0.5, 0.8, 0.05, 0.7, 0.75][index % 7] * ((m as f64 - 6.0) / 48.0).clamp(0.0, 1.0)
    };
    let ledger: Vec<Ledger> = (0..n_months).map(|m| ledger(share(m), share(m + 12), m)).collect();
    let wide = |f: &dyn Fn(usize, usize) -> f64| -> Fan {
        let months = (0..mining.len()).flat_map(|p| (0..n_months).map(move |m| (p, m)));
        Fan::of(months.map(|(p, m)| f(p, m)).collect(), n_months)
    };
    PolicyOutcome {
        name: name.into(),
        description: format!("does {name}"),
        npv_usd: moments(&kept_npv_usd),
        npv_horizon_usd: moments(&kept_npv_usd.iter().map(|v| v - 0.4e8).collect::<Vec<_>>()),
        carried_usd: [0.3e8, 0.02e8, 0.01e8, 0.04e8, 0.07e8],
        difference_usd: moments(&kept_difference_usd),
        foresight_less_policy_usd: moments(&[5e7, 4e7, 6e7][..mining.len().clamp(1, 3)]),
        npv_quantiles_usd: [0.05, 0.5, 0.95].map(|p| quantile_of_sorted(&sorted, p)),
        cvar5_usd: lower_cvar_of_sorted(&sorted, 0.05),
        kept_npv_usd,
        kept_difference_usd,
        shortfall_probability: 0.01 * index as f64,
        incremental_irrs: if index == 0 { vec![] } else { vec![0.08 + 0.02 * index as f64; 1 + index / 4] },
        incremental_irrs_horizon: if index == 0 { vec![] } else { vec![0.05] },
        share_without_irr: 0.03,
        incremental_moic: (index > 0).then_some(1.7),
        incremental_payback_years: (index > 0).then_some(5.25),
        capex_usd: 1.4e9 * share(n_months),
        ledger,
        cash_usd: (0..n_months).map(|m| 1e7 * m as f64).collect(),
        ai_gross_mw: (0..n_months).map(|m| CAMPUS_MW * share(m)).collect(),
        ai_mw: wide(&|p, m| CAMPUS_MW * share(m) * (0.8 + 0.2 * noise(p))),
        flow_usd: wide(&|p, m| 1e6 * normal(p * 131 + m)),
        year_flow_usd: year_flows(mining.len(), n_months),
        cash_fan_usd: wide(&|p, m| 1e6 * m as f64 * noise(p)),
        share_bound_by_money: 0.0,
        months_bound_by_money: 0.0,
        break_even: BreakEven {
            rent_share: (index > 0).then_some(0.8),
            hashprice_share: (index > 1).then_some(1.6),
        },
        exposures: exposures(index),
        finance: None,
    }
}

/// Rents of policies that let halls, mining revenue of those that go on mining, a tenth of the difference in capex.
fn exposures(index: usize) -> Exposures {
    let of = [2.4e8, 1.0e9 - 6e7 * index as f64, 0.0, -2e8, -3e8, 0.0, -1e7, -4e7, 1e7, 0.3e8];
    let let_out = if index == 0 { 0.0 } else { 1.0 + 0.2 * index as f64 };
    let scaled: Vec<f64> =
        of.iter().enumerate().map(|(n, usd)| if n == 0 || n == 4 { usd * let_out } else { *usd }).collect();
    serde_json::from_value(serde_json::json!(scaled)).expect("as many numbers as assumptions")
}

/// A statistic with a range of simulated histories, and one with an error.
fn history() -> Vec<HistoryMark> {
    let mark = |subject: &str, history_error, model_range| HistoryMark {
        subject: subject.into(),
        statistic: "mean price of an hour".into(),
        unit: "USD/MWh".into(),
        history: 28.5,
        history_error,
        model: 28.6,
        model_range,
        period: ["2024-01".into(), "2025-06".into()],
        source: "prices <of> 'someone', and others".into(),
    };
    vec![mark("Power at LZ_WEST", None, Some([24.4, 33.1])), mark("Bitcoin price", Some(0.04), None)]
}

/// Sums of the flows of twelve months.
fn year_flows(n_paths: usize, n_months: usize) -> Fan {
    let year = |p: usize, y: usize| (12 * y..12 * y + 12).map(|m| 1e6 * normal(p * 131 + m)).sum();
    let years = (0..n_paths).flat_map(|p| (0..n_months / 12).map(move |y| year(p, y)));
    Fan::of(years.collect(), n_months / 12)
}

fn ledger(ai_share: f64, committed_share: f64, m: usize) -> Ledger {
    let ai = CAMPUS_MW * ai_share;
    let building_mw = CAMPUS_MW * committed_share - ai;
    let idle_mw = (CAMPUS_MW - ai - building_mw) * 0.08;
    let mut ledger = Ledger {
        hosting_mw: 0.7 * ai,
        inference_mw: 0.2 * ai,
        building_mw,
        idle_mw,
        mining_revenue_usd: 4e6,
        mining_power_usd: 3e6 + 1e4 * m as f64,
        hosting_rent_usd: 1e5 * ai,
        mining_mwh: 1e5,
        ..Ledger::default()
    };
    ledger.training_mw = ai - ledger.hosting_mw - ledger.inference_mw;
    ledger.mining_mw = CAMPUS_MW - ai - building_mw - idle_mw;
    ledger
}

fn markets(n_months: usize, n_paths: usize) -> Vec<FactorOutcome> {
    let factors = [
        ("btc_price_usd", "Bitcoin price", "USD", 90_000.0, 0.17, 0.004),
        ("hashprice_usd_per_ph_day", "Hashprice", "USD/PH/day", 45.0, 0.15, -0.012),
        (
            "lease_rate_usd_per_kw_month",
            "Market rent of new leases, first year",
            "USD/kW-month",
            140.0,
            0.02,
            0.001,
        ),
        ("gpu_hour_price_usd", "GPU-hour price", "USD/GPU-hour", 2.4, 0.05, -0.008),
        ("power_price_usd_per_mwh", "Power price, mean of the month", "USD/MWh", 38.0, 0.0, 0.002),
    ];
    let of = |(index, (name, title, unit, start, volatility, drift)): (
        usize,
        (&str, &str, &str, f64, f64, f64),
    )| {
        let mut kept = Vec::with_capacity(n_months * n_paths);
        for path in 0..n_paths {
            let mut log = 0.0;
            for m in 0..n_months {
                let own = if volatility == 0.0 {
                    18.0 * noise(path * 977 + m).powi(6) - 20.0 * noise(m + path).powi(9)
                } else {
                    0.0
                };
                kept.push(start * f64::exp(log) + own);
                log += drift + volatility * normal(index * 1_000_003 + path * 977 + m);
            }
        }
        let mean: Vec<f64> = (0..n_months)
            .map(|m| kept.iter().skip(m).step_by(n_months).sum::<f64>() / n_paths as f64)
            .collect();
        let mean_multiple = mean.iter().map(|v| v / mean[0]).collect();
        FactorOutcome {
            name: name.into(),
            title: title.into(),
            unit: unit.into(),
            mean_multiple,
            mean,
            effective_sample: vec![n_paths as f64; n_months],
            fan: Fan::of(kept, n_months),
        }
    };
    factors.into_iter().enumerate().map(of).collect()
}

fn week(month: YearMonth) -> DispatchWeek {
    let row = |i: usize| {
        let (day, local_hour) = (7 + i / 24, (i % 24) as u8);
        let spike = if i == 92 {
            4_970.0
        } else if i == 93 {
            900.0
        } else if i == 30 {
            -60.0
        } else {
            0.0
        };
        let price = 28.0
            + 25.0 * (f64::from(local_hour) - 17.0).abs().mul_add(-0.2, 1.0).max(-0.6)
            + spike
            + 6.0 * normal(i);
        let runs = |worth: f64| if price < worth { 1.0 } else { 0.0 };
        let mining_mw = vec![70.0 * runs(95.0), 40.0 * runs(45.0)];
        HourRow {
            day,
            local_hour,
            price_usd_per_mwh: price,
            curtailed_mw: 110.0 - mining_mw.iter().sum::<f64>(),
            mining_mw,
            hosting_mw: 110.0,
            inference_mw: 35.0
                * (0.6 + 0.4 * (f64::from(local_hour) / 24.0 * std::f64::consts::TAU).sin().abs()),
            training_mw: 20.0 * runs(600.0),
        }
    };
    DispatchWeek {
        policy: "dp".into(),
        path: 0,
        month,
        step_hours: 1.0,
        interconnect_mw: CAMPUS_MW,
        fleets: vec!["S21".into(), "S19 XP (old)".into()],
        rows: (0..168).map(row).collect(),
    }
}

/// A month of dispatch at the Houston hub with every part that the tables and charts show; prices need no file.
pub(crate) fn dispatch_case() -> DispatchCase {
    const TEXT: &str = r#"
        case = { name = "march", start_month = "2024-03", months = 1 }
        prices = { calibration = "hb-houston", seed = 5 }
        real_time = { calibration = "hb-houston", seed = 6 }
        site = { interconnect_mw = 80.0, curtailment_cap_mwh = 10000.0 }
        calls = [{ start = "2024-03-12T17:00", hours = 5, limit_mw = 20.0 }]
        loads = [
            { name = "Mining S19", capacity_it_mw = 30.0, value_usd_per_it_mwh = 45.0, pue = 1.03 },
            { name = "mining (S19)", capacity_it_mw = 20.0, value_usd_per_it_mwh = 80.0, pue = 1.03 },
            { name = "inference", capacity_it_mw = 20.0, value_usd_per_it_mwh = 250.0, pue = 1.25 },
            { name = "training", capacity_it_mw = 10.0, value_usd_per_it_mwh = 180.0, pue = 1.2, ramp_it_mw_per_hour = 4.0 },
        ]
        budgets = [{ name = "training", load = "training", every = "week", at_least_share = 0.9 }]
    "#;
    DispatchCase::parse("march.toml", TEXT, std::path::Path::new("."), &[])
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// A map of the first month with every call but `beyond`, and room for two halls of 20 MW.
pub(crate) fn trigger_map(month: YearMonth) -> PolicyMap {
    let hashprices: Vec<f64> = (0..21).map(|i| 13.0 * 9_f64.powf(f64::from(i) / 20.0)).collect();
    let rents: Vec<f64> = (0..21).map(|i| 80.0 + 7.5 * f64::from(i)).collect();
    let points = hashprices.iter().flat_map(|hashprice| rents.iter().map(move |rent| [*hashprice, *rent]));
    let marked = [hashprices[10], 134.5];
    let first_start_rent = Some(100.0 + 0.6 * marked[0] + 20.0);
    let map = TriggerMap {
        month: 0,
        offer_gross_mw: 80.0,
        startable_halls: 2,
        cells: points.map(trigger_cell).collect(),
        at_mark: trigger_cell(marked),
        marked,
        first_start_rent,
        hashprices,
        rents,
    };
    PolicyMap { policy: "dp".into(), month, map }
}

/// One start gains a million for every dollar of rent above a line in hashprice; waiting is worth 20 and 30 of them.
fn trigger_cell([hashprice, rent]: [f64; 2]) -> Cell {
    let gain = 1e6 * (rent - 100.0 - 0.6 * hashprice);
    let alternative = |halls: u32, left_to_gain_usd: f64| {
        let lease_usd = f64::from(halls) * gain;
        let value_usd = lease_usd + left_to_gain_usd;
        Alternative { halls, value_usd, lease_usd, left_to_gain_usd, ..Alternative::default() }
    };
    let alternatives = vec![alternative(0, 90e6), alternative(1, 70e6), alternative(2, 40e6)];
    let best = best_of(&alternatives);
    let call = match best {
        0 if gain > 0.0 => Call::Wait,
        0 => Call::Stay,
        halls => Call::Convert(halls as u32),
    };
    Cell::new(call, 20.0 * best as f64, &alternatives)
}

/// Paired differences of the kept paths.
fn differences(policies: &[PolicyOutcome]) -> PairedDifferences {
    let mut pairs = PairedDifferences::new(policies.len());
    let n_paths = policies.first().map_or(0, |policy| policy.kept_npv_usd.len());
    for path in 0..n_paths {
        pairs.add(&policies.iter().map(|policy| policy.kept_npv_usd[path]).collect::<Vec<_>>());
    }
    pairs
}
