//! Up to 64 neighbouring paths, walked month by month with every policy on the same prices.
//!
//! Within a month: opening prices and the offer are seen, each policy decides, the hours pass, the step books. Figures per
//! MW are shared by all policies unless loads compete; then each policy's split is dispatched on its own.

use crate::finance_totals::MoneyMonths;
use crate::race::Entrant;
use crate::study::{ChunkError, Kept, Study, mining_margin};
use crate::totals::{Totals, add};
use dispatch::{MonthFigures, contested_month, month_figures};
use finance::Books;
use market::{LANES, MarketLanes, MonthLanes};
use optimizer::{PastMonth, View};
use site::{
    AiForm, Decision, HallUse, LeaseOffer, Ledger, Limits, MiningFigures, MonthEconomics, State, StepError,
    limits, limits_without_money, start_conversions, step,
};

/// One policy on one path.
pub(crate) struct Runner {
    pub(crate) state: State,
    pub(crate) flows: Vec<f64>,
    pub(crate) npv_horizon: f64,
    pub(crate) capex: f64,
    pub(crate) lowest_liquidity: f64,
    pub(crate) ai_mw: Vec<f64>,
    pub(crate) cash: Vec<f64>,
    /// Hosting halls started in each month.
    pub(crate) starts: Vec<u32>,
    /// Whether it has started own GPUs.
    pub(crate) own_gpus: bool,
    /// Months in which it wanted more halls than the money allowed.
    pub(crate) months_bound: u32,
    /// Months of its money, where there is a capital structure.
    pub(crate) money: MoneyMonths,
}

/// One path's record, kept until foresight has seen it.
pub(crate) struct PathRecord {
    pub(crate) past: Vec<PastMonth>,
    pub(crate) months: Vec<Kept>,
    /// Innovations of Bitcoin and the lease rate, for the bound alone.
    pub(crate) innovations: Vec<[f64; 2]>,
    /// `[n_months, n_fleets]` row-major.
    pub(crate) mining: Vec<MiningFigures>,
}

impl PathRecord {
    /// Notes what outlives a month of a lane.
    fn note(&mut self, month: &MonthLanes, lane: usize, figures: &MonthFigures) {
        self.months.push(Kept::of(month, lane, figures));
        self.mining.extend_from_slice(figures.mining_of(lane));
        self.innovations.push(month.innovations[lane]);
    }
}

/// A month of a path.
#[derive(Clone, Copy)]
struct Place {
    path: u64,
    m: usize,
}

impl Runner {
    /// Whether money ran out: cash and committed funding, or, with a capital structure, all that could be reached.
    pub(crate) fn ran_short(&self) -> bool {
        match &self.state.books {
            Some(books) => books.marks.ever_short,
            None => self.lowest_liquidity < 0.0,
        }
    }
}

