//! Keys of `manifest.json`.

use super::{ColumnEntry, FileEntry};

pub(super) fn file() -> FileEntry {
    let text = ColumnEntry::text;
    let always = |key, unit, meaning: &'static str| ColumnEntry::of(key, unit, meaning);
    let keys = vec![
        text("tool", "always `wattshift`"),
        text("version", "version of the program"),
        text("scenario", "name of the scenario, case or sweep"),
        text("lens", "lens that the money is under").empty("of a dispatched case"),
        always("seed", "whole number", "seed of every random number; 0 of a dispatched case"),
        always("paths_simulated", "count", "paths simulated; 0 of a case or a sweep"),
        always("paths_kept", "count", "first paths of which values were kept one by one; likewise"),
        ColumnEntry::flag("interrupted", "whether it was stopped before all was done"),
        always(
            "resolved_scenario",
            "TOML",
            "the scenario with every default; running it again gives the same tables",
        ),
        always("resolved_sweep", "TOML", "the sweep with every default; only of a sweep"),
        always(
            "guests",
            "list of texts",
            "policies that were functions of the program that made the run; only where there are any",
        ),
        always("overrides", "list of texts", "settings given on the command line, as `path=value`"),
        always(
            "sources",
            "list",
            "what the files of the scenario say beside their values, bases first; only of a run",
        ),
        text("sources[].field", "path of the field"),
        text("sources[].value", "the value as written"),
        text("sources[].remark", "the comment: a source, or that it is an assumption"),
        always("inputs", "list", "files read"),
        text("inputs[].path", "path as given"),
        ColumnEntry::flag("inputs[].is_base", "whether it is the base of a scenario; only where it is"),
        always("inputs[].sha256", "hexadecimal", "SHA-256 of its bytes"),
        always("outputs", "list", "files written, but for the manifest itself"),
        text("outputs[].file", "path within the folder"),
        always("outputs[].bytes", "bytes", "length"),
        always("outputs[].sha256", "hexadecimal", "SHA-256 of its bytes"),
        always("timings_seconds", "list of name and s", "wall-clock seconds by stage, in order"),
        always("threads", "count", "threads used"),
        always("peak_memory_mb", "MB", "peak memory of the process").empty("where the system does not tell"),
        always("warnings", "list of texts", "what to know before trusting a number"),
    ];
    FileEntry::new(
        &["run", "report", "compare", "dispatch", "sweep"],
        "manifest.json",
        "how the folder was made and what it holds; written last",
    )
    .columns(keys)
}
