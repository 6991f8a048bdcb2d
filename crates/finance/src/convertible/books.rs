//! An issue of convertible notes, month by month: issued, converted, called, put or repaid.
//!
//! One price a month is seen, at its end. In this order: issue; the purchasers' option; coupon; a change of control; maturity; the
//! issuer's call; conversion by holders who do so when allowed. All holders act alike, so one event a month settles the whole issue.

use super::{ConvertibleTerms, Holders, NOTE_USD, OptionRule, Settled};

/// What happened to the notes in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// They were issued.
    Issued,
    /// The purchasers took the further notes.
    OptionExercised,
    /// Holders converted of their own will, at maturity too.
    Converted,
    /// The issuer called, and holders took the better of par and conversion.
    Called,
    /// Control changed, and holders took par.
    Put,
    /// Par was repaid at maturity.
    Matured,
}

/// Money and shares of the notes in a month. What the issuer can pay is the caller's affair.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConvertibleMonth {
    /// Face issued, USD.
    pub issued_usd: f64,
    /// Cost of the issue, USD.
    pub issue_cost_usd: f64,
    /// Coupon, USD.
    pub coupon_usd: f64,
    /// Cash for principal, USD.
    pub cash_paid_principal_usd: f64,
    /// Cash above principal, USD.
    pub cash_paid_premium_usd: f64,
    /// Shares issued to holders.
    pub shares_issued: f64,
    /// Face that ceased to be owed, however it was settled, USD.
    pub retired_usd: f64,
    /// What happened, if anything.
    pub event: Option<Event>,
}

impl ConvertibleMonth {
    /// Cash that the issuer owes this month, USD.
    #[must_use]
    pub fn due_usd(&self) -> f64 {
        self.coupon_usd + self.cash_paid_principal_usd + self.cash_paid_premium_usd
    }
}

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Stage {
    #[default]
    NotIssued,
    /// Issued, and the purchasers still hold their option.
    OptionOpen {
        issue_price_usd: f64,
    },
    Outstanding,
    Settled,
}

/// State of an issue of notes. By default it is still to be issued.
///
/// ```
/// use finance::convertible::{
///     CallTerms, ConvertibleBooks, ConvertibleTerms, Event, Holders, OptionRule, Settlement,
/// };
///
/// let terms = ConvertibleTerms {
///     name: "notes-2032".into(),
///     principal_usd: 900e6,
///     option_usd: 125e6,
///     option: OptionRule::Exercised,
///     issue_month: 0,
///     cost_share: 0.025,
///     coupon_per_year: 0.0,
///     shares_per_note: 50.1567,
///     condition_share: 1.30,
///     free_from_month: 76,
///     maturity_month: 79,
///     call: Some(CallTerms { from_month: 43, price_share: 1.30 }),
///     settlement: Settlement::NetShare,
///     holders: Holders::Rational,
///     put_at_change_of_control: true,
///     change_of_control_per_year: 0.0,
/// };
/// let mut notes = ConvertibleBooks::default();
/// // Share prices at two month ends; a uniform draw of 1 never is a change of control.
/// assert_eq!(notes.step(&terms, 0, 14.50, 1.0).issued_usd, 1_025e6);
/// let called = notes.step(&terms, 43, 30.0, 1.0);
/// assert_eq!(called.event, Some(Event::Called));
/// assert_eq!(called.cash_paid_principal_usd, 1_025e6);
/// assert!(called.shares_issued > 17.2e6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConvertibleBooks {
    stage: Stage,
    outstanding_usd: f64,
}

impl ConvertibleBooks {
    /// Notes that were issued before the first opening, with this face; their option is past.
    #[must_use]
    pub fn issued_before(outstanding_usd: f64) -> Self {
        Self { stage: Stage::Outstanding, outstanding_usd }
    }

    /// Face owed, USD.
    #[must_use]
    pub fn outstanding_usd(&self) -> f64 {
        self.outstanding_usd
    }

