//! A file in the making whose checksum is known when it ends.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use sweep::digest::hexadecimal;

/// A file that counts and digests what is written to it.
#[derive(Debug)]
pub struct StagedFile {
    file: BufWriter<File>,
    bytes: u64,
    digest: Sha256,
}

impl StagedFile {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), bytes: 0, digest: Sha256::new() })
    }

    /// Its length and checksum.
    pub(super) fn finish(mut self) -> io::Result<(u64, String)> {
        self.file.flush()?;
        Ok((self.bytes, hexadecimal(&self.digest.finalize())))
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.bytes += n as u64;
        self.digest.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
