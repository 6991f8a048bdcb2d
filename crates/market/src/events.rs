//! Events of a path that no price tells: tenants and the guarantor fail, the site goes down, and two draws for the company's shares.
//!
//! Default times come from a Gaussian copula with one factor: `Z_i = √ρ W + √(1−ρ) ε_i` and `τ_i = −ln(1 − Φ(Z_i)) / h_i`, so that each
//! name fails at its hazard `h_i` and any two have both failed by a horizon with the bivariate normal probability of correlation `ρ`.
//! A tenant that has failed is followed by another under the same name, whose life is drawn anew and independent of the rest.
//! Outages come as a Poisson count with exponential lengths. Source: Li, "On default correlation: a copula function approach" (2000).

use crate::normal_table::normal_cdf;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, Exp1, Open01, StandardNormal};
use site::sla::{ChronicFailure, SlaTerms};
use site::{MAX_TENANTS, MonthEvents};

const MONTHS_PER_YEAR: f64 = 12.0;
const HOURS_PER_MONTH: f64 = 730.5;

/// The law of events; the default has none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventLaw {
    /// Hazard of default of each tenant, per year, `[n_tenants]`; at most [`MAX_TENANTS`] are followed.
    pub tenant_hazards_per_year: Vec<f64>,
    /// Hazard of default of the guarantor, per year.
    pub guarantor_hazard_per_year: f64,
    /// Correlation of the copula between any two names, 0 to 1.
    pub default_correlation: f64,
    /// Outages of the site, if it has any.
    pub outages: Option<OutageLaw>,
}

/// How the site fails its tenants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutageLaw {
    /// Mean number a year.
    pub per_year: f64,
    /// Mean length, hours.
    pub mean_hours: f64,
    /// When failure is chronic, if ever.
    pub chronic: Option<ChronicFailure>,
}

/// Numbers of the streams that are drawn once per path; tenants follow behind.
const COMMON: u32 = 0;
const GUARANTOR: u32 = 1;
const FIRST_TENANT: u32 = 2;

/// What of a path's events outlives the month.
#[derive(Debug, Clone)]
pub(crate) struct PathEvents {
    /// Years from the first opening to the next failure of each tenant.
    next_failure: Vec<f64>,
    guarantor_failure: f64,
    /// Bad months of the window, oldest first.
    bad: Vec<bool>,
}

impl PathEvents {
    pub(crate) fn new(law: &EventLaw, seed: u64, path: u64) -> Self {
        let normal = |number: u32| -> f64 {
            StandardNormal.sample(&mut Stream::new(seed, path, Factor::Defaults, number))
        };
        let common = normal(COMMON);
        let rho = law.default_correlation;
        let failure = |number: u32, hazard: f64| {
            if hazard <= 0.0 {
                return f64::INFINITY;
            }
            let z = rho.sqrt() * common + (1.0 - rho).sqrt() * normal(number);
            // The upper tail of the law is the lower one of −z, which keeps its digits.
            -normal_cdf(-z).ln() / hazard
        };
        let tenants = law.tenant_hazards_per_year.iter().take(MAX_TENANTS);
        Self {
            next_failure: (FIRST_TENANT..).zip(tenants).map(|(n, hazard)| failure(n, *hazard)).collect(),
            guarantor_failure: failure(GUARANTOR, law.guarantor_hazard_per_year),
            bad: Vec::new(),
        }
    }

    /// The events of month `m`, which has so many hours; months must come one after another.
    pub(crate) fn month(&mut self, law: &EventLaw, key: (u64, u64), m: u32, hours: f64) -> MonthEvents {
        let (seed, path) = key;
        let end = f64::from(m + 1) / MONTHS_PER_YEAR;
        let mut failing_tenants = 0;
        for (tenant, next) in self.next_failure.iter_mut().enumerate() {
            if *next >= end {
                continue;
            }
            failing_tenants |= 1 << tenant;
            let number = m * MAX_TENANTS as u32 + tenant as u32;
            let life: f64 = Exp1.sample(&mut Stream::new(seed, path, Factor::TenantLives, number));
            // The successor signs at the end of the month.
            *next = end + life / law.tenant_hazards_per_year[tenant];
        }
        let availability = law.outages.map_or(1.0, |outages| outages.availability(seed, path, m, hours));
        let mut shares = Stream::new(seed, path, Factor::Shares, m);
        MonthEvents {
            failing_tenants,
            guarantor_failed: self.guarantor_failure < end,
            availability,
            chronic: self.is_chronic(law.outages.and_then(|outages| outages.chronic), availability),
            share_shock: StandardNormal.sample(&mut shares),
            change_of_control: Open01.sample(&mut shares),
        }
    }

