//! The Bitcoin part of a scenario: price, network, curves, or a replay of history.

use crate::calibration_file::{self, Kind};
use crate::history;
use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use market::bitcoin_fit::BitcoinCalibration;
use market::import::{CurveKind, forward_curve};
use market::{
    BitcoinHistory, BitcoinSettings, BitcoinSource, JumpLaw, LevelCurve, PriceLaw, ResponseLaw, ReturnHistory,
};
use site::Calendar;
use site::hashprice::{HALVING_BLOCKS, hashprice_usd_per_ph_day, subsidy_btc};

/// Fields of the model, which a replay does not have.
const MODEL_KEYS: [&str; 29] = [
    "calibration",
    "price_usd",
    "price_growth_per_year",
    "price_curve_file",
    "price_model",
    "jumps_per_year",
    "jump_mean",
    "jump_sd",
    "history_file",
    "mean_block_days",
    "volatility_per_sqrt_year",
    "volatility_log_error",
    "height_blocks",
    "difficulty",
    "fees_btc_per_block",
    "fee_persistence_per_day",
    "fee_innovation_per_day",
    "cost_curve_usd_per_ph_day",
    "cost_curve_decline_per_year",
    "hashprice_curve_file",
    "ai_pull",
    "hashrate_response_per_epoch",
    "hashrate_exit_response_per_epoch",
    "hashrate_pace_per_epoch",
    "hashrate_covariance_pace_entry_exit",
    "hashrate_innovation_per_epoch",
    "hashrate_innovation_log_error",
    "hashrate_surprise_persistence_per_epoch",
    "hashrate_surprise_innovation_per_epoch",
];

