//! Which fields of two resolved scenarios differ.

use std::collections::BTreeMap;
use toml::Value;

/// A field that is not the same in both runs, as TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// In the first run; `None` where it is absent.
    pub first: Option<String>,
    /// In the second.
    pub second: Option<String>,
}

/// Fields that differ, by path; none of a text that is no TOML.
pub(super) fn changes(first: &str, second: &str) -> Vec<SettingChange> {
    let (first, second) = (fields(first), fields(second));
    let paths: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    paths
        .into_iter()
        .filter(|path| first.get(*path) != second.get(*path))
        .map(|path| SettingChange {
            path: path.clone(),
            first: first.get(path).cloned(),
            second: second.get(path).cloned(),
        })
        .collect()
}

fn fields(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        gather("", &Value::Table(table), &mut found);
    }
    found
}

/// Tables by their keys, entries of lists of tables by their names where they have some.
fn gather(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let dot = if path.is_empty() { "" } else { "." };
                gather(&format!("{path}{dot}{key}"), value, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_table) => {
            for (n, item) in items.iter().enumerate() {
                let name =
                    item.get("name").and_then(Value::as_str).map_or_else(|| n.to_string(), str::to_owned);
                gather(&format!("{path}[{name}]"), item, found);
            }
        }
        other => {
            found.insert(path.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_set_takes_them() {
        let first = "[run]\nseed = 1\npaths = 10\n[[policies]]\nname = \"dp\"\nnodes = 5\n[[policies]]\nkind = \"x\"\nhalls = [1, 2]\n";
        let second = "[run]\nseed = 1\npaths = 20\n[[policies]]\nname = \"dp\"\n[[policies]]\nkind = \"x\"\nhalls = [1, 3]\n";
        let change = |path: &str, first: Option<&str>, second: Option<&str>| SettingChange {
            path: path.into(),
            first: first.map(str::to_owned),
            second: second.map(str::to_owned),
        };
        let expected = [
            change("policies[1].halls", Some("[1, 2]"), Some("[1, 3]")),
            change("policies[dp].nodes", Some("5"), None),
            change("run.paths", Some("10"), Some("20")),
        ];
        assert_eq!(changes(first, second), expected);
        assert!(changes("not = [toml", "not = [toml").is_empty());
    }
}
