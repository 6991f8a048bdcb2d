//! One path of power prices by itself.

use super::{PowerSource, PowerWalk};
use crate::correlation::N_FACTORS;
use crate::paths::fill_normals;
use crate::power::LANES;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardNormal};
use site::Calendar;

impl PowerSource {
    /// Prices of one path over all intervals of `calendar`, USD/MWh.
    ///
    /// It is the path of this number in a run with this seed whose power level is correlated with nothing else.
    #[must_use]
    pub fn path(&self, calendar: &Calendar, seed: u64, path: u64) -> Vec<f64> {
        let per_hour = (1.0 / self.step_hours()).round() as usize;
        let mut walk = PowerWalk::new(self, seed, path, 1);
        let mut prices = Vec::with_capacity(calendar.total_hours() * per_hour);
        let (mut level, mut month) = (Vec::new(), Vec::new());
        for m in 0..calendar.n_months() {
            let key = |factor| Stream::new(seed, path, factor, m as u32);
            if walk.has_level() {
                let mut correlated = key(Factor::Correlated);
                let monthly: [f64; N_FACTORS] =
                    std::array::from_fn(|_| StandardNormal.sample(&mut correlated));
                let mut daily = vec![0.0; calendar.days[m].len()];
                fill_normals(&mut daily, &mut key(Factor::PowerLevel), monthly[N_FACTORS - 1]);
                level.clear();
                level.extend(daily.iter().flat_map(|z| std::iter::repeat_n(*z, LANES)));
            }
            month.clear();
            month.resize(calendar.hours(m) * per_hour * LANES, 0.0);
            walk.fill_month(calendar, m as u32, &level, &mut month);
            prices.extend(month.iter().step_by(LANES));
        }
        prices
    }
}
