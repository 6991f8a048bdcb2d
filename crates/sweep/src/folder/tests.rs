//! Folders that are new, known, foreign or broken, and processes that meet in one.

use super::*;
use crate::merge::Merge;
use crate::record::{PointOutcome, PointRecord};
use crate::status::Status;
use crate::test_support::{do_points, folder, record, shard, spec};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What is said when a sweep is to begin in a folder prepared so.
fn refusal(prepare: impl FnOnce(&Path)) -> String {
    let place = tempfile::tempdir().unwrap();
    prepare(place.path());
    let before = list(place.path());
    let told = SweepFolder::open_or_create(place.path(), &spec(10)).unwrap_err().to_string();
    assert_eq!(list(place.path()), before, "a refused folder stays as it is");
    told
}

fn list(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(&path).ok()))
        .collect();
    files.sort();
    files
}

/// What is said when a sweep was begun, and something has changed since.
fn change(change: impl FnOnce(&mut Spec)) -> String {
    let mut earlier = spec(10);
    change(&mut earlier);
    let told = refusal(|path| drop(SweepFolder::open_or_create(path, &earlier).unwrap()));
    assert!(told.ends_with("choose another `--out`, or remove the folder to begin anew"), "{told}");
    told
}

#[test]
fn a_missing_or_empty_folder_becomes_the_sweep_and_is_known_again() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("a/b");
    let made = folder(&target, 10);
    assert_eq!(folder(&target, 10).identity(), made.identity());
    let read = SweepFolder::read(&target).unwrap();
    assert_eq!((read.spec(), read.identity()), (&spec(10), made.identity()));
    assert_eq!(list(&target).len(), 1, "only {SPEC_FILE} is there");
    // A process killed while it wrote what the sweep is leaves this, and no harm.
    fs::remove_file(target.join(SPEC_FILE)).unwrap();
    fs::write(target.join(".sweep.json.17.part"), "{\"tool\"").unwrap();
    assert_eq!(folder(&target, 10).identity(), made.identity());
}

#[test]
fn what_changed_since_is_said_in_words() {
    let says = |told: String, words: &str| assert!(told.contains(words), "{told}");
    says(
        change(|spec| spec.name = "other".into()),
        "holds another sweep: it is sweep `other`, not `map`; choose",
    );
    says(
        change(|spec| spec.version = "1.2.2".into()),
        "it was begun by version 1.2.2 of the program, and this is 1.2.3",
    );
    says(change(|spec| spec.n_points = 9), "it has 9 points, not 10");
    says(change(|spec| spec.points_sha256 = "cc".into()), "the values of its points are others");
    says(change(|spec| spec.design = crate::Design::List), "its design is List, not Grid");
    says(
        change(|spec| spec.parameters[0].name = "x".into()),
        "its parameters have `x` instead of `market.hashprice`",
    );
    says(
        change(|spec| spec.parameters[0].base = None),
        "parameters have another base, label, unit or scale: `market.hashprice`",
    );
    says(change(|spec| spec.policies.push("hurdle".into())), "its policies have `hurdle` more");
    says(change(|spec| spec.outputs.truncate(1)), "its outputs lack `irr`");
    says(change(|spec| spec.outputs.reverse()), "its outputs are the same in another order");
    says(change(|spec| spec.objective = "irr".into()), "its objective is irr, not npv_usd");
    says(change(|spec| spec.compare = Some(("a".into(), "b".into()))), "its pair of policies to compare is");
    says(change(|spec| spec.common_random_numbers = false), "each point has random numbers of its own, not");
    says(
        change(|spec| spec.set = vec!["simulation.paths=100".into()]),
        "its settings have `simulation.paths=100` instead of `simulation.paths=200`",
    );
    says(change(|spec| spec.inputs[0].1 = "ab".into()), "input files have changed since: `prices.csv`");
    says(change(|spec| spec.inputs.clear()), "its input files lack `prices.csv`");
    says(
        change(|spec| spec.resolved_scenario = "name = \"base\"\npaths = 300\n".into()),
        "its base scenario says `paths = 300` where it now says `paths = 200`",
    );
    says(
        change(|spec| spec.resolved_scenario.push('\n')),
        "its base scenario says `` where it now says nothing",
    );
    says(change(|spec| spec.resolved_sweep.push_str("x = 1")), "its sweep file says `x = 1`");
    says(change(|spec| spec.resolved_sweep.truncate(12)), "its sweep file differs in spaces or line breaks");
    says(change(|spec| spec.description = "B".into()), "its description is another");
}

