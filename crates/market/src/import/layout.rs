//! Columns of the known layouts, found by name.
//!
//! The publisher writes one layout in three spellings (`Delivery Date`, `DeliveryDate`, `deliveryDate`), and some headers
//! have trailing spaces, so names are compared by their letters and digits alone. Order does not matter, nor do further
//! columns.

use super::error::ImportError;
use super::table::At;

/// The layouts a user may bring, for errors about a header that fits none.
const KNOWN: &str = "allowed are ERCOT's settlement point prices (`Delivery Date, Delivery Hour, Delivery Interval, \
    Repeated Hour Flag, Settlement Point Name, Settlement Point Type, Settlement Point Price`, or `Delivery Date, Hour Ending, \
    Repeated Hour Flag, Settlement Point, Settlement Point Price`, also spelt as in the daily postings and the public interface), \
    the gridstatus library's `Interval Start, Interval End, Location, Location Type, Market, SPP`, and a UTC time \
    (`interval_start_utc`, `hour_start_utc`, `timestamp_utc` or `time`) followed by columns of prices";

/// Letters and digits of a column's name, in lower case.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A header: its names and how to find columns in it.
pub(crate) struct Header {
    /// The names as written, trimmed.
    pub(crate) names: Vec<String>,
    plain: Vec<String>,
}

impl Header {
    /// Takes the names in and refuses a header in which two columns have one name.
    pub(crate) fn new(at: &At<'_>, names: &[&str]) -> Result<Self, ImportError> {
        let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
        for (i, name) in plain.iter().enumerate() {
            if !name.is_empty() && plain[..i].contains(name) {
                return Err(at.header_error(
                    names,
                    format!("the column `{}` stands there twice, allowed is once", names[i]),
                ));
            }
        }
        Ok(Self { names: names.iter().map(|name| (*name).to_string()).collect(), plain })
    }

    /// The place of the first of these names that the header has.
    pub(crate) fn find(&self, wanted: &[&str]) -> Option<usize> {
        wanted.iter().find_map(|wanted| self.plain.iter().position(|name| name == &plain(wanted)))
    }

    /// As [`Self::find`], with an error that names the column.
    pub(crate) fn need(&self, at: &At<'_>, wanted: &[&str]) -> Result<usize, ImportError> {
        self.find(wanted).ok_or_else(|| self.error(at, format!("no column `{}`", wanted.join("` or `"))))
    }

    pub(crate) fn error(&self, at: &At<'_>, problem: impl Into<Box<str>>) -> ImportError {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        at.header_error(&names, problem)
    }

    /// The error for a header that fits nothing.
    pub(crate) fn unknown(&self, at: &At<'_>, allowed: &str) -> ImportError {
        self.error(at, format!("the header is that of no known layout; {allowed}"))
    }

    /// The publisher's product with this spelling of its header.
    fn publication(&self, date: usize) -> &'static str {
        match self.names[date].as_str() {
            "DeliveryDate" => "ERCOT daily posting",
            "deliveryDate" => "ERCOT public interface",
            _ => "ERCOT yearly file",
        }
    }
}

/// Columns that state a local time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalColumns {
    pub(crate) date: usize,
    pub(crate) hour: usize,
    /// The quarter of the hour, for real-time prices.
    pub(crate) interval: Option<usize>,
    /// The flag of the repeated hour; some vendors drop it.
    pub(crate) flag: Option<usize>,
}

impl LocalColumns {
    /// The columns and the name of the publication, when the header has a delivery date.
    pub(crate) fn find(at: &At<'_>, header: &Header) -> Result<Option<(Self, &'static str)>, ImportError> {
        let Some(date) = header.find(&["Delivery Date"]) else { return Ok(None) };
        let interval = header.find(&["Delivery Interval"]);
        let hour = match interval {
            Some(_) => header.need(at, &["Delivery Hour"])?,
            None => header.need(at, &["Hour Ending"])?,
        };
        let flag = header.find(&["Repeated Hour Flag", "DSTFlag"]);
        Ok(Some((Self { date, hour, interval, flag }, header.publication(date))))
    }
}

/// Columns of a layout of power prices.
#[derive(Debug, Clone)]
pub(crate) enum PowerColumns {
    /// Local time, a row per point and interval.
    Local { time: LocalColumns, name: usize, point_type: Option<usize>, price: usize },
    /// What the gridstatus library writes: instants with offsets, a row per point and interval.
    Gridstatus {
        start: usize,
        end: usize,
        name: usize,
        point_type: Option<usize>,
        market: Option<usize>,
        price: usize,
    },
    /// A UTC time and a column per series.
    Utc { time: usize },
}

impl PowerColumns {
    /// Recognises a layout, with its name for the notes.
    pub(crate) fn recognise(at: &At<'_>, header: &Header) -> Result<(Self, String), ImportError> {
        if let Some((time, publication)) = LocalColumns::find(at, header)? {
            if header.find(&["AncillaryType", "MCPC", "REGUP"]).is_some() {
                return Err(header.error(at, "reserve prices, allowed here are power prices"));
            }
            let name = header.need(at, &["Settlement Point Name", "Settlement Point"])?;
            let point_type = header.find(&["Settlement Point Type"]);
            let price = header.need(at, &["Settlement Point Price"])?;
            let market =
                if time.interval.is_some() { "real-time by quarter-hour" } else { "day-ahead by hour" };
            return Ok((Self::Local { time, name, point_type, price }, format!("{publication}, {market}")));
        }
        if header.find(&["Interval Start"]).is_some() {
            let columns = Self::Gridstatus {
                start: header.need(at, &["Interval Start"])?,
                end: header.need(at, &["Interval End"])?,
                name: header.need(at, &["Location"])?,
                point_type: header.find(&["Location Type"]),
                market: header.find(&["Market"]),
                price: header.need(at, &["SPP"])?,
            };
            return Ok((columns, "gridstatus".into()));
        }
        match utc_time(header) {
            Some(time) if header.names.len() > 1 => Ok((Self::Utc { time }, "UTC time and prices".into())),
            _ => Err(header.unknown(at, KNOWN)),
        }
    }
}

/// The first column, when its name is one of a UTC time.
pub(crate) fn utc_time(header: &Header) -> Option<usize> {
    const NAMES: [&str; 8] = [
        "interval_start_utc",
        "hour_start_utc",
        "timestamp_utc",
        "datetime_utc",
        "time_utc",
        "timestamp",
        "datetime",
        "time",
    ];
    header.find(&NAMES).filter(|place| *place == 0)
}
