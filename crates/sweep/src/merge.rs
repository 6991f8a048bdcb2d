//! The records of all journals of a sweep, in the order of their points.
//!
//! A first pass notes where each record lies, a second reads them in order, so that memory stays small however many there are.

use crate::error::FolderError;
use crate::folder::SweepFolder;
use crate::index::{Index, load};
use crate::record::PointRecord;
use crate::shard::Shard;
use crate::spec::Spec;
use std::fs::File;

/// Files held open at once; systems allow a thousand or so.
const MOST_OPEN: usize = 256;

/// The finished points of a sweep, from one folder or several.
#[derive(Debug)]
pub struct Merge {
    spec: Spec,
    index: Index,
}

impl Merge {
    /// Reads the journals of folders of the same sweep.
    ///
    /// # Errors
    /// If a folder cannot be read or holds another sweep, or two journals disagree.
    ///
    /// # Panics
    /// If there is no folder.
    pub fn of(folders: &[SweepFolder]) -> Result<Self, FolderError> {
        let (first, others) = folders.split_first().expect("there is a folder to read");
        if let Some(other) = others.iter().find(|folder| folder.spec() != first.spec()) {
            return Err(FolderError::NotOneSweep {
                path: other.path().to_path_buf(),
                first: first.path().to_path_buf(),
                differences: other.differences(first.spec()),
            });
        }
        let journals: Vec<_> = folders.iter().map(SweepFolder::journals).collect::<Result<_, _>>()?;
        let index = Index::of(first.identity(), first.spec().n_points, journals.into_iter().flatten())?;
        Ok(Self { spec: first.spec().clone(), index })
    }

    /// What the sweep is.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Points that are done, whatever came out.
    #[must_use]
    pub fn n_done(&self) -> usize {
        self.index.n_points_done
    }

    /// Points among them that failed.
    #[must_use]
    pub fn n_failed(&self) -> usize {
        self.index.n_failed(Shard::WHOLE)
    }

    /// Records beyond the first of a point, equal to it but for the time it took.
    #[must_use]
    pub fn n_duplicates(&self) -> usize {
        self.index.n_duplicates
    }

    /// Damaged lines, whose points are missing unless they were done again.
    #[must_use]
    pub fn n_damaged(&self) -> usize {
        self.index.n_damaged()
    }

    /// Points that are not done, in order.
    pub fn missing(&self) -> impl Iterator<Item = usize> {
        self.index.missing(Shard::WHOLE)
    }

    /// The records in the order of their points; each call reads them anew.
    ///
    /// An item is an error if a journal cannot be read or was changed since.
    pub fn records(&self) -> impl Iterator<Item = Result<PointRecord, FolderError>> {
        let mut files = OpenFiles::of(&self.index);
        (0..self.spec.n_points).filter_map(move |point| files.read(point))
    }
}

/// Journals that are being read, not too many of them open.
struct OpenFiles<'a> {
    index: &'a Index,
    files: Vec<Option<File>>,
    n_open: usize,
}

impl<'a> OpenFiles<'a> {
    fn of(index: &'a Index) -> Self {
        Self { index, files: index.journals.iter().map(|_| None).collect(), n_open: 0 }
    }

    fn read(&mut self, point: usize) -> Option<Result<PointRecord, FolderError>> {
        let (journal, span) = self.index.place(point)?;
        let path = &self.index.journals[journal].path;
        if self.files[journal].is_none() && self.n_open == MOST_OPEN {
            self.files.iter_mut().for_each(|file| *file = None);
            self.n_open = 0;
        }
        let file = match &mut self.files[journal] {
            Some(file) => file,
            closed => match File::open(path) {
                Ok(file) => {
                    self.n_open += 1;
                    closed.insert(file)
                }
                Err(cause) => return Some(Err(FolderError::at("open", path)(cause))),
            },
        };
        Some(load(file, path, span))
    }
}

#[cfg(test)]
mod tests;
