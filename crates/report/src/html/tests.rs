use super::caveat::Caveat;
use super::engine::render;
use super::page::Page;
use crate::charts::drawings;
use crate::numbers::grouped;
use crate::tables::{differences, summary};
use crate::test_support::{build, financed, outcomes, smallest, zeros};
use crate::{InputFile, Manifest};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use simulate::{MarketBounds, Moments, Outcomes};
use std::collections::BTreeSet;

const HOSTILE: &str = "<script>alert('1')</script> & \"co\"";

fn manifest() -> Manifest {
    Manifest {
        seed: 7,
        inputs: [(format!("{HOSTILE}.toml"), false), ("base.toml".into(), true), ("power.csv".into(), false)]
            .map(|(path, is_base)| InputFile { path, is_base, sha256: "ab".into() })
            .to_vec(),
        overrides: vec![format!("scenario.name={HOSTILE}")],
        resolved_scenario: format!("[scenario]\nname = {HOSTILE:?}\n"),
        ..Manifest::default()
    }
}

fn page(outcomes: &Outcomes) -> String {
    render(&Page::of(outcomes, &drawings(outcomes), &manifest())).unwrap()
}

fn hostile() -> Outcomes {
    let mut outcomes = build(&["all-mining", HOSTILE, "dp"], 24, 40);
    outcomes.scenario = HOSTILE.into();
    outcomes.policies[1].description = HOSTILE.into();
    outcomes.week.fleets[0] = HOSTILE.into();
    outcomes.warnings = vec![HOSTILE.into()];
    outcomes
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().map(|a| a.unwrap()).find(|a| a.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

/// Every element of a page, which must be well-formed: its name, its attributes, and how deep it stands.
fn elements(page: &str) -> Vec<(String, BytesStart<'static>)> {
    let mut reader = Reader::from_str(page);
    let mut found = Vec::new();
    let mut open = 0;
    loop {
        let event = reader.read_event().unwrap_or_else(|e| panic!("at {}: {e}", reader.error_position()));
        match event {
            Event::Start(start) => {
                open += 1;
                found.push((start.name().as_ref().to_owned(), start.into_owned()));
            }
            Event::Empty(start) => {
                found.push((start.name().as_ref().to_owned(), start.into_owned()));
            }
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "elements stay open");
    found
}

#[test]
fn pages_are_well_formed_name_everything_once_and_ask_the_network_for_nothing() {
    for outcomes in
        [outcomes(), smallest(), zeros(), financed(), hostile(), build(&["all-mining", "dp"], 30, 1)]
    {
        let page = page(&outcomes);
        let elements = elements(&page);
        let mut ids = BTreeSet::new();
        let mut level = 0;
        for (name, element) in &elements {
            if let Some(id) = attribute(element, "id") {
                assert!(ids.insert(id.clone()), "{id} twice");
            }
            for outside in ["src", "srcset", "action", "xlink:href"] {
                assert_eq!(attribute(element, outside), None, "{name}");
            }
            if let Some(href) = attribute(element, "href") {
                assert!(!href.contains("//"), "{href}");
            }
            if let ["h", digit] = [&name[..1], &name[1..]]
                && let Ok(heading) = digit.parse::<i32>()
            {
                assert!(heading <= level + 1, "{name} after h{level}");
                level = heading;
            }
        }
        let count = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
        assert_eq!((count("h1"), count("script"), count("style")), (1, 1, 1));
        assert_eq!(count("table"), count("caption"));
        assert!(page.contains("default-src 'none'") && !page.contains("@import") && !page.contains("url("));
        let targets = elements.iter().filter_map(|(_, e)| attribute(e, "href"));
        for target in targets.filter_map(|href| href.strip_prefix('#').map(str::to_owned)) {
            assert!(ids.contains(&target), "no {target}");
        }
    }
}

#[test]
fn every_chart_is_in_the_page_with_a_title() {
    let outcomes = financed();
    let page = page(&outcomes);
    for drawing in drawings(&outcomes) {
        assert!(page.contains(&format!("id=\"chart-{}\"", drawing.name)), "{}", drawing.name);
    }
    let svgs = elements(&page).iter().filter(|(name, _)| name == "svg").count();
    assert_eq!(page.matches("role=\"img\"><title>").count(), svgs);
}

#[test]
fn names_of_users_stay_text() {
    let page = page(&hostile());
    assert_eq!(page.matches("<script>").count(), 1, "only the page's own");
    assert!(!page.contains("alert('1')") && page.contains("&lt;script&gt;alert("));
}

/// Cells of the policies' table by row, text alone.
fn rows_of_policies(page: &str) -> Vec<Vec<String>> {
    let table = page.split("<table class=\"policies\">").nth(1).unwrap().split("</table>").next().unwrap();
    let text_of = |cell: &str| {
        let pieces = cell.split_once('>').unwrap().1.split('<').enumerate();
        pieces
            .map(|(i, piece)| if i == 0 { piece } else { piece.split_once('>').map_or("", |p| p.1) })
            .collect::<String>()
            .trim()
            .to_owned()
    };
    let cells = |row: &str| {
        row.split("<td").skip(1).map(|cell| text_of(cell.split("</td>").next().unwrap())).collect()
    };
    table.split("<tr").skip(2).map(cells).collect()
}

fn rows_of_csv(bytes: Vec<u8>) -> Vec<std::collections::BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes.as_slice()).deserialize().map(|row| row.unwrap()).collect()
}

/// Whether each number of a cell is one of the table, to the digits that are shown.
fn assert_shows(cell: &str, numbers: &[&str], unit: f64) {
    let shown: Vec<&str> =
        cell.split(" ± ").map(|text| text.trim_end_matches('*').trim_end_matches(" %")).collect();
    assert_eq!(shown.len(), numbers.len(), "{cell}");
    for (text, number) in shown.iter().zip(numbers) {
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let number: f64 = number.parse().unwrap();
        assert_eq!(*text, grouped(number / unit, decimals), "{cell}");
    }
}

#[test]
fn every_number_of_the_table_is_one_of_the_csv() {
    let outcomes = outcomes();
    let rows = rows_of_policies(&page(&outcomes));
    let table = rows_of_csv(summary(&outcomes).into_bytes());
    let pairs = rows_of_csv(differences(&outcomes).into_bytes());
    assert_eq!(rows.len(), table.len());
    for (place, (cells, row)) in rows.iter().zip(&table).enumerate() {
        let of = |column: &str| row[column].as_str();
        assert_shows(&cells[0], &[of("mean_npv_usd"), of("se_npv_usd")], 1e6);
        if place > 0 {
            let pair = [of("difference_to_all_mining_usd"), of("se_difference_to_all_mining_usd")];
            assert_shows(&cells[1], &pair, 1e6);
        }
        if place == rows.len() - 1 {
            continue;
        }
        let behind = pairs.iter().find(|pair| pair["is_best"] == "true" && pair["other"] == row["policy"]);
        if let Some(pair) = behind {
            assert_shows(&cells[2], &[&pair["mean_difference_usd"], &pair["se_difference_usd"]], 1e6);
        }
        assert_shows(&cells[3], &[of("p5_npv_usd")], 1e6);
        assert_shows(&cells[4], &[of("cvar5_npv_usd")], 1e6);
        if !of("incremental_irr_per_year").is_empty() {
            assert_shows(&cells[5], &[of("incremental_irr_per_year")], 0.01);
        }
        assert_shows(&cells[6], &[of("mean_capex_usd")], 1e6);
        let uses = ["hosting", "inference", "training"]
            .map(|name| of(&format!("horizon_{name}_mw")).parse::<f64>().unwrap());
        assert_shows(&cells[7], &[&uses.iter().sum::<f64>().to_string()], 1.0);
        assert_shows(&cells[8], &[of("shortfall_probability")], 0.01);
    }
}

fn said(outcomes: &Outcomes) -> String {
    serde_json::to_value(super::answer::Answer::of(outcomes)).unwrap().to_string()
}

fn caveat(outcomes: &Outcomes) -> String {
    serde_json::to_value(Caveat::of(outcomes)).unwrap().to_string()
}

#[test]
fn the_answer_names_the_best_its_gap_and_its_first_year() {
    let mut outcomes = outcomes();
    let best = outcomes.best().name.clone();
    let text = said(&outcomes);
    for wanted in [
        "When should the 300 gross MW of made-up move",
        "over 10 years?",
        &format!("{best} is worth most: "),
        "million more than all-mining, and ",
        "below perfect foresight",
        "In its first year it commits ",
    ] {
        assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
    }
    let mut below = Moments::default();
    [9e6, 11e6].iter().for_each(|usd| below.add(*usd));
    let below_bound_usd = outcomes.policies.iter().map(|_| Some(below)).collect();
    outcomes.market_bounds = Some(MarketBounds { n_paths: 2, upper_usd: below, below_bound_usd });
    assert!(
        said(&outcomes).contains("at most 10.0 ± 1.0 million below what any policy"),
        "{}",
        said(&outcomes)
    );
    assert!(said(&smallest()).contains("the only policy of this run"));
    assert!(said(&build(&["all-mining", "gpu"], 5, 1)).contains("on the one path"));
}

#[test]
fn the_first_caveat_stands_first_and_each_assumption_in_a_table() {
    let outcomes = outcomes();
    let text = caveat(&outcomes);
    let said = crate::turning::caveats(&outcomes);
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    assert!(said.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])), "{text}");
    for flip in crate::turning::by_assumption(&outcomes) {
        place(&crate::turning::change(&flip));
    }
    assert!(caveat(&smallest()).contains("no ranking"));
}
