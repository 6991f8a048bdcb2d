//! Every scenario that is shipped reads without a fault.

use scenario::Scenario;
use std::path::{Path, PathBuf};

fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_shipped_scenario_reads() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios");
    let mut files = scenarios(&data);
    files.extend(scenarios(&data.join("questions")));
    // A case of dispatch has a reader of its own, and a replay needs history that may be absent.
    files.retain(|file| !file.ends_with("dispatch-100mw.toml") && !file.ends_with("houston-replay.toml"));
    assert!(files.len() > 12, "{files:?}");
    for file in files {
        let read = Scenario::load(&file, &[]);
        assert!(
            read.is_ok(),
            "{}:\n{}",
            file.display(),
            read.err().map_or(String::new(), |faults| faults.to_string())
        );
    }
}
