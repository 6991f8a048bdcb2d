//! Colours of the terminal, which say nothing that the words do not say.
//!
//! A text is laid out first and painted last, so that no width counts an escape code and the text without them is the same.
//! Codes: ECMA-48, select graphic rendition.

/// Whether text for people is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paint {
    /// As it stands.
    #[default]
    Plain,
    /// With the codes of a terminal.
    Coloured,
}

impl Paint {
    /// Headings and the best of a table.
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What is worse beyond doubt.
    pub(crate) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// The first line of a table and the row of the best, counted below the rule.
    pub(crate) fn table(self, text: &str, best: Option<usize>) -> String {
        let is_bold = |line: usize| line == 0 || best.is_some_and(|row| line == row + 2);
        let lines = text.lines().enumerate();
        lines.map(|(n, line)| if is_bold(n) { self.bold(line) + "\n" } else { format!("{line}\n") }).collect()
    }

    /// The words `error:` and `warning:` where a line begins with one.
    #[must_use]
    pub fn notices(self, text: &str) -> String {
        let painted = |line: &str| match line {
            _ if line.starts_with("error:") => self.with("1;31", "error:") + &line["error:".len()..],
            _ if line.starts_with("warning:") => self.with("1;33", "warning:") + &line["warning:".len()..],
            _ => line.to_owned(),
        };
        text.split_inclusive('\n').map(painted).collect()
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Coloured if !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_and_painted_text_ends_its_colour() {
        assert_eq!(Paint::Plain.bold("dp"), "dp");
        assert_eq!(Paint::Coloured.bold("dp"), "\u{1b}[1mdp\u{1b}[0m");
        assert_eq!(Paint::Coloured.red(""), "");
    }

    #[test]
    fn notices_and_the_best_row_are_painted_and_nothing_else() {
        let text = "error: a: b\n  --> error: c\nwarning: d";
        let painted = "\u{1b}[1;31merror:\u{1b}[0m a: b\n  --> error: c\n\u{1b}[1;33mwarning:\u{1b}[0m d";
        assert_eq!(Paint::Coloured.notices(text), painted);
        assert_eq!(Paint::Plain.notices(text), text);
        let table = Paint::Coloured.table("name\n────\na\nb\n", Some(1));
        assert_eq!(table, "\u{1b}[1mname\u{1b}[0m\n────\na\n\u{1b}[1mb\u{1b}[0m\n");
        assert_eq!(Paint::Plain.table("name\n────\na\n", None), "name\n────\na\n");
    }
}