    /// Whether bad months within the window, this one included, are as many as the contract allows.
    fn is_chronic(&mut self, chronic: Option<ChronicFailure>, availability: f64) -> bool {
        let Some(chronic) = chronic else { return false };
        self.bad.push(availability < chronic.below);
        if self.bad.len() > chronic.window {
            self.bad.remove(0);
        }
        self.bad.iter().filter(|bad| **bad).count() >= chronic.months
    }
}

impl OutageLaw {
    /// Expected credit of a month as a share of rent, in a month of mean length.
    #[must_use]
    pub fn expected_credit_share(&self, terms: &SlaTerms) -> f64 {
        let mut paid = 0.0;
        let mut expected = 0.0;
        for step in &terms.ladder {
            let credit = step.credit_share.min(terms.cap_share);
            expected += (credit - paid) * self.probability_below(step.below);
            paid = credit;
        }
        expected
    }

    /// Expected number of times a month at which failure turns chronic: a bad month comes upon as many in the window before it as are
    /// one short of chronic, and none drops out of the window. Bad months are independent of each other.
    #[must_use]
    pub fn chronic_onsets_per_month(&self) -> f64 {
        let Some(ChronicFailure { months, window, below }) = self.chronic else { return 0.0 };
        let bad = self.probability_below(below);
        let (others, short) = (window - 1, months - 1);
        let mut combinations = 1.0;
        for i in 0..short {
            combinations *= (others - i) as f64 / (i + 1) as f64;
        }
        bad * combinations * bad.powi(short as i32) * (1.0 - bad).powi((others - short) as i32 + 1)
    }

    /// Probability that a month of mean length is served less than an availability: more hours are lost than it allows. The sum of `k`
    /// exponential lengths of mean `L` exceeds `h` with probability `e^(−h/L) Σ_{j<k} (h/L)^j / j!`, and `k` is Poisson.
    #[must_use]
    pub fn probability_below(&self, availability: f64) -> f64 {
        if self.mean_hours <= 0.0 {
            return 0.0;
        }
        let rate = self.per_year / MONTHS_PER_YEAR;
        let allowed = (1.0 - availability) * HOURS_PER_MONTH / self.mean_hours;
        let mut counts = (-rate).exp();
        let (mut term, mut tail) = ((-allowed).exp(), 0.0);
        let mut probability = 0.0;
        // Beyond this count a Poisson law of the rate has nothing left to ten digits.
        let most = (rate + 12.0 * rate.sqrt() + 30.0) as u32;
        for k in 1..=most {
            counts *= rate / f64::from(k);
            tail += term;
            term *= allowed / f64::from(k);
            probability += counts * tail;
        }
        probability
    }

    /// Share of a month served.
    fn availability(&self, seed: u64, path: u64, m: u32, hours: f64) -> f64 {
        let mut stream = Stream::new(seed, path, Factor::Outages, m);
        let mut exponential = || -> f64 { Exp1.sample(&mut stream) };
        let rate = self.per_year / MONTHS_PER_YEAR;
        let mut down = 0.0;
        // Gaps of a Poisson process are exponential: outages start until the month is over.
        let mut passed = exponential();
        while passed < rate {
            down += exponential() * self.mean_hours;
            passed += exponential();
        }
        1.0 - (down / hours).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_law_nothing_happens_but_to_the_shares() {
        let law = EventLaw::default();
        let mut path = PathEvents::new(&law, 1, 2);
        for m in 0..24 {
            let events = path.month(&law, (1, 2), m, 730.0);
            let MonthEvents { share_shock, change_of_control, .. } = events;
            assert_eq!(events, MonthEvents { share_shock, change_of_control, ..MonthEvents::default() });
        }
    }

    /// Oracle O19: 10 % and 0.5 % over the horizon at a correlation of 0.3 fail together with probability 0.0016637952.
    #[test]
    fn oracle_o19_tenant_and_guarantor_fail_together_as_the_copula_says() {
        let hazard = |probability: f64| -(1.0 - probability).ln();
        let law = EventLaw {
            tenant_hazards_per_year: vec![hazard(0.10)],
            guarantor_hazard_per_year: hazard(0.005),
            default_correlation: 0.3,
            outages: None,
        };
        let n = 1_000_000;
        let (mut tenant, mut guarantor, mut both) = (0_u32, 0_u32, 0_u32);
        for path in 0..n {
            let path = PathEvents::new(&law, 7, path);
            let failed = [path.next_failure[0] < 1.0, path.guarantor_failure < 1.0];
            tenant += u32::from(failed[0]);
            guarantor += u32::from(failed[1]);
            both += u32::from(failed[0] && failed[1]);
        }
        for (count, expected) in [(tenant, 0.10), (guarantor, 0.005), (both, 0.001_663_795_2)] {
            let share = f64::from(count) / n as f64;
            let error = (expected * (1.0 - expected) / n as f64).sqrt();
            assert!((share - expected).abs() < 4.0 * error, "{share}, not {expected} ± {error}");
        }
    }

    #[test]
    fn one_more_tenant_leaves_the_events_of_the_others_alone() {
        let law = |hazards: &[f64]| EventLaw {
            tenant_hazards_per_year: hazards.to_vec(),
            guarantor_hazard_per_year: 0.02,
            default_correlation: 0.4,
            outages: Some(OutageLaw { per_year: 2.0, mean_hours: 4.0, chronic: None }),
        };
        let walk = |law: EventLaw| -> Vec<MonthEvents> {
            let mut path = PathEvents::new(&law, 3, 11);
            (0..360).map(|m| path.month(&law, (3, 11), m, 730.0)).collect()
        };
        let (two, three) = (walk(law(&[0.3, 0.5])), walk(law(&[0.3, 0.5, 0.4])));
        assert!(three.iter().any(|events| events.fails(2)));
        for (two, three) in two.into_iter().zip(three) {
            assert_eq!(two, MonthEvents { failing_tenants: three.failing_tenants & 0b11, ..three });
        }
    }

    #[test]
    fn tenants_fail_at_their_hazard_again_and_again() {
        let law = EventLaw { tenant_hazards_per_year: vec![0.2], ..EventLaw::default() };
        let (n_paths, months) = (20_000, 120);
        let mut failures = 0;
        for number in 0..n_paths {
            let mut path = PathEvents::new(&law, 5, number);
            failures += (0..months).filter(|&m| path.month(&law, (5, number), m, 730.0).fails(0)).count();
        }
        // A successor starts at a month's end, so every month has the same chance, whatever came before.
        let expected = 120.0 * (1.0 - (-0.2_f64 / 12.0).exp());
        let mean = failures as f64 / n_paths as f64;
        let error = (expected / n_paths as f64).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected} ± {error}");
    }

