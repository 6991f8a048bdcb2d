//! Torn, damaged and foreign journals, and disks that fail.

use super::*;
use crate::test_support::{record, shard};
use std::fs;
use std::io::{self, BufReader, Write};

fn header() -> Header {
    Header::new("abc", shard("1/1"))
}

fn open(path: &Path) -> Result<Journal, FolderError> {
    let locked = LockedFile::take(path)?.expect("nobody else is at work");
    let (_, found) = read(path)?;
    Journal::open(locked, &header(), found)
}

/// Points of a journal, and what its reading says.
fn read(path: &Path) -> Result<(Vec<PointRecord>, Scan), FolderError> {
    let mut records = Vec::new();
    let keep = |_, record| {
        records.push(record);
        Ok(())
    };
    let found = scan(path, BufReader::new(File::open(path).unwrap()), &header(), 1_000, keep)?;
    Ok((records, found))
}

/// A journal of these points, as bytes.
fn journal_of(points: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let mut text = header().line();
    points.into_iter().for_each(|point| text.push_str(&line::encode(&record(point)).unwrap()));
    text.into_bytes()
}

fn refusal(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    fs::write(&path, content).unwrap();
    let reading = read(&path).unwrap_err().to_string();
    assert_eq!(open(&path).unwrap_err().to_string(), reading);
    assert_eq!(fs::read(&path).unwrap(), content, "a refused file stays as it is");
    reading
}

#[test]
fn records_read_back_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let mut journal = open(&path).unwrap();
    (0..50).for_each(|point| journal.append(&record(point)).unwrap());
    drop(journal);
    let (records, found) = read(&path).unwrap();
    assert_eq!(records, (0..50).map(record).collect::<Vec<_>>());
    assert_eq!((found.n_damaged, found.good_end), (0, found.end));
    assert_eq!(fs::read(&path).unwrap(), journal_of(0..50));
}

#[test]
fn a_file_cut_at_any_byte_goes_on_from_its_last_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let whole = journal_of(0..3);
    for cut in 0..=whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let n_lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        let n_points = n_lines.saturating_sub(1);
        let before = fs::read(&path).unwrap();
        assert_eq!(read(&path).unwrap().0.len(), n_points, "cut at {cut}");
        assert_eq!(fs::read(&path).unwrap(), before, "reading changes nothing");
        let mut journal = open(&path).unwrap();
        (n_points..3).for_each(|point| journal.append(&record(point)).unwrap());
        drop(journal);
        assert_eq!(fs::read(&path).unwrap(), whole, "cut at {cut}");
    }
}

#[test]
fn any_damaged_byte_costs_the_points_of_its_line_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let whole = journal_of(0..4);
    let start = journal_of(0..1).len();
    let end = journal_of(0..2).len();
    for at in start..end {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let (records, found) = read(&path).unwrap();
        // A damaged line break joins two lines into one that matches neither digest.
        let lost = if at == end - 1 { 2 } else { 1 };
        assert_eq!(records.len(), 4 - lost, "byte {at}");
        assert!(found.n_damaged >= 1 && !records.iter().any(|record| record.point == 1), "byte {at}");
        drop(open(&path).unwrap());
        assert_eq!(
            fs::read(&path).unwrap(),
            damaged,
            "what is damaged within stays, and nothing after it is lost"
        );
    }
}

#[test]
fn zeros_after_a_power_cut_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    for points in [0..0, 0..2] {
        let whole = if points.is_empty() { Vec::new() } else { journal_of(points.clone()) };
        fs::write(&path, [whole.clone(), vec![0; 9_000]].concat()).unwrap();
        drop(open(&path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), journal_of(points));
    }
}

#[test]
fn a_damaged_last_line_is_dropped_and_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let mut damaged = journal_of(0..3);
    let at = damaged.len() - 3;
    damaged[at] = b'!';
    fs::write(&path, &damaged).unwrap();
    assert_eq!(read(&path).unwrap().1.n_damaged, 1);
    open(&path).unwrap().append(&record(2)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), journal_of(0..3));
}

#[test]
fn a_journal_of_something_else_is_refused_and_left_alone() {
    let begin = |header: &Header| [header.line().into_bytes(), journal_of(0..1)].concat();
    assert!(
        refusal(&begin(&Header::new("other", shard("1/1")))).contains("it holds points of another sweep")
    );
    let renamed = refusal(&begin(&Header::new("abc", shard("2/3"))));
    assert!(renamed.contains("it holds points of shard 2/3, and its name says 1/1"), "{renamed}");
    let later = refusal(&begin(&Header { format: 2, ..header() }));
    assert!(
        later.contains("it is written in format 2, and this version of the program reads format 1"),
        "{later}"
    );
    let mut damaged = journal_of(0..2);
    damaged[5] ^= 1;
    assert!(refusal(&damaged).contains("its first line is damaged"));
    assert!(refusal(b"dear diary,\ntoday").contains("its first line is damaged"));
    assert!(refusal(b"dear diary").contains("it does not begin like one"));
    assert!(refusal(&vec![b'x'; 3 * line::MOST_BYTES]).contains("it does not begin like one"));
    assert!(refusal(&[vec![b'['; 3 * line::MOST_BYTES], b"\n".to_vec()].concat()).contains("does not begin"));
}

