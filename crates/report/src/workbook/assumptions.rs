//! Sheet Assumptions: the discount rate that formulas use, and the scenario with every default filled in, field by field.

use super::grid::Grid;
use super::look::{self, Kind, Look, Role};
use super::places::{ASSUMPTIONS, DISCOUNT_RATE, RATE_CELL, cell};
use super::words::unit_of;
use super::{Source, WorkbookError};
use crate::numbers::exact;
use rust_xlsxwriter::{DataValidation, DataValidationRule, FormatAlign, Workbook, XlsxError};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const HEAD: u32 = 6;

/// A field of the scenario.
struct Field {
    section: String,
    key: String,
    value: Value,
}

enum Value {
    Number(f64),
    Text(String),
    /// Numbers of a list as text; the unit is that of each.
    Numbers(String),
}

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), WorkbookError> {
    let fields = fields(&source.manifest.resolved_scenario)?;
    let mut grid = Grid::new(
        book,
        ASSUMPTIONS,
        "Assumptions: the scenario with every default filled in",
        "The yellow cell is live. All else is a record of what the run was given: decisions and paths rest on it, and only another run changes them.",
    )?;
    let (row, column) = RATE_CELL;
    grid.words(row, 0, "Discount rate of all present values", &look::label())?;
    let control = Look(Kind::Percent, Role::Control).format().set_align(FormatAlign::Left);
    grid.sheet.write_number_with_format(row, column, source.outcomes.discount_rate_per_year, &control)?;
    grid.words(row, column + 1, "effective per year", &look::note())?;
    let rate = DataValidation::new()
        .allow_decimal_number(DataValidationRule::Between(-0.9, 10.0))
        .set_error_title("No discount rate")?
        .set_error_message("A rate per year, such as 10%.")?;
    grid.sheet.add_data_validation(row, column, row, column, &rate)?;
    grid.heads(HEAD, 0, &["Section", "Field", "Value", "Unit"])?;
    let mut last = HEAD;
    for (row, field) in (HEAD + 1..).zip(&fields) {
        write(&mut grid, row, field)?;
        last = row;
    }
    grid.sheet.autofilter(HEAD, 0, last, 3)?;
    grid.widths(&[34.0, 44.0, 50.0, 22.0], 0)?;
    grid.freeze(HEAD + 1, 0, HEAD)?;
    book.define_name(DISCOUNT_RATE, &format!("={}", cell(ASSUMPTIONS, RATE_CELL)))?;
    Ok(())
}

fn write(grid: &mut Grid<'_>, row: u32, field: &Field) -> Result<(), XlsxError> {
    grid.text(row, 0, &field.section)?;
    grid.text(row, 1, &field.key)?;
    match &field.value {
        Value::Number(value) => {
            let format = Look(Kind::Number, Role::Plain).format().set_num_format("General");
            let format = format.set_align(FormatAlign::Left);
            grid.sheet.write_number_with_format(row, 2, *value, &format)?;
        }
        Value::Text(text) | Value::Numbers(text) => {
            grid.words(row, 2, text, &Look(Kind::Lines, Role::Plain).format())?;
        }
    }
    match field.value {
        Value::Number(_) | Value::Numbers(_) => grid.text(row, 3, &unit_of(&field.key)),
        Value::Text(_) => Ok(()),
    }
}

/// The fields of a scenario in the order in which they stand in it.
fn fields(scenario: &str) -> Result<Vec<Field>, toml::de::Error> {
    let table = DeTable::parse(scenario)?;
    let mut fields = Vec::new();
    collect("", table.get_ref(), &mut fields);
    Ok(fields)
}

fn collect(section: &str, table: &DeTable<'_>, fields: &mut Vec<Field>) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let within = |name: &str| if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
    // A table's own fields come before those of the tables in it, as in the file.
    let (tables, own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(_, value)| holds_tables(value.get_ref()));
    for (key, value) in own {
        let value = plain(value.get_ref());
        fields.push(Field { section: section.to_owned(), key: key.get_ref().to_string(), value });
    }
    for (key, value) in tables {
        let name = within(key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => collect(&name, table, fields),
            DeValue::Array(array) => {
                for (place, element) in array.iter().enumerate() {
                    if let DeValue::Table(table) = element.get_ref() {
                        collect(&format!("{name}[{}]", called(table, place)), table, fields);
                    }
                }
            }
            _ => {}
        }
    }
}

fn holds_tables(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(array) => array.iter().any(|element| matches!(element.get_ref(), DeValue::Table(_))),
        _ => false,
    }
}

/// What a table of a list is called: its name, or its place from 1.
fn called(table: &DeTable<'_>, place: usize) -> String {
    let name = |wanted: &str| table.iter().find(|(key, _)| key.get_ref() == wanted).map(|(_, value)| value);
    match name("name").or_else(|| name("kind")).map(Spanned::get_ref) {
        Some(DeValue::String(name)) => name.to_string(),
        _ => (place + 1).to_string(),
    }
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Array(array) => {
            let parts: Vec<Value> = array.iter().map(|element| plain(element.get_ref())).collect();
            let all_numbers = !parts.is_empty() && parts.iter().all(|part| matches!(part, Value::Number(_)));
            let text: Vec<String> = parts.into_iter().map(Value::into_text).collect();
            if all_numbers { Value::Numbers(text.join(", ")) } else { Value::Text(text.join(", ")) }
        }
        DeValue::Float(number) => number_or_text(number.as_str()),
        DeValue::Integer(number) if number.radix() == 10 => number_or_text(number.as_str()),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Text(flag.to_string()),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Integer(number) => Value::Text(number.to_string()),
        // Tables have rows of their own.
        DeValue::Table(_) => Value::Text(String::new()),
    }
}

/// Numbers as numbers, and those that a sheet cannot hold, such as infinity or a long seed, as they are written.
fn number_or_text(written: &str) -> Value {
    match written.parse::<f64>() {
        Ok(value) if value.is_finite() && value.abs() < 1e15 => Value::Number(value),
        _ => Value::Text(written.to_owned()),
    }
}

impl Value {
    fn into_text(self) -> String {
        match self {
            Self::Number(value) => exact(value),
            Self::Text(text) | Self::Numbers(text) => text,
        }
    }
}