    #[test]
    fn outages_take_their_mean_hours_and_turn_chronic_within_the_window() {
        let chronic = ChronicFailure { months: 2, window: 3, below: 0.9999 };
        let outages = OutageLaw { per_year: 3.0, mean_hours: 5.0, chronic: Some(chronic) };
        let law = EventLaw { outages: Some(outages), ..EventLaw::default() };
        let (n_paths, months) = (4_000_u64, 60);
        let mut lost = Vec::new();
        for number in 0..n_paths {
            let mut path = PathEvents::new(&law, 5, number);
            let mut bad: Vec<bool> = Vec::new();
            for m in 0..months {
                let events = path.month(&law, (5, number), m, 730.0);
                lost.push((1.0 - events.availability) * 730.0);
                bad.push(events.availability < 0.9999);
                assert_eq!(events.chronic, bad.iter().rev().take(3).filter(|bad| **bad).count() >= 2);
            }
        }
        // Compound Poisson with exponential lengths: mean λL, variance 2λL².
        let n = lost.len() as f64;
        let (mean, expected) = (lost.iter().sum::<f64>() / n, 0.25 * 5.0);
        let error = (2.0 * 0.25 * 25.0 / n).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected} ± {error}");
    }

    #[test]
    fn failure_turns_chronic_as_often_as_expected() {
        let chronic = ChronicFailure { months: 3, window: 12, below: 0.999 };
        let outages = OutageLaw { per_year: 3.0, mean_hours: 2.0, chronic: Some(chronic) };
        let law = EventLaw { outages: Some(outages), ..EventLaw::default() };
        // The first window is no long-run one.
        let (n_paths, first, last) = (4_000_u64, 13, 133);
        let onsets: Vec<f64> = (0..n_paths)
            .map(|number| {
                let mut path = PathEvents::new(&law, 5, number);
                let mut month = |m| path.month(&law, (5, number), m, HOURS_PER_MONTH).chronic;
                let chronic: Vec<bool> = (0..last).map(&mut month).collect();
                chronic[first - 1..].windows(2).filter(|pair| pair[1] && !pair[0]).count() as f64
            })
            .collect();
        let n = n_paths as f64;
        let mean = onsets.iter().sum::<f64>() / n;
        let variance = onsets.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / n;
        let expected = outages.chronic_onsets_per_month() * (last as usize - first) as f64;
        let error = (variance / n).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected} ± {error}");
    }

    #[test]
    fn expected_credits_are_the_mean_of_drawn_ones() {
        let terms = SlaTerms { cap_share: 0.2, ..SlaTerms::default() };
        let outages = OutageLaw { per_year: 6.0, mean_hours: 3.0, chronic: None };
        let expected = outages.expected_credit_share(&terms);
        let n = 200_000;
        let credits: Vec<f64> = (0..n)
            .map(|path| terms.credit_share(outages.availability(1, path, 0, HOURS_PER_MONTH)))
            .collect();
        let mean = credits.iter().sum::<f64>() / n as f64;
        let variance = credits.iter().map(|credit| (credit - mean).powi(2)).sum::<f64>() / n as f64;
        let error = (variance / n as f64).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected} ± {error}");
    }
}
