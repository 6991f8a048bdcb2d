//! Shards together are the same as one, and gaps and doubles are told.

use super::*;
use crate::test_support::{do_points, folder, record, spec};
use std::path::Path;

const N_POINTS: usize = 100;

fn records(merge: &Merge) -> Vec<PointRecord> {
    merge.records().collect::<Result<_, _>>().unwrap()
}

fn sweep(path: &Path, shards: &[&str]) -> SweepFolder {
    let folder = folder(path, N_POINTS);
    shards.iter().for_each(|shard| do_points(&folder, shard, N_POINTS));
    folder
}

#[test]
fn seven_shards_are_the_same_as_one() {
    let place = tempfile::tempdir().unwrap();
    let whole = Merge::of(&[sweep(&place.path().join("a"), &["1/1"])]).unwrap();
    let shards = ["7/7", "3/7", "1/7", "2/7", "6/7", "4/7", "5/7"];
    let merged = Merge::of(&[sweep(&place.path().join("b"), &shards)]).unwrap();
    // As many folders as shards, as machines that share none would leave them.
    let apart: Vec<SweepFolder> = shards
        .iter()
        .enumerate()
        .map(|(i, shard)| sweep(&place.path().join(format!("c{i}")), &[shard]))
        .collect();
    let expected: Vec<PointRecord> = (0..N_POINTS).map(record).collect();
    for merge in [&whole, &merged, &Merge::of(&apart).unwrap()] {
        assert_eq!(records(merge), expected);
        assert_eq!((merge.n_done(), merge.n_failed(), merge.n_duplicates()), (100, 20, 0));
        assert_eq!((merge.missing().count(), merge.n_damaged()), (0, 0));
    }
    assert_eq!(whole.spec(), &spec(N_POINTS));
}

#[test]
fn what_is_missing_or_double_is_counted() {
    let place = tempfile::tempdir().unwrap();
    let a = sweep(&place.path().join("a"), &["1/3", "2/3"]);
    let b = sweep(&place.path().join("b"), &["2/3"]);
    let merge = Merge::of(&[a, b]).unwrap();
    assert_eq!((merge.n_done(), merge.n_duplicates()), (67, 33));
    assert_eq!(merge.missing().collect::<Vec<_>>(), (2..N_POINTS).step_by(3).collect::<Vec<_>>());
    let points: Vec<usize> = records(&merge).iter().map(|record| record.point).collect();
    assert_eq!(points, (0..N_POINTS).filter(|point| point % 3 != 2).collect::<Vec<_>>());
}

#[test]
fn folders_of_different_sweeps_are_not_merged() {
    let place = tempfile::tempdir().unwrap();
    let a = folder(&place.path().join("a"), 10);
    let b = folder(&place.path().join("b"), 11);
    let told = Merge::of(&[a, b]).unwrap_err().to_string();
    assert!(told.contains("it has 11 points, not 10; merge folders of one sweep"), "{told}");
}

#[test]
fn more_journals_than_files_may_be_open_are_read() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 2 * MOST_OPEN + 10);
    let n_shards = MOST_OPEN + 5;
    (1..=n_shards).for_each(|k| do_points(&folder, &format!("{k}/{n_shards}"), 9));
    let merge = Merge::of(&[folder]).unwrap();
    let mut files = OpenFiles::of(&merge.index);
    for point in 0..merge.spec.n_points {
        assert_eq!(files.read(point).unwrap().unwrap(), record(point));
        let n_open = files.files.iter().flatten().count();
        assert!(n_open == files.n_open && n_open <= MOST_OPEN, "{n_open} files are open");
    }
}

#[test]
fn a_journal_cut_or_changed_while_it_is_read_is_told() {
    let place = tempfile::tempdir().unwrap();
    let folder = sweep(place.path(), &["1/1"]);
    let path = place.path().join("journal/shard-1-of-1.jsonl");
    let merge = Merge::of(&[folder]).unwrap();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let told = merge.records().find_map(Result::err).unwrap().to_string();
    assert!(told.contains("changed while it was read; try again when no process is at work on it"), "{told}");
    std::fs::write(&path, [b"x".as_slice(), &whole].concat()).unwrap();
    assert!(matches!(merge.records().next(), Some(Err(FolderError::Changed { .. }))));
}
