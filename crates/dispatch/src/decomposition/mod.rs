//! Exact dispatch by decomposition.
