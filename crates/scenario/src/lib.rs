//! The scenario file: read, checked, completed with defaults, and written back resolved.
