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

/// A line of an account by its place on its side: colours first, then colours with hatches.
pub(super) fn item(index: usize) -> Look {
    const INKS: [Ink; 4] = [Ink::BLUE, Ink::ORANGE, Ink::GREEN, Ink::PURPLE];
    const HATCHES: [Hatch; 3] = [Hatch::Plain, Hatch::Rising, Hatch::Upright];
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

/// A policy by its place in the outcomes; all-mining, the first, is as mining.
pub(super) fn policy(index: usize) -> Ink {
    const INKS: [Ink; 7] =
        [Ink::ORANGE, Ink::BLUE, Ink::GREEN, Ink::VERMILLION, Ink::SKY, Ink::PURPLE, Ink::YELLOW];
    INKS[index % INKS.len()]
}
