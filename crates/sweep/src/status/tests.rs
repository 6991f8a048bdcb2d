//! Counts of a sweep under way.

use super::*;
use crate::test_support::{do_points, folder, record, shard};
use std::fs;

#[test]
fn a_new_sweep_has_all_before_it() {
    let place = tempfile::tempdir().unwrap();
    let status = Status::of(&folder(place.path(), 30)).unwrap();
    assert_eq!((status.n_points, status.n_done, status.n_missing()), (30, 0, 30));
    assert_eq!((status.mean_seconds, status.shards.len()), (None, 0));
}

#[test]
fn shards_are_counted_each_and_together() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), 30);
    do_points(&folder, "1/1", 5);
    let mut begun = folder.begin(shard("2/3")).unwrap();
    begun.todo.iter().take(3).for_each(|point| begun.journal.append(&record(*point)).unwrap());
    // The line being written at this moment is nobody's fault.
    let path = begun.journal.path().to_path_buf();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole, b"{\"point\":".as_slice()].concat()).unwrap();
    let status = Status::of(&folder).unwrap();
    assert_eq!((status.n_done, status.n_failed, status.n_missing(), status.n_damaged), (8, 1, 22, 0));
    assert_eq!(status.mean_seconds, Some(0.5));
    let [one, two] = status.shards[..] else { panic!("{status:?}") };
    let one_expected = ShardStatus {
        shard: shard("1/1"),
        n_points: 30,
        n_done: 8,
        n_failed: 1,
        n_records: 5,
        activity: Activity::Idle,
    };
    assert_eq!(one, one_expected);
    // Points 1 and 4 were done by the whole; 4 failed.
    let two_expected = ShardStatus {
        shard: shard("2/3"),
        n_points: 10,
        n_done: 5,
        n_failed: 1,
        n_records: 3,
        activity: Activity::AtWork,
    };
    assert_eq!(two, two_expected);
}
