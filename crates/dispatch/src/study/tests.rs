use super::*;
use crate::case::{Budget, BudgetOf, Load, Side};
use crate::checkpoint::CheckpointLaw;
use crate::grid_calls::Depth;

fn load(name: &str, mw: f64, value: f64) -> Load {
    Load {
        name: name.to_owned(),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue: 1.25,
        ramp_it_mw_per_hour: None,
        restart: None,
    }
}

/// 20 MW of mining worth 60, 10 MW of training worth 180 and 8 MW of inference worth 250 per IT MWh, over 48 hours at 40.
fn case() -> Case {
    Case {
        step_hours: 1.0,
        price_usd_per_mwh: vec![40.0; 48],
        interconnect_mw: Series::Constant(100.0),
        loads: vec![load("mining", 20.0, 60.0), load("training", 10.0, 180.0), load("inference", 8.0, 250.0)],
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    }
}

fn call(steps: Range<usize>, mw: f64) -> ShedCall {
    ShedCall { steps, depth: Depth::Mw(mw), notice_hours: 0.0, mandatory: true }
}

#[test]
fn calls_shed_in_the_stated_order_and_cost_the_margin_that_they_take() {
    let order = ["mining", "training", "inference"].map(str::to_owned).to_vec();
    let law = CheckpointLaw::try_new(100.0, 0.1, 0.5).expect("a law");
    let training = vec![(1, TrainingLoad { law, value_usd_per_mwh: 144.0 })];
    // 25 MW of mining and 5 of training at the meter, for two hours.
    let around =
        Surroundings { calls: vec![call(10..12, 30.0)], shed_order: order, training, ..Default::default() };
    let found = study(&case(), &around).expect("a study");
    let run = |k: usize, t: usize| found.optimum.it_mw[k][t];
    assert_eq!([run(0, 9), run(0, 10), run(0, 11), run(0, 12)], [20.0, 0.0, 0.0, 20.0]);
    assert_eq!([run(1, 9), run(1, 10), run(2, 10)], [10.0, 6.0, 8.0]);
    let calls = found.calls.expect("calls");
    let lost = 2.0 * (20.0 * (60.0 - 50.0) + 4.0 * (180.0 - 50.0));
    assert!((calls.cost_usd - lost).abs() < 1e-9, "{}", calls.cost_usd);
    assert_eq!(calls.unmet_mwh, 0.0);
    let [stop] = calls.stops.as_slice() else { panic!("{:?}", calls.stops) };
    assert_eq!((stop.load, stop.step, stop.mw), (1, 10, 5.0));
    // Half an interval is lost without notice, and the restart.
    let hours = 0.5 * law.optimal_hours() + 0.5;
    assert!((stop.cost_usd - hours * 5.0 * 144.0).abs() < 1e-9, "{}", stop.cost_usd);
}

#[test]
fn what_calls_put_out_of_reach_is_said() {
    let mut case = case();
    let steps = 0..48;
    let name = "inference".to_owned();
    case.budgets.push(Budget {
        name,
        of: BudgetOf::Load(2),
        side: Side::AtLeast,
        steps,
        mwh: 0.99 * 8.0 * 48.0,
    });
    let around = Surroundings { calls: vec![call(10..12, 1_000.0)], ..Default::default() };
    let error = study(&case, &around).expect_err("2 of 48 hours are more than 1 %").to_string();
    assert!(error.starts_with("with the grid's calls"), "{error}");
    assert!(error.contains("'inference'") && error.contains("by 12.160000 MWh"), "{error}");
}

#[test]
fn credits_follow_the_energy_that_calls_leave() {
    let service = Service {
        load: 2,
        rent_usd: vec![1_000_000.0, 1_000_000.0],
        months: vec![0..24, 24..48],
        terms: SlaTerms::default(),
    };
    let around =
        Surroundings { calls: vec![call(10..12, 1_000.0)], services: vec![service], ..Default::default() };
    let found = study(&case(), &around).expect("a study");
    let [first, second] = found.services[0].as_slice() else { panic!("two months") };
    // 22 of 24 hours are 91.7 %: a quarter of the rent.
    assert!((first.availability.expect("contracted") - 22.0 / 24.0).abs() < 1e-12);
    assert_eq!((first.credit_usd, second.credit_usd), (250_000.0, 0.0));
}

#[test]
fn standing_still_at_peaks_lowers_the_charge_and_costs_margin() {
    let four_cp = FourCp {
        tariff: FourCpTariff::default(),
        standing: vec![15..18, 39..42],
        loads: vec![0],
        peaks: [16, 17, 40, 5],
    };
    let around = Surroundings { four_cp: Some(four_cp), ..Default::default() };
    let found = study(&case(), &around).expect("a study");
    let peaks = found.four_cp.expect("the charge");
    assert_eq!((peaks.hits, peaks.hours, peaks.false_alarms), (3, 6.0, 0));
    // 47.5 MW all the time; 25 of them stand still at three peaks of four. 70 USD/kW-year.
    assert!((peaks.charge_without_usd - 47.5 * 70_000.0).abs() < 1e-6);
    assert!((peaks.charge_usd - (47.5 - 0.75 * 25.0) * 70_000.0).abs() < 1e-6);
    assert!((peaks.cost_usd - 6.0 * 20.0 * 10.0).abs() < 1e-9);
    assert!((found.undisturbed_usd - found.optimum.value_usd - peaks.cost_usd).abs() < 1e-9);
}

#[test]
fn without_surroundings_nothing_changes() {
    let found = study(&case(), &Surroundings::default()).expect("a study");
    assert_eq!(found.optimum, optimal(&case()).expect("an optimum"));
    assert_eq!(found.undisturbed_usd, found.optimum.value_usd);
    assert!(found.calls.is_none() && found.four_cp.is_none() && found.services.is_empty());
}

#[test]
fn a_call_takes_from_the_draw_of_each_step_and_leaves_other_hours_alone() {
    let mut case = case();
    // Nothing runs in the first hour of the call; in the next one everything does.
    case.price_usd_per_mwh[10] = 5_000.0;
    let order = vec!["mining".to_owned()];
    let voluntary = ShedCall { mandatory: false, ..call(10..13, 1.0) };
    let around = Surroundings { calls: vec![voluntary], shed_order: order, ..Default::default() };
    let found = study(&case, &around).expect("a study");
    let draw = |t: usize| (0..3).map(|k| 1.25 * found.optimum.it_mw[k][t]).sum::<f64>();
    assert_eq!([draw(9), draw(10), draw(11), draw(12), draw(13)], [47.5, 0.0, 46.5, 46.5, 47.5]);
    let calls = found.calls.expect("calls");
    assert!((calls.cost_usd - 2.0 * 0.8 * (60.0 - 50.0)).abs() < 1e-9, "{calls:?}");
    assert_eq!(calls.unmet_mwh, 0.0);
}

#[test]
fn a_second_call_interrupts_for_what_it_takes_anew() {
    let law = CheckpointLaw::try_new(100.0, 0.1, 0.5).expect("a law");
    let training = vec![(1, TrainingLoad { law, value_usd_per_mwh: 144.0 })];
    let order = vec!["training".to_owned()];
    let calls = vec![call(10..14, 5.0), call(12..14, 8.0)];
    let around = Surroundings { calls, shed_order: order, training, ..Default::default() };
    let stops = study(&case(), &around).expect("a study").calls.expect("calls").stops;
    let taken: Vec<(usize, f64)> = stops.iter().map(|stop| (stop.step, stop.mw)).collect();
    assert_eq!(taken, [(10, 5.0), (12, 3.0)]);
}
