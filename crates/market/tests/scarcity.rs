//! Power, reserves and grid calls end to end: what is scarce for one is scarce for the others.

#![allow(clippy::print_stdout, reason = "a test reports what it measured")]

use market::emergencies::{EmergencyLanes, EmergencyLaw, GridCall};
use market::power::{LANES, PowerCalibration, PowerDay, PowerLanes};
use market::reserves::{ReserveCalibration, ReserveLanes, ReserveMonth};
use market::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardNormal};
use site::{Calendar, YearMonth, calendar::Zone};

const SEED: u64 = 5;

/// A month of each path: prices of power and their ranks, `[n_hours, LANES]`.
struct PowerMonth {
    prices: Vec<f64>,
    ranks: Vec<f64>,
}

fn power_month(
    lanes: &mut PowerLanes<'_>,
    calendar: &Calendar,
    m: usize,
    levels: &mut [Stream],
) -> PowerMonth {
    let n = calendar.hours(m) * LANES;
    let mut month = PowerMonth { prices: vec![0.0; n], ranks: vec![0.0; n] };
    lanes.start_month(m as u32);
    let mut at = 0;
    for day in &calendar.days[m] {
        let slow: Vec<f64> = levels.iter_mut().map(|stream| StandardNormal.sample(stream)).collect();
        let today = PowerDay {
            calendar_month0: calendar.month(m).month0(),
            weekday_monday0: day.weekday_monday0,
            local_hours: day.hours,
            slow_innovation: &slow,
            scale: 1.0,
            floor: -251.0,
            cap: 5_000.0,
        };
        let range = at..at + day.hours.len() * LANES;
        lanes.fill_day_with_ranks(&today, &mut month.prices[range.clone()], &mut month.ranks[range.clone()]);
        at = range.end;
    }
    month
}

#[test]
fn reserves_and_calls_follow_the_scarcity_of_power() {
    let power = PowerCalibration::builtin("hb-houston").expect("it is shipped");
    let reserves = ReserveCalibration::builtin();
    let years = 10;
    let start = YearMonth::parse("2026-01").expect("a month");
    let calendar = Calendar::new(start, 12 * years, Zone::parse("america-chicago").expect("it is known"));
    let mut lanes = PowerLanes::new(&power, SEED, 0, LANES);
    let mut prices = ReserveLanes::new(&reserves, SEED, 0, LANES);
    let mut calls = EmergencyLanes::new(EmergencyLaw::default(), SEED, 0, LANES);
    let mut levels: Vec<Stream> =
        (0..LANES as u64).map(|path| Stream::new(SEED, path, Factor::PowerLevel, 0)).collect();
    let (mut month, mut total) = (ReserveMonth::default(), 0.0);
    let mut sums = vec![[0.0; 2]; reserves.products.len()];
    let (mut hours, mut scarce, mut called, mut rank_of_calls) = (0.0, 0.0, 0.0, 0.0);
    for m in 0..calendar.n_months() {
        let of_power = power_month(&mut lanes, &calendar, m, &mut levels);
        let month0 = calendar.month(m).month0();
        prices.fill_month(m as u32, month0, &calendar.days[m], &of_power.ranks, &mut month);
        let mut grid = vec![GridCall::None; of_power.ranks.len()];
        calls.fill_month(m as u32, &of_power.ranks, &mut grid);
        for (at, price) in of_power.prices.iter().enumerate() {
            hours += 1.0;
            total += price;
            let is_scarce = *price > 200.0;
            scarce += f64::from(u8::from(is_scarce));
            for (sum, product) in sums.iter_mut().zip(&month.prices_usd_per_mw_h) {
                sum[usize::from(is_scarce)] += product[at];
            }
            if grid[at] != GridCall::None {
                called += 1.0;
                rank_of_calls += of_power.ranks[at];
            }
        }
    }
    let paths = LANES as f64;
    println!("mean power {:.1} USD/MWh, {:.2} % of hours above 200", total / hours, 100.0 * scarce / hours);
    for (product, [calm, wild]) in reserves.products.iter().zip(&sums) {
        let (calm, wild) = (calm / (hours - scarce), wild / scarce);
        println!(
            "{}: {calm:.2} USD/MW-h in other hours, {wild:.1} in hours of power above 200",
            product.product
        );
        assert!(wild > 4.0 * calm, "{}: {calm} {wild}", product.product);
    }
    let [appeals, emergencies] = calls.started().map(|n| n as f64 / paths / f64::from(years));
    println!("{appeals:.2} appeals and {emergencies:.2} emergencies a year");
    // Events of a path cluster in its scarce years, so the mean of 64 paths is not as sure as that of a Poisson law.
    assert!((appeals / 3.0 - 1.0).abs() < 0.35, "{appeals}");
    assert!((emergencies / 0.5 - 1.0).abs() < 0.5, "{emergencies}");
    assert!(rank_of_calls / called > 1.5, "{}", rank_of_calls / called);
}
