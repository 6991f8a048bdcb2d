//! `wattshift schema`: what files may hold, for editors.

use crate::args::{SchemaArg, SchemaArgs};
use crate::failure::Failure;
use crate::output::say;
use report::SchemaOf;
use scenario::{DispatchCase, Scenario};

/// Prints the JSON Schema of a kind of file.
pub(crate) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    say(&match args.kind {
        SchemaArg::Scenario => report::schema(SchemaOf::Scenario, &Scenario::shape()),
        SchemaArg::Sweep => report::schema(SchemaOf::Sweep, &sweep::file_shape()),
        SchemaArg::Dispatch => report::schema(SchemaOf::Dispatch, &DispatchCase::shape()),
    })
}
