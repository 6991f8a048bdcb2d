//! What happens to a path in a month besides prices: failures of tenants, of the guarantor and of the site's own service,
//! and the draws behind the company's share price.
//!
//! Drawn outside, on the path, so that every policy meets the same events. [`MonthEvents::default`] is a month in which nothing happens.

/// Most tenants that a scenario can name: one bit each.
pub const MAX_TENANTS: usize = 32;

/// The events of one month of one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthEvents {
    /// Bit `i` is set when tenant `i` fails this month.
    pub failing_tenants: u32,
    /// Whether the guarantor has failed by the end of this month.
    pub guarantor_failed: bool,
    /// Share of the month in which the site serves its tenants, 0 to 1.
    pub availability: f64,
    /// Whether the site has failed too often in the months up to this one, so that tenants may leave.
    pub chronic: bool,
    /// Standard normal innovation of the share price.
    pub share_shock: f64,
    /// Uniform in (0, 1): a change of control happens when it is below the month's probability.
    pub change_of_control: f64,
}

impl Default for MonthEvents {
    fn default() -> Self {
        Self {
            failing_tenants: 0,
            guarantor_failed: false,
            availability: 1.0,
            chronic: false,
            share_shock: 0.0,
            change_of_control: 1.0,
        }
    }
}

impl MonthEvents {
    /// Whether a tenant, by index, fails this month.
    #[must_use]
    pub fn fails(&self, tenant: u8) -> bool {
        (tenant as usize) < MAX_TENANTS && self.failing_tenants >> tenant & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_stands_for_a_tenant() {
        let events = MonthEvents { failing_tenants: 1 << 31 | 1 << 2, ..MonthEvents::default() };
        let failing: Vec<u8> = (0..=u8::MAX).filter(|&tenant| events.fails(tenant)).collect();
        assert_eq!(failing, [2, 31]);
    }
}
