//! Scenarios that are laid over another: what they take from it, where their faults stand, and what is refused.

use scenario::{Faults, Scenario};
use std::fs;
use std::path::{Path, PathBuf};

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const TOP: &str = "[scenario]\nbase = \"texas.toml\"\nname = \"top\"\n";

/// A folder with the shipped scenario as `texas.toml`, and these files beside it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in [("texas.toml", VALID)].iter().chain(files) {
            let at = folder.at(name);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, text).unwrap();
        }
        folder
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self, name: &str, overrides: &[&str]) -> Result<Scenario, Faults> {
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        Scenario::load(&self.at(name), &overrides)
    }

    fn refused(&self, name: &str, overrides: &[&str], wanted: &[&str]) {
        let message = self.load(name, overrides).expect_err(name).to_string();
        for part in wanted {
            assert!(message.contains(part), "`{part}` is not in:\n{message}");
        }
        assert!(message.lines().next().unwrap().contains("1 fault found"), "{message}");
    }
}

fn top(more: &str) -> Folder {
    Folder::with(&[("top.toml", &format!("{TOP}{more}"))])
}

#[test]
fn what_is_stated_is_laid_over_the_base_key_by_key() {
    let folder = top(
        "end_month = \"2030-12\"\n[site]\nmining_pue = 1.06\n[[halls]]\nname = \"one\"\ngross_mw = 30.0\nfleet = \"mixed-20\"\n[value]\nbitcoin_premium_per_year = 0.05\n",
    );
    let scenario = folder.load("top.toml", &[]).unwrap_or_else(|faults| panic!("{faults}"));
    let base = folder.load("texas.toml", &[]).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.description.as_str()), ("top", ""));
    assert_eq!(scenario.market.calendar.n_months(), 60);
    assert_eq!(scenario.campus.mining_pue.get(), 1.06);
    assert_eq!(scenario.campus.firm, base.campus.firm, "what is not stated is the base's");
    assert_eq!(scenario.campus.halls.len(), 1, "a list replaces that of the base as a whole");
    assert_eq!(scenario.lens.premia.bitcoin_per_year, 0.05, "a table the base does not have");
    assert_eq!(scenario.policies.len(), base.policies.len());
}

#[test]
fn the_resolved_scenario_is_whole_and_the_base_is_among_the_inputs() {
    let folder = top("");
    let scenario = folder.load("top.toml", &[]).unwrap();
    let again = Scenario::parse("again.toml", &scenario.resolved, Path::new("."), &[]).unwrap();
    assert_eq!(again.resolved, scenario.resolved);
    assert!(!scenario.resolved.contains("base ="), "{}", scenario.resolved);
    // Under the same name the scenario is its base to the last field.
    let plain = folder.load("texas.toml", &[]).unwrap();
    assert_eq!(scenario.campus, plain.campus);
    let renamed = folder.load("texas.toml", &["scenario.name=top"]).unwrap().resolved;
    let without_description = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with("description")).map(String::from).collect()
    };
    assert_eq!(without_description(&renamed), without_description(&scenario.resolved));
    let bases: Vec<&str> =
        scenario.inputs.iter().filter(|input| input.is_base).map(|input| input.named.as_str()).collect();
    assert_eq!(bases, ["texas.toml"]);
    assert_eq!(scenario.inputs[0].path, folder.at("texas.toml"));
}

#[test]
fn settings_of_the_command_line_are_set_on_top() {
    let folder = top("[site]\nmining_pue = 1.06\n");
    let set =
        ["site.mining_pue=1.08", "halls[0].count=3", "policies[hurdle].required_rent_usd_per_kw_month=150"];
    let scenario = folder.load("top.toml", &set).unwrap();
    assert_eq!(scenario.campus.mining_pue.get(), 1.08);
    assert_eq!(scenario.campus.halls.len(), 3);
    folder.refused(
        "texas.toml",
        &["scenario.base=top.toml"],
        &["scenario.base: cannot be set on the command line"],
    );
}

#[test]
fn faults_point_at_the_file_that_holds_them() {
    let folder = top("[site]\nmining_pue = 0.5\n");
    folder.refused("top.toml", &[], &["site.mining_pue: is 0.5", "top.toml:5:14"]);
    let faulty = VALID.replace("mining_lost_months = 6 ", "mining_lost_months = 99 ");
    let line = faulty.lines().position(|line| line.starts_with("mining_lost_months")).unwrap() + 1;
    let folder = Folder::with(&[("texas.toml", &faulty), ("top.toml", TOP)]);
    folder.refused(
        "top.toml",
        &[],
        &["conversion.mining_lost_months: is 99", &format!("texas.toml:{line}:")],
    );
    let folder = Folder::with(&[("texas.toml", "[scenario\n"), ("top.toml", TOP)]);
    folder.refused("top.toml", &[], &["syntax", "texas.toml:1:"]);
    let nameless = "[scenario]\nbase = \"texas.toml\"\n";
    let folder = Folder::with(&[("top.toml", nameless)]);
    folder.refused("top.toml", &[], &["scenario.name: is missing"]);
}

