//! Machines and GPU systems with published figures, shipped with the tool.

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