    /// Shares that holders would get if they had to choose now; what dilution the notes carry.
    #[must_use]
    pub fn shares_if_settled(&self, terms: &ConvertibleTerms, share_price_usd: f64) -> f64 {
        self.outstanding_usd / NOTE_USD * terms.convert_or_redeem(share_price_usd).shares
    }

    /// Cash that a call at this share price would cost now, USD; `None` where the issuer may not call.
    #[must_use]
    pub fn cash_if_called_usd(
        &self,
        terms: &ConvertibleTerms,
        month: u32,
        share_price_usd: f64,
    ) -> Option<f64> {
        let callable = self.stage == Stage::Outstanding && terms.may_call(month, share_price_usd);
        let per_note = terms.convert_or_redeem(share_price_usd);
        callable.then(|| self.outstanding_usd / NOTE_USD * (per_note.principal_usd + per_note.premium_usd))
    }

    /// Moves the notes through a month; the issuer calls as soon as it may. See [`Self::step_with_call`].
    pub fn step(
        &mut self,
        terms: &ConvertibleTerms,
        month: u32,
        share_price_usd: f64,
        change_of_control_uniform: f64,
    ) -> ConvertibleMonth {
        self.step_with_call(terms, month, share_price_usd, change_of_control_uniform, true)
    }

    /// Moves the notes through a month at whose end the share stands at `share_price_usd`, above zero.
    ///
    /// Control changes where the uniform draw is below the month's probability. `issuer_calls` says whether the issuer uses a call
    /// that it has: one that lacks the cash ([`Self::cash_if_called_usd`]) does not.
    pub fn step_with_call(
        &mut self,
        terms: &ConvertibleTerms,
        month: u32,
        share_price_usd: f64,
        change_of_control_uniform: f64,
        issuer_calls: bool,
    ) -> ConvertibleMonth {
        match self.stage {
            Stage::NotIssued if month >= terms.issue_month => self.issue(terms, share_price_usd),
            Stage::NotIssued | Stage::Settled => ConvertibleMonth::default(),
            Stage::OptionOpen { issue_price_usd } => {
                self.stage = Stage::Outstanding;
                let coupon_usd = self.coupon_usd(terms);
                let taken = share_price_usd >= issue_price_usd;
                let flows = if taken { self.exercise_option(terms) } else { ConvertibleMonth::default() };
                ConvertibleMonth { coupon_usd, ..flows }
            }
            Stage::Outstanding => {
                let coupon_usd = self.coupon_usd(terms);
                let changed = change_of_control_uniform < terms.change_of_control_per_month();
                let flows = match settling_event(terms, month, share_price_usd, changed, issuer_calls) {
                    Some(event) => self.settle(terms, share_price_usd, event),
                    None => ConvertibleMonth::default(),
                };
                ConvertibleMonth { coupon_usd, ..flows }
            }
        }
    }

    fn coupon_usd(&self, terms: &ConvertibleTerms) -> f64 {
        self.outstanding_usd * terms.coupon_per_year / 12.0
    }

    fn issue(&mut self, terms: &ConvertibleTerms, share_price_usd: f64) -> ConvertibleMonth {
        let with_option = terms.option == OptionRule::Exercised;
        let face_usd = terms.principal_usd + if with_option { terms.option_usd } else { 0.0 };
        self.stage = match terms.option {
            OptionRule::ByPrice => Stage::OptionOpen { issue_price_usd: share_price_usd },
            OptionRule::Exercised | OptionRule::Lapsed => Stage::Outstanding,
        };
        self.add_face(terms, face_usd, Event::Issued)
    }

    fn exercise_option(&mut self, terms: &ConvertibleTerms) -> ConvertibleMonth {
        if terms.option_usd > 0.0 {
            self.add_face(terms, terms.option_usd, Event::OptionExercised)
        } else {
            ConvertibleMonth::default()
        }
    }

