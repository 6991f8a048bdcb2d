//! A whole run of the shipped scenario: 1,000 paths, ten years hourly, all policies, without writing.
//!
//! A slowdown here is what a strategist waits for. `paths` leaves the computed policy out, so that it measures the
//! hours, the policies' steps and the marks alone.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use criterion::{Criterion, criterion_group, criterion_main};
use scenario::Scenario;
use simulate::{Silent, run};
use std::hint::black_box;
use std::path::Path;

const TEXAS: &str = include_str!("../../data/scenarios/texas-campus.toml");

fn load(text: &str) -> Scenario {
    Scenario::parse("texas-campus", text, Path::new("."), &[]).expect("the shipped scenario is valid")
}

fn whole_run(c: &mut Criterion) {
    let mut group = c.benchmark_group("texas-campus, 1,000 paths x 10 years hourly");
    group.sample_size(10);
    let all = load(TEXAS);
    group.bench_function("all policies", |b| {
        b.iter(|| run(black_box(&all), 0, &Silent).expect("the run succeeds"))
    });
    let rules = load(&TEXAS.replace(
        "kind = \"dp\"",
        "kind = \"hurdle\"\nname = \"other\"\nrequired_rent_usd_per_kw_month = 150.0",
    ));
    group.bench_function("paths", |b| {
        b.iter(|| run(black_box(&rules), 0, &Silent).expect("the run succeeds"))
    });
    group.finish();
}

criterion_group!(benches, whole_run);
criterion_main!(benches);
