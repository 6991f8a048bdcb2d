//! Machines and GPU systems with published figures, shipped with the tool.

use market::marks_fit::first_year_rent_usd_per_kw_month;

/// A mining machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Name, for example `S21`.
    pub name: String,
    /// Hashrate, TH/s.
    pub hashrate_th_s: f64,
    /// Power, W.
    pub power_w: f64,
}

impl Machine {
    /// Efficiency, J/TH.
    #[must_use]
    pub fn efficiency_j_per_th(&self) -> f64 {
        self.power_w / self.hashrate_th_s
    }
}

/// A GPU system.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuSystem {
    /// Name, for example `DGX B200`.
    pub name: String,
    /// Rated power, kW.
    pub power_kw: f64,
    /// GPUs in it.
    pub gpus: f64,
}

impl GpuSystem {
    /// GPUs per IT MW when a share of the systems' power again goes to network and storage.
    #[must_use]
    pub fn gpus_per_it_mw(&self, network_share: f64) -> f64 {
        self.gpus / self.power_kw * 1_000.0 / (1.0 + network_share)
    }
}

/// A published lease.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueLease {
    /// Landlord, tenant and place.
    pub deal: String,
    /// Rent of the first year, USD/kW-month: from total, term, MW and escalator, never the average.
    pub first_year_usd_per_kw_month: f64,
    /// Months from delivery to expiry.
    pub term_months: u32,
    /// Yearly rise of the rent; assumed where the deal does not state one.
    pub escalator_per_year: f64,
}

const MACHINES: &str = include_str!("../../../data/catalogue/asics.csv");
const GPU_SYSTEMS: &str = include_str!("../../../data/catalogue/gpu_systems.csv");

/// All machines of the catalogue.
#[must_use]
pub fn machines() -> Vec<Machine> {
    rows(MACHINES)
        .into_iter()
        .map(|(name, [hashrate_th_s, power_w])| Machine { name, hashrate_th_s, power_w })
        .collect()
}

/// All GPU systems of the catalogue.
#[must_use]
pub fn gpu_systems() -> Vec<GpuSystem> {
    rows(GPU_SYSTEMS).into_iter().map(|(name, [power_kw, gpus])| GpuSystem { name, power_kw, gpus }).collect()
}

const LEASES: &str = include_str!("../../../data/catalogue/leases.csv");

/// Published leases; deals that are no rent of a hall are left out.
#[must_use]
pub fn leases() -> Vec<CatalogueLease> {
    let mut reader = csv::Reader::from_reader(LEASES.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return Vec::new() };
    let column = |name: &str| header.iter().position(|title| title == name);
    let lease = |row: &csv::StringRecord| {
        let number = |name: &str| row.get(column(name)?)?.parse::<f64>().ok();
        let (years, escalator_per_year) = (number("years")?, number("escalator_per_year")?);
        (row.get(column("escalator_basis")?)? != "no rent").then_some(())?;
        Some(CatalogueLease {
            deal: row.get(0)?.to_string(),
            first_year_usd_per_kw_month: first_year_rent_usd_per_kw_month(
                number("total_usd")?,
                years,
                number("it_mw")?,
                escalator_per_year,
            ),
            term_months: (years * 12.0).round() as u32,
            escalator_per_year,
        })
    };
    reader.records().filter_map(Result::ok).filter_map(|row| lease(&row)).collect()
}

/// Name and two numbers of each row; the files are part of the program and tested to be readable.
fn rows(text: &str) -> Vec<(String, [f64; 2])> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .filter_map(|row| {
            let number = |i: usize| row.get(i)?.parse().ok();
            Some((row.get(0)?.to_string(), [number(1)?, number(2)?]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_have_their_first_years_rent_and_a_gpu_cloud_is_none() {
        let leases = leases();
        assert_eq!(leases.len(), LEASES.lines().count() - 2);
        let abernathy = leases.iter().find(|lease| lease.deal.contains("Abernathy")).unwrap();
        assert_eq!(abernathy.term_months, 300);
        // Fact F2.1: 188.5 USD/kW-month on average over 25 years is 129.3 in the first at 3 % a year.
        assert!((abernathy.first_year_usd_per_kw_month - 129.3).abs() < 0.1);
        assert!(leases.iter().all(|lease| lease.first_year_usd_per_kw_month < 200.0));
    }

    #[test]
    fn catalogues_are_readable_and_agree_with_published_ratios() {
        assert_eq!(machines().len(), MACHINES.lines().count() - 1);
        assert_eq!(gpu_systems().len(), GPU_SYSTEMS.lines().count() - 1);
        let s21 = machines().into_iter().find(|m| m.name == "S21").unwrap();
        assert!((s21.efficiency_j_per_th() - 17.5).abs() < 1e-9);
        let b200 = gpu_systems().into_iter().find(|s| s.name == "DGX B200").unwrap();
        assert!((b200.gpus_per_it_mw(0.0) - 559.0).abs() < 1.0);
        assert!((b200.gpus_per_it_mw(0.15) - 487.0).abs() < 1.0);
    }
}
