//! Where parameters stand in the base scenario.

use crate::parameter::{Parameter, Target};
use crate::value::Value;
use scenario::tree::{self, Node, Table};

/// Share by which a stated base may be off the scenario's, for factors that were rounded.
const ROUNDED: f64 = 1e-6;

/// Looks up what parameters are in the resolved base scenario. What is stated must agree with every field that the parameter sets; fields that
/// disagree with each other leave the base unknown.
///
/// # Errors
/// A sentence about the first parameter whose stated base is another than the scenario's.
pub(super) fn find(parameters: &mut [Parameter], resolved: &str) -> Result<(), String> {
    let resolved = tree::parse(resolved, &mut Vec::new());
    for parameter in parameters {
        let found: Vec<(&str, Value)> = parameter
            .targets
            .iter()
            .filter_map(|target| Some((target.path.as_str(), value_of(&resolved, target)?)))
            .collect();
        let Some(((_, first), others)) = found.split_first() else { continue };
        let base = parameter.base.as_ref().unwrap_or(first);
        match (found.iter().find(|(_, value)| !agree(base, value)), &parameter.base) {
            (Some((path, value)), Some(stated)) => {
                return Err(format!(
                    "parameter {}: base is {}, and {path} of the scenario makes it {}; take base out",
                    parameter.name,
                    stated.literal(),
                    value.literal()
                ));
            }
            (None, None) if others.len() + 1 == parameter.targets.len() => {
                parameter.base = Some(first.clone())
            }
            _ => {}
        }
    }
    Ok(())
}

/// The value of the parameter at which a field is as the scenario has it.
fn value_of(resolved: &Table, target: &Target) -> Option<Value> {
    let value = match tree::get(resolved, &target.path)? {
        Node::Number(number) => Value::Number(*number),
        Node::Whole(whole) => Value::Whole(*whole),
        Node::Flag(flag) => Value::Flag(*flag),
        Node::Text(text) => Value::Text(text.clone()),
        Node::List(_) | Node::Table(_) | Node::Other(_) => return None,
    };
    Some(value.times(1.0 / target.times))
}

fn agree(one: &Value, other: &Value) -> bool {
    match (one.number(), other.number()) {
        (Some(a), Some(b)) => (a - b).abs() <= ROUNDED * a.abs().max(b.abs()),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Levels;

    const SCENARIO: &str =
        "[bitcoin]\nprice_usd = 90000.0\ncurve = 44.0\n\n[[policies]]\nname = \"dp\"\nfunds = \"ignored\"\n";

    fn parameter(targets: &[(&str, f64)], base: Option<f64>) -> Parameter {
        Parameter {
            name: "p".into(),
            label: "p".into(),
            unit: String::new(),
            targets: targets
                .iter()
                .map(|(path, times)| Target { path: (*path).into(), times: *times })
                .collect(),
            levels: Levels::Table,
            base: base.map(Value::Number),
            scale: None,
        }
    }

    fn found(targets: &[(&str, f64)], base: Option<f64>) -> Result<Option<Value>, String> {
        let mut parameters = [parameter(targets, base)];
        find(&mut parameters, SCENARIO)?;
        let [parameter] = parameters;
        Ok(parameter.base)
    }

    #[test]
    fn a_base_is_what_all_fields_say() {
        assert_eq!(found(&[("bitcoin.price_usd", 1.0)], None).unwrap(), Some(Value::Number(90_000.0)));
        assert_eq!(found(&[("policies[dp].funds", 1.0)], None).unwrap(), Some(Value::Text("ignored".into())));
        let both = [("bitcoin.price_usd", 2_307.692_3), ("bitcoin.curve", 1.128_205_1)];
        assert!((found(&both, None).unwrap().unwrap().number().unwrap() - 39.0).abs() < 1e-4);
        assert_eq!(found(&both, Some(39.0)).unwrap(), Some(Value::Number(39.0)));
        let error = found(&both, Some(40.0)).unwrap_err();
        assert!(error.contains("base is 40.0") && error.contains("take base out"), "{error}");
        // Fields that disagree leave it unknown.
        assert_eq!(found(&[("bitcoin.price_usd", 1.0), ("bitcoin.curve", 1.0)], None).unwrap(), None);
        assert_eq!(found(&[("bitcoin.absent", 1.0)], None).unwrap(), None);
    }
}
