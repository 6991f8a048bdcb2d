//! How a command ends when it does not end well.

use std::fmt;

/// A message for people and an exit code for programs.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input cannot be used; nothing was written.
    BadInput(String),
    /// Something else went wrong.
    Broken(anyhow::Error),
    /// Done, but for some points of a sweep that could not be run.
    SomeFailed(String),
    /// Stopped by the user.
    Interrupted(String),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::BadInput(_) => 2,
            Self::Broken(_) => 1,
            Self::SomeFailed(_) => 3,
            Self::Interrupted(_) => 130,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadInput(text) | Self::SomeFailed(text) | Self::Interrupted(text) => write!(f, "{text}"),
            Self::Broken(error) => write!(f, "error: {error:#}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}