/// Reads the section; files named in it are read here and noted in `inputs`.
pub(crate) fn read(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> BitcoinSource {
    let source = if section.has("replay_file") {
        inputs.replays = true;
        section.belongs_elsewhere(
            &MODEL_KEYS,
            "belongs to the model of Bitcoin, and here replay_file replays it; leave one of the two out",
        );
        let file = section.text("replay_file", "a CSV file");
        let fees =
            section.number_or("replay_missing_fees_btc_per_block", Rule::between(0.0, 50.0, "BTC"), 0.05);
        let n_days = calendar.days.iter().map(Vec::len).sum();
        let nothing = || BitcoinHistory { days: Vec::new(), before: None, filled_fee_days: 0 };
        if file.is_empty() {
            section.finish();
            return BitcoinSource::Replay(nothing());
        }
        match BitcoinHistory::read(&inputs.resolve(&file), calendar.first_date(), n_days, fees) {
            Ok(history) => {
                inputs.note(&file);
                if history.filled_fee_days > 0 {
                    inputs.warn(format!(
                        "{} of {n_days} days have no fees in {file}; {fees} BTC a block stand in for them",
                        history.filled_fee_days
                    ));
                }
                BitcoinSource::Replay(history)
            }
            Err(error) => {
                section.fault("replay_file", error.to_string());
                BitcoinSource::Replay(nothing())
            }
        }
    } else {
        section.belongs_elsewhere(
            &["replay_missing_fees_btc_per_block"],
            "belongs to a replay; it needs replay_file beside it",
        );
        BitcoinSource::Model(Box::new(read_network(section, calendar, inputs)))
    };
    section.finish();
    source
}

fn read_network(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> BitcoinSettings {
    let fitted = calibration_file::read(
        section,
        inputs,
        Kind::Bitcoin,
        BitcoinCalibration::builtin,
        BitcoinCalibration::parse,
    );
    let share = Rule::between(0.0, 0.999_999, "");
    let log_error = Rule::between(0.0, 1.0, "of the log");
    // Fitted figures are drawn about their estimates; a figure that the scenario states is taken at its word.
    let error_unless = |key: &'static str, error: f64| if section.has(key) { 0.0 } else { error };
    let volatility_error = error_unless(
        "volatility_per_sqrt_year",
        fitted.price.volatility.standard_error / fitted.price.volatility.value,
    );
    let innovation_error =
        error_unless("hashrate_innovation_per_epoch", fitted.network.innovation_log_error());
    let volatility = section.number_or(
        "volatility_per_sqrt_year",
        Rule::between(0.0, 3.0, "per square root of a year"),
        fitted.price.volatility.value,
    );
    inputs.history.push(history::of_bitcoin(&fitted, volatility));
    let height = section.whole("height_blocks", 0, 20_000_000, None);
    let fees_btc_per_block = section.number_or("fees_btc_per_block", Rule::above(0.0, 6.0, "BTC"), 0.05);
    let price = read_price(section, calendar, inputs);
    let difficulty = section.number("difficulty", Rule::above(0.0, 1e20, ""));
    let spot = hashprice_usd_per_ph_day(difficulty, subsidy_btc(height), fees_btc_per_block, price.start());
    let opening = Opening { height, fees_btc_per_block, hashprice_usd_per_ph_day: spot };
    let (cost_curve, reward_in_curve) = read_cost(section, calendar, inputs, &opening);
    BitcoinSettings {
        price,
        // The lens sets it, once everything is read.
        risk_premium_per_year: 0.0,
        price_law: read_price_law(section, &fitted, volatility, inputs),
        volatility,
        volatility_log_error: section.number_or("volatility_log_error", log_error, volatility_error),
        height,
        difficulty,
        fees_btc_per_block,
        fee_persistence: section.number_or("fee_persistence_per_day", share, fitted.fees.retained_per_day),
        fee_innovation: section.number_or(
            "fee_innovation_per_day",
            Rule::between(0.0, 2.0, "of log fees"),
            fitted.fees.noise_per_day,
        ),
        cost_curve,
        reward_in_curve,
        ai_pull: section.number_or("ai_pull", Rule::between(0.0, 5.0, "log cost per log rent"), 0.0),
        response: read_response(section, &fitted),
        innovation_per_epoch: section.number_or(
            "hashrate_innovation_per_epoch",
            Rule::between(0.0, 0.5, "of log hashrate"),
            fitted.network.recent_hashrate_noise_per_epoch,
        ),
        innovation_log_error: section.number_or("hashrate_innovation_log_error", log_error, innovation_error),
        surprise_persistence: section.number_or(
            "hashrate_surprise_persistence_per_epoch",
            share,
            fitted.network.surprise_retained,
        ),
        surprise_innovation: section.number_or(
            "hashrate_surprise_innovation_per_epoch",
            Rule::between(0.0, 0.5, "of log hashrate"),
            fitted.network.surprise_noise,
        ),
    }
}

/// Speeds of entry and exit: those fitted with their uncertainty, or those stated, one for both unless the exit has its own.
fn read_response(section: &Section<'_>, fitted: &BitcoinCalibration) -> ResponseLaw {
    const ENTRY: &str = "hashrate_response_per_epoch";
    const EXIT: &str = "hashrate_exit_response_per_epoch";
    const COVARIANCE: &str = "hashrate_covariance_pace_entry_exit";
    let speed = Rule::between(0.0, 0.5, "of the log gap");
    let mut law = fitted.network.response();
    let entry = section.number_or(ENTRY, speed, law.entry_per_epoch);
    if section.has(ENTRY) {
        law = ResponseLaw::known(entry);
    } else if section.has(EXIT) {
        section.fault(EXIT, format!("needs {ENTRY} beside it, the speed of entry"));
    }
    let c = law.covariance;
    let default = [c[0][0], c[0][1], c[0][2], c[1][1], c[1][2], c[2][2]];
    let law = ResponseLaw {
        entry_per_epoch: entry,
        exit_per_epoch: section.number_or(EXIT, speed, law.exit_per_epoch),
        pace_per_epoch: section.number_or(
            "hashrate_pace_per_epoch",
            Rule::between(-0.1, 0.1, "of log hashrate"),
            law.pace_per_epoch,
        ),
        covariance: c,
    };
    let entries = section.numbers_or(COVARIANCE, Rule::between(-0.01, 0.01, ""), &default);
    let [pp, pe, px, ee, ex, xx] = entries[..] else {
        section.fault(
            COVARIANCE,
            format!(
                "has {} entries; allowed are 6: pace with pace, entry, exit, then entry with entry, exit, then exit with exit",
                entries.len()
            ),
        );
        return law;
    };
    let law = ResponseLaw { covariance: [[pp, pe, px], [pe, ee, ex], [px, ex, xx]], ..law };
    if !law.is_valid() {
        section.fault(COVARIANCE, "is no covariance; allowed is a positive semidefinite one");
    }
    law
}

/// Expected price: a forward curve by month, or constant growth.
fn read_price(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> LevelCurve {
    let start = section.number("price_usd", Rule::above(0.0, 1e9, "USD"));
    let growth = section.number_or("price_growth_per_year", Rule::between(-0.9, 3.0, "per year"), 0.0);
    match read_curve(section, "price_curve_file", CurveKind::Bitcoin, calendar, inputs) {
        Some((file, months)) => {
            inputs.warn_if_far(&file, months[0].1, start, "bitcoin.price_usd");
            let knots: Vec<(f64, f64)> = std::iter::once((0.0, start)).chain(months).collect();
            LevelCurve::through(&knots, growth)
        }
        None => LevelCurve::growing(start, growth),
    }
}

/// What a curve of hashprice is held against.
struct Opening {
    height: u64,
    fees_btc_per_block: f64,
    hashprice_usd_per_ph_day: f64,
}

/// The hashprice to which entry and exit pull, and the reward that a forward curve of hashprice has in it.
fn read_cost(
    section: &Section<'_>,
    calendar: &Calendar,
    inputs: &mut Inputs,
    opening: &Opening,
) -> (LevelCurve, Option<LevelCurve>) {
    const CURVE: &str = "hashprice_curve_file";
    let decline =
        section.number_or("cost_curve_decline_per_year", Rule::between(-0.5, 1.0, "log units per year"), 0.0);
    let growth = (-decline).exp_m1();
    if section.has(CURVE) {
        if section.has("cost_curve_usd_per_ph_day") {
            section.fault(CURVE, "stands beside cost_curve_usd_per_ph_day; allowed is one of the two");
        }
        let Some((file, months)) = read_curve(section, CURVE, CurveKind::Hashprice, calendar, inputs) else {
            return (LevelCurve::growing(1.0, 0.0), None);
        };
        let spot = opening.hashprice_usd_per_ph_day;
        inputs.warn_if_far(&file, months[0].1, spot, "the scenario's opening hashprice");
        let reward_on = |day| expected_reward(opening.height, opening.fees_btc_per_block, day);
        let reward: Vec<(f64, f64)> = months.iter().map(|&(day, _)| (day, reward_on(day))).collect();
        return (LevelCurve::through(&months, growth), Some(LevelCurve::through(&reward, 0.0)));
    }
    let cost = section.number("cost_curve_usd_per_ph_day", Rule::above(0.0, 1e5, "USD/PH/day"));
    (LevelCurve::growing(cost, growth), None)
}

/// Geometric mean over the month round `day` of subsidy and fees, BTC per block, with blocks on time.
fn expected_reward(height: u64, fees_btc: f64, day: f64) -> f64 {
    const BLOCKS_PER_MONTH: f64 = 144.0 * 365.25 / 12.0;
    let begin = (height as f64 + 144.0 * day - 0.5 * BLOCKS_PER_MONTH).max(0.0);
    let halving = ((begin / HALVING_BLOCKS as f64).floor() + 1.0) * HALVING_BLOCKS as f64;
    let after = ((begin + BLOCKS_PER_MONTH - halving) / BLOCKS_PER_MONTH).clamp(0.0, 1.0);
    let ln = |height: f64| (subsidy_btc(height as u64) + fees_btc).ln();
    ((1.0 - after) * ln(begin) + after * ln(halving)).exp()
}

/// Name of a forward curve's file, and the level in the middle of each month, counted in days from the first opening.
fn read_curve(
    section: &Section<'_>,
    key: &'static str,
    kind: CurveKind,
    calendar: &Calendar,
    inputs: &mut Inputs,
) -> Option<(String, Vec<(f64, f64)>)> {
    let file = section.optional_text(key)?;
    let curve = match forward_curve(&inputs.resolve(&file), kind) {
        Ok(curve) => curve,
        Err(error) => {
            section.fault(key, error.to_string());
            return None;
        }
    };
    inputs.note(&file);
    for remark in curve.notes.remarks {
        inputs.warn(format!("{file}: {remark}"));
    }
    let start = calendar.start;
    let knots: Vec<(f64, f64)> = curve
        .data
        .months
        .iter()
        .zip(&curve.data.values)
        .filter_map(|(month, value)| {
            let ahead = u32::try_from(month.months_since(start)).ok()?;
            let before: usize = (0..ahead).map(|m| start.plus(m).days()).sum();
            Some((before as f64 + 0.5 * month.days() as f64, *value))
        })
        .collect();
    if knots.is_empty() {
        section.fault(
            key,
            format!("has no month from {start} on; allowed is a curve that reaches into the scenario"),
        );
        return None;
    }
    Some((file, knots))
}

/// How daily returns are distributed.
fn read_price_law(
    section: &Section<'_>,
    fitted: &BitcoinCalibration,
    volatility: f64,
    inputs: &mut Inputs,
) -> PriceLaw {
    const MODELS: [&str; 3] = ["gbm", "jumps", "bootstrap"];
    let model = section.choice("price_model", &MODELS, Some(0));
    for (of, keys) in
        [(1, &["jumps_per_year", "jump_mean", "jump_sd"][..]), (2, &["history_file", "mean_block_days"])]
    {
        if of != model {
            let (of, model) = (MODELS[of], MODELS[model]);
            section.belongs_elsewhere(
                keys,
                &format!("belongs to price_model = \"{of}\", and here it is \"{model}\""),
            );
        }
    }
    match model {
        1 => {
            let jumps = fitted.price.jumps;
            let law = JumpLaw {
                per_year: section.number_or(
                    "jumps_per_year",
                    Rule::between(0.0, 366.0, "a year"),
                    jumps.per_year.value,
                ),
                mean: section.number_or(
                    "jump_mean",
                    Rule::between(-1.0, 1.0, "of the log price"),
                    jumps.mean.value,
                ),
                sd: section.number_or("jump_sd", Rule::between(0.0, 1.0, "of the log price"), jumps.sd.value),
            };
            let (jumps, all) = (law.variance_per_year(), volatility * volatility);
            if jumps > all {
                section.fault(
                    "jumps_per_year",
                    format!("gives jumps a variance of {jumps:.3} a year with jump_mean and jump_sd; allowed is at most that of all returns, volatility_per_sqrt_year squared = {all:.3}"),
                );
            }
            PriceLaw::Jumps(law)
        }
        2 => read_bootstrap(section, inputs).unwrap_or(PriceLaw::Gaussian),
        _ => PriceLaw::Gaussian,
    }
}

fn read_bootstrap(section: &Section<'_>, inputs: &mut Inputs) -> Option<PriceLaw> {
    let block = section.number_or("mean_block_days", Rule::between(1.0, 730.0, "days"), 30.0);
    let file = section.text("history_file", "a CSV file of daily prices");
    if file.is_empty() {
        return None;
    }
    let record = market::import::bitcoin(&inputs.resolve(&file))
        .map_err(|error| section.fault("history_file", error.to_string()))
        .ok()?;
    inputs.note(&file);
    let prices: Vec<f64> = record.data.days.iter().map(|day| day.price_usd).collect();
    let history = ReturnHistory::new(&prices, block);
    if history.is_none() {
        section.fault(
            "history_file",
            "has fewer than 101 days or prices that never move; allowed is a longer record",
        );
    }
    Some(PriceLaw::Bootstrap(history?))
}
