//! The commented scenario that `wattshift init` writes.

/// A complete scenario to start from: the shipped Texas campus with every field's unit and source.
pub const TEMPLATE: &str = include_str!("../../../data/scenarios/texas-campus.toml");
