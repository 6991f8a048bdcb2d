//! The month: the policies people propose, the computed one, and the marks they are held against.

pub mod backward;
pub mod bound;
pub mod conversion;
pub mod dp;
pub mod exchange;
pub mod foresight;
pub mod gains;
pub mod kernel;
pub mod least_squares_monte_carlo;
pub mod policy;
pub mod real_options;
pub mod rules;
pub mod states;
pub mod switching;
pub mod two_stage;

pub use conversion::{FactorFit, fit_factors};
pub use dp::{Dp, DpError, DpSettings};
pub use foresight::{foresight_gain, unlimited_foresight_gain};
pub use gains::{ContractValues, PathGains, hall_kinds, path_gains};
pub use policy::{PastMonth, Policy, View};
pub use rules::{AllAiAsap, AllMining, Hurdle, Trigger};
pub use states::{HallLine, StateGraph, TooManyStates};
