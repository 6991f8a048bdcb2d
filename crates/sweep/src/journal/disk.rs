//! What a journal asks of the file below it: the seam at which tests make disks fail.

use std::fs::File;
use std::io;

/// A file that is written at its end.
pub trait Disk: io::Write + Send {
    /// Returns once all that was written is on the disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes back what was written past a length, bytes.
    ///
    /// # Errors
    /// What the system says.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Disk for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}
