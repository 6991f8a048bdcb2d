//! `wattshift`: compares policies that move a Bitcoin-mining campus's megawatts to AI.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to people")]

mod args;
mod backtest;
mod calibrate;
mod check;
mod color;
mod compare;
mod completions;
mod dispatch;
mod explain;
mod failure;
mod init;
mod interrupt;
mod output;
mod place;
mod progress;
mod report_again;
mod run;
mod schema;
mod sweep;

use args::{BacktestCommand, Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use color::ColorArg;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match arguments().command {
        Command::Run(args) => run::run(&args),
        Command::Dispatch(args) => dispatch::dispatch(&args),
        Command::Sweep(command) => sweep::sweep(&command),
        Command::Report(args) => report_again::report_again(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Check(args) => check::check(&args),
        Command::Init(args) => init::init(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Calibrate(command) => calibrate::calibrate(&command),
        Command::Backtest(BacktestCommand::Production(args)) => backtest::production(&args),
        Command::Backtest(BacktestCommand::Markets(args)) => backtest::markets(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::from(failure.code())
        }
    }
}

/// The command line, read under the colours that it asks for.
fn arguments() -> Cli {
    let color = ColorArg::asked(std::env::args_os());
    color.choose();
    let matches = Cli::command().color(color.of_clap()).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}
