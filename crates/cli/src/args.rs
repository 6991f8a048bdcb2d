//! What can be said on the command line.

use crate::calibrate::{CalibrateCommand, name, stretch};
use crate::color::ColorArg;
use crate::sweep::args::SweepCommand;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use site::YearMonth;
use std::path::PathBuf;

/// How commands end, for the help of each.
macro_rules! exit_codes {
    () => {
        "\n\nExit codes: 0 done, 2 bad input (nothing written), 1 anything else."
    };
}
pub(crate) use exit_codes;

/// Decides how a Bitcoin-mining campus moves its megawatts to AI: simulates the markets, runs every policy on the same
/// paths, and compares them.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = concat!("Examples:\n  wattshift init my-campus.toml\n  wattshift check my-campus.toml\n  wattshift run my-campus.toml\n  wattshift run my-campus.toml --paths 200 --set conversion.lead_months=18 -o out/slow-builders", exit_codes!())
)]
pub(crate) struct Cli {
    /// When to colour text; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t)]
    pub(crate) color: ColorArg,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Simulate a scenario, compare its policies and write a folder of tables and charts
    Run(RunArgs),
    /// Dispatch a campus hour by hour over a horizon whose prices are known, at its optimum, with a certificate
    Dispatch(DispatchArgs),
    /// Run many scenarios from one: maps, tornadoes, sensitivities; resumable, in shards
    #[command(
        subcommand,
        after_help = concat!("Examples:\n  wattshift sweep run data/scenarios/sweeps/hashprice-rent.toml\n  wattshift sweep status out/sweeps/hashprice-rent\n\ndocs/sweeps.md describes sweep files.", exit_codes!())
    )]
    Sweep(SweepCommand),
    /// Make the tables, charts and pages of a run again from its folder, without simulating
    Report(ReportArgs),
    /// Compare two runs: what was set otherwise, and how much each policy gains or loses by it, path by path
    Compare(CompareArgs),
    /// Say in words why a policy did what it did in a month of a path of a run
    Explain(ExplainArgs),
    /// Validate a scenario, print it with every default, and show the static first year
    Check(CheckArgs),
    /// Write a commented scenario to start from
    Init(InitArgs),
    /// Fit a market to your own files: a calibration and a chart of model against history
    #[command(
        subcommand,
        after_help = concat!("Example:\n  wattshift calibrate power rtm_2023.csv rtm_2024.csv --point HB_WEST\n\ndocs/calibrate.md shows how.", exit_codes!())
    )]
    Calibrate(CalibrateCommand),
    /// Hold the model against history
    #[command(
        subcommand,
        after_help = concat!("Example:\n  wattshift backtest markets --bitcoin btc_daily.csv.gz", exit_codes!())
    )]
    Backtest(BacktestCommand),
    /// Print a JSON Schema of scenario files, with which editors complete and check them
    Schema(SchemaArgs),
    /// Print what a shell needs to complete commands and options
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift run data/scenarios/texas-campus.toml\n  wattshift run data/scenarios/texas-campus.toml --paths 10000 --seed 7\n  wattshift run data/scenarios/texas-campus.toml --lens value --set value.bitcoin_premium_per_year=0.05 -o out/value\n  wattshift run data/scenarios/texas-campus.toml --set hosting.rate.start_usd_per_kw_month=150 --set 'policies[hurdle].required_rent_usd_per_kw_month=170'\n  wattshift run data/scenarios/texas-campus.toml --json > run.json", exit_codes!(), "\nAn interrupted run ends with 130; what was done is written.")
)]
pub(crate) struct RunArgs {
    /// The scenario file
    pub(crate) scenario: PathBuf,
    /// Folder for the results; by default `out/` and the name of the scenario
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Number of paths, 1 to 10,000,000, in place of run.paths
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) paths: Option<String>,
    /// Seed of every random number, a whole number from 0, in place of run.seed
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,
    /// Paths kept one by one for quantiles and paths.csv, 1 to 100,000, in place of run.keep_paths
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) keep_paths: Option<String>,
    /// Lens to show money under, outcomes or value, in place of run.lens
    #[arg(long, value_name = "LENS")]
    pub(crate) lens: Option<String>,
    /// Threads, 0 to 256; 0 takes one per core. Results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256), allow_hyphen_values = true)]
    pub(crate) threads: u16,
    /// Set a field of the scenario, such as `site.mining_pue=1.03` or `halls[0].gross_mw=25`; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Write into a folder that holds other files; those are left alone
    #[arg(long)]
    pub(crate) force: bool,
    /// Print nothing but errors; with --json the object alone
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Print one JSON object in place of the table; progress and warnings go to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wattshift dispatch data/scenarios/dispatch-100mw.toml\n  wattshift dispatch data/scenarios/dispatch-100mw.toml --set prices.file=prices.csv --set prices.price_column=usd_per_mwh\n  wattshift dispatch data/scenarios/dispatch-100mw.toml --set site.interconnect_mw=90 --set 'budgets[training].at_least_share=0.9' -o out/90mw\n\nWrites dispatch.csv (a row per step), budgets.csv, summary.csv, the heaviest weeks as charts, and manifest.json.\n\nExit codes: 0 done, 2 bad input or budgets that cannot all be met (nothing written), 1 anything else."
)]
pub(crate) struct DispatchArgs {
    /// The case of dispatch
    pub(crate) case: PathBuf,
    /// Folder for the results; by default `out/` and the name of the case
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Set a field of the case, such as `site.interconnect_mw=90` or `loads[training].value_usd_per_it_mwh=150`; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Write into a folder that holds other files; those are left alone
    #[arg(long)]
    pub(crate) force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift report out/texas-campus\n  wattshift report out/texas-campus -o board-meeting\n\nReads results.json.gz of the folder and makes everything else in it again, as this version does.", exit_codes!())
)]
pub(crate) struct ReportArgs {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    pub(crate) folder: PathBuf,
    /// Folder to write to; by default the folder itself
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Write into a folder that holds other files; those are left alone
    #[arg(long)]
    pub(crate) force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift compare out/texas-campus out/upstate-campus\n  wattshift compare out/texas-campus out/slow-builders -o out/slower --json\n\nRuns of one seed see the same luck path by path, so that small changes show. With -o writes compare.csv, settings.csv and a chart.", exit_codes!())
)]
pub(crate) struct CompareArgs {
    /// The folder of the first run
    #[arg(value_name = "OUT1")]
    pub(crate) first: PathBuf,
    /// The folder of the second run
    #[arg(value_name = "OUT2")]
    pub(crate) second: PathBuf,
    /// Folder to write the tables and the chart to
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Write into a folder that holds other files; those are left alone
    #[arg(long)]
    pub(crate) force: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift explain out/texas-campus --month 2028-03 --path 7\n  wattshift explain out/texas-campus --month 2028-03 --path 7 --policy hurdle --json\n\nThe path is simulated again with the scenario and the seed of the run.", exit_codes!())
)]
pub(crate) struct ExplainArgs {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    pub(crate) folder: PathBuf,
    /// The month of the decision
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) month: YearMonth,
    /// The path, counted from 0; one that was not in the run is allowed, and said to be so
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=999_999_999_999), allow_negative_numbers = true)]
    pub(crate) path: u64,
    /// The policy; by default the one with the highest mean NPV of the run
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift check data/scenarios/texas-campus.toml --set hosting.noi_margin_share=0.8\n  wattshift check data/scenarios/texas-campus.toml --json", exit_codes!())
)]
pub(crate) struct CheckArgs {
    /// The scenario file
    pub(crate) scenario: PathBuf,
    /// Set a field of the scenario; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Print one JSON object; warnings go to standard error too
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift schema > scenario.schema.json\n  wattshift schema sweep > sweep.schema.json\n  wattshift schema dispatch > dispatch.schema.json\n\nAn editor that knows Taplo takes the schema from the first line of a file: #:schema ./scenario.schema.json\nThe schema allows more than `wattshift check`, which alone knows what excludes what.", exit_codes!())
)]
pub(crate) struct SchemaArgs {
    /// The kind of file
    #[arg(value_enum, default_value_t)]
    pub(crate) kind: SchemaArg,
}