#[test]
fn foreign_folders_are_refused() {
    let told = refusal(|path| {
        for name in ["thesis.doc", "b", "c", "d"] {
            fs::write(path.join(name), "").unwrap();
        }
    });
    assert!(
        told.contains("holds no sweep (found `b`, `c`, `d` and 1 more); choose another `--out`"),
        "{told}"
    );
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let opened = SweepFolder::open_or_create(&file, &spec(1));
    assert!(matches!(opened, Err(FolderError::TargetIsFile { .. })));
    assert!(matches!(SweepFolder::read(place.path()), Err(FolderError::NoSweep { .. })));
    assert!(matches!(SweepFolder::read(&place.path().join("none")), Err(FolderError::NoSweep { .. })));
}

#[test]
fn a_broken_specification_is_told_and_kept() {
    let with = |content: Vec<u8>| refusal(|path| fs::write(path.join(SPEC_FILE), content).unwrap());
    let whole = serde_json::to_vec(&spec(10)).unwrap();
    assert!(
        with(Vec::new()).contains("does not say what the sweep is: it is empty; restore the file, or remove")
    );
    assert!(with(vec![0; 100]).contains("it is empty"));
    for cut in 1..whole.len() {
        let told = with(whole[..cut].to_vec());
        assert!(told.contains("sweep.json` does not say what the sweep is: it "), "{told}");
    }
    assert!(with(whole[..whole.len() / 2].to_vec()).contains("it ends too early, as if cut off"));
    assert!(with(b"hello".to_vec()).contains("it is not a sweep's"));
    assert!(with(vec![b'['; 1_000_000]).contains("it is not a sweep's"));
    assert!(with(vec![0xff; 10]).contains("it is not a sweep's"));
    let told = with(vec![b' '; 17 << 20]);
    assert!(told.contains("it is 17825792 bytes long"), "{told}");
    let told = with(br#"{"tool": "other", "version": "1"}"#.to_vec());
    assert!(told.contains("it is of `other`, not of wattshift-sweep"), "{told}");
    let told = with(br#"{"tool": "wattshift-sweep", "version": "0.0.9", "points": []}"#.to_vec());
    assert!(
        told.contains("it was written by version 0.0.9 of the program, and this one does not read it"),
        "{told}"
    );
    let told = with(serde_json::to_vec(&Spec { n_points: usize::MAX, ..spec(1) }).unwrap());
    assert!(told.contains("and a sweep at most 1000000"), "{told}");
    assert!(refusal(|path| fs::create_dir(path.join(SPEC_FILE)).unwrap()).contains("it is not a file"));
}

#[test]
fn a_sweep_begun_as_one_goes_on_as_shards_and_back() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 30);
    do_points(&folder, "1/1", 7);
    let begun = folder.begin(shard("2/4")).unwrap();
    assert_eq!(begun.todo, [9, 13, 17, 21, 25, 29]);
    assert_eq!((begun.n_done, begun.n_failed, begun.n_damaged), (2, 0, 0));
    drop(begun);
    do_points(&folder, "2/4", 99);
    do_points(&folder, "1/2", 99);
    let begun = folder.begin(Shard::WHOLE).unwrap();
    assert_eq!(begun.todo, [7, 11, 15, 19, 23, 27]);
    assert_eq!((begun.n_done, begun.n_failed), (24, 5), "4, 9, 14, 24 and 29 have failed; 19 is not done");
}

#[test]
fn a_shard_without_points_has_nothing_to_do() {
    let place = tempfile::tempdir().unwrap();
    let begun = folder(place.path(), 3).begin(shard("9/10")).unwrap();
    assert_eq!((begun.todo.len(), begun.n_done), (0, 0));
}

#[test]
fn shards_with_common_points_do_not_work_at_once() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 30);
    let told = |text: &str| folder.begin(shard(text)).unwrap_err().to_string();
    let first = folder.begin(shard("2/4")).unwrap();
    let path = place.path().display();
    assert_eq!(
        told("2/4"),
        format!(
            "another process is at work on shard 2/4 of `{path}`; \
             wait until it ends, or stop it; nothing was changed"
        )
    );
    assert_eq!(
        told("1/1"),
        format!(
            "another process is at work on shard 2/4 of `{path}`, which does points of shard 1/1 too; \
             wait until it ends, or stop it; nothing was changed"
        )
    );
    assert!(told("2/2").contains("shard 2/4"));
    let _beside = folder.begin(shard("1/2")).unwrap();
    assert_eq!(list(&place.path().join(JOURNAL_FOLDER)).len(), 2, "those refused leave no file");
    drop(first);
    assert_eq!(folder.begin(shard("2/2")).unwrap().todo.len(), 15);
}

