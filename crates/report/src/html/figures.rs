//! The charts of the folder in the order of the page: uses by policy, then chapters.

use crate::charts::{Drawing, policy_colour};
use crate::console::money_sentences;
use crate::numbers::grouped;
use serde::Serialize;
use simulate::Outcomes;

/// A chart as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Figure<'a> {
    /// Name of its files in `charts/`, without extension.
    name: &'a str,
    title: &'a str,
    subtitle: &'a str,
    view_box: &'a str,
    /// All within the root of the SVG.
    marks: &'a str,
}

impl<'a> Figure<'a> {
    /// The drawing without its root, which the page writes itself: with a title, without a size; `None` of what is no drawing.
    fn of(drawing: &'a Drawing) -> Option<Self> {
        let (root, rest) = drawing.svg.split_once('>')?;
        let (marks, _) = rest.rsplit_once("</svg>")?;
        let (_, view_box) = root.split_once("viewBox=\"")?;
        let (view_box, _) = view_box.split_once('"')?;
        Some(Self {
            name: &drawing.name,
            title: &drawing.title,
            subtitle: &drawing.subtitle,
            view_box,
            marks,
        })
    }
}

/// MW by use, a figure per policy, of which the best is shown first.
#[derive(Debug, Serialize)]
pub(super) struct Uses<'a> {
    choices: Vec<Choice<'a>>,
}

/// A policy that can be chosen.
#[derive(Debug, Serialize)]
struct Choice<'a> {
    policy: &'a str,
    colour: String,
    is_best: bool,
    /// MW for AI in the last month, for people.
    ai_mw: String,
    figure: Figure<'a>,
}

impl<'a> Uses<'a> {
    /// The charts of uses come first, in the order of the policies.
    pub(super) fn of(outcomes: &'a Outcomes, charts: &'a [Drawing]) -> Self {
        let figures = charts.iter().filter(|chart| chart.name.starts_with("mw_by_use_")).map(Figure::of);
        let best = outcomes.best();
        let choice =
            |(place, (policy, figure)): (usize, (&'a simulate::PolicyOutcome, Option<Figure<'a>>))| {
                let last = policy.ledger.last();
                Some(Choice {
                    policy: &policy.name,
                    colour: policy_colour(&policy.name, place),
                    is_best: std::ptr::eq(policy, best),
                    ai_mw: grouped(last.map_or(0.0, |l| l.hosting_mw + l.inference_mw + l.training_mw), 0),
                    figure: figure?,
                })
            };
        Self { choices: outcomes.policies.iter().zip(figures).enumerate().filter_map(choice).collect() }
    }
}

/// A part of the page about one matter.
#[derive(Debug, Serialize)]
pub(super) struct Chapter<'a> {
    id: &'static str,
    title: &'static str,
    lead: Vec<String>,
    /// Shown wider than the page, in a box that scrolls.
    is_wide: bool,
    /// Shown one at a time where there is a script.
    is_switched: bool,
    figures: Vec<Figure<'a>>,
    /// Tables of the folder with the same numbers.
    tables: &'static [&'static str],
}

/// A matter and the charts that belong to it, by how their names begin.
struct Matter {
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    begins: &'static [&'static str],
    tables: &'static [&'static str],
}

const MATTERS: [Matter; 5] = [
    Matter {
        id: "trigger",
        title: "When to convert",
        lead: "Where the plan starts halls, waits and stays with mining, by hashprice and offered rent; the diamond is the point of its month.",
        begins: &["trigger_map_"],
        tables: &["trigger_map.csv"],
    },
    Matter {
        id: "values",
        title: "What it is worth, and how far that spreads",
        lead: "Policies on the same simulated markets: NPVs, differences path by path, and mean against the worst 5\u{a0}%.",
        begins: &["npv_differences", "npv_distributions", "frontier"],
        tables: &["summary.csv", "differences.csv", "paths.csv", "frontier.csv"],
    },
    Matter {
        id: "money",
        title: "Cash, coverage and debt",
        lead: "The policy that is worth most per share under the capital structure of the scenario.",
        begins: &["money_"],
        tables: &[
            "finance.csv",
            "debt.csv",
            "balance_sheet.csv",
            "shares.csv",
            "lenders.csv",
            "sources_uses.csv",
        ],
    },
    Matter {
        id: "markets",
        title: "Simulated markets",
        lead: "How far the paths of each factor spread. Every policy decides on the same paths.",
        begins: &["fan_"],
        tables: &["markets.csv", "mining_hours.csv"],
    },
    Matter {
        id: "week",
        title: "A dispatched week",
        lead: "Hour by hour: what runs, what is curtailed, and the price of power. The box scrolls to the side.",
        begins: &["dispatch_week"],
        tables: &["dispatch_week.csv"],
    },
];

/// Chapters that have something to show.
pub(super) fn chapters<'a>(outcomes: &Outcomes, charts: &'a [Drawing]) -> Vec<Chapter<'a>> {
    let chapter = |matter: &Matter| {
        // In the order of the matter, which need not be that of the folder.
        let of =
            |begin: &&str| charts.iter().filter(|chart| chart.name.starts_with(*begin)).collect::<Vec<_>>();
        let figures: Vec<Figure<'a>> = matter.begins.iter().flat_map(of).filter_map(Figure::of).collect();
        let mut lead = vec![matter.lead.to_owned()];
        if matter.id == "money" {
            lead.extend(money_sentences(outcomes));
        }
        Chapter {
            id: matter.id,
            title: matter.title,
            lead,
            is_wide: matter.id == "week",
            is_switched: matter.id != "values" && figures.len() > 1,
            figures,
            tables: matter.tables,
        }
    };
    MATTERS.iter().map(chapter).filter(|chapter| !chapter.figures.is_empty()).collect()
}
