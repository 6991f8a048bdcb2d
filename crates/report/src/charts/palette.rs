//! Colours, the same for a use or a policy in every chart.
//!
//! Source: Okabe and Ito (2008), "Color Universal Design", eight colours that people with any colour vision tell apart.
//! Uses also differ by lightness or hatching, so that they stay apart in grey print.

use super::scene::Hatch;

/// A colour and how much of it covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    pub(super) rgb: (u8, u8, u8),
    pub(super) alpha: f64,
}

impl Ink {
    pub(super) const TEXT: Self = Self::rgb(0x22, 0x22, 0x22);
    pub(super) const QUIET: Self = Self::rgb(0x55, 0x55, 0x55);
    pub(super) const GRID: Self = Self::rgb(0xDD, 0xDD, 0xDD);
    pub(super) const WHITE: Self = Self::rgb(0xFF, 0xFF, 0xFF);
    pub(super) const ORANGE: Self = Self::rgb(0xE6, 0x9F, 0x00);
    pub(super) const SKY: Self = Self::rgb(0x56, 0xB4, 0xE9);
    pub(super) const GREEN: Self = Self::rgb(0x00, 0x9E, 0x73);
    pub(super) const YELLOW: Self = Self::rgb(0xF0, 0xE4, 0x42);
    pub(super) const BLUE: Self = Self::rgb(0x00, 0x72, 0xB2);
    pub(super) const VERMILLION: Self = Self::rgb(0xD5, 0x5E, 0x00);
    pub(super) const PURPLE: Self = Self::rgb(0xCC, 0x79, 0xA7);
    pub(super) const IDLE: Self = Self::rgb(0xE4, 0xE4, 0xE4);
    pub(super) const FORESIGHT: Self = Self::rgb(0x77, 0x77, 0x77);

    pub(super) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: (red, green, blue), alpha: 1.0 }
    }

    /// The same colour covering less.
    pub(super) const fn faded(self, alpha: f64) -> Self {
        Self { rgb: self.rgb, alpha }
    }

    /// The colour with a share of another in its place.
    pub(super) fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
        let ((r, g, b), (r2, g2, b2)) = (self.rgb, other.rgb);
        Self { rgb: (mix(r, r2), mix(g, g2), mix(b, b2)), alpha: self.alpha }
    }

    /// The colour mixed with black, `share` of it left.
    pub(super) fn darker(self, share: f64) -> Self {
        let mix = |c: u8| (f64::from(c) * share).round() as u8;
        Self { rgb: (mix(self.rgb.0), mix(self.rgb.1), mix(self.rgb.2)), alpha: self.alpha }
    }
}

/// How a use looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) ink: Ink,
    pub(super) hatch: Hatch,
}

pub(super) const MINING: Look = Look { ink: Ink::ORANGE, hatch: Hatch::Plain };
pub(super) const HOSTING: Look = Look { ink: Ink::BLUE, hatch: Hatch::Plain };
pub(super) const INFERENCE: Look = Look { ink: Ink::SKY, hatch: Hatch::Rising };
pub(super) const TRAINING: Look = Look { ink: Ink::GREEN, hatch: Hatch::Falling };
pub(super) const BUILDING: Look = Look { ink: Ink::PURPLE, hatch: Hatch::Upright };
pub(super) const IDLE: Look = Look { ink: Ink::IDLE, hatch: Hatch::Plain };
/// Light enough to be told from mining in grey, and not the white of an empty chart where the hatch finds no room.
pub(super) const CURTAILED: Look = Look { ink: Ink::rgb(0xFA, 0xE6, 0xBE), hatch: Hatch::Upright };

/// Debts, the safest first.
pub(super) const DEBTS: [Look; 5] = [
    Look { ink: Ink::BLUE, hatch: Hatch::Plain },
    Look { ink: Ink::SKY, hatch: Hatch::Rising },
    Look { ink: Ink::GREEN, hatch: Hatch::Falling },
    Look { ink: Ink::PURPLE, hatch: Hatch::Upright },
    Look { ink: Ink::VERMILLION, hatch: Hatch::Plain },
];

/// A line of an account by its place on its side, in colours that no debt has: first plain, then hatched.
pub(super) fn item(index: usize) -> Look {
    const INKS: [Ink; 4] = [Ink::ORANGE, Ink::YELLOW, Ink::FORESIGHT, Ink::IDLE];
    const HATCHES: [Hatch; 3] = [Hatch::Plain, Hatch::Falling, Hatch::Crossed];
    Look { ink: INKS[index % INKS.len()], hatch: HATCHES[index / INKS.len() % HATCHES.len()] }
}

/// Paler than all else, for nothing is done there.
pub(super) const WAITING: Look = Look { ink: Ink::rgb(0xFB, 0xF4, 0xDC), hatch: Hatch::Plain };
pub(super) const BEYOND: Look = Look { ink: Ink::IDLE, hatch: Hatch::Upright };

