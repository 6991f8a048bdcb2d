//! `wattshift`: compares policies that move a Bitcoin-mining campus's megawatts to AI.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to people")]

mod args;
mod backtest;
mod calibrate;
mod check;
mod compare;
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
mod sweep;

use args::{BacktestCommand, Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Dispatch(args) => dispatch::dispatch(&args),
        Command::Sweep(command) => sweep::sweep(&command),
        Command::Report(args) => report_again::report_again(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Check(args) => check::check(&args),
        Command::Init(args) => init::init(&args),
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