#[test]
fn bases_rest_on_bases_and_their_files_count_from_their_own_folders() {
    let curve = "month,usd_per_kw_month\n2026-01,130\n2035-12,150\n";
    let middle = "[scenario]\nbase = \"../texas.toml\"\n[hosting.rate]\ncurve_file = \"curves/rents.csv\"\n";
    let folder = Folder::with(&[
        ("common/middle.toml", middle),
        ("common/curves/rents.csv", curve),
        (
            "top.toml",
            "[scenario]\nname = \"top\"\nbase = \"common/middle.toml\"\nwithout = [\"hosting.rate.curve_growth_per_year\"]\n",
        ),
    ]);
    let scenario = folder.load("top.toml", &[]).unwrap_or_else(|faults| panic!("{faults}"));
    let named: Vec<(&str, bool)> =
        scenario.inputs.iter().map(|input| (input.named.as_str(), input.is_base)).collect();
    assert_eq!(
        named,
        [("common/middle.toml", true), ("common/../texas.toml", true), ("common/curves/rents.csv", false)]
    );
    assert!(scenario.resolved.contains("curve_file = \"common/curves/rents.csv\""), "{}", scenario.resolved);
    let again = Scenario::parse("again.toml", &scenario.resolved, folder.0.path(), &[]).unwrap();
    assert_eq!(again.resolved, scenario.resolved);
}

#[test]
fn keys_of_the_base_can_be_taken_away() {
    let instead = "without = [\"hosting.noi_margin_share\"]\n[hosting]\nopex_usd_per_it_mw_year = 254e3\n";
    assert!(top(instead).load("top.toml", &[]).is_ok());
    let both = top(&instead.replace("without", "# without"));
    both.refused("top.toml", &[], &["noi_margin_share", "never both"]);
    for (line, wanted) in [
        ("without = [\"hosting.margin\"]", "holds `hosting.margin`, which the base does not have"),
        ("without = \"gpus\"", "scenario.without: is text; wanted is a list"),
        ("without = [1]", "holds a whole number"),
    ] {
        top(line).refused("top.toml", &[], &[wanted, "top.toml:4:"]);
    }
    let alone = VALID.replace("[scenario]", "[scenario]\nwithout = [\"gpus\"]");
    let folder = Folder::with(&[("alone.toml", &alone)]);
    folder.refused("alone.toml", &[], &["scenario.without", "it needs base beside it"]);
}

#[test]
fn bases_that_cannot_be_are_refused() {
    let on = |base: &str| format!("[scenario]\nname = \"x\"\nbase = {base}\n");
    let folder = Folder::with(&[
        ("a.toml", &on("\"b.toml\"")),
        ("b.toml", &on("\"./a.toml\"")),
        ("gone.toml", &on("\"nowhere.toml\"")),
        ("number.toml", &on("5")),
        ("1.toml", &on("\"2.toml\"")),
        ("2.toml", &on("\"3.toml\"")),
        ("3.toml", &on("\"4.toml\"")),
        ("4.toml", &on("\"texas.toml\"")),
        ("0.toml", &on("\"1.toml\"")),
    ]);
    folder.refused("a.toml", &[], &["scenario.base", "which rests on this file", "b.toml:3:"]);
    folder.refused("gone.toml", &[], &["nowhere.toml, which cannot be read", "gone.toml:3:"]);
    folder.refused("number.toml", &[], &["scenario.base: is a whole number"]);
    assert!(folder.load("1.toml", &[]).is_ok(), "four bases behind it");
    folder.refused("0.toml", &[], &["one base too many; allowed are 4", "4.toml:3:"]);
}

#[test]
fn the_example_of_the_docs_reads() {
    let docs = include_str!("../../../docs/scenarios.md");
    let example = docs.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = Folder::with(&[("texas-campus.toml", VALID), ("example.toml", example)]);
    let scenario = folder.load("example.toml", &[]).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(scenario.campus.conversion.lead_months, 18);
    let names: Vec<&str> = scenario.policies.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!(names, ["all-mining", "all-ai-asap"]);
}