/// Starting `halls` of at most `most`: the more, the darker; the most is plain, fewer are hatched.
pub(super) fn converting(halls: u32, most: u32) -> Look {
    let share = f64::from(halls) / f64::from(most.max(1));
    let hatch = match most.saturating_sub(halls) {
        0 => Hatch::Plain,
        fewer => [Hatch::Upright, Hatch::Rising, Hatch::Falling][fewer as usize % 3],
    };
    Look { ink: Ink::SKY.mixed(Ink::BLUE, ((share - 0.3) / 0.7).clamp(0.0, 1.0)), hatch }
}

/// A mining fleet: shades of mining, the first lightest, hatched from the second on.
pub(super) fn fleet(index: usize) -> Look {
    let hatch = [Hatch::Plain, Hatch::Rising, Hatch::Falling, Hatch::Upright][index % 4];
    Look { ink: MINING.ink.darker(0.82_f64.powi(index.min(4) as i32)), hatch }
}

/// Policies that keep one colour in every run, sweep and comparison, whatever else is in the race; all-mining is as mining.
const POLICIES: [(&str, Ink); 12] = [
    ("all-mining", Ink::ORANGE),
    ("all-ai-asap", Ink::BLUE),
    ("dp", Ink::GREEN),
    ("fixed-schedule", Ink::VERMILLION),
    ("constant-share", Ink::SKY),
    ("hurdle", Ink::PURPLE),
    ("trigger", Ink::YELLOW),
    ("myopic-npv", Ink::rgb(0x33, 0x22, 0x88)),
    ("margin-rule", Ink::rgb(0x99, 0x99, 0x33)),
    ("gpu-pilot", Ink::rgb(0x88, 0x22, 0x55)),
    ("lsmc", Ink::rgb(0x44, 0x22, 0x11)),
    ("contract-backed-only", Ink::rgb(0xBB, 0xBB, 0xBB)),
];

/// Colours of policies of other names.
const OTHERS: [Ink; 7] = [
    Ink::rgb(0x11, 0x77, 0x33),
    Ink::rgb(0xAA, 0x44, 0x99),
    Ink::rgb(0x44, 0xAA, 0x99),
    Ink::rgb(0x66, 0x11, 0x00),
    Ink::rgb(0x66, 0x99, 0xCC),
    Ink::rgb(0xCC, 0x66, 0x77),
    Ink::rgb(0xDD, 0xCC, 0x77),
];

/// A policy by its name; one whose name is its own by its place in the race, darker where colours repeat.
pub(super) fn policy(name: &str, place: usize) -> Ink {
    let known = POLICIES.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| nth(&OTHERS, place), |(_, ink)| *ink)
}

/// One of several series that are no policies, by its place.
pub(super) fn series(place: usize) -> Ink {
    const INKS: [Ink; 7] =
        [Ink::ORANGE, Ink::BLUE, Ink::GREEN, Ink::VERMILLION, Ink::SKY, Ink::PURPLE, Ink::YELLOW];
    nth(&INKS, place)
}

/// The colour at a place, darker each time that they repeat.
fn nth(inks: &[Ink; 7], place: usize) -> Ink {
    inks[place % inks.len()].darker(0.7_f64.powi((place / inks.len()).min(4) as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a colour looks without green cones: the matrix of Machado, Oliveira and Fernandes (2009) for severity 1, on linear light.
    fn without_green(ink: Ink) -> [f64; 3] {
        const DEUTERANOPIA: [[f64; 3]; 3] = [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ];
        let linear = |c: u8| (f64::from(c) / 255.0).powf(2.2);
        let light = [linear(ink.rgb.0), linear(ink.rgb.1), linear(ink.rgb.2)];
        DEUTERANOPIA.map(|row| {
            let seen: f64 = row.iter().zip(light).map(|(weight, c)| weight * c).sum();
            255.0 * seen.clamp(0.0, 1.0).powf(1.0 / 2.2)
        })
    }

    #[test]
    fn named_policies_differ_for_everybody() {
        for (i, (name, ink)) in POLICIES.iter().enumerate() {
            for (other, other_ink) in &POLICIES[i + 1..] {
                let seen = without_green(*ink).into_iter().zip(without_green(*other_ink));
                let apart = seen.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                // A ninth of the way from black to white.
                assert!(apart > 49.0, "{name} and {other}: {apart}");
            }
        }
    }

    #[test]
    fn a_policy_keeps_its_colour_wherever_it_stands() {
        assert_eq!(policy("dp", 4), policy("dp", 9));
        assert_ne!(policy("mine", 0), policy("mine-too", 1));
        assert_ne!(policy("mine", 0), policy("mine-too", 7));
    }
}
