//! The first thing a strategist verifies: what a gross MW earns in the first year, use by use, at today's prices.
//!
//! Static: opening prices held for a year of 8,760 hours, power at its mean price every hour, no curtailment. Rent is that
//! of the first lease year at the market rate; GPU hours are sold at the stated share.

use market::{BitcoinSource, MarketLanes, PowerSource};
use scenario::Scenario;
use site::hashprice::phs_days_per_mwh;
use site::{Campus, HostingCost};

const HOURS: f64 = 8_760.0;

/// First-year figures of one use, USD per gross MW.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticUse {
    /// The use.
    pub name: String,
    /// Revenue; rent is net of power, which the tenant pays.
    pub revenue_usd: f64,
    /// Power.
    pub power_usd: f64,
    /// Cost other than power.
    pub opex_usd: f64,
    /// Capex to get there, none for what stands already.
    pub capex_usd: f64,
}

impl StaticUse {
    /// Revenue less power and opex.
    #[must_use]
    pub fn margin_usd(&self) -> f64 {
        self.revenue_usd - self.power_usd - self.opex_usd
    }

    /// Margin over capex; `None` without capex.
    #[must_use]
    pub fn simple_yield(&self) -> Option<f64> {
        (self.capex_usd > 0.0).then(|| self.margin_usd() / self.capex_usd)
    }
}

/// Prices at which the static year is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaticPrices {
    /// Hashprice, USD/PH/day.
    pub hashprice_usd_per_ph_day: f64,
    /// Mean price of power before adders, USD/MWh.
    pub power_usd_per_mwh: f64,
    /// Market rent of the first year, USD/kW-month.
    pub rent_usd_per_kw_month: f64,
    /// GPU-hour price, USD, if the campus would buy GPUs.
    pub gpu_hour_usd: Option<f64>,
}

impl StaticPrices {
    /// Prices at a scenario's first opening.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let market = &scenario.market;
        let power_usd_per_mwh = match &market.power {
            PowerSource::Model(model) => model.first_year_mean_usd_per_mwh(market.calendar.start),
            PowerSource::Replay(history) => {
                let year = (HOURS / market.power.step_hours()) as usize;
                let prices = &history.prices_usd_per_mwh[..year.min(history.prices_usd_per_mwh.len())];
                prices.iter().sum::<f64>() / prices.len() as f64
            }
        };
        let hashprice_usd_per_ph_day = match &market.bitcoin {
            BitcoinSource::Replay(history) => history.opening(0).hashprice_usd_per_ph_day,
            BitcoinSource::Model(_) => MarketLanes::without_power(market, 0, 1)
                .next_month()
                .map_or(0.0, |month| month.openings[0].hashprice_usd_per_ph_day),
        };
        Self {
            hashprice_usd_per_ph_day,
            power_usd_per_mwh,
            rent_usd_per_kw_month: market.lease_rate.start,
            gpu_hour_usd: scenario.campus.gpus.as_ref().map(|_| market.gpu_hour.start),
        }
    }
}

/// Static first-year figures of every use: mining by fleet, hosting, own GPUs.
#[must_use]
pub fn static_year(campus: &Campus, prices: StaticPrices) -> Vec<StaticUse> {
    let power = prices.power_usd_per_mwh + campus.power.adder_usd_per_mwh;
    let mut uses: Vec<StaticUse> = campus
        .fleets
        .iter()
        .map(|fleet| {
            let mwh = HOURS * fleet.uptime.get();
            let yields = phs_days_per_mwh(fleet.efficiency, campus.mining_pue);
            let th_per_mw = 1e6 / campus.mining_pue.get() / fleet.efficiency.get();
            StaticUse {
                name: format!("mining, {} ({} J/TH)", fleet.name, fleet.efficiency.get()),
                revenue_usd: mwh * yields * prices.hashprice_usd_per_ph_day * (1.0 - fleet.pool_fee.get()),
                power_usd: mwh * power,
                opex_usd: mwh * fleet.variable_opex_usd_per_mwh + th_per_mw * fleet.repairs_usd_per_th_year,
                capex_usd: 0.0,
            }
        })
        .collect();
    let it_mw = 1.0 / campus.conversion.peak_ratio.get();
    let shell = campus.conversion.capex_at(0) * it_mw;
    let rent = prices.rent_usd_per_kw_month * 12.0 * 1_000.0 * it_mw;
    uses.push(StaticUse {
        name: "hosting at the market rent".into(),
        revenue_usd: rent,
        power_usd: 0.0,
        opex_usd: match campus.hosting.cost {
            HostingCost::NoiMargin(margin) => rent * (1.0 - margin.get()),
            HostingCost::PerItMwYear(usd) => usd * it_mw,
        },
        capex_usd: shell,
    });
    if let (Some(gpus), Some(gpu_hour_usd)) = (&campus.gpus, prices.gpu_hour_usd) {
        let sold = it_mw * gpus.gpus_per_it_mw * HOURS * gpus.sold_share.get() * gpu_hour_usd;
        let (inference, training) = (gpus.inference_share.get(), 1.0 - gpus.inference_share.get());
        let draw = inference * gpus.inference_draw.get() + training * gpus.training_draw.get();
        uses.push(StaticUse {
            name: format!("own GPUs ({})", gpus.system),
            revenue_usd: sold * (inference + training * gpus.training_price_ratio),
            power_usd: it_mw * campus.hosting.energy_pue.get() * draw * HOURS * power,
            opex_usd: it_mw * gpus.opex_usd_per_it_mw_year,
            capex_usd: shell + it_mw * gpus.capex_usd_per_it_mw,
        });
    }
    uses
}
