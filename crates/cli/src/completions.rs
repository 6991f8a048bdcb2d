//! `wattshift completions`: what a shell needs to complete commands, options and files.

use crate::args::{Cli, CompletionsArgs};
use crate::failure::Failure;
use crate::output::say;
use clap::CommandFactory;

/// Prints the script of a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wattshift", &mut script);
    say(&String::from_utf8_lossy(&script))
}