/// A kind of file as the command line names it.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum SchemaArg {
    #[default]
    Scenario,
    Sweep,
    Dispatch,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift completions bash > ~/.local/share/bash-completion/completions/wattshift\n  wattshift completions zsh > ~/.zfunc/_wattshift    (with fpath+=~/.zfunc before compinit in ~/.zshrc)\n  wattshift completions fish > ~/.config/fish/completions/wattshift.fish\n  wattshift completions powershell >> $PROFILE\n  wattshift completions elvish >> ~/.config/elvish/rc.elv\n\nThe folders must be there; a new shell reads them.", exit_codes!())
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = concat!("Example:\n  wattshift init my-campus.toml && wattshift run my-campus.toml", exit_codes!()))]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(default_value = "scenario.toml")]
    pub(crate) file: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BacktestCommand {
    /// Operating hashrate as miners report it in, bitcoin produced out, against what they report
    Production(ProductionArgs),
    /// Forecasts of Bitcoin, difficulty, hashprice and power from every month end, against what came
    Markets(MarketsArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift backtest markets --bitcoin btc_daily.csv.gz\n  wattshift backtest markets --bitcoin btc_daily.csv.gz --from 2018-01 --to 2024-12 --paths 4000\n  wattshift backtest markets --power rtm_2021.csv rtm_2022.csv rtm_2023.csv --point HB_HOUSTON --drop 2021-02-12/2021-02-20\n\nWrites scores.csv, forecasts.csv, backtest.png and backtest.svg. Forecasts at the end of a month use nothing after it.", exit_codes!()),
    group = ArgGroup::new("record").args(["bitcoin", "power"]).required(true).multiple(true)
)]
pub(crate) struct MarketsArgs {
    /// Daily CSV of Bitcoin: price, difficulty, blocks, fees
    #[arg(long, value_name = "FILE")]
    pub(crate) bitcoin: Option<PathBuf>,
    /// Files of power prices in any layout that `calibrate power` reads
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "point")]
    pub(crate) power: Vec<PathBuf>,
    /// Settlement point of the power prices, or the name of their column
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) point: Option<String>,
    /// Type of the point where its name has several, such as LZ or LZEW
    #[arg(long, value_name = "TYPE", requires = "power")]
    pub(crate) point_type: Option<String>,
    /// Local days left out as known defects or as storms beyond the model: `2021-02-12/2021-02-20`; repeatable
    #[arg(long, value_name = "DATE/DATE", requires = "power", value_parser = stretch)]
    pub(crate) drop: Vec<[Date; 2]>,
    /// First month at whose end a forecast is made; by default 2018-01, or the first that the data allow
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) from: Option<YearMonth>,
    /// Last such month; by default the last with a whole month after it
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) to: Option<YearMonth>,
    /// Simulated paths per forecast, 100 to 1,000,000
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000), allow_negative_numbers = true)]
    pub(crate) paths: u32,
    /// Seed of every random number, a whole number from 0
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..), allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// Threads, 0 to 256; 0 takes one per core. Results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256), allow_negative_numbers = true)]
    pub(crate) threads: u16,
    /// Folder for the results
    #[arg(short, long, value_name = "FOLDER", default_value = "out/backtest-markets")]
    pub(crate) out: PathBuf,
    /// Overwrite results that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