    fn add_face(&mut self, terms: &ConvertibleTerms, face_usd: f64, event: Event) -> ConvertibleMonth {
        self.outstanding_usd += face_usd;
        ConvertibleMonth {
            issued_usd: face_usd,
            issue_cost_usd: face_usd * terms.cost_share,
            event: Some(event),
            ..ConvertibleMonth::default()
        }
    }

    fn settle(&mut self, terms: &ConvertibleTerms, share_price_usd: f64, event: Event) -> ConvertibleMonth {
        let Settled { principal_usd, premium_usd, shares } = terms.convert_or_redeem(share_price_usd);
        let notes = self.outstanding_usd / NOTE_USD;
        let retired_usd = self.outstanding_usd;
        self.outstanding_usd = 0.0;
        self.stage = Stage::Settled;
        ConvertibleMonth {
            cash_paid_principal_usd: notes * principal_usd,
            cash_paid_premium_usd: notes * premium_usd,
            shares_issued: notes * shares,
            retired_usd,
            event: Some(event),
            ..ConvertibleMonth::default()
        }
    }
}

/// What settles outstanding notes at the end of a month, if anything does.
fn settling_event(
    terms: &ConvertibleTerms,
    month: u32,
    share_price_usd: f64,
    control_changed: bool,
    issuer_calls: bool,
) -> Option<Event> {
    let above_par = terms.parity_usd(share_price_usd) > NOTE_USD;
    if control_changed && terms.put_at_change_of_control {
        Some(if above_par { Event::Converted } else { Event::Put })
    } else if month >= terms.maturity_month {
        Some(if above_par { Event::Converted } else { Event::Matured })
    } else if issuer_calls && terms.may_call(month, share_price_usd) {
        Some(Event::Called)
    } else {
        let eager = terms.holders == Holders::WhenAllowed;
        (eager && above_par && terms.may_convert(month, share_price_usd)).then_some(Event::Converted)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settlement;
    use super::super::tests::notes_of_2032;
    use super::*;

    /// A draw with which control never changes.
    const STAYS: f64 = 1.0;

    fn run(terms: &ConvertibleTerms, price: impl Fn(u32) -> f64) -> Vec<(u32, ConvertibleMonth)> {
        let mut books = ConvertibleBooks::default();
        (0..=90)
            .map(|month| (month, books.step(terms, month, price(month), STAYS)))
            .filter(|(_, flows)| flows.event.is_some())
            .collect()
    }

    #[test]
    fn notes_that_stay_low_are_repaid_at_maturity() {
        let events = run(&notes_of_2032(), |_| 14.5);
        assert_eq!(events.len(), 2);
        let (month, issued) = events[0];
        assert_eq!((month, issued.event, issued.issued_usd), (0, Some(Event::Issued), 1_025e6));
        // Fact F0: net proceeds of about 999.7 million.
        assert!((issued.issued_usd - issued.issue_cost_usd - 999.7e6).abs() < 0.1e6);
        let (month, repaid) = events[1];
        assert_eq!((month, repaid.event), (79, Some(Event::Matured)));
        assert_eq!((repaid.due_usd(), repaid.shares_issued), (1_025e6, 0.0));
    }

    #[test]
    fn the_issuer_calls_as_soon_as_it_may_and_holders_convert() {
        let events = run(&notes_of_2032(), |_| 30.0);
        let (month, called) = events[1];
        assert_eq!((month, called.event), (43, Some(Event::Called)));
        assert_eq!(called.cash_paid_principal_usd, 1_025e6);
        assert!((called.shares_issued - 1_025e3 * 16.823_366_666_666_67).abs() < 1e-3);
    }

    #[test]
    fn without_a_call_rational_holders_wait_for_maturity_and_eager_ones_do_not() {
        let rational = ConvertibleTerms { call: None, ..notes_of_2032() };
        let price = |month| if month < 10 { 14.5 } else { 30.0 };
        let (month, converted) = run(&rational, price)[1];
        assert_eq!((month, converted.event), (79, Some(Event::Converted)));
        let eager = ConvertibleTerms { holders: Holders::WhenAllowed, ..rational.clone() };
        assert_eq!(run(&eager, price)[1].0, 10);
        // Between par and the condition, they wait for the free date.
        let between = |_| 22.0;
        assert_eq!(run(&eager, between)[1].0, 76);
        assert_eq!(run(&rational, between)[1].0, 79);
        // Below par nobody converts.
        assert_eq!(run(&eager, |_| 19.0)[1].1.event, Some(Event::Matured));
    }

    #[test]
    fn the_option_by_price_looks_at_the_first_month_end_after_issue() {
        let terms = ConvertibleTerms {
            principal_usd: 500e6,
            option_usd: 75e6,
            option: OptionRule::ByPrice,
            issue_month: 5,
            coupon_per_year: 0.012,
            ..notes_of_2032()
        };
        let mut books = ConvertibleBooks::default();
        assert_eq!(books.step(&terms, 4, 10.0, STAYS), ConvertibleMonth::default());
        assert_eq!(books.step(&terms, 5, 14.5, STAYS).issued_usd, 500e6);
        let taken = books.step(&terms, 6, 14.5, STAYS);
        assert_eq!((taken.event, taken.issued_usd), (Some(Event::OptionExercised), 75e6));
        assert_eq!((taken.coupon_usd, books.outstanding_usd()), (0.5e6, 575e6));
        let mut fallen = ConvertibleBooks::default();
        fallen.step(&terms, 5, 14.5, STAYS);
        assert_eq!(fallen.step(&terms, 6, 14.49, STAYS).event, None);
        assert_eq!(fallen.step(&terms, 7, 20.0, STAYS).event, None);
        assert_eq!(fallen.outstanding_usd(), 500e6);
    }

    #[test]
    fn a_change_of_control_is_put_below_par_and_converted_above() {
        let terms = ConvertibleTerms { change_of_control_per_year: 0.1, ..notes_of_2032() };
        let drawn = 0.5 * terms.change_of_control_per_month();
        let mut low = ConvertibleBooks::issued_before(100e6);
        let put = low.step(&terms, 3, 10.0, drawn);
        assert_eq!((put.event, put.due_usd(), low.outstanding_usd()), (Some(Event::Put), 100e6, 0.0));
        let mut high = ConvertibleBooks::issued_before(100e6);
        assert_eq!(high.step(&terms, 3, 40.0, drawn).event, Some(Event::Converted));
        let unprotected = ConvertibleTerms { put_at_change_of_control: false, ..terms };
        let mut kept = ConvertibleBooks::issued_before(100e6);
        assert_eq!(kept.step(&unprotected, 3, 10.0, drawn).event, None);
    }

    #[test]
    fn an_issuer_without_cash_does_not_call() {
        let terms = notes_of_2032();
        let mut books = ConvertibleBooks::issued_before(1_025e6);
        assert_eq!(books.cash_if_called_usd(&terms, 42, 30.0), None);
        assert_eq!(books.cash_if_called_usd(&terms, 50, 30.0), Some(1_025e6));
        assert_eq!(books.step_with_call(&terms, 50, 30.0, STAYS, false).event, None);
        assert_eq!(books.outstanding_usd(), 1_025e6);
    }

    #[test]
    fn dilution_before_settlement_follows_the_way_of_settlement() {
        let books = ConvertibleBooks::issued_before(1_025e6);
        let shares = |settlement, price| {
            books.shares_if_settled(&ConvertibleTerms { settlement, ..notes_of_2032() }, price)
        };
        assert!((shares(Settlement::Physical, 30.0) - 51_410_617.5).abs() < 1e-3);
        assert_eq!(shares(Settlement::Cash, 30.0), 0.0);
        assert_eq!(shares(Settlement::NetShare, 19.0), 0.0);
        assert!((shares(Settlement::NetShare, 30.0) - 17_243_950.833).abs() < 1.0);
    }
}
