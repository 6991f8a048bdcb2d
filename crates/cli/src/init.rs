//! `wattshift init`: a commented scenario to start from.

use crate::args::InitArgs;
use crate::failure::Failure;
use crate::output::say;
use anyhow::Context;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

/// Writes the template, never over an existing file unless told to.
pub(crate) fn init(args: &InitArgs) -> Result<(), Failure> {
    let file = args.file.display();
    let mut options = OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let opened = options.open(&args.file).map_err(|error| {
        Failure::BadInput(match error.kind() {
            ErrorKind::AlreadyExists => {
                format!("error: {file} is already there; name another file or use --force")
            }
            _ => format!("error: {file} cannot be written ({error}); name a file in a folder that exists"),
        })
    });
    opened?.write_all(scenario::template::TEMPLATE.as_bytes()).with_context(|| format!("writing {file}"))?;
    say(&format!("wrote {file}: edit it, then `wattshift check {file}` and `wattshift run {file}`\n"))
}
