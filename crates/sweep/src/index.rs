//! Where the record of each point lies among the journals of a sweep.
//!
//! A point takes a few bytes here and its record stays in its file, so that memory hardly grows with points. A point that was
//! done twice, by processes that did not know of each other, must have come out the same.

use crate::error::FolderError;
use crate::journal::{Header, Scan, Span, line, scan};
use crate::record::{PointOutcome, PointRecord};
use crate::shard::Shard;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The records of a sweep and where they lie.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) journals: Vec<IndexedJournal>,
    /// By point.
    places: Vec<Option<Place>>,
    /// Points that were done, whatever came out.
    pub(crate) n_points_done: usize,
    /// Records of points that another record is there for, equal to it unless one of them failed.
    pub(crate) n_duplicates: usize,
    /// Wall time of all records, seconds.
    pub(crate) seconds: f64,
}

/// What one journal holds.
#[derive(Debug, Clone)]
pub(crate) struct IndexedJournal {
    pub(crate) path: PathBuf,
    pub(crate) shard: Shard,
    pub(crate) n_records: usize,
    pub(crate) scan: Scan,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    journal: u32,
    length: u32,
    offset: u64,
    is_failed: bool,
}

impl Place {
    fn span(self) -> Span {
        Span { offset: self.offset, length: self.length as usize }
    }
}

impl Index {
    /// Reads the journals of one sweep, in their order.
    pub(crate) fn of(
        identity: &str,
        n_points: usize,
        journals: impl IntoIterator<Item = (Shard, PathBuf)>,
    ) -> Result<Self, FolderError> {
        let mut index = Self {
            journals: Vec::new(),
            places: vec![None; n_points],
            n_points_done: 0,
            n_duplicates: 0,
            seconds: 0.0,
        };
        for (shard, path) in journals {
            index.read(identity, shard, path)?;
        }
        Ok(index)
    }

    /// Points of a shard that are not done, in order.
    pub(crate) fn missing(&self, shard: Shard) -> impl Iterator<Item = usize> {
        shard.points(self.places.len()).filter(|point| self.places[*point].is_none())
    }

    /// Points of a shard that failed, in order.
    pub(crate) fn failed(&self, shard: Shard) -> impl Iterator<Item = usize> {
        let is_failed = |point: &usize| self.places[*point].is_some_and(|place| place.is_failed);
        shard.points(self.places.len()).filter(is_failed)
    }

    /// How many points of a shard failed.
    pub(crate) fn n_failed(&self, shard: Shard) -> usize {
        self.failed(shard).count()
    }

    /// Damaged lines of all journals.
    pub(crate) fn n_damaged(&self) -> usize {
        self.journals.iter().map(|journal| journal.scan.n_damaged).sum()
    }

    /// Where the record of a point lies: the journal's number and the part of it.
    pub(crate) fn place(&self, point: usize) -> Option<(usize, Span)> {
        self.places[point].map(|place| (place.journal as usize, place.span()))
    }

    fn read(&mut self, identity: &str, shard: Shard, path: PathBuf) -> Result<(), FolderError> {
        let file = File::open(&path).map_err(FolderError::at("open", &path))?;
        let number = self.journals.len();
        self.journals.push(IndexedJournal { path, shard, n_records: 0, scan: Scan::default() });
        let path = self.journals[number].path.clone();
        let header = Header::new(identity, shard);
        let n_points = self.places.len();
        let take = |span, record: PointRecord| self.take(number, span, &record);
        self.journals[number].scan = scan(&path, BufReader::new(file), &header, n_points, take)?;
        Ok(())
    }

    fn take(&mut self, number: usize, span: Span, record: &PointRecord) -> Result<(), FolderError> {
        let is_failed = matches!(record.outcome, PointOutcome::Failed(_));
        self.journals[number].n_records += 1;
        self.seconds += record.seconds;
        if let Some(earlier) = self.places[record.point] {
            self.n_duplicates += 1;
            // A point that failed may be done later, when what stood in its way is gone; then what came out stands.
            match (earlier.is_failed, is_failed) {
                (false, false) => return self.compare(earlier, number, record),
                (false, true) => return Ok(()),
                (true, _) => self.n_points_done -= 1,
            }
        }
        let length = u32::try_from(span.length).expect("lines of a journal are far shorter");
        let journal = u32::try_from(number).expect("there are far fewer journals");
        self.places[record.point] = Some(Place { journal, length, offset: span.offset, is_failed });
        self.n_points_done += 1;
        Ok(())
    }

    fn compare(&self, earlier: Place, number: usize, record: &PointRecord) -> Result<(), FolderError> {
        let first = &self.journals[earlier.journal as usize].path;
        let mut file = File::open(first).map_err(FolderError::at("open", first))?;
        let known = load(&mut file, first, earlier.span())?;
        // The time that a point took is the one thing that may differ.
        if (PointRecord { seconds: record.seconds, ..known }) == *record {
            return Ok(());
        }
        Err(FolderError::Conflict {
            point: record.point,
            first: first.clone(),
            second: self.journals[number].path.clone(),
        })
    }
}

/// Reads the record that lies at a part of a journal.
pub(crate) fn load(file: &mut File, path: &Path, span: Span) -> Result<PointRecord, FolderError> {
    let mut line = vec![0; span.length];
    let changed = || FolderError::Changed { path: path.to_path_buf() };
    file.seek(SeekFrom::Start(span.offset)).map_err(FolderError::at("read", path))?;
    file.read_exact(&mut line).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::UnexpectedEof => changed(),
        _ => FolderError::at("read", path)(cause),
    })?;
    line::decode(&line).ok_or_else(changed)
}
