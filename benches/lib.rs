//! Holds the benchmarks in `benches/`; the library itself is empty.
