//! A week of a dispatched case in which power weighed most: megawatts by load, and the price below.

use super::frame::{Entry, Key, MONTHS, draw_legend, titled};
use super::palette::{CURTAILED, HOSTING, INFERENCE, Ink, Look, TRAINING, fleet};
use super::scene::Scene;
use super::uses::{Layer, draw_stack};
use super::week_frame::WeekFrame;
use crate::numbers::{grouped, million_usd};
use dispatch::Load;
use jiff::Zoned;
use simulate::DispatchStudy;
use simulate::dispatch_study::{draw_mw, possible_draw_mw};
use std::ops::Range;

/// Loads that the legend has room for.
const NAMED: usize = 7;

/// The loads of the `place`-th heaviest week (from 0), dearest at the bottom, what stands still on top, the price below.
pub(super) fn heaviest_week(study: &DispatchStudy<'_>, place: usize) -> Scene {
    let steps = study.weeks[place].clone();
    let case = &study.case.case;
    let prices = &case.price_usd_per_mwh[steps.clone()];
    let limit: Vec<f64> = steps.clone().map(|t| case.interconnect_mw.at(t)).collect();
    let highest = limit.iter().copied().fold(1e-3, f64::max);
    let frame = WeekFrame::new(prices, case.step_hours, highest);
    let title = format!("{}: {}", study.case.name, rank(place));
    let mut scene = titled(&title, &subtitle(study, &steps), frame.caption());
    frame.draw_axes(&mut scene, &days(study, &steps));
    let layers = layers(study, &steps);
    draw_stack(&mut scene, &frame.loads, &layers, case.step_hours);
    if let Some(real_time) = &study.real_time {
        let draw: Vec<f64> = steps.clone().map(|t| draw_mw(case, &real_time.run.it_mw, t)).collect();
        scene.line(frame.mw_steps(&draw), 2.4, Ink::PURPLE.darker(0.8));
    }
    scene.dashed(&frame.mw_steps(&limit), 1.8, 9.0, Ink::TEXT);
    frame.draw_price(&mut scene);
    draw_legend(&mut scene, frame.loads.top, &entries(study, &layers, &limit));
    draw_legend(&mut scene, frame.prices.top, &[frame.price_entry()]);
    scene
}

fn rank(place: usize) -> String {
    match place {
        0 => "the heaviest week".into(),
        1 => "the second heaviest week".into(),
        2 => "the third heaviest week".into(),
        _ => format!("the heaviest week but {place}"),
    }
}

/// When it was, what power for all loads would have cost and what this dispatch pays.
fn subtitle(study: &DispatchStudy<'_>, steps: &Range<usize>) -> String {
    let case = &study.case.case;
    let cost = |mw: &dyn Fn(usize) -> f64| -> f64 {
        steps.clone().map(|t| case.step_hours * case.price_usd_per_mwh[t] * mw(t)).sum()
    };
    let [first, last] = [steps.start, steps.end.saturating_sub(1)].map(|t| local(study, t).date());
    format!(
        "{first} to {last}: power for all loads would cost {} million USD, this dispatch pays {}",
        million_usd(cost(&|t| possible_draw_mw(case, t))),
        million_usd(cost(&|t| study.draw_mw(t)))
    )
}

fn local(study: &DispatchStudy<'_>, t: usize) -> Zoned {
    study.case.clock.utc(t).to_zoned(study.case.clock.calendar.zone.time_zone())
}

/// The date of each day of the week, and its steps.
fn days(study: &DispatchStudy<'_>, week: &Range<usize>) -> Vec<(String, usize)> {
    let within = |day: &Range<usize>| day.start >= week.start && day.end <= week.end;
    let days = study.case.clock.days().into_iter().filter(within);
    days.map(|day| {
        let date = local(study, day.start).date();
        (format!("{} {}", MONTHS[(date.month() - 1) as usize], date.day()), day.len())
    })
    .collect()
}

