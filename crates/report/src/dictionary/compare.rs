//! Files of `compare`.

use super::{ColumnEntry, FileEntry, with_error};

const COMPARE: &[&str] = &["compare"];

pub(super) fn files() -> Vec<FileEntry> {
    let without = "where a run is without the policy";
    let mut columns = vec![ColumnEntry::text("policy", "name of the policy")];
    for (mean, error, meaning) in [
        ("first_mean_npv_usd", "first_se_npv_usd", "NPV in the first run, mean over all its paths"),
        ("second_mean_npv_usd", "second_se_npv_usd", "NPV in the second run, mean over all its paths"),
        (
            "change_usd",
            "se_change_usd",
            "second NPV less the first, path by path, over the paths that both kept",
        ),
        ("change_over_mining_usd", "se_change_over_mining_usd", "the same of the NPV over all-mining"),
    ] {
        columns.extend(with_error(mean, error, meaning, without));
    }
    columns.push(ColumnEntry::of("n_common_paths", "paths", "paths that both runs kept"));
    let value =
        |name, meaning: &'static str| ColumnEntry::text(name, meaning).empty("where the field is absent");
    vec![
        FileEntry::new(COMPARE, "compare.csv", "a row per policy of either run").columns(columns),
        FileEntry::new(COMPARE, "settings.csv", "a row per field of the resolved scenarios that differs")
            .columns(vec![
                ColumnEntry::text("path", "the field, as `--set` takes it"),
                value("first", "its value in the first run, as TOML"),
                value("second", "its value in the second run, as TOML"),
            ]),
        FileEntry::new(COMPARE, "charts/npv_change.png", "the change of each policy as a picture"),
        FileEntry::new(COMPARE, "charts/npv_change.svg", "the same as a drawing"),
    ]
}