#[test]
fn of_many_that_start_at_once_each_shard_has_one() {
    for round in 0..20 {
        let place = tempfile::tempdir().unwrap();
        let barrier = Barrier::new(8);
        let n_begun: usize = thread::scope(|scope| {
            let start = |i: usize| {
                let (place, barrier) = (place.path(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let begun = folder(place, 40).begin(shard(&format!("{}/4", i % 4 + 1)));
                    // Nobody lets go before all have tried.
                    barrier.wait();
                    match begun {
                        Ok(begun) => usize::from(begun.todo.len() == 10),
                        Err(FolderError::AtWork { .. }) => 0,
                        Err(other) => panic!("{other}"),
                    }
                })
            };
            let starts: Vec<_> = (0..8).map(start).collect();
            starts.into_iter().map(|start| start.join().unwrap()).sum()
        });
        assert_eq!(n_begun, 4, "round {round}");
    }
}

#[test]
fn of_two_that_overlap_and_start_at_once_at_most_one_begins() {
    for round in 0..20 {
        let place = tempfile::tempdir().unwrap();
        let barrier = Barrier::new(2);
        let n_begun: usize = thread::scope(|scope| {
            let starts = ["1/1", "1/3"].map(|text| {
                let (place, barrier) = (place.path(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let begun = folder(place, 40).begin(shard(text));
                    barrier.wait();
                    usize::from(begun.is_ok())
                })
            });
            starts.into_iter().map(|start| start.join().unwrap()).sum()
        });
        assert!(n_begun <= 1, "round {round}");
    }
}

#[test]
fn looking_at_a_sweep_does_not_keep_it_from_beginning() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 40);
    do_points(&folder, "1/1", 10);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    assert_eq!(Status::of(&folder).unwrap().n_done, 10);
                }
            });
        }
        let begun: Vec<_> =
            (0..100).map(|_| folder.begin(Shard::WHOLE).map(|begun| begun.todo.len())).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(begun.into_iter().all(|n_todo| n_todo.unwrap() == 30));
    });
}

#[test]
fn journals_that_disagree_are_named_with_the_point() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 30);
    do_points(&folder, "1/1", 3);
    let mut begun = folder.begin(shard("1/2")).unwrap();
    begun.journal.append(&PointRecord { seconds: 9.0, ..record(0) }).unwrap();
    assert_eq!(Status::of(&folder).unwrap().n_done, 3, "a point may take longer the second time");
    begun.journal.append(&PointRecord { seed: 8, ..record(2) }).unwrap();
    drop(begun);
    let told = Status::of(&folder).unwrap_err().to_string();
    assert!(told.contains("shard-1-of-1.jsonl` and `"), "{told}");
    assert!(told.contains("shard-1-of-2.jsonl` disagree about point 2, which"), "{told}");
    assert_eq!(folder.begin(Shard::WHOLE).unwrap_err().to_string(), told);
}

#[test]
fn what_came_out_stands_over_a_failure_wherever_either_lies() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 30);
    do_points(&folder, "1/1", 10);
    let again = folder.begin_with_failed(Shard::WHOLE).unwrap();
    assert_eq!((again.n_done, again.n_failed, again.todo.len()), (8, 0, 22));
    assert_eq!(again.todo[..3], [4, 9, 10]);
    drop(again);
    let done = PointRecord { point: 4, values: record(4).values, ..record(5) };
    for text in ["1/1", "1/2", "2/3"] {
        let mut begun = folder.begin(shard(text)).unwrap();
        let failed = PointOutcome::Failed(format!("another reason on {text}"));
        begun.journal.append(&PointRecord { outcome: failed, ..record(4) }).unwrap();
        begun.journal.append(&done).unwrap();
    }
    let status = Status::of(&folder).unwrap();
    assert_eq!((status.n_done, status.n_failed), (10, 1));
    let merge = Merge::of(&[folder]).unwrap();
    assert_eq!(merge.records().nth(4).unwrap().unwrap(), done);
}

#[test]
fn journals_of_another_sweep_are_not_mixed_in() {
    let place = tempfile::tempdir().unwrap();
    let (a, b) = (place.path().join("a"), place.path().join("b"));
    do_points(&folder(&a, 10), "1/2", 5);
    let other = folder(&b, 11);
    fs::create_dir(b.join(JOURNAL_FOLDER)).unwrap();
    let moved = b.join(JOURNAL_FOLDER).join(journal_name(shard("1/2")));
    fs::copy(a.join(JOURNAL_FOLDER).join(journal_name(shard("1/2"))), moved).unwrap();
    let told = other.begin(Shard::WHOLE).unwrap_err().to_string();
    assert!(
        told.contains("is not a journal of this sweep: it holds points of another sweep; move it away"),
        "{told}"
    );
    assert!(Status::of(&other).is_err());
}

#[test]
fn only_names_of_journals_are_read_as_such() {
    assert_eq!(shard_of("shard-3-of-7.jsonl"), Some(shard("3/7")));
    for name in
        ["shard-03-of-7.jsonl", "shard-8-of-7.jsonl", "shard-3-of-7.jsonl~", "shard-3-of-7.jsonl.gz", "x"]
    {
        assert_eq!(shard_of(name), None, "{name}");
    }
}
