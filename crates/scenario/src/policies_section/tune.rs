//! Kinds of policies with one main number, which can be tuned: where the search starts and what it tries first.

use super::plan::grouped;
use super::{Grounds, PolicyKind, PolicyPlan};
use crate::reader::{Rule, Section};
use optimizer::ContractTerms;
use site::units::{Fraction, UsdPerKwMonth};

/// Kinds that take `tune`.
const TUNABLE: &str = "constant-share, hurdle, contract-backed-only, trigger and myopic-npv";
/// Candidates of one kind that are this close are one, as a share of their size.
const SAME: f64 = 1e-9;

/// The main number of a policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MainNumber {
    /// Its field in the scenario file.
    pub parameter: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value.
    pub value: f64,
    /// Lowest and highest number that the search may try.
    range: [f64; 2],
    /// What the coarse list adds to the start, in both directions.
    offsets: &'static [f64],
}

const RENT_OFFSETS: [f64; 6] = [5.0, 10.0, 20.0, 30.0, 45.0, 60.0];
const SPREAD_OFFSETS: [f64; 6] = [10_000.0, 20_000.0, 35_000.0, 50_000.0, 75_000.0, 100_000.0];
const SHARE_OFFSETS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const NPV_OFFSETS: [f64; 6] = [0.25e6, 0.5e6, 1e6, 1.5e6, 2.5e6, 4e6];
/// Least share: none is all-mining, which is in the race.
const LEAST_SHARE: f64 = 0.05;

impl MainNumber {
    /// The first candidates, ascending: the start, and steps to both sides of it within the allowed range.
    #[must_use]
    pub fn coarse_list(&self) -> Vec<f64> {
        let steps = self.offsets.iter().flat_map(|offset| [-offset, *offset]);
        let mut list: Vec<f64> = steps
            .map(|step| tidy(self.value + step).clamp(self.range[0], self.range[1]))
            .chain([self.value])
            .collect();
        list.sort_by(f64::total_cmp);
        list.dedup_by(|a, b| (*a - *b).abs() <= SAME * a.abs().max(b.abs()));
        // The start to its last bit, for a re-run states it.
        for number in &mut list {
            if (*number - self.value).abs() <= SAME * self.value.abs() {
                *number = self.value;
            }
        }
        list
    }

    /// Three numbers between two candidates, a quarter of the way apart.
    #[must_use]
    pub fn between(low: f64, high: f64) -> [f64; 3] {
        [0.25, 0.5, 0.75].map(|share| tidy(low + share * (high - low)))
    }

    /// Whether the search may not go past `value`.
    #[must_use]
    pub fn is_limit(&self, value: f64) -> bool {
        value <= self.range[0] || value >= self.range[1]
    }
}

