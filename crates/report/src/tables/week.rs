//! `dispatch_week.csv`: the dispatched week, interval by interval.

use super::{Sheet, column_name, header};
use crate::numbers::exact;
use simulate::Outcomes;

/// Megawatts at the meter by load in each interval of the week, with its price.
///
/// Columns: `policy`, `path` (from 0) and `month` (YYYY-MM) shown, `hour_index` (hours since the week began, in steps of
/// the interval), `day` of the month (from 1), `local_hour`, `price_usd_per_mwh`, a column `mining_<fleet>_mw` per fleet, `hosting_mw`, `inference_mw`, `training_mw`,
/// `curtailed_mw` (mining machines that could work and stand still), `total_draw_mw` (all loads, without the curtailed).
#[must_use]
pub fn dispatch_week(outcomes: &Outcomes) -> Sheet {
    let week = &outcomes.week;
    let mut names =
        header(["policy", "path", "month", "hour_index", "day", "local_hour", "price_usd_per_mwh"]);
    for (index, fleet) in week.fleets.iter().enumerate() {
        let name = format!("mining_{}_mw", column_name(fleet));
        // Names that differ only in what a column cannot hold.
        let taken = names.contains(&name);
        names.push(if taken { format!("mining_{}_{}_mw", column_name(fleet), index + 1) } else { name });
    }
    names.extend(header(["hosting_mw", "inference_mw", "training_mw", "curtailed_mw", "total_draw_mw"]));
    let mut sheet = Sheet::new(&names);
    for (index, hour) in week.rows.iter().enumerate() {
        let mut row = vec![week.policy.clone(), week.path.to_string(), week.month.to_string()];
        row.push(exact(index as f64 * week.step_hours));
        row.extend([(hour.day + 1).to_string(), hour.local_hour.to_string(), exact(hour.price_usd_per_mwh)]);
        row.extend(hour.mining_mw.iter().copied().map(exact));
        let compute = [hour.hosting_mw, hour.inference_mw, hour.training_mw];
        let total = hour.mining_mw.iter().chain(&compute).sum::<f64>();
        row.extend(compute.into_iter().chain([hour.curtailed_mw, total]).map(exact));
        sheet.row(row);
    }
    sheet
}
