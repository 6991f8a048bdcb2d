//! Text for people, on streams that may be closed.

use crate::color::paint_of;
use crate::failure::Failure;
use anyhow::Context;
use std::fmt::Display;
use std::io::{ErrorKind, Write, stderr, stdout};

/// Prints to standard output; a reader that has gone away is no failure, a full disk is.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done.context("writing to standard output")?),
    }
}

/// Prints to standard error, if there is one.
pub(crate) fn complain(text: &impl Display) {
    let painted = paint_of(&stderr()).notices(&text.to_string());
    let _ = writeln!(stderr(), "{painted}");
}