/// A number without the noise of binary fractions, to a millionth.
fn tidy(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl PolicyKind {
    /// The number that `tune = true` tunes; `None` of a kind without one.
    #[must_use]
    pub fn main_number(&self) -> Option<MainNumber> {
        let of =
            |parameter, unit, value, range, offsets| MainNumber { parameter, unit, value, range, offsets };
        Some(match *self {
            Self::ConstantShare { share } => {
                of("share_of_gross_mw", "of gross MW", share.get(), [LEAST_SHARE, 1.0], &SHARE_OFFSETS[..])
            }
            Self::Hurdle { required_rent, .. } => of(
                "required_rent_usd_per_kw_month",
                "USD/kW-month",
                required_rent.get(),
                [0.0, 1e4],
                &RENT_OFFSETS,
            ),
            Self::ContractBacked(terms) => of(
                "min_contract_npv_usd_per_gross_mw",
                "USD per gross MW",
                terms.min_contract_npv_usd_per_gross_mw,
                [-1e9, 1e9],
                &NPV_OFFSETS,
            ),
            Self::Trigger { spread_usd_per_gross_mw_month, .. } => of(
                "spread_usd_per_gross_mw_month",
                "USD per gross MW and month",
                spread_usd_per_gross_mw_month,
                [-1e7, 1e7],
                &SPREAD_OFFSETS,
            ),
            Self::MyopicNpv { margin_usd_per_gross_mw, .. } => of(
                "margin_usd_per_gross_mw",
                "USD per gross MW",
                margin_usd_per_gross_mw,
                [-1e9, 1e9],
                &NPV_OFFSETS,
            ),
            _ => return None,
        })
    }

    /// The same policy with another main number; a kind without one stays as it is.
    #[must_use]
    pub fn with_main_number(&self, value: f64) -> Self {
        match self.clone() {
            Self::ConstantShare { share } => {
                Self::ConstantShare { share: Fraction::try_new(value).unwrap_or(share) }
            }
            Self::Hurdle { required_rent, max_gross_mw } => Self::Hurdle {
                required_rent: UsdPerKwMonth::try_new(value).unwrap_or(required_rent),
                max_gross_mw,
            },
            Self::ContractBacked(terms) => {
                Self::ContractBacked(ContractTerms { min_contract_npv_usd_per_gross_mw: value, ..terms })
            }
            Self::Trigger { months, max_gross_mw, .. } => {
                Self::Trigger { spread_usd_per_gross_mw_month: value, months, max_gross_mw }
            }
            Self::MyopicNpv { max_gross_mw, .. } => {
                Self::MyopicNpv { margin_usd_per_gross_mw: value, max_gross_mw }
            }
            other => other,
        }
    }
}

impl PolicyPlan {
    /// What it does, in words, and that its number is to be tuned, if it is.
    #[must_use]
    pub fn description_before_tuning(&self) -> String {
        let start = if self.tune { "; the number is tuned on other paths, from this one on" } else { "" };
        self.description() + start
    }

    /// What it does once its number is tuned on `n_paths` other paths, in words.
    #[must_use]
    pub fn tuned_description(&self, value: f64, n_paths: usize) -> String {
        let start = self.kind.main_number().map_or(value, |number| number.value);
        let tuned = Self { kind: self.kind.with_main_number(value), ..self.clone() };
        format!(
            "{}; tuned on {} other paths, from {} on",
            tuned.description(),
            grouped(n_paths as f64),
            grouped(start)
        )
    }
}

/// Reads `tune`, which only kinds with a main number take.
pub(super) fn read(section: &Section<'_>, kind: &str, grounds: &Grounds<'_>) -> bool {
    let tunable =
        ["constant-share", "hurdle", "contract-backed-only", "trigger", "myopic-npv"].contains(&kind);
    if !tunable {
        section.belongs_elsewhere(
            &["tune"],
            &format!("is given, and {kind} has no main number to tune; allowed with {TUNABLE}"),
        );
        return false;
    }
    let tune = section.flag_or("tune", false);
    if tune && !grounds.modelled {
        section.fault(
            "tune",
            "is true where prices are replayed: a rule would be tuned on the very prices that it is judged on; allowed is false",
        );
    }
    tune
}

/// Reads a main number; one that is to be tuned may be left out, and the search then starts at `start`.
pub(super) fn read_number(
    section: &Section<'_>,
    key: &'static str,
    rule: Rule,
    tune: bool,
    start: impl FnOnce() -> f64,
) -> f64 {
    if tune { section.number_or(key, rule, tidy(start())) } else { section.number(key, rule) }
}

/// Where the search for a spread starts: what the discount rate asks of the conversion's capex, USD per gross MW and month.
pub(super) fn capex_charge_usd_per_gross_mw_month(grounds: &Grounds<'_>) -> f64 {
    let conversion = &grounds.campus.conversion;
    let capex = conversion.capex_at(0) / conversion.peak_ratio.get();
    (capex * grounds.campus.company.discount_rate_per_year / 12.0).round()
}