#[test]
fn hostile_lines_are_damaged_ones() {
    let far = PointRecord { point: usize::MAX, ..record(0) };
    let lines = [
        line::encode(&far).unwrap().into_bytes(),
        line::encode(&"[".repeat(100_000)).unwrap().into_bytes(),
        vec![b'\n'],
        vec![b'\t'; 17],
        b"\n".to_vec(),
        [vec![0xff; 2 * line::MOST_BYTES], b"\n".to_vec()].concat(),
        [b"{}\t".to_vec(), b"0123456789abcdef\n".to_vec()].concat(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let tail = line::encode(&record(1)).unwrap().into_bytes();
    fs::write(&path, [journal_of(0..1), lines.concat(), tail].concat()).unwrap();
    let (records, found) = read(&path).unwrap();
    assert_eq!(records, [record(0), record(1)]);
    assert_eq!(found.n_damaged, 6);
}

#[test]
fn a_second_opener_is_turned_away_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let first = open(&path).unwrap();
    assert_eq!(activity(&path).unwrap(), Activity::AtWork);
    assert!(LockedFile::take(&path).unwrap().is_none());
    drop(first);
    assert_eq!(activity(&path).unwrap(), Activity::Idle);
    assert!(LockedFile::take(&path).unwrap().is_some());
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let mut journal = open(&path).unwrap();
    let refused = |fault: FolderError| matches!(fault, FolderError::NotStorable { point: 0, .. });
    assert!(refused(journal.append(&PointRecord { seconds: f64::NAN, ..record(0) }).unwrap_err()));
    let outcome = crate::PointOutcome::Failed("x".repeat(line::MOST_BYTES));
    assert!(refused(journal.append(&PointRecord { outcome, ..record(0) }).unwrap_err()));
    journal.append(&record(0)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), journal_of(0..1));
}

/// A disk with so much room, which may fail to sync or to take back.
struct BadDisk {
    content: Vec<u8>,
    room: usize,
    syncs: bool,
    cuts: bool,
}

impl Write for BadDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = bytes.len().min(self.room);
        self.room -= written;
        self.content.extend(&bytes[..written]);
        if written == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(written) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for BadDisk {
    fn sync(&mut self) -> io::Result<()> {
        if self.syncs { Ok(()) } else { Err(io::Error::other("the disk is gone")) }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if !self.cuts {
            return Err(io::Error::other("read-only now"));
        }
        self.content.truncate(length as usize);
        Ok(())
    }
}

/// A journal with a point in it on a disk with so much room left.
fn on_bad_disk(room: usize, syncs: bool, cuts: bool) -> Journal<BadDisk> {
    let content = journal_of(0..1);
    let end = content.len() as u64;
    Journal { disk: BadDisk { content, room, syncs, cuts }, path: "j".into(), end, is_broken: false }
}

#[test]
fn a_disk_that_fills_up_at_any_byte_leaves_the_journal_as_it_was() {
    let length = line::encode(&record(1)).unwrap().len();
    for room in 0..length {
        let mut journal = on_bad_disk(room, true, true);
        let told = journal.append(&record(1)).unwrap_err().to_string();
        assert!(told.contains("make room and run the sweep again; finished points are kept"), "{told}");
        assert_eq!(journal.disk.content, journal_of(0..1), "room for {room}");
        journal.disk.room = usize::MAX;
        journal.append(&record(1)).unwrap();
        assert_eq!(journal.disk.content, journal_of(0..2), "room for {room}");
    }
}

#[test]
fn a_line_that_may_not_be_on_the_disk_is_taken_back() {
    let mut journal = on_bad_disk(usize::MAX, false, true);
    assert!(matches!(journal.append(&record(1)), Err(FolderError::Io { action: "write to", .. })));
    assert_eq!(journal.disk.content, journal_of(0..1));
}

#[test]
fn nothing_follows_half_a_line_that_cannot_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    for (room, kept) in [(10, 1), (usize::MAX, 2)] {
        let mut journal = on_bad_disk(room, false, false);
        assert!(matches!(journal.append(&record(1)), Err(FolderError::Io { .. })));
        journal.disk.room = usize::MAX;
        journal.disk.syncs = true;
        assert!(matches!(journal.append(&record(2)), Err(FolderError::Broken { .. })));
        // The next process finds whole lines and perhaps a torn one, and goes on.
        fs::write(&path, &journal.disk.content).unwrap();
        drop(open(&path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), journal_of(0..kept));
    }
}
