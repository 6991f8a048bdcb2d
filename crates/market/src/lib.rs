//! What the market does: price processes, calibration and real history, sampled into paths.
//!
//! [`Market`] holds the laws (or the history) of a study and [`MarketLanes`] walks its paths month by month. Randomness is
//! keyed by seed, path, factor and month ([`stream`]); nothing here knows the campus.

pub mod paths;

pub mod backtest;
pub mod bitcoin_fit;
pub mod bootstrap;
pub mod correlation;
pub mod curve;
pub mod emergencies;
pub mod empirical;
pub mod events;
pub mod import;
pub mod marks_fit;
pub mod mean_reverting;
pub mod network;
pub mod normal_table;
pub mod offers;
pub mod panel;
pub mod power;
pub mod power_fit;
pub mod power_source;
pub mod production;
pub mod replay;
pub mod reserve_fit;
pub mod reserves;
pub mod retarget;
pub mod spikes;
pub mod storm;
pub mod stream;

pub use bootstrap::PowerBootstrap;
pub use correlation::Correlation;
pub use curve::Curve;
pub use emergencies::{EmergencyLanes, EmergencyLaw, GridCall};
pub use events::{EventLaw, OutageLaw};
pub use marks_fit::RateCalibration;
pub use mean_reverting::MeanReverting;
pub use network::{BitcoinSettings, JumpLaw, LevelCurve, PriceLaw, ResponseLaw, ReturnHistory};
pub use offers::OfferLaw;
pub use panel::{CurveRole, Panel, PanelCurve};
pub use paths::{BitcoinSource, Market, MarketLanes, MonthLanes, Opening, RateSettings};
pub use power::{LANES, PowerCalibration};
pub use power_source::{PowerLaw, PowerModel, PowerSource};
pub use production::{ProductionMonth, production};
pub use replay::{BitcoinHistory, PowerHistory, ReplayDay, ReplayError};
pub use reserves::{ReserveCalibration, ReserveLanes, ReserveMonth};
pub use spikes::SpikeLaw;
pub use storm::StormLaw;
