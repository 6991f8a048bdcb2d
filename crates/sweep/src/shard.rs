//! A shard: the part of a sweep's points that one process does.
//!
//! Point p belongs to shard k of n when `p mod n = k − 1`, so that shards are as long as each other to a point, and neighbours on a
//! grid, which take about as long, are spread over all of them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Shard k of n.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    k: usize,
    n: usize,
}

/// Why a text names no shard.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShardError {
    /// Not two whole numbers with a stroke between them.
    #[error("shard `{text}` is not of the form k/n, such as 1/4")]
    Form {
        /// What was given.
        text: String,
    },
    /// Fewer than one shard, or too many.
    #[error("shard `{text}` is one of {n} shards; allowed are 1 to {}", Shard::MOST)]
    Count {
        /// What was given.
        text: String,
        /// Shards asked for.
        n: usize,
    },
    /// No such shard among so many.
    #[error("shard `{text}` does not exist; the shards of {n} are 1/{n} to {n}/{n}")]
    Number {
        /// What was given.
        text: String,
        /// Shards asked for.
        n: usize,
    },
}

impl Shard {
    /// Most shards of a sweep.
    pub const MOST: usize = 10_000;

    /// All points in one shard.
    pub const WHOLE: Self = Self { k: 1, n: 1 };

    /// Its number, 1 to [`Self::n`].
    #[must_use]
    pub fn k(self) -> usize {
        self.k
    }

    /// How many shards there are.
    #[must_use]
    pub fn n(self) -> usize {
        self.n
    }

    /// Whether a point is one of its own.
    #[must_use]
    pub fn holds(self, point: usize) -> bool {
        point % self.n == self.k - 1
    }

    /// Its points among the first `n_points`, in order.
    pub fn points(self, n_points: usize) -> impl Iterator<Item = usize> {
        (self.k - 1..n_points).step_by(self.n)
    }

    /// Whether both hold one of the first `n_points`.
    #[must_use]
    pub fn overlaps(self, other: Self, n_points: usize) -> bool {
        self.points(n_points).any(|point| other.holds(point))
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let whole =
            |digits: &str| digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let parts = text.split_once('/').and_then(|(k, n)| Some((whole(k)?, whole(n)?)));
        let text = text.to_owned();
        match parts {
            None => Err(ShardError::Form { text }),
            Some((_, n)) if !(1..=Self::MOST).contains(&n) => Err(ShardError::Count { text, n }),
            Some((k, n)) if !(1..=n).contains(&k) => Err(ShardError::Number { text, n }),
            Some((k, n)) => Ok(Self { k, n }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.k, self.n)
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_disjoint_and_complete() {
        for n in 1..=12 {
            let mut holders = vec![0; 100];
            for k in 1..=n {
                let shard: Shard = format!("{k}/{n}").parse().unwrap();
                shard.points(100).for_each(|point| holders[point] += 1);
                assert!(shard.points(100).all(|point| shard.holds(point)));
                assert_eq!(shard.points(100).count(), (0..100).filter(|point| shard.holds(*point)).count());
            }
            assert_eq!(holders, [1; 100], "{n} shards");
        }
    }

    #[test]
    fn shards_overlap_where_they_share_a_point() {
        let overlap = |a: &str, b: &str, n_points| {
            let (a, b): (Shard, Shard) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.overlaps(b, n_points), b.overlaps(a, n_points));
            a.overlaps(b, n_points)
        };
        assert!(overlap("1/1", "3/7", 10));
        assert!(!overlap("1/1", "3/7", 2), "point 2 is the first of 3/7");
        assert!(!overlap("1/2", "2/4", 1_000));
        assert!(overlap("1/2", "3/4", 3) && !overlap("1/2", "3/4", 2));
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        let refused = |text: &str| text.parse::<Shard>().unwrap_err().to_string();
        for text in [
            "",
            "1",
            "1/",
            "/2",
            "a/2",
            "1/2/3",
            "-1/2",
            "+1/2",
            " 1/2",
            "1.0/2",
            "99999999999999999999999/1",
        ] {
            assert!(refused(text).contains("is not of the form k/n"), "{text}");
        }
        assert!(refused("1/0").contains("allowed are 1 to 10000"));
        assert!(refused("1/10001").contains("allowed are 1 to 10000"));
        assert!(refused("0/3").contains("the shards of 3 are 1/3 to 3/3"));
        assert!(refused("4/3").contains("does not exist"));
        assert_eq!("10000/10000".parse::<Shard>().unwrap().to_string(), "10000/10000");
    }
}