impl Study<'_> {
    /// Walks paths `first .. first + n_lanes` and sets each against perfect foresight.
    pub(crate) fn chunk(&self, first: u64, n_lanes: usize) -> Result<Totals, ChunkError> {
        let (records, runners, mut totals) = self.walk(first, n_lanes, self.empty_totals())?;
        let mut scratch = Vec::new();
        for (lane, record) in records.iter().enumerate() {
            let path = first + lane as u64;
            let of_path = &runners[lane * self.entrants.len()..][..self.entrants.len()];
            self.close_path(path, record, of_path, &mut scratch, &mut totals)?;
        }
        totals.n_paths = n_lanes;
        Ok(totals)
    }

    /// NPV of every policy on paths `first .. first + n_lanes`, USD, `[n_lanes, n_entrants]` row-major.
    pub(crate) fn values(&self, first: u64, n_lanes: usize) -> Result<Vec<f64>, ChunkError> {
        let mut totals = self.empty_totals();
        totals.leave_out_money();
        let (records, runners, _) = self.walk(first, n_lanes, totals)?;
        Ok(self.close_values(&records, &runners))
    }

    /// Walks paths month by month, every policy on each.
    fn walk(
        &self,
        first: u64,
        n_lanes: usize,
        mut totals: Totals,
    ) -> Result<(Vec<PathRecord>, Vec<Runner>, Totals), ChunkError> {
        let mut lanes = MarketLanes::new(self.market, first, n_lanes);
        let mut figures = MonthFigures::default();
        let mut records: Vec<PathRecord> = (0..n_lanes)
            .map(|_| PathRecord {
                past: Vec::new(),
                months: Vec::new(),
                innovations: Vec::new(),
                mining: Vec::new(),
            })
            .collect();
        let mut runners: Vec<Runner> = (0..n_lanes * self.entrants.len()).map(|_| self.runner()).collect();
        // Where loads compete the hours depend on each policy's halls, so that policies decide while the hours are there. Otherwise a
        // path's months are noted first, and its policies walk them one after the other, close together in memory.
        let competing = self.campus.loads_compete();
        let n_policies = self.entrants.len();
        while let Some(month) = lanes.next_month() {
            month_figures(&self.worth, self.campus, month, &mut figures);
            let m = month.month as usize;
            for (lane, record) in records.iter_mut().enumerate() {
                record.note(month, lane, &figures);
                if competing {
                    let of_path = &mut runners[lane * n_policies..][..n_policies];
                    let at = Place { path: first + lane as u64, m };
                    self.path_month(at, Some((month, lane)), record, of_path, &mut totals)?;
                }
            }
            if competing {
                self.month_together(
                    Place { path: first, m },
                    Some(month),
                    &records,
                    &mut runners,
                    &mut totals,
                )?;
            }
        }
        if !competing {
            for (lane, (record, of_path)) in
                records.iter_mut().zip(runners.chunks_exact_mut(n_policies)).enumerate()
            {
                for m in 0..record.months.len() {
                    let at = Place { path: first + lane as u64, m };
                    self.path_month(at, None, record, of_path, &mut totals)?;
                }
            }
            for m in 0..self.n_months() {
                self.month_together(Place { path: first, m }, None, &records, &mut runners, &mut totals)?;
            }
        }
        Ok((records, runners, totals))
    }

    fn runner(&self) -> Runner {
        let state = State::opening(self.campus);
        let liquidity = state.cash_usd + self.campus.company.committed_funding_usd;
        Runner {
            state,
            flows: Vec::with_capacity(self.n_months() + 1),
            npv_horizon: 0.0,
            capex: 0.0,
            lowest_liquidity: liquidity,
            ai_mw: Vec::new(),
            cash: Vec::new(),
            starts: Vec::new(),
            own_gpus: false,
            months_bound: 0,
            money: MoneyMonths::default(),
        }
    }

    /// One path's month, noted before: every policy that decides path by path decides and steps. `hours_at` are its hours, where
    /// loads compete for them.
    fn path_month(
        &self,
        at: Place,
        hours_at: Option<(&MonthLanes, usize)>,
        record: &mut PathRecord,
        runners: &mut [Runner],
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let m = at.m;
        let kept = record.months[m];
        let shared = self.month_of(record, m);
        for (n, (entrant, runner)) in self.entrants.iter().zip(runners.iter_mut()).enumerate() {
            if entrant.policy.decides_together() {
                continue;
            }
            let view = self.view(record, m, &runner.state);
            let decision = entrant.policy.decide(&view);
            let unheld = if totals.without_money { None } else { self.unheld(entrant, &view) };
            let is_bound = unheld.is_some_and(|unheld| exceeds(entrant.policy.decide(&unheld), &view.limits));
            runner.months_bound += u32::from(is_bound);
            self.policy_month(at, hours_at, (n, decision), (kept.offer.as_ref(), &shared), runner, totals)?;
        }
        record_market(&kept, &shared, totals);
        let margin = mining_margin(self.campus, &shared);
        record.past.push(PastMonth {
            opening: kept.opening,
            mining_margin_usd_per_gross_mw: margin,
            power_price_usd_per_mwh: kept.power_price,
        });
        Ok(())
    }

    /// A month on all paths of the chunk, from path `at.path` on, for the policies that decide for many at once.
    fn month_together(
        &self,
        at: Place,
        hours_at: Option<&MonthLanes>,
        records: &[PathRecord],
        runners: &mut [Runner],
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let n_policies = self.entrants.len();
        for (n, entrant) in self.entrants.iter().enumerate().filter(|(_, e)| e.policy.decides_together()) {
            let (decisions, bound) = {
                let state = |lane: usize| &runners[lane * n_policies + n].state;
                let views: Vec<View<'_>> = records
                    .iter()
                    .enumerate()
                    .map(|(lane, record)| self.view(record, at.m, state(lane)))
                    .collect();
                let decisions = entrant.policy.decide_all(&views);
                let (held, unheld): (Vec<usize>, Vec<View<'_>>) = views
                    .iter()
                    .enumerate()
                    .filter(|_| !totals.without_money)
                    .filter_map(|(lane, view)| Some((lane, self.unheld(entrant, view)?)))
                    .unzip();
                let wanted = entrant.policy.decide_all(&unheld);
                let is_bound =
                    |(lane, wanted): (usize, Decision)| exceeds(wanted, &views[lane].limits).then_some(lane);
                (decisions, held.into_iter().zip(wanted).filter_map(is_bound).collect::<Vec<usize>>())
            };
            for lane in bound {
                runners[lane * n_policies + n].months_bound += 1;
            }
            for (lane, (record, decision)) in records.iter().zip(decisions).enumerate() {
                let at = Place { path: at.path + lane as u64, m: at.m };
                let shared = self.month_of(record, at.m);
                let hours_at = hours_at.map(|month| (month, lane));
                let runner = &mut runners[lane * n_policies + n];
                let month = (record.months[at.m].offer.as_ref(), &shared);
                self.policy_month(at, hours_at, (n, decision), month, runner, totals)?;
            }
        }
        Ok(())
    }

    /// What a policy sees at a month's opening.
    fn view<'v>(&'v self, record: &'v PathRecord, m: usize, state: &'v State) -> View<'v> {
        let kept = &record.months[m];
        let offer = kept.offer.as_ref();
        View {
            campus: self.campus,
            state,
            opening: &kept.opening,
            offer,
            limits: limits(self.campus, state, offer),
            past: &record.past[..m],
        }
    }

    /// A month of a path as the step sees it.
    fn month_of<'m>(&self, record: &'m PathRecord, m: usize) -> MonthEconomics<'m> {
        let n_fleets = self.campus.fleets.len();
        let hours = self.market.calendar.hours(m) as f64;
        self.economics(m, hours, &record.months[m], &record.mining[m * n_fleets..][..n_fleets])
    }

    /// One policy's month on one path, once it has decided: it steps, is checked, and is added to the sums.
    fn policy_month(
        &self,
        Place { path, m }: Place,
        hours_at: Option<(&MonthLanes, usize)>,
        (n, decision): (usize, Decision),
        (offer, shared): (Option<&LeaseOffer>, &MonthEconomics<'_>),
        runner: &mut Runner,
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let entrant = &self.entrants[n];
        let cash_before = runner.state.cash_usd;
        let ledger = self
            .step_policy(hours_at, decision, offer, shared, &mut runner.state)
            .map_err(|source| ChunkError::Infeasible { policy: entrant.name.clone(), path, source })?;
        self.check_megawatts(&ledger, entrant, path, m)?;
        match &runner.state.books {
            Some(books) => self.check_books(books, entrant, path, m)?,
            None => self.check(&ledger, runner.state.cash_usd - cash_before, entrant, path, m)?,
        }
        self.record(runner, &ledger, m);
        runner.starts.push(decision.hosting_halls);
        runner.own_gpus |= decision.gpu_halls > 0;
        let total = &mut totals.policies[n];
        add(&mut total.ledger[m], &ledger.columns());
        total.cash[m] += runner.state.cash_usd;
        if let (Some(books), Some(finance)) = (&runner.state.books, &mut total.finance) {
            finance.add_month(m, &books.statement);
            runner.money.push(&books.statement);
        }
        total.ai_mw[m] += runner.state.gross_mw_where(self.campus, HallUse::is_committed);
        Ok(())
    }

    /// Starts what was decided, lets the hours pass and books the month.
    fn step_policy(
        &self,
        hours_at: Option<(&MonthLanes, usize)>,
        decision: Decision,
        offer: Option<&LeaseOffer>,
        shared: &MonthEconomics<'_>,
        state: &mut State,
    ) -> Result<Ledger, StepError> {
        let Some((month, lane)) = hours_at else {
            return step(self.campus, state, decision, offer, shared);
        };
        // The split of the hours is the one after this month's starts; starts do not change what a hall draws this month
        // unless it stops mining at once, so the started state is dispatched.
        let mut started = state.clone();
        start_conversions(self.campus, &mut started, decision, offer)?;
        let own = contested_month(&self.worth, self.campus, &started, month, lane);
        let economics = MonthEconomics { mining: &own.mining, gpu: own.gpu, ..*shared };
        step(self.campus, state, decision, offer, &economics)
    }

    /// Holds a month's books against the cash: a difference is a bug and ends the run.
    fn check(
        &self,
        ledger: &Ledger,
        cash_change: f64,
        entrant: &Entrant,
        path: u64,
        month: usize,
    ) -> Result<(), ChunkError> {
        let unbalanced =
            |what: String| Err(ChunkError::Unbalanced { policy: entrant.name.clone(), path, month, what });
        let columns = ledger.columns();
        let (revenues, costs) =
            columns[Ledger::MEGAWATTS.len() + Ledger::ENERGY.len()..].split_at(Ledger::REVENUES.len());
        let parts = revenues.iter().sum::<f64>() - costs.iter().sum::<f64>();
        let size =
            columns.iter().map(|part| part.abs()).sum::<f64>() + self.campus.company.opening_cash_usd.abs();
        if !parts.is_finite() || (parts - cash_change).abs() > 1e-6 * size.max(1.0) {
            return unbalanced(format!("cash changed by {cash_change} USD where the parts sum to {parts}"));
        }
        Ok(())
    }

    /// Holds a month's uses against the campus.
    fn check_megawatts(
        &self,
        ledger: &Ledger,
        entrant: &Entrant,
        path: u64,
        month: usize,
    ) -> Result<(), ChunkError> {
        let campus_mw = self.campus.gross_mw();
        if (ledger.total_mw() - campus_mw).abs() <= 1e-6 * campus_mw {
            return Ok(());
        }
        let what = format!("uses sum to {} MW on a campus of {campus_mw}", ledger.total_mw());
        Err(ChunkError::Unbalanced { policy: entrant.name.clone(), path, month, what })
    }

    /// Holds a balance sheet against itself.
    fn check_books(
        &self,
        books: &Books,
        entrant: &Entrant,
        path: u64,
        month: usize,
    ) -> Result<(), ChunkError> {
        let imbalance = books.statement.imbalance_usd();
        if imbalance.abs() < 0.01 {
            return Ok(());
        }
        let what = format!("the balance sheet is out by {imbalance} USD");
        Err(ChunkError::Unbalanced { policy: entrant.name.clone(), path, month, what })
    }

    /// A view with money enough, where the money at hand allows less.
    fn unheld<'v>(&self, entrant: &Entrant, view: &View<'v>) -> Option<View<'v>> {
        let form = entrant.policy.form();
        if !self.campus.company.hold_to_cash || (form == AiForm::Hosting && view.offer.is_none()) {
            return None;
        }
        let unheld = View { limits: limits_without_money(self.campus, view.state, view.offer), ..*view };
        (unheld.startable(form) != view.startable(form)).then_some(unheld)
    }

    fn record(&self, runner: &mut Runner, ledger: &Ledger, m: usize) {
        let flow = ledger.net_cash_flow_usd();
        runner.flows.push(flow);
        runner.npv_horizon += self.discount[m] * flow;
        runner.capex += ledger.capex_usd();
        let liquidity = runner.state.cash_usd + self.campus.company.committed_funding_usd;
        runner.lowest_liquidity = runner.lowest_liquidity.min(liquidity);
        runner.ai_mw.push(runner.state.gross_mw_where(self.campus, HallUse::is_committed));
        runner.cash.push(runner.state.cash_usd);
    }
}

/// Whether a policy would start more than the limits allow.
fn exceeds(wanted: Decision, limits: &Limits) -> bool {
    wanted.hosting_halls > limits.hosting_halls || wanted.gpu_halls > limits.gpu_halls
}

fn record_market(kept: &Kept, shared: &MonthEconomics<'_>, totals: &mut Totals) {
    let m = shared.month as usize;
    for (total, value) in totals.factors.iter_mut().zip(kept.factors()) {
        total.sum[m] += value;
        total.squares[m] += value * value;
    }
    for (total, figures) in totals.out_of_money_hours.iter_mut().zip(shared.mining) {
        total[m] += shared.hours - figures.run_hours;
    }
}

/// Paths of a chunk.
pub(crate) const CHUNK: usize = LANES;
