//! How cells look: what is in them decides the number format, what they are for decides colours.
//!
//! As is the custom of financial models, inputs are blue and formulas black; what is meant to be changed has a yellow ground as well.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

const BLUE: u32 = 0x00_00_FF;
const YELLOW: u32 = 0xFF_F6_CC;
const HEAD: u32 = 0xDD_E6_EF;
const TOTAL: u32 = 0xF2_F2_F2;
const QUIET: u32 = 0x55_55_55;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words, on one line.
    Text,
    /// Words that may take several lines.
    Lines,
    /// USD, shown in millions; the value keeps its digits.
    Millions,
    /// USD to the cent.
    Cents,
    /// Megawatts.
    Mw,
    /// Energy, MWh.
    Mwh,
    /// A share or a rate.
    Percent,
    /// A factor close to 1.
    Factor,
    /// A whole number.
    Count,
    /// Any other number.
    Number,
    /// The first day of a month.
    Month,
}

impl Kind {
    fn number_format(self) -> &'static str {
        match self {
            Self::Text | Self::Lines => "@",
            Self::Millions => "#,##0.00,,;[Red]-#,##0.00,,;\"–\"",
            Self::Cents => "[>=0.005]#,##0.00;[<=-0.005]-#,##0.00;0.00",
            Self::Mw => "#,##0.0;-#,##0.0;\"–\"",
            Self::Mwh => "#,##0;-#,##0;\"–\"",
            Self::Percent => "0.00%",
            Self::Factor => "0.0000",
            Self::Count => "#,##0",
            Self::Number => "[>=1000]#,##0;[>=1]#,##0.00;0.0000",
            Self::Month => "yyyy-mm",
        }
    }
}

/// What a cell is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A result.
    Plain,
    /// A number of the run that formulas rest on.
    Input,
    /// What the reader is meant to change.
    Control,
    /// A sum.
    Total,
}

/// A kind of content in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look(pub(super) Kind, pub(super) Role);

impl Look {
    pub(super) fn format(self) -> Format {
        let Self(kind, role) = self;
        let format = match kind {
            Kind::Lines => Format::new().set_text_wrap().set_align(FormatAlign::Top),
            // Names that look like numbers stay names when they are chosen from a list.
            Kind::Text => Format::new().set_num_format(kind.number_format()).set_align(FormatAlign::Left),
            Kind::Month => Format::new().set_num_format(kind.number_format()).set_align(FormatAlign::Left),
            // Words in place of a rate stand where the rate would.
            Kind::Percent => Format::new().set_num_format(kind.number_format()).set_align(FormatAlign::Right),
            _ => Format::new().set_num_format(kind.number_format()),
        };
        match role {
            Role::Plain => format,
            Role::Input => format.set_font_color(BLUE),
            Role::Control => format
                .set_font_color(BLUE)
                .set_background_color(YELLOW)
                .set_border(FormatBorder::Thin)
                .set_bold(),
            Role::Total => format.set_bold().set_background_color(TOTAL).set_border_top(FormatBorder::Thin),
        }
    }
}

/// The title of a sheet.
pub(super) fn title() -> Format {
    Format::new().set_bold().set_font_size(14)
}

/// What a reader must know of a sheet.
pub(super) fn note() -> Format {
    Format::new().set_font_color(QUIET)
}

/// The head of a column.
pub(super) fn head() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_background_color(HEAD)
        .set_border_bottom(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
}

/// The name of a row or of a figure.
pub(super) fn label() -> Format {
    Format::new().set_bold()
}
