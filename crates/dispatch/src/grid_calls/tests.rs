use super::*;
use proptest::prelude::*;

fn training() -> TrainingLoad {
    TrainingLoad { law: CheckpointLaw::try_new(10.0, 0.25, 0.5).unwrap(), value_usd_per_mwh: 1_000.0 }
}

fn load(name: &str, mw: f64) -> CampusLoad {
    CampusLoad { name: name.to_owned(), mw, training: (name == "training").then(training) }
}

/// 60 MW of mining, 30 of training, 10 of inference behind 120 MW.
fn campus() -> [CampusLoad; 3] {
    [load("inference", 10.0), load("training", 30.0), load("mining", 60.0)]
}

fn call(steps: Range<usize>, depth: Depth, mandatory: bool) -> ShedCall {
    ShedCall { steps, depth, notice_hours: 0.0, mandatory }
}

fn plan(order: &[&str], calls: &[ShedCall], n_steps: usize) -> ShedPlan {
    shed_plan(120.0, &campus(), order, calls, n_steps).unwrap()
}

#[test]
fn earlier_loads_are_emptied_before_later_ones_for_the_time_of_the_call() {
    let plan = plan(&["mining", "training"], &[call(1..3, Depth::Mw(75.0), true)], 4);
    let curtailed: Vec<&[f64]> = plan.steps.iter().map(|step| step.curtailed_mw.as_slice()).collect();
    let held: &[f64] = &[0.0, 15.0, 60.0];
    assert_eq!(curtailed, [&[0.0; 3], held, held, &[0.0; 3]]);
    let limits: Vec<f64> = plan.steps.iter().map(|step| step.limit_mw).collect();
    assert_eq!(limits, [120.0, 25.0, 25.0, 120.0]);
}

#[test]
fn only_a_mandatory_call_reaches_loads_outside_the_order() {
    let must = plan(&["mining"], &[call(0..1, Depth::Share(0.8), true)], 1);
    assert_eq!(must.steps[0].curtailed_mw, [10.0, 10.0, 60.0]);
    assert_eq!((must.steps[0].limit_mw, must.steps[0].unmet_mw), (20.0, 0.0));
    let may = plan(&["mining"], &[call(0..1, Depth::Share(0.8), false)], 1);
    assert_eq!(may.steps[0].curtailed_mw, [0.0, 0.0, 60.0]);
    assert_eq!((may.steps[0].limit_mw, may.steps[0].unmet_mw), (40.0, 20.0));
    assert!(may.stops.is_empty());
}

#[test]
fn overlapping_calls_shed_the_deepest_of_each_kind() {
    let calls = [call(0..2, Depth::Mw(90.0), false), call(1..3, Depth::Mw(65.0), true)];
    let plan = plan(&["mining"], &calls, 3);
    let curtailed: Vec<&[f64]> = plan.steps.iter().map(|step| step.curtailed_mw.as_slice()).collect();
    assert_eq!(curtailed, [[0.0, 0.0, 60.0], [5.0, 0.0, 60.0], [5.0, 0.0, 60.0]]);
    assert_eq!(plan.steps[1].unmet_mw, 25.0);
}

#[test]
fn training_pays_once_by_the_notice_of_the_call() {
    let at = |notice_hours| {
        let call = ShedCall { steps: 2..6, depth: Depth::Mw(20.0), notice_hours, mandatory: true };
        plan(&["training"], &[call], 8).stops
    };
    let lost = 0.5 * training().law.optimal_hours();
    let sudden = at(0.1);
    assert_eq!((sudden.len(), sudden[0].load, sudden[0].step, sudden[0].mw), (1, 1, 2, 20.0));
    assert!((sudden[0].cost_usd - (lost + 0.5) * 20.0 * 1_000.0).abs() < 1e-9);
    // A checkpoint of a quarter of an hour and half an hour of restart.
    assert_eq!(at(24.0)[0].cost_usd, 15_000.0);
}

