//! When a request is made again.
//!
//! The crate below makes it again where the server answers that it is busy or broken, or cannot be reached. What it lets pass (a body
//! or a listing cut in the middle, a put whose connection was lost) is begun anew here. Neither helps against a refusal.

use crate::fault::bad_input;
use object_store::client::HttpError;
use object_store::{BackoffConfig, RetryConfig};
use pyo3::prelude::*;
use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

/// The option that says for how long.
pub(super) const OPTION: &str = "retry_timeout";

/// For how long where that is not said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Pauses between two attempts, the first and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Attempts are bounded by time.
const MANY: usize = 10_000;

/// For how long failing requests are made again.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    timeout: Duration,
}

impl Retry {
    /// As an option says, such as `90s`.
    pub(super) fn of(option: Option<&str>) -> PyResult<Self> {
        let Some(text) = option else { return Ok(Self { timeout: TIMEOUT }) };
        let timeout = humantime::parse_duration(text).map_err(|why| {
            bad_input(format!("{OPTION} is `{text}` ({why}); allowed is a duration such as 90s or 2min"))
        })?;
        Ok(Self { timeout })
    }

    /// The same for the crate below.
    pub(super) fn config(&self) -> RetryConfig {
        let (init_backoff, max_backoff) = PAUSES;
        let backoff = BackoffConfig { init_backoff, max_backoff, base: 3.0 };
        RetryConfig { backoff, max_retries: MANY, retry_timeout: self.timeout }
    }

    /// Makes a request until it is answered, or has failed for too long.
    pub(super) async fn persist<T, F>(&self, request: impl Fn() -> F) -> object_store::Result<T>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        let started = Instant::now();
        let (mut pause, longest) = PAUSES;
        loop {
            match request().await {
                Err(error) if is_of_network(&error) && started.elapsed() + pause < self.timeout => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(longest);
                }
                answer => return answer,
            }
        }
    }
}

/// A file that came shorter or longer than it is.
pub(super) fn cut(bytes: u64, size: u64) -> object_store::Error {
    object_store::Error::Generic { store: "S3", source: Box::new(Cut { bytes, size }) }
}

/// An end that came too early.
#[derive(Debug)]
struct Cut {
    bytes: u64,
    size: u64,
}

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} bytes came", self.bytes, self.size)
    }
}

impl Error for Cut {}

/// Whether the network is at fault, or whoever stands in it: an error of HTTP among the causes, or an end that came too early.
fn is_of_network(error: &object_store::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<HttpError>() || error.is::<Cut>() {
            return true;
        }
        cause = error.source();
    }
    false
}
