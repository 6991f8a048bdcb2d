use super::*;
use tempfile::TempDir;

fn manifest(scenario: &str) -> Manifest {
    Manifest { scenario: scenario.into(), ..Manifest::default() }
}

fn write_results(target: &Path, files: &[&str]) {
    let mut folder = OutputFolder::open(target, "base", false).unwrap();
    for file in files {
        folder.write(file, file.as_bytes()).unwrap();
    }
    folder.publish(manifest("base")).unwrap();
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn nothing_shows_before_publishing_and_everything_after() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("new/results");
    let mut folder = OutputFolder::open(&target, "base", false).unwrap();
    folder.write("summary.csv", b"old").unwrap();
    folder.write("summary.csv", b"a\n1\n").unwrap();
    folder.write_csv("charts/points.csv", &["x", "y"], [vec!["1".into(), "a,b".into()]]).unwrap();
    assert!(!target.exists());
    let written = folder.publish(manifest("base")).unwrap();
    assert_eq!(written, ["charts/points.csv", "summary.csv", "manifest.json"]);
    assert_eq!(files_in(&target), ["charts", "manifest.json", "summary.csv"]);
    assert_eq!(files_in(target.parent().unwrap()), ["results"]);
    assert_eq!(fs::read_to_string(target.join("charts/points.csv")).unwrap(), "x,y\n1,\"a,b\"\n");
    let stored = Manifest::from_json(&fs::read_to_string(target.join(MANIFEST_FILE)).unwrap()).unwrap();
    assert_eq!(stored.outputs[1].file, "summary.csv");
    assert_eq!(stored.outputs[1].bytes, 4);
    assert_eq!(stored.outputs[1].sha256, sha256_hex(b"a\n1\n"));
}

#[test]
fn dropping_unpublished_leaves_nothing() {
    let place = TempDir::new().unwrap();
    let mut folder = OutputFolder::open(&place.path().join("results"), "base", false).unwrap();
    folder.write("a.csv", b"1").unwrap();
    assert_eq!(files_in(place.path()).len(), 1);
    drop(folder);
    assert!(files_in(place.path()).is_empty());
}

#[test]
fn a_second_run_replaces_the_first_and_drops_its_stale_files() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("results");
    write_results(&target, &["a.csv", "old.csv", "charts/old.png"]);
    write_results(&target, &["a.csv", "b.csv"]);
    assert_eq!(files_in(&target), ["a.csv", "b.csv", "manifest.json"]);
    assert_eq!(files_in(place.path()), ["results"]);
}

#[test]
fn an_empty_folder_is_taken() {
    let place = TempDir::new().unwrap();
    write_results(place.path(), &["a.csv"]);
    assert_eq!(files_in(place.path()), ["a.csv", "manifest.json"]);
}

#[test]
fn foreign_files_are_refused_and_survive_force() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("results");
    write_results(&target, &["a.csv", "charts/one.png"]);
    fs::write(target.join("charts/notes.txt"), "mine").unwrap();
    let error = OutputFolder::open(&target, "base", false).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, FolderError::ForeignFiles { .. }));
    assert!(
        text.contains("charts/notes.txt") && text.contains("--force") && text.contains("--out"),
        "{text}"
    );
    assert_eq!(files_in(place.path()), ["results"]);
    let mut folder = OutputFolder::open(&target, "base", true).unwrap();
    folder.write("b.csv", b"2").unwrap();
    folder.publish(manifest("base")).unwrap();
    assert_eq!(files_in(&target), ["b.csv", "charts", "manifest.json"]);
    assert_eq!(files_in(&target.join("charts")), ["notes.txt"]);
}

#[test]
fn a_folder_of_someone_else_is_refused_without_force() {
    let place = TempDir::new().unwrap();
    for name in ["1.txt", "2.txt", "3.txt", "4.txt"] {
        fs::write(place.path().join(name), "mine").unwrap();
    }
    let error = OutputFolder::open(place.path(), "base", false).unwrap_err();
    assert!(matches!(error, FolderError::NotOurs { .. }));
    assert!(error.to_string().contains("`1.txt`, `2.txt`, `3.txt` and 1 more"), "{error}");
    drop(OutputFolder::open(place.path(), "base", true).unwrap());
    assert_eq!(files_in(place.path()).len(), 4);
}

#[test]
fn results_of_another_scenario_are_refused_without_force() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("results");
    write_results(&target, &["a.csv"]);
    let error = OutputFolder::open(&target, "cold", false).unwrap_err();
    assert!(matches!(&error, FolderError::OtherScenario { found, .. } if found == "base"));
    let mut folder = OutputFolder::open(&target, "cold", true).unwrap();
    folder.write("b.csv", b"2").unwrap();
    folder.publish(manifest("cold")).unwrap();
    assert_eq!(files_in(&target), ["b.csv", "manifest.json"]);
}

#[test]
fn a_file_as_target_or_as_parent_is_refused_at_once() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(OutputFolder::open(&file, "base", true), Err(FolderError::TargetIsFile { .. })));
    let error = OutputFolder::open(&file.join("below"), "base", false).unwrap_err();
    assert!(matches!(error, FolderError::Io { .. }));
    assert!(error.to_string().contains("choose another `--out`"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_manifest_that_points_outside_deletes_nothing_there() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("results");
    write_results(&target, &["a.csv"]);
    fs::write(place.path().join("precious"), "mine").unwrap();
    let mut old = manifest("base");
    old.outputs.push(OutputFile { file: "../precious".into(), bytes: 4, sha256: String::new() });
    fs::write(target.join(MANIFEST_FILE), old.to_json()).unwrap();
    OutputFolder::open(&target, "base", true).unwrap().publish(manifest("base")).unwrap();
    assert!(place.path().join("precious").exists());
}

#[test]
fn a_failed_publication_keeps_the_files_and_says_where() {
    let place = TempDir::new().unwrap();
    let target = place.path().join("results");
    let mut folder = OutputFolder::open(&target, "base", false).unwrap();
    folder.write("a.csv", b"1").unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("foreign"), "mine").unwrap();
    let error = folder.publish(manifest("base")).unwrap_err();
    let FolderError::Unpublished { staging, .. } = &error else { panic!("{error}") };
    assert_eq!(fs::read(staging.join("a.csv")).unwrap(), b"1");
    assert!(error.to_string().contains("are kept in"), "{error}");
    assert_eq!(files_in(&target), ["foreign"]);
}

#[test]
fn paths_that_leave_the_folder_are_refused() {
    let place = TempDir::new().unwrap();
    let mut folder = OutputFolder::open(&place.path().join("results"), "base", false).unwrap();
    for path in ["../a", "/a", "", "a/../../b", "manifest.json"] {
        assert!(matches!(folder.write(path, b""), Err(FolderError::NotAPlace { .. })), "{path}");
    }
}
