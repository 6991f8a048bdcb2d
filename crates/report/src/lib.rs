//! Turns results into tables and charts; the only place where numbers become text.
//!
//! [`OutputFolder`] stages files and puts them in place whole; [`write_tables`] and [`write_charts`] fill it from
//! [`simulate::Outcomes`], [`write_dispatch_tables`] and [`write_dispatch_charts`] from a [`simulate::DispatchStudy`];
//! [`comparison`] and [`dispatch_report`] are what a person reads in the terminal.

pub mod backtest;
pub mod bitcoin_panels;
pub mod charts;
pub mod check_json;
pub mod console;
pub mod dictionary;
pub mod dispatch_console;
pub mod dispatch_tables;
pub mod explain;
pub mod file;
mod finance_figures;
pub mod fits;
pub mod folder;
pub mod html;
mod json_rows;
pub mod lens;
pub mod manifest;
pub mod numbers;
pub mod paint;
pub mod parquet;
pub mod past_run;
pub mod points_parquet;
pub mod production_table;
mod run_folder;
pub mod run_json;
pub mod run_manifest;
pub mod schema;
mod sources_uses;
pub mod static_table;
pub mod stored;
pub mod sweep_console;
pub mod sweep_findings;
pub mod sweep_results;
pub mod sweep_status_json;
mod sweep_words;
pub mod tables;
#[cfg(test)]
mod test_finance;
#[cfg(test)]
mod test_support;
pub mod text_table;
pub mod timing;
mod trigger_words;
mod turning;
pub mod two_runs;
pub mod typed;
pub mod workbook;

pub use backtest::{backtest_table, forecasts_csv, scores_csv};
pub use bitcoin_panels::bitcoin_panels;
pub use charts::sweep::SweepChart;
pub use charts::{
    ChartError, Drawing, write_change_chart, write_charts, write_dispatch_charts, write_panels,
};
pub use check_json::{CheckFacts, check_json};
pub use console::{comparison, painted_comparison, warnings};
pub use dispatch_console::{dispatch_report, dispatch_warnings};
pub use dispatch_tables::{dispatch_tables, write_dispatch_tables};
pub use explain::{explanation, explanation_json};
pub use file::{FileError, write_whole};
pub use fits::{bitcoin_fit_report, hours_line, power_fit_report, rate_fit_report, reserve_fit_report};
pub use folder::{FolderError, OutputFolder};
pub use html::{PAGE_FILE, PageError, write_page};
pub use lens::lens_table;
pub use manifest::{InputFile, MANIFEST_FILE, Manifest, OutputFile, Source, TOOL, sha256_hex};
pub use paint::Paint;
pub use past_run::{PastRun, PastRunError};
pub use points_parquet::{PointsParquet, ValueKinds};
pub use production_table::production_table;
pub use run_folder::{RunFolderError, write_run};
pub use run_json::{RunFacts, run_json};
pub use run_manifest::{Inputs, TEXT, checksums, run_manifest};
pub use schema::{SchemaOf, schema};
pub use static_table::{required_rent_line, static_table};
pub use stored::{RESULTS_FILE, StoredError, read_results, write_results};
pub use sweep_console::{sweep_begins, sweep_points_csv, sweep_shard_ends, sweep_status};
pub use sweep_findings::sweep_findings;
pub use sweep_results::{ResultsError, sweep_manifest, write_sweep};
pub use sweep_status_json::sweep_status_json;
pub use tables::{tables_of, write_tables};
pub use text_table::text_table;
pub use timing::timing_line;
pub use two_runs::{Side, TwoRuns, two_runs_json, two_runs_report};
pub use workbook::{WORKBOOK_FILE, WorkbookError, write_workbook};
