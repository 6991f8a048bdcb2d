//! Random streams keyed by seed, path, factor and month.
//!
//! A [`Stream`] is SplitMix64: a counter advanced by an odd increment, each value scrambled by a
//! 64-bit finaliser. Both the start and the increment are derived from the key, so a path draws the
//! same numbers whether it is run alone or among ten thousand, on one thread or on many.
//! Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014),
//! with Stafford's variant 13 of the MurmurHash3 finaliser.

use std::convert::Infallible;

use rand::TryRng;

/// Weyl constant (2⁶⁴ over the golden ratio, odd), the usual increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a stream is drawn for. The numbers are part of every result and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u64)]
pub enum Factor {
    /// Daily Bitcoin price.
    Bitcoin = 1,
    /// Hashrate innovations of each difficulty epoch.
    Network = 2,
    /// Daily transaction fees.
    Fees = 3,
    /// Lease rate of new contracts.
    Lease = 4,
    /// Price of a GPU-hour.
    GpuHour = 5,
    /// Hourly power price within the month.
    Power = 6,
    /// Daily innovations of the slow level of power.
    PowerLevel = 7,
    /// Arrival and terms of lease offers.
    Offers = 8,
    /// Monthly innovations that are correlated between factors.
    Correlated = 9,
    /// Stationary start of the power factors.
    PowerStart = 10,
    /// Reserve prices beside the power price.
    Reserves = 11,
    /// Durations of difficulty epochs.
    Blocks = 12,
    /// Model parameters drawn once per path from their posterior.
    Parameters = 13,
    /// Construction delay and cost overrun.
    Construction = 14,
    /// Choice of historical blocks in a bootstrap.
    Bootstrap = 15,
    /// Grid emergencies and scarcity overlays.
    Emergency = 16,
    /// Choice of blocks of Bitcoin's history.
    BitcoinBlocks = 17,
    /// Jumps of the Bitcoin price.
    BitcoinJumps = 18,
    /// Default times of the guarantor and of each first tenant, once per path.
    Defaults = 19,
    /// Lives of the tenants that follow those that failed.
    TenantLives = 20,
    /// Outages of the site.
    Outages = 21,
    /// Share price and change of control.
    Shares = 22,
    /// Which tenant makes an offer.
    OfferTenant = 23,
    /// Points of a sweep's design, one path for each parameter.
    Design = 24,
    /// Resampling behind a confidence interval.
    Resampling = 25,
}

/// SplitMix64 generator of one key; every method is integer arithmetic only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    state: u64,
    increment: u64,
}

impl Stream {
    /// The stream of one (seed, path, factor, month); the same key gives the same bits.
    pub fn new(seed: u64, path: u64, factor: Factor, month: u32) -> Self {
        let mut key = finalise(seed.wrapping_add(GOLDEN));
        for part in [path, factor as u64, u64::from(month)] {
            key = finalise((key ^ part).wrapping_add(GOLDEN));
        }
        Self { state: key, increment: odd_increment(key) }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(self.increment);
        finalise(self.state)
    }
}

/// `N` streams side by side, whose words are drawn all at once.
///
/// States and increments lie apart, so that a draw from every stream is one loop of vector instructions.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Streams<const N: usize> {
    state: [u64; N],
    increment: [u64; N],
}

impl<const N: usize> Streams<N> {
    /// The streams that `stream` gives by lane.
    pub(crate) fn new(stream: impl Fn(usize) -> Stream) -> Self {
        let mut streams = Self { state: [0; N], increment: [0; N] };
        for lane in 0..N {
            let Stream { state, increment } = stream(lane);
            (streams.state[lane], streams.increment[lane]) = (state, increment);
        }
        streams
    }

