//! Many scenarios from one: designs over parameters, shards, results that survive a kill, and what follows from them.
//!
//! A [`Design`] chooses [`Points`] over [`Parameter`]s; each becomes a [`PointRecord`]; [`answers`] are made of the records of a whole
//! sweep. Points share no state, so that any process may do any of them: [`SweepFolder::begin`] says which are left of a
//! [`Shard`], [`work()`] does them and [`Journal::append`] keeps each; [`Status`] and [`Merge`] read what all shards did.

pub mod answers;
pub mod design;
pub mod digest;
pub mod error;
mod file;
pub mod folder;
mod index;
pub mod journal;
pub mod merge;
pub mod outputs;
pub mod parameter;
pub mod point;
pub mod record;
pub mod shard;
pub mod spec;
pub mod status;
pub mod sweep;
#[cfg(test)]
mod test_support;
pub mod value;
pub mod work;

pub use design::{Design, Points};
pub use digest::sha256_hex;
pub use error::FolderError;
pub use file::file_shape;
pub use folder::{Begun, SweepFolder};
pub use journal::{Activity, Journal};
pub use merge::Merge;
pub use parameter::{Levels, Parameter, Range, Scale, Target};
pub use record::{PointOutcome, PointRecord, PointResult};
pub use shard::{Shard, ShardError};
pub use spec::Spec;
pub use status::{ShardStatus, Status};
pub use sweep::{Sweep, SweepError};
pub use value::Value;
pub use work::{Job, Observer, Task, Worked, work};
