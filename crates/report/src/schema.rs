//! The shape of a file as a JSON Schema, draft 2020-12, for editors and validators.
//!
//! A field that nobody knows, a wrong type, a word that is no choice and a number out of range do not validate. Fields that exclude
//! each other do: that is known to the reader alone. Keys that a table needs are required, but for tables of a scenario that names a
//! base, since the base may have them.
//! Source: <https://json-schema.org/draft/2020-12>.

use scenario::reader::Rule;
use scenario::shape::asked::Wanted;
use scenario::tree::Node;
use scenario::{Field, Shape};
use serde_json::{Map, Value, json};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOf {
    /// A scenario, which may name a base.
    Scenario,
    /// A sweep.
    Sweep,
    /// A case of dispatch.
    Dispatch,
}

/// The schema of a kind of file, as indented JSON with a final line break.
#[must_use]
pub fn schema(of: SchemaOf, shape: &Shape) -> String {
    let title = match of {
        SchemaOf::Scenario => "wattshift scenario",
        SchemaOf::Sweep => "wattshift sweep",
        SchemaOf::Dispatch => "wattshift case of dispatch",
    };
    let has_bases = of == SchemaOf::Scenario;
    let mut root = object(shape, !has_bases);
    root.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    root.insert("title".into(), title.into());
    if has_bases {
        let named =
            json!({ "required": ["scenario"], "properties": { "scenario": { "required": ["base"] } } });
        root.insert("if".into(), named);
        root.insert("else".into(), Value::Object(required(shape)));
    }
    // Keys of a map are text, so it can always be written.
    format!("{:#}\n", Value::Object(root))
}

/// A table of exactly these fields; whether what it needs is required here, or by [`required`].
fn object(shape: &Shape, is_whole: bool) -> Map<String, Value> {
    let properties = shape.fields.iter().map(|field| (field.key.clone(), property(field, is_whole)));
    let mut map = Map::new();
    map.insert("type".into(), "object".into());
    map.insert("properties".into(), Value::Object(properties.collect()));
    map.insert("additionalProperties".into(), false.into());
    if is_whole {
        map.extend(needs(shape));
    }
    map
}

fn needs(shape: &Shape) -> Option<(String, Value)> {
    let keys: Vec<&str> =
        shape.fields.iter().filter(|field| field.is_required).map(|field| field.key.as_str()).collect();
    (!keys.is_empty()).then(|| ("required".into(), json!(keys)))
}

/// What a table and the tables below it need; lists come whole, so that their tables say it themselves.
fn required(shape: &Shape) -> Map<String, Value> {
    let mut map: Map<String, Value> = needs(shape).into_iter().collect();
    let tables = shape.fields.iter().filter(|field| field.wanted.contains(&Wanted::Section));
    let below: Map<String, Value> = tables
        .map(|field| (field.key.clone(), required(&field.inner)))
        .filter(|(_, needs)| !needs.is_empty())
        .map(|(key, needs)| (key, Value::Object(needs)))
        .collect();
    if !below.is_empty() {
        map.insert("properties".into(), Value::Object(below));
    }
    map
}

fn property(field: &Field, is_whole: bool) -> Value {
    let mut map = match field.wanted.as_slice() {
        [] => Map::new(),
        [one] => of_kind(one, field, is_whole),
        many => {
            let any = many.iter().map(|wanted| Value::Object(of_kind(wanted, field, is_whole)));
            Map::from_iter([("anyOf".into(), Value::Array(any.collect()))])
        }
    };
    let description = description(field);
    if !description.is_empty() {
        map.insert("description".into(), description.into());
    }
    if let Some(default) = field.default.as_ref().and_then(literal) {
        map.insert("default".into(), default);
    }
    Value::Object(map)
}

fn of_kind(wanted: &Wanted, field: &Field, is_whole: bool) -> Map<String, Value> {
    // The reader takes text that is more than blanks.
    let text = json!({ "type": "string", "pattern": "\\S" });
    let value = match wanted {
        Wanted::Presence | Wanted::Any => json!({}),
        Wanted::Section => Value::Object(object(&field.inner, is_whole)),
        Wanted::List => json!({ "type": "array", "items": object(&field.inner, true) }),
        Wanted::Number(rule) => number(*rule),
        Wanted::Numbers(rule) => json!({ "type": "array", "items": number(*rule), "minItems": 1 }),
        Wanted::Whole([low, high]) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Wanted::Flag => json!({ "type": "boolean" }),
        Wanted::Text => text,
        Wanted::Texts => json!({ "anyOf": [text, { "type": "array", "items": text, "minItems": 1 }] }),
        Wanted::TextList => json!({ "type": "array", "items": { "type": "string" } }),
        Wanted::Choice(words) => json!({ "enum": words }),
        Wanted::NumberOrWord(rule, words) => json!({ "anyOf": [number(*rule), { "enum": words }] }),
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn number(rule: Rule) -> Value {
    let [low, high] = rule.limits();
    let mut map = Map::from_iter([("type".into(), "number".into())]);
    if low.is_finite() {
        map.insert(if rule.is_above_low() { "exclusiveMinimum" } else { "minimum" }.into(), plain(low));
    }
    if high.is_finite() {
        map.insert("maximum".into(), plain(high));
    }
    Value::Object(map)
}

/// A number without a point where it needs none.
fn plain(number: f64) -> Value {
    const EXACT: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < EXACT { json!(number as i64) } else { json!(number) }
}

/// What a field is, and what is allowed, for a reader who hovers over it.
fn description(field: &Field) -> String {
    let allowed = field.wanted.iter().filter_map(|wanted| match wanted {
        Wanted::Number(rule) => Some(rule.words()),
        Wanted::Numbers(rule) => Some(format!("a list of numbers, {}", rule.words())),
        Wanted::NumberOrWord(rule, words) => Some(format!("{} or one of {}", rule.words(), words.join(", "))),
        Wanted::Whole([low, high]) => Some(format!("a whole number {low} to {high}")),
        Wanted::Choice(words) => Some(format!("one of {}", words.join(", "))),
        _ => None,
    });
    let words = Some(field.words.clone()).filter(|words| !words.is_empty());
    words
        .into_iter()
        .chain(allowed.map(|allowed| format!("Allowed: {allowed}.")))
        .collect::<Vec<_>>()
        .join("\n")
}

fn literal(node: &Node) -> Option<Value> {
    match node {
        Node::Number(number) => Some(plain(*number)),
        Node::Whole(whole) => Some(json!(whole)),
        Node::Text(text) => Some(json!(text)),
        Node::Flag(flag) => Some(json!(flag)),
        Node::List(_) | Node::Table(_) | Node::Other(_) => None,
    }
}