    /// Writes the next word of every stream.
    #[inline(always)]
    pub(crate) fn next_words(&mut self, words: &mut [u64; N]) {
        for ((state, increment), word) in self.state.iter_mut().zip(&self.increment).zip(words) {
            *state = state.wrapping_add(*increment);
            *word = finalise(*state);
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_word() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_word())
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            let bytes = self.next_word().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

/// Bijective scrambling of 64 bits in which each input bit moves about half of the output bits.
#[inline(always)]
fn finalise(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// An odd increment for the key, with enough bit changes to advance the counter well.
///
/// Two streams with different increments cannot be shifted copies of each other.
fn odd_increment(key: u64) -> u64 {
    let increment = finalise(key.wrapping_add(GOLDEN)) | 1;
    let bit_changes = (increment ^ (increment >> 1)).count_ones();
    if bit_changes < 24 { increment ^ 0xaaaa_aaaa_aaaa_aaaa } else { increment }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[test]
    fn same_key_gives_same_bits() {
        let draw = || {
            let mut stream = Stream::new(42, 7, Factor::Power, 12);
            (0..100).map(|_| stream.next_u64()).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn first_values_are_pinned() {
        let mut stream = Stream::new(1, 2, Factor::Bitcoin, 3);
        let words: Vec<u64> = (0..3).map(|_| stream.next_u64()).collect();
        assert_eq!(words, PINNED);
    }

    /// Changing these numbers changes every simulated result.
    const PINNED: [u64; 3] =
        [16_179_432_573_400_824_250, 13_954_239_908_162_332_838, 3_118_185_475_902_961_996];

    #[test]
    fn distinct_keys_give_distinct_streams() {
        let mut first_words = BTreeSet::new();
        let mut increments = BTreeSet::new();
        let mut n_keys = 0;
        for seed in 0..8 {
            for path in 0..64 {
                for factor in [Factor::Bitcoin, Factor::Network, Factor::Power] {
                    for month in 0..24 {
                        let mut stream = Stream::new(seed, path, factor, month);
                        increments.insert(stream.increment);
                        first_words.insert(stream.next_word());
                        n_keys += 1;
                    }
                }
            }
        }
        assert_eq!(first_words.len(), n_keys);
        assert_eq!(increments.len(), n_keys);
    }

    #[test]
    fn uniform_and_normal_moments_match_theory_across_keys() {
        // One value from each of many keys: neighbouring keys must be as unrelated as draws of one.
        let n = 200_000;
        let (mut uniform, mut normal) = ([0.0; 2], [0.0; 3]);
        let mut neighbours = 0.0;
        let mut last = 0.0;
        for path in 0..n {
            let mut stream = Stream::new(9, path, Factor::Fees, 1);
            let u = (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            let z: f64 = StandardNormal.sample(&mut stream);
            uniform[0] += u;
            uniform[1] += u * u;
            for (moment, value) in normal.iter_mut().zip([z, z * z, z * z * z * z]) {
                *moment += value;
            }
            neighbours += z * last;
            last = z;
        }
        let n = n as f64;
        let within = |sum: f64, expected: f64, sd: f64| {
            assert!((sum / n - expected).abs() < 4.0 * sd / n.sqrt(), "{sum}");
        };
        within(uniform[0], 0.0, (1.0f64 / 12.0).sqrt());
        within(uniform[1], 1.0 / 12.0, (1.0f64 / 80.0 - 1.0 / 144.0).sqrt());
        within(normal[0], 0.0, 1.0);
        within(normal[1], 1.0, 2.0f64.sqrt());
        within(normal[2], 3.0, 96.0f64.sqrt());
        within(neighbours, 0.0, 1.0);
    }

    #[test]
    fn streams_side_by_side_draw_what_each_draws_alone() {
        let key = |lane: usize| Stream::new(3, lane as u64, Factor::Power, 9);
        let mut streams = Streams::<64>::new(key);
        let mut alone: Vec<Stream> = (0..64).map(key).collect();
        let mut words = [0; 64];
        for _ in 0..3 {
            streams.next_words(&mut words);
            assert!(words.iter().zip(&mut alone).all(|(word, stream)| *word == stream.next_word()));
        }
    }

    #[test]
    fn bytes_follow_the_words() {
        let mut words = Stream::new(5, 5, Factor::Lease, 5);
        let mut bytes = words.clone();
        let mut buffer = [0u8; 12];
        bytes.fill_bytes(&mut buffer);
        assert_eq!(buffer[..8], words.next_word().to_le_bytes());
        assert_eq!(buffer[8..], words.next_word().to_le_bytes()[..4]);
    }
}