fn layers(study: &DispatchStudy<'_>, steps: &Range<usize>) -> Vec<Layer> {
    let case = &study.case.case;
    let worth = |load: &Load| {
        let total: f64 = steps.clone().map(|t| load.value_usd_per_it_mwh.at(t)).sum();
        total / load.pue
    };
    let looks = looks(&case.loads);
    let mut order: Vec<usize> = (0..case.loads.len()).collect();
    order.sort_by(|&a, &b| worth(&case.loads[b]).total_cmp(&worth(&case.loads[a])));
    let mut layers: Vec<Layer> = order
        .into_iter()
        .map(|k| Layer {
            name: case.loads[k].name.clone(),
            look: looks[k],
            heights: steps.clone().map(|t| case.loads[k].pue * study.optimum.it_mw[k][t]).collect(),
        })
        .collect();
    layers.push(Layer {
        name: "Curtailed (loads could draw it)".into(),
        look: CURTAILED,
        heights: steps.clone().map(|t| (possible_draw_mw(case, t) - study.draw_mw(t)).max(0.0)).collect(),
    });
    layers
}

/// How each load looks: as its use in the other charts where its name says what it is, else as a mining fleet.
fn looks(loads: &[Load]) -> Vec<Look> {
    const USES: [(&str, Look); 3] = [("hosting", HOSTING), ("inference", INFERENCE), ("training", TRAINING)];
    let mut taken = [false; USES.len()];
    let mut fleets = 0;
    let mut look = |load: &Load| {
        let name = load.name.to_ascii_lowercase();
        match USES.iter().position(|(word, _)| name.contains(word)).filter(|place| !taken[*place]) {
            Some(place) => {
                taken[place] = true;
                USES[place].1
            }
            None => {
                fleets += 1;
                fleet(fleets - 1)
            }
        }
    };
    loads.iter().map(&mut look).collect()
}

fn entries(study: &DispatchStudy<'_>, layers: &[Layer], limit: &[f64]) -> Vec<Entry> {
    let least = limit.iter().copied().fold(f64::INFINITY, f64::min);
    let most = limit.iter().copied().fold(0.0, f64::max);
    let note = match least < most {
        true => format!("{} to {} MW", grouped(least, 0), grouped(most, 0)),
        false => format!("{} MW", grouped(most, 0)),
    };
    let entry = |key, name: &str, note: String| Entry { key, name: name.into(), note };
    let mut entries = vec![entry(Key::Dashed(Ink::TEXT), "Interconnect", note)];
    if study.real_time.is_some() {
        let key = Key::Line(Ink::PURPLE.darker(0.8));
        entries.push(entry(key, "Draw of the real-time rule", String::new()));
    }
    // With many loads the names of the last go; the table has them.
    let named = layers.iter().rev().filter(|layer| layer.occurs()).take(NAMED);
    entries.extend(named.map(|layer| entry(Key::Swatch(layer.look), &layer.name, String::new())));
    entries
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_labels, check_points};
    use super::*;
    use crate::test_support::dispatch_case;
    use simulate::study_dispatch;

    #[test]
    fn every_heaviest_week_names_its_days_loads_and_limit_without_overlap() {
        let case = dispatch_case();
        let study = study_dispatch(&case).unwrap();
        assert_eq!(study.weeks.len(), 3);
        for place in 0..3 {
            let scene = heaviest_week(&study, place);
            check_labels(&rank(place), &scene);
            check_points(&rank(place), &scene);
            let texts: Vec<&str> = scene.labels().map(|label| label.text.as_str()).collect();
            let dates = texts.iter().filter(|text| text.starts_with("Mar ")).count();
            assert_eq!(dates, 7, "{texts:?}");
            for wanted in ["inference", "training", "Interconnect", "Draw of the real-time rule"] {
                assert!(texts.contains(&wanted), "{wanted}: {texts:?}");
            }
        }
    }

    #[test]
    fn loads_look_like_their_use_and_never_two_alike() {
        let names = ["inference", "asic", "training a", "training b", "hosting", "asic 2"];
        let mut case = dispatch_case().case;
        let load = case.loads.remove(0);
        let loads: Vec<Load> =
            names.iter().map(|name| Load { name: (*name).into(), ..load.clone() }).collect();
        let looks = looks(&loads);
        assert_eq!((looks[0].ink, looks[2].ink, looks[4].ink), (INFERENCE.ink, TRAINING.ink, HOSTING.ink));
        for (i, a) in looks.iter().enumerate() {
            assert!(looks[..i].iter().all(|b| (a.ink, a.hatch) != (b.ink, b.hatch)), "{}", names[i]);
        }
    }
}
