//! Whether text for people is coloured: `--color`, and what the surroundings say.
//!
//! `auto` colours a terminal, unless `NO_COLOR` is set (no-color.org: to anything but nothing) or `TERM` is `dumb`. A pipe or a file
//! gets plain text. An explicit `always` wins over both.

use clap::{ColorChoice, ValueEnum};
use report::Paint;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::sync::OnceLock;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorArg {
    #[default]
    Auto,
    Always,
    Never,
}

/// The choice of this process, made once when it starts.
static CHOICE: OnceLock<ColorArg> = OnceLock::new();

impl ColorArg {
    /// Looks for `--color` among the arguments, since help and faults of the command line are printed while they are read.
    pub(crate) fn asked(arguments: impl Iterator<Item = OsString>) -> Self {
        let mut words = arguments.map(|word| word.to_string_lossy().into_owned());
        let mut asked = Self::default();
        while let Some(word) = words.next() {
            let value = match word.strip_prefix("--color") {
                Some("") => words.next(),
                Some(value) => value.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            asked = value.and_then(|value| Self::from_str(&value, false).ok()).unwrap_or(asked);
        }
        asked
    }

    /// Makes it the choice of this process.
    pub(crate) fn choose(self) {
        let _ = CHOICE.set(self);
    }

    /// The same for help and faults of the command line.
    pub(crate) fn of_clap(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }

    fn paint(self, no_color: Option<&OsStr>, term: Option<&OsStr>, is_terminal: bool) -> Paint {
        let allowed = no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb");
        match self {
            Self::Always => Paint::Coloured,
            Self::Auto if is_terminal && allowed => Paint::Coloured,
            Self::Auto | Self::Never => Paint::Plain,
        }
    }
}

/// How to paint what goes to a stream.
pub(crate) fn paint_of(stream: &impl IsTerminal) -> Paint {
    let choice = CHOICE.get().copied().unwrap_or_default();
    let variable = |name| std::env::var_os(name);
    choice.paint(variable("NO_COLOR").as_deref(), variable("TERM").as_deref(), stream.is_terminal())
}

/// Whether the terminal can move its cursor, as a progress bar must.
pub(crate) fn can_redraw() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_coloured_unless_it_or_the_user_says_no() {
        let auto = |no_color: Option<&str>, term: Option<&str>, is_terminal| {
            ColorArg::Auto.paint(no_color.map(OsStr::new), term.map(OsStr::new), is_terminal)
        };
        assert_eq!(auto(None, Some("xterm-256color"), true), Paint::Coloured);
        assert_eq!(auto(Some(""), None, true), Paint::Coloured);
        assert_eq!(auto(Some("1"), Some("xterm"), true), Paint::Plain);
        assert_eq!(auto(None, Some("dumb"), true), Paint::Plain);
        assert_eq!(auto(None, Some("xterm"), false), Paint::Plain);
        assert_eq!(ColorArg::Always.paint(Some(OsStr::new("1")), None, false), Paint::Coloured);
        assert_eq!(ColorArg::Never.paint(None, None, true), Paint::Plain);
    }

    #[test]
    fn the_choice_is_found_among_the_arguments() {
        let asked = |words: &[&str]| ColorArg::asked(words.iter().map(OsString::from));
        assert_eq!(asked(&["run", "a.toml"]), ColorArg::Auto);
        assert_eq!(asked(&["run", "--color", "never"]), ColorArg::Never);
        assert_eq!(asked(&["--color=always", "run"]), ColorArg::Always);
        assert_eq!(asked(&["--color=loud", "--colour", "--color"]), ColorArg::Auto);
    }
}