#[test]
fn deeper_second_call_interrupts_only_what_it_adds() {
    let calls = [call(0..3, Depth::Mw(70.0), true), call(1..2, Depth::Mw(85.0), true)];
    let stops = plan(&["mining", "training"], &calls, 3).stops;
    let seen: Vec<(usize, f64)> = stops.iter().map(|stop| (stop.step, stop.mw)).collect();
    assert_eq!(seen, [(0, 10.0), (1, 15.0)]);
}

#[test]
fn bad_input_names_field_value_and_range() {
    let text = |interconnect, loads: &[CampusLoad], order: &[&str], calls: &[ShedCall]| {
        shed_plan(interconnect, loads, order, calls, 3).unwrap_err().to_string()
    };
    let campus = campus();
    assert_eq!(
        text(120.0, &campus, &["minning"], &[]),
        "order of shedding names \"minning\", allowed are \"inference\", \"training\", \"mining\""
    );
    assert_eq!(
        text(120.0, &campus, &["mining", "mining"], &[]),
        "order of shedding has \"mining\" twice, allowed is once"
    );
    assert_eq!(
        text(90.0, &campus, &[], &[]),
        "draw of all loads is 100, allowed is up to the interconnect MW"
    );
    assert_eq!(
        text(120.0, &campus, &[], &[call(0..1, Depth::Share(1.2), true)]),
        "grid call 0: depth is 1.2, allowed is 0 to 1 of the draw"
    );
    assert_eq!(
        text(120.0, &campus, &[], &[call(0..4, Depth::Mw(1.0), true)]),
        "grid call 0: end is 4, allowed is up to the plan's number of steps"
    );
    assert_eq!(
        text(120.0, &[load("mining", f64::NAN)], &[], &[]),
        "load \"mining\": draw is NaN, allowed is at least 0 MW"
    );
    let twice = [load("mining", 1.0), load("mining", 2.0)];
    assert_eq!(text(120.0, &twice, &[], &[]), "list of loads has \"mining\" twice, allowed is once");
}

/// Loads of up to 50 MW, and how many of them the order names, last first.
fn loads_and_order() -> impl Strategy<Value = (Vec<CampusLoad>, usize)> {
    prop::collection::vec(0.0..50.0_f64, 1..6).prop_flat_map(|mw| {
        let loads: Vec<CampusLoad> =
            mw.iter().enumerate().map(|(i, &mw)| load(&format!("load {i}"), mw)).collect();
        let n = loads.len();
        (Just(loads), 0..=n)
    })
}

proptest! {
    #[test]
    fn shed_is_the_depth_or_everything_and_follows_the_order(
        (loads, n_named) in loads_and_order(), depth in 0.0..300.0_f64, mandatory in any::<bool>(),
    ) {
        let order: Vec<&str> = loads.iter().rev().take(n_named).map(|load| load.name.as_str()).collect();
        let calls = [call(0..1, Depth::Mw(depth), mandatory)];
        let plan = shed_plan(250.0, &loads, &order, &calls, 1).unwrap();
        let step = &plan.steps[0];
        let open: Vec<usize> = (0..loads.len()).rev().take(n_named).collect();
        let rest: Vec<usize> = (0..loads.len() - n_named).collect();
        let full = if mandatory { [open, rest].concat() } else { open };
        let reach: f64 = full.iter().map(|&i| loads[i].mw).sum();
        let total: f64 = step.curtailed_mw.iter().sum();
        prop_assert!((total - depth.min(reach)).abs() < 1e-9, "{} of {}", total, depth);
        for pair in full.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            prop_assert!(step.curtailed_mw[later] == 0.0 || step.curtailed_mw[earlier] == loads[earlier].mw);
        }
        for (i, load) in loads.iter().enumerate() {
            prop_assert!((0.0..=load.mw).contains(&step.curtailed_mw[i]));
            prop_assert!(full.contains(&i) || step.curtailed_mw[i] == 0.0);
        }
    }
}
