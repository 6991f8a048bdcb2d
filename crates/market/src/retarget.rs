//! Difficulty as the reference client computes it: an integer target in compact form.
//!
//! The compact form holds a target as `mantissa · 256^(exponent − 3)` with a mantissa of 23 bits. A retarget multiplies the
//! target by the time that 2015 block intervals took, clamped to a quarter and four times two weeks, divides by two weeks
//! with the remainder dropped, and truncates to the compact form again. Difficulty is `0xffff · 2^208 / target`.
//! Source: Bitcoin Core, `pow.cpp` (`CalculateNextWorkRequired`) and `arith_uint256.cpp` (`GetCompact`).

/// Time that a period of 2016 blocks should take, s.
pub const PERIOD_SECONDS: u64 = 1_209_600;
/// Compact form of the easiest target, difficulty 1.
pub const LIMIT: CompactTarget = CompactTarget(0x1d00_ffff);

/// A target in compact form, as it stands in block headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactTarget(u32);

impl CompactTarget {
    /// The target of a compact form found in a header; `None` if it is zero, negative or easier than [`LIMIT`].
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        let target = Self(bits);
        let positive = target.mantissa() > 0 && bits & 0x0080_0000 == 0 && target.exponent() >= 3;
        (positive && target.difficulty() >= 1.0 - 1e-12).then_some(target)
    }

    /// The hardest compact target that is no harder than a difficulty; difficulties below 1 give [`LIMIT`].
    #[must_use]
    pub fn from_difficulty(difficulty: f64) -> Self {
        if difficulty.is_nan() || difficulty <= 1.0 {
            return LIMIT;
        }
        // 0xffff · 2^208 / difficulty as mantissa and power of 256; f64 has more bits than the mantissa.
        let mut mantissa = f64::from(0xffff_u32) / difficulty;
        let mut exponent = 3 + 26;
        while mantissa < f64::from(0x8000_u32) && exponent > 3 {
            mantissa *= 256.0;
            exponent -= 1;
        }
        Self::pack(mantissa.round() as u64, exponent)
    }

    /// The compact form.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Difficulty of the target.
    #[must_use]
    pub fn difficulty(self) -> f64 {
        let shift = 8 * (26 - (self.exponent() as i32 - 3));
        f64::from(0xffff_u32) / f64::from(self.mantissa()) * 2.0_f64.powi(shift)
    }

    /// The target after a period whose 2015 intervals took `seconds`.
    #[must_use]
    pub fn retarget(self, seconds: u64) -> Self {
        let clamped = seconds.clamp(PERIOD_SECONDS / 4, PERIOD_SECONDS * 4);
        // Sixty-four bits below the mantissa stand in for the zeros of the full target: the quotient is cut to at most 24
        // bits in the end, and a floor of a floor is the floor, so nothing is lost.
        let quotient =
            ((u128::from(self.mantissa()) * u128::from(clamped)) << 64) / u128::from(PERIOD_SECONDS);
        let mut wide = quotient;
        let mut exponent = self.exponent() as i32 - 8;
        while wide >> 24 != 0 {
            wide >>= 8;
            exponent += 1;
        }
        let next = Self::pack(wide as u64, exponent as u32);
        if next.difficulty() < LIMIT.difficulty() { LIMIT } else { next }
    }

    fn mantissa(self) -> u32 {
        self.0 & 0x007f_ffff
    }

    fn exponent(self) -> u32 {
        self.0 >> 24
    }

    /// Packs a value of at most 24 bits; the top bit would be a sign, so such a value moves down a byte.
    fn pack(value: u64, exponent: u32) -> Self {
        let (mut value, mut exponent) = (value, exponent);
        while value > 0x007f_ffff {
            value >>= 8;
            exponent += 1;
        }
        Self((exponent << 24) | value as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_o3_retargets_round_as_the_reference_client_does() {
        let start = CompactTarget::from_bits(0x1703_4219).unwrap();
        let close = |target: CompactTarget, difficulty: f64| {
            assert!((target.difficulty() / difficulty - 1.0).abs() < 1e-15, "{}", target.difficulty());
        };
        close(start, 86_388_558_925_171.02);
        for (seconds, bits, difficulty) in [
            (1_209_600, 0x1703_4219, 86_388_558_925_171.02),
            (1_100_000, 0x1702_f685, 94_996_228_254_735.73),
            (302_400, 0x1700_d086, 345_555_854_009_457.1),
            (1, 0x1700_d086, 345_555_854_009_457.1),
            (4_838_400, 0x170d_0864, 21_597_139_731_292.754),
            (u64::MAX, 0x170d_0864, 21_597_139_731_292.754),
        ] {
            let next = start.retarget(seconds);
            assert_eq!(next.bits(), bits, "{seconds} s gives {:#x}", next.bits());
            close(next, difficulty);
        }
        assert!((345_555_854_009_457.1 / start.difficulty() - 4.000_018_732_9_f64).abs() < 1e-9);
    }

    #[test]
    fn oracle_o3b_a_real_period() {
        let start = CompactTarget::from_bits(0x1703_31db).unwrap();
        for seconds in 1_281_695..=1_281_700 {
            assert_eq!(start.retarget(seconds).bits(), 0x1703_629a, "{seconds}");
        }
        assert_ne!(start.retarget(1_281_694).bits(), 0x1703_629a);
        assert_ne!(start.retarget(1_281_701).bits(), 0x1703_629a);
    }

    /// The same arithmetic on whole 256-bit numbers, written out in base 2^32.
    fn long_division(target: CompactTarget, seconds: u64) -> u32 {
        let seconds = seconds.clamp(PERIOD_SECONDS / 4, PERIOD_SECONDS * 4);
        let mut digits = [0_u64; 10];
        let shift = 8 * (target.exponent() - 3);
        for bit in 0..24 {
            if target.mantissa() >> bit & 1 == 1 {
                let at = (bit + shift) as usize;
                digits[at / 32] |= 1 << (at % 32);
            }
        }
        let mut carry = 0_u64;
        for digit in &mut digits {
            let product = *digit * seconds + carry;
            (*digit, carry) = (product & 0xffff_ffff, product >> 32);
        }
        let mut rest = 0_u64;
        for digit in digits.iter_mut().rev() {
            let value = rest << 32 | *digit;
            (*digit, rest) = (value / PERIOD_SECONDS, value % PERIOD_SECONDS);
        }
        let bytes: Vec<u8> = digits.iter().flat_map(|d| (*d as u32).to_le_bytes()).collect();
        let size = bytes.iter().rposition(|b| *b != 0).map_or(0, |i| i + 1);
        let byte = |i: usize| u32::from(*bytes.get(size.wrapping_sub(i)).unwrap_or(&0));
        let mut mantissa = byte(1) << 16 | byte(2) << 8 | byte(3);
        let mut exponent = size as u32;
        if mantissa & 0x0080_0000 != 0 {
            mantissa >>= 8;
            exponent += 1;
        }
        exponent << 24 | mantissa
    }

    #[test]
    fn a_long_sequence_equals_whole_number_arithmetic() {
        let mut target = CompactTarget::from_bits(0x1703_4219).unwrap();
        let mut state = 1_u64;
        for _ in 0..10_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Times round two weeks with a spread that reaches both clamps now and then; kept clear of the limit.
            let seconds =
                if target.difficulty() < 1e9 { 900_000 } else { 1_000_000 + (state >> 33) % 430_000 };
            let expected = long_division(target, seconds);
            target = target.retarget(seconds);
            assert_eq!(target.bits(), expected);
        }
    }

    #[test]
    fn the_limit_is_never_passed_and_bad_bits_are_refused() {
        assert_eq!(LIMIT.difficulty(), 1.0);
        assert_eq!(LIMIT.retarget(u64::MAX), LIMIT);
        for bad in [0, 0x1d80_ffff, 0x1e00_ffff, 0x0200_0001, 0x1d00_0000] {
            assert!(CompactTarget::from_bits(bad).is_none(), "{bad:#x}");
        }
        assert_eq!(CompactTarget::from_difficulty(86_388_558_925_171.02).bits(), 0x1703_4219);
        assert_eq!(CompactTarget::from_difficulty(f64::NAN), LIMIT);
    }
}
