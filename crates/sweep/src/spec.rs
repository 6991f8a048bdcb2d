//! What a sweep's folder says of itself: enough to go on, to merge and to read it without the files that it came from.

use crate::design::Design;
use crate::digest::sha256_hex;
use crate::parameter::{Parameter, Scale};
use crate::value::Value;
use scenario::tree;
use serde::{Deserialize, Serialize};

/// A sweep as its folder keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Always [`Spec::TOOL`].
    pub tool: String,
    /// Version of the program.
    pub version: String,
    /// Name of the sweep.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// How its points were chosen.
    pub design: Design,
    /// Number of points.
    pub n_points: usize,
    /// Its parameters.
    pub parameters: Vec<ParameterSpec>,
    /// Its policies, all-mining first.
    pub policies: Vec<String>,
    /// Outputs that are kept, in order.
    pub outputs: Vec<String>,
    /// The output by which policies are ranked.
    pub objective: String,
    /// Policies whose difference is drawn.
    pub compare: Option<(String, String)>,
    /// Whether all points see the same random numbers.
    pub common_random_numbers: bool,
    /// Settings laid on the base, as `path=value`.
    pub set: Vec<String>,
    /// The base with these settings and every default, as TOML.
    pub resolved_scenario: String,
    /// The sweep with every default, as TOML.
    pub resolved_sweep: String,
    /// Files read: name and SHA-256.
    pub inputs: Vec<(String, String)>,
    /// SHA-256 of the values of all points.
    pub points_sha256: String,
}

impl Spec {
    /// Name by which a specification is known as ours.
    pub const TOOL: &str = "wattshift-sweep";

    /// By which a sweep is known: the SHA-256 of its specification as JSON.
    ///
    /// # Panics
    /// Never: a specification holds only text and numbers.
    #[must_use]
    pub fn identity(&self) -> String {
        let json = serde_json::to_vec(self).expect("a specification holds only text and numbers");
        sha256_hex(&json)
    }
}

impl Spec {
    /// A setting of the base scenario, by its dotted path.
    #[must_use]
    pub fn setting(&self, path: &str) -> Option<Value> {
        let resolved = tree::parse(&self.resolved_scenario, &mut Vec::new());
        match tree::get(&resolved, path)? {
            tree::Node::Number(number) => Some(Value::Number(*number)),
            tree::Node::Whole(whole) => Some(Value::Whole(*whole)),
            tree::Node::Flag(flag) => Some(Value::Flag(*flag)),
            tree::Node::Text(text) => Some(Value::Text(text.clone())),
            _ => None,
        }
    }
}

/// What is kept of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterSpec {
    /// Its column.
    pub name: String,
    /// Title for people.
    pub label: String,
    /// Unit for people; empty where it has none.
    pub unit: String,
    /// Its value in the base scenario, where that is known.
    pub base: Option<Value>,
    /// What equal steps are equal in, for axes.
    pub scale: Scale,
}

impl ParameterSpec {
    /// What is kept of a parameter.
    #[must_use]
    pub fn of(parameter: &Parameter, scale: Scale) -> Self {
        let Parameter { name, label, unit, base, .. } = parameter.clone();
        Self { name, label, unit, base, scale }
    }
}
