//! The templates of the page, and how they are filled in.

use super::page::Page;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value};

/// Each template by its name; what ends in `.html` is escaped.
const TEMPLATES: [(&str, &str); 9] = [
    ("report.html", include_str!("../../templates/report.html")),
    ("policies.html", include_str!("../../templates/policies.html")),
    ("policy_row.html", include_str!("../../templates/policy_row.html")),
    ("figure.html", include_str!("../../templates/figure.html")),
    ("uses.html", include_str!("../../templates/uses.html")),
    ("chapters.html", include_str!("../../templates/chapters.html")),
    ("assumptions.html", include_str!("../../templates/assumptions.html")),
    ("report.css", include_str!("../../templates/report.css")),
    ("report.js", include_str!("../../templates/report.js")),
];

/// The page as HTML that is well-formed XML, too.
pub(super) fn render(page: &Page<'_>) -> Result<String, Error> {
    let mut engine = Environment::new();
    // A name that a template gets wrong is a fault, not an empty place.
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, source) in TEMPLATES {
        engine.add_template(name, source)?;
    }
    engine.get_template("report.html")?.render(Value::from(Serde(page)))
}
