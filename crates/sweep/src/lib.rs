//! Many scenarios from one: designs over parameters, shards, results that survive a kill, and what follows from them.
//!
//! A [`Design`] chooses [`Points`] over [`Parameter`]s; each becomes a [`PointRecord`]; [`answers`] are made of the records of a whole
//! sweep. Points share no state, so that any process may do any of them.

pub mod answers;
pub mod design;
mod file;
pub mod outputs;
pub mod parameter;
pub mod point;
pub mod record;
pub mod spec;
pub mod sweep;
pub mod value;

pub use design::{Design, Points};
pub use parameter::{Levels, Parameter, Range, Scale, Target};
pub use point::run_point;
pub use record::{PointOutcome, PointRecord, PointResult};
pub use spec::Spec;
pub use sweep::{Sweep, SweepError};
pub use value::Value;