fn month(text: &str) -> Result<YearMonth, String> {
    YearMonth::parse(text).ok_or_else(|| "allowed is YYYY-MM from 2009-01 to 2200-12".into())
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Example:\n  wattshift backtest production --miners miner_monthly_production.csv --bitcoin btc_daily.csv.gz", exit_codes!())
)]
pub(crate) struct ProductionArgs {
    /// CSV of reported months: company, month, btc_produced, avg_operating_eh_s
    #[arg(long, value_name = "FILE")]
    pub(crate) miners: PathBuf,
    /// Daily CSV: date_utc, price_usd, difficulty, blocks, fees_btc
    #[arg(long, value_name = "FILE")]
    pub(crate) bitcoin: PathBuf,
    /// Fees of days on which the file has none, 0 to 50 BTC per block
    #[arg(long, value_name = "BTC", default_value_t = 0.05, allow_negative_numbers = true)]
    pub(crate) missing_fees_btc_per_block: f64,
}

impl RunArgs {
    /// `--set` arguments, the named options last so that they win.
    pub(crate) fn overrides(&self) -> Vec<String> {
        let named = [
            ("run.paths", &self.paths),
            ("run.seed", &self.seed),
            ("run.keep_paths", &self.keep_paths),
            ("run.lens", &self.lens),
        ];
        let named = named.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)));
        self.set.iter().cloned().chain(named).collect()
    }
}
