use super::*;
use sweep::spec::ParameterSpec;
use sweep::{Design, PointOutcome, PointRecord, PointResult, Scale};

fn spec(parameters: &[&str]) -> Spec {
    let parameter = |name: &&str| ParameterSpec {
        name: (*name).into(),
        label: (*name).into(),
        unit: String::new(),
        base: None,
        scale: Scale::Linear,
    };
    Spec {
        tool: "wattshift-sweep".into(),
        version: "0.1.0".into(),
        name: "map".into(),
        description: String::new(),
        design: Design::Grid,
        n_points: 3,
        parameters: parameters.iter().map(parameter).collect(),
        policies: ["all-mining", "hurdle", "dp"].map(String::from).to_vec(),
        outputs: ["mean_npv_usd", "incremental_irr_per_year"].map(String::from).to_vec(),
        objective: "mean_npv_usd".into(),
        compare: None,
        common_random_numbers: true,
        set: Vec::new(),
        resolved_scenario: String::new(),
        resolved_sweep: String::new(),
        inputs: Vec::new(),
        points_sha256: String::new(),
    }
}

/// Objectives 100, 103.5 and 103.5.
fn done(point: usize, values: Vec<Value>) -> PointRecord {
    let result = PointResult {
        n_paths: 200,
        outputs: vec![vec![Some(100.0), None], vec![Some(103.5), Some(0.125)], vec![Some(103.5), Some(0.2)]],
        differences: vec![(-3.5, Some(0.5)), (-3.5, Some(0.25)), (0.0, None)],
    };
    PointRecord { point, values, seed: 7, outcome: PointOutcome::Done(result), seconds: 1.5 }
}

fn failed(point: usize, values: Vec<Value>) -> PointRecord {
    let outcome = PointOutcome::Failed("no hall fits, \"2 MW\"\nare left".into());
    PointRecord { point, values, seed: 7, outcome, seconds: 0.1 }
}

fn records() -> [PointRecord; 3] {
    let values = |number: f64| vec![Value::Number(number), Value::Text("in-state".into())];
    [done(0, values(0.1 + 0.2)), failed(1, values(-1.0)), done(2, values(50.0))]
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn points_hold_each_policy_and_its_distance_to_the_best() {
    let spec = spec(&["bitcoin.hashprice", "tax"]);
    let mut writer = PointsWriter::new(Vec::new(), &spec).unwrap();
    records().iter().for_each(|record| writer.write(record).unwrap());
    let expected = "\
point,bitcoin.hashprice,tax,policy,n_paths,seed,mean_npv_usd,incremental_irr_per_year,objective_less_best,se_objective_less_best,is_best,version
0,0.30000000000000004,in-state,all-mining,200,7,100,,-3.5,0.5,false,0.1.0
0,0.30000000000000004,in-state,hurdle,200,7,103.5,0.125,0,0,true,0.1.0
0,0.30000000000000004,in-state,dp,200,7,103.5,0.2,0,,false,0.1.0
2,50,in-state,all-mining,200,7,100,,-3.5,0.5,false,0.1.0
2,50,in-state,hurdle,200,7,103.5,0.125,0,0,true,0.1.0
2,50,in-state,dp,200,7,103.5,0.2,0,,false,0.1.0
";
    assert_eq!(text(writer.finish().unwrap()), expected);
}

#[test]
fn failed_points_keep_their_values_and_their_reason_whole() {
    let spec = spec(&["reason", "tax"]);
    let mut writer = FailedWriter::new(Vec::new(), &spec).unwrap();
    records().iter().for_each(|record| writer.write(record).unwrap());
    assert_eq!(writer.n_failed(), 1);
    let expected = "point,reason_2,tax,reason\n1,-1,in-state,\"no hall fits, \"\"2 MW\"\"\nare left\"\n";
    assert_eq!(text(writer.finish().unwrap()), expected);
}

#[test]
fn each_pair_stands_once_with_the_error_of_its_difference() {
    let spec = spec(&["a", "b"]);
    let mut writer = PointDifferencesWriter::new(Vec::new(), &spec).unwrap();
    records()[..2].iter().for_each(|record| writer.write(record).unwrap());
    let expected = "point,policy,other,difference,se_difference\n0,all-mining,hurdle,-3.5,0.5\n0,all-mining,dp,-3.5,0.25\n0,hurdle,dp,0,\n";
    assert_eq!(text(writer.finish().unwrap()), expected);
}

#[test]
fn parameters_named_like_a_column_get_one_of_their_own() {
    let spec = spec(&["seed", "policy", "x"]);
    let writer = PointsWriter::new(Vec::new(), &spec).unwrap();
    let header = text(writer.finish().unwrap());
    assert!(header.starts_with("point,seed_2,policy_2,x,policy,n_paths,seed,"), "{header}");
}

#[test]
fn a_point_without_an_objective_has_no_best() {
    let spec = spec(&["a", "b"]);
    let [mut record, ..] = records();
    let PointOutcome::Done(result) = &mut record.outcome else { panic!("done") };
    result.outputs.iter_mut().for_each(|outputs| outputs[0] = None);
    let mut writer = PointsWriter::new(Vec::new(), &spec).unwrap();
    writer.write(&record).unwrap();
    let table = text(writer.finish().unwrap());
    assert_eq!(
        table.lines().nth(1).unwrap(),
        "0,0.30000000000000004,in-state,all-mining,200,7,,,,,false,0.1.0"
    );
}

#[test]
fn what_does_not_fit_the_sweep_is_refused() {
    let mut narrow = spec(&["a", "b"]);
    narrow.policies.pop();
    let [record, ..] = records();
    let error = PointsWriter::new(Vec::new(), &narrow).unwrap().write(&record).unwrap_err();
    assert!(error.to_string().contains("point 0"), "{error}");
    let error = PointDifferencesWriter::new(Vec::new(), &narrow).unwrap().write(&record).unwrap_err();
    assert!(error.to_string().contains("point 0"), "{error}");
    narrow.objective = "irr".into();
    assert!(PointsWriter::new(Vec::new(), &narrow).unwrap_err().to_string().contains("`irr`"));
}

/// A disk that is full after so many bytes.
#[derive(Debug)]
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told() {
    let spec = spec(&["a", "b"]);
    let mut writer = PointsWriter::new(Full(20_000), &spec).unwrap();
    let [record, ..] = records();
    let told = (0..1_000).find_map(|_| writer.write(&record).err());
    assert_eq!(told.map(|error| error.kind()), Some(io::ErrorKind::StorageFull));
    // Dropping the writer tries once more to write what is left, and says nothing.
    drop(writer);
}
