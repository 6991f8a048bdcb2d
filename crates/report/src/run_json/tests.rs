use super::*;
use crate::tables::Sheet;
use crate::test_support::{financed, outcomes, smallest, zeros};
use serde_json::Value;

fn json_of(outcomes: &Outcomes) -> Value {
    let facts = RunFacts {
        version: "1.2.3",
        seed: 7,
        timings_seconds: &[("paths".into(), 1.5), ("all".into(), 2.0)],
        threads: 2,
        peak_memory_mb: None,
        folder: Path::new("out/texas"),
        files: &["summary.csv".into()],
    };
    serde_json::from_str(&run_json(outcomes, &facts)).expect("JSON")
}

/// Holds every cell of a table against the object of its row, as text that reads back to the same bits.
fn check_rows(sheet: Sheet, objects: &[&Value]) -> usize {
    let bytes = sheet.into_bytes();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), objects.len());
    let mut n_numbers = 0;
    for (row, object) in rows.iter().zip(objects) {
        for (name, cell) in names.iter().zip(row) {
            match &object[name] {
                Value::Null => assert_eq!(cell, "", "{name}"),
                Value::String(text) => assert_eq!(cell, text, "{name}"),
                Value::Bool(flag) => assert_eq!(cell, flag.to_string(), "{name}"),
                number => {
                    n_numbers += 1;
                    let (csv, json) = (cell.parse::<f64>().unwrap(), number.as_f64().unwrap());
                    assert_eq!(csv.to_bits(), json.to_bits(), "{name}");
                }
            }
        }
    }
    n_numbers
}

#[test]
fn every_number_is_that_of_the_tables() {
    for outcomes in [outcomes(), financed(), smallest(), zeros()] {
        let json = json_of(&outcomes);
        let policies: Vec<&Value> =
            json["policies"].as_array().unwrap().iter().chain([&json["foresight"]]).collect();
        assert!(check_rows(tables::summary(&outcomes), &policies) > 0);
        let bounds: Vec<&Value> = json["bounds"].as_array().unwrap().iter().collect();
        check_rows(tables::bounds(&outcomes), &bounds);
        let finance: Vec<&Value> = json["finance"].as_array().unwrap().iter().collect();
        match outcomes.capital {
            Some(_) => assert!(check_rows(tables::finance(&outcomes), &finance) > 0),
            None => assert!(finance.is_empty()),
        }
    }
}

#[test]
fn differences_to_the_best_are_those_of_the_table() {
    let outcomes = outcomes();
    let json = json_of(&outcomes);
    let best = json["best_policy"].as_str().unwrap();
    assert_eq!(best, outcomes.best().name);
    let rows = objects(tables::differences(&outcomes));
    for policy in json["policies"].as_array().unwrap() {
        let found = rows.iter().find(|row| row["policy"] == policy["policy"] && row["other"] == best);
        let [mean, error] = ["difference_to_best_usd", "se_difference_to_best_usd"]
            .map(|name| policy[name].as_f64().unwrap());
        match found {
            Some(row) => {
                assert_eq!(row["mean_difference_usd"].as_f64(), Some(mean));
                assert_eq!(row["se_difference_usd"].as_f64(), Some(error));
            }
            None => assert_eq!((policy["policy"].as_str(), mean, error), (Some(best), 0.0, 0.0)),
        }
    }
}

#[test]
fn it_says_what_ran_and_what_the_terminal_says() {
    let outcomes = financed();
    let json = json_of(&outcomes);
    assert_eq!(json["seed"], 7);
    assert_eq!(json["paths"], outcomes.n_paths);
    assert_eq!(json["lens"], "outcomes");
    assert_eq!(json["months"]["count"], outcomes.months.len());
    assert_eq!(json["timings_seconds"]["all"], 2.0);
    assert_eq!(json["files"][0], "summary.csv");
    let words = crate::comparison(&outcomes).replace('\n', " ");
    for sentence in json["answer"].as_array().unwrap() {
        assert!(words.contains(sentence.as_str().unwrap()), "{sentence}");
    }
    let per_share = json["policies"][0]["value_per_share_usd"].as_f64();
    let wanted = outcomes.policies[0].finance.as_ref().map(|money| money.value_per_share_usd.mean());
    assert_eq!(per_share, wanted);
    assert!(json_of(&self::outcomes())["policies"][0].get("value_per_share_usd").is_none());
}
