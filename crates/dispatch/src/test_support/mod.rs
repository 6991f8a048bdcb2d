//! What tests of several modules share: random cases, and a simplex that shares no code with the solvers.

pub(crate) mod random_cases;
pub(crate) mod reference;
pub(crate) mod simplex;
