//! Colours of a number, and of the best policy of a point.
//!
//! Sources: Brewer's nine classes YlGnBu (colorbrewer2.org), whose lightness falls all the way, so that they keep their order for any colour
//! vision and in grey; and for differences blue and vermillion of Okabe and Ito either side of white, which any colour vision tells apart.

use crate::charts::palette::Ink;

const SEQUENTIAL: [Ink; 9] = [
    Ink::rgb(0xFF, 0xFF, 0xD9),
    Ink::rgb(0xED, 0xF8, 0xB1),
    Ink::rgb(0xC7, 0xE9, 0xB4),
    Ink::rgb(0x7F, 0xCD, 0xBB),
    Ink::rgb(0x41, 0xB6, 0xC4),
    Ink::rgb(0x1D, 0x91, 0xC0),
    Ink::rgb(0x22, 0x5E, 0xA8),
    Ink::rgb(0x25, 0x34, 0x94),
    Ink::rgb(0x08, 0x1D, 0x58),
];
/// Share of white in the colour of a policy that is not surely the best.
const PALE: f64 = 0.6;

/// The colour of a share, 0 to 1.
pub(super) fn sequential(share: f64) -> Ink {
    let place = share.clamp(0.0, 1.0) * (SEQUENTIAL.len() - 1) as f64;
    let below = (place as usize).min(SEQUENTIAL.len() - 2);
    SEQUENTIAL[below].mixed(SEQUENTIAL[below + 1], place - below as f64)
}

/// The colour of a number between minus and plus one.
pub(super) fn diverging(share: f64) -> Ink {
    let end = if share < 0.0 { Ink::VERMILLION } else { Ink::BLUE };
    Ink::WHITE.mixed(end, share.abs().min(1.0))
}

/// A colour, where what it stands for is not surely the best.
pub(super) fn pale(ink: Ink) -> Ink {
    ink.mixed(Ink::WHITE, PALE)
}

/// Ink of text that can be read on a colour.
pub(super) fn text_on(ground: Ink) -> Ink {
    if lightness(ground) < 0.5 { Ink::WHITE } else { Ink::TEXT }
}

/// How light a colour looks, 0 to 1.
fn lightness(ink: Ink) -> f64 {
    let (red, green, blue) = ink.rgb;
    // Weights of Rec. 601, for colours as they are stored.
    (0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_darker_all_the_way() {
        let lights: Vec<f64> = (0..=40).map(|i| lightness(sequential(f64::from(i) / 40.0))).collect();
        assert!(lights.windows(2).all(|pair| pair[0] > pair[1]), "{lights:?}");
        assert_eq!(text_on(sequential(1.0)), Ink::WHITE);
        assert_eq!(text_on(sequential(0.0)), Ink::TEXT);
    }

    #[test]
    fn differences_are_white_at_zero_and_as_strong_either_way() {
        assert_eq!(diverging(0.0), Ink::WHITE);
        assert_eq!((diverging(-1.0), diverging(2.0)), (Ink::VERMILLION, Ink::BLUE));
    }

    #[test]
    fn what_is_not_sure_is_paler() {
        assert!(lightness(pale(Ink::BLUE)) > lightness(Ink::BLUE));
    }
}
