//! Does the arithmetic of hashprice find what miners report? Operating hashrate in, bitcoin produced out.
//!
//! Equation: `BTC = Σ_days hashrate · 86400 / (D · 2^32) · (S + F)`, by UTC day. Rows without a reported operating hashrate are left out.

use crate::replay::{BitcoinHistory, ReplayError, for_each_row};
use site::YearMonth;
use std::path::Path;

/// One company's reported month beside what its hashrate should have produced.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductionMonth {
    /// The company.
    pub company: String,
    /// The month.
    pub month: YearMonth,
    /// Mean operating hashrate as reported, EH/s.
    pub hashrate_eh_s: f64,
    /// Bitcoin produced as reported.
    pub reported_btc: f64,
    /// Bitcoin that the hashrate should have produced.
    pub expected_btc: f64,
    /// Days whose fees were missing and stood in for.
    pub filled_fee_days: usize,
}

impl ProductionMonth {
    /// Expected over reported, less one.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.expected_btc / self.reported_btc - 1.0
    }
}

/// Compares every month with a reported operating hashrate.
///
/// `reports` has the columns `company, month, btc_produced, avg_operating_eh_s`; `bitcoin` is a daily file as in
/// [`BitcoinHistory::read`]. Days without fees count as `default_fees_btc` per block.
///
/// # Errors
/// When a file cannot be read, or a reported month lies outside the daily file.
pub fn production(
    reports: &Path,
    bitcoin: &Path,
    default_fees_btc: f64,
) -> Result<Vec<ProductionMonth>, ReplayError> {
    let mut months = read_reports(reports)?;
    for row in &mut months {
        let n_days = row.month.days();
        let history = BitcoinHistory::read(bitcoin, row.month.first_day(), n_days, default_fees_btc)?;
        let btc_per_ph: f64 =
            history.days.iter().map(|day| day.hashprice_usd_per_ph_day / day.price_usd).sum();
        row.expected_btc = row.hashrate_eh_s * 1e3 * btc_per_ph;
        row.filled_fee_days = history.filled_fee_days;
    }
    Ok(months)
}

fn read_reports(path: &Path) -> Result<Vec<ProductionMonth>, ReplayError> {
    let mut months = Vec::new();
    for_each_row(path, &["company", "month", "btc_produced", "avg_operating_eh_s"], |_, fields| {
        if fields[3].is_empty() || fields[2].is_empty() {
            return Ok(());
        }
        let number = |text: &str, column: &str| match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
            _ => Err(format!("{column} is `{text}`, allowed is a number above 0")),
        };
        let month = YearMonth::parse(fields[1])
            .ok_or_else(|| format!("month is `{}`, allowed is YYYY-MM", fields[1]))?;
        months.push(ProductionMonth {
            company: fields[0].into(),
            month,
            hashrate_eh_s: number(fields[3], "avg_operating_eh_s")?,
            reported_btc: number(fields[2], "btc_produced")?,
            expected_btc: 0.0,
            filled_fee_days: 0,
        });
        Ok(())
    })?;
    if months.is_empty() {
        return Err(ReplayError::Unfit {
            path: path.into(),
            problem: "holds no month with a reported operating hashrate and production".into(),
        });
    }
    Ok(months)
}
