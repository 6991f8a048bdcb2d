//! The month: the policies people propose, the computed one, and the marks they are held against.

pub mod backward;
pub mod bound;
pub mod contract_backed;
pub mod conversion;
pub mod dp;
pub mod exchange;
pub mod foresight;
pub mod formula;
pub mod gains;
pub mod kernel;
pub mod known;
pub mod least_squares_monte_carlo;
pub mod myopic;
pub mod own_rule;
pub mod policy;
pub mod real_options;
pub mod rules;
pub mod schedule;
pub mod states;
pub mod switching;
pub mod two_stage;

pub use contract_backed::{ContractBacked, ContractTerms};
pub use conversion::{FactorFit, fit_factors};
pub use dp::{Dp, DpError, DpSettings};
pub use foresight::{foresight_gain, unlimited_foresight_gain};
pub use formula::{Formula, FormulaError, Yields};
pub use gains::{ContractValues, PathGains, hall_kinds, path_gains};
pub use known::{KNOWN, known_names};
pub use myopic::MyopicNpv;
pub use own_rule::{OwnRule, RuleTerms};
pub use policy::{PastMonth, Policy, View};
pub use rules::{AllAiAsap, AllMining, ConstantShare, Hurdle, Trigger};
pub use schedule::{FixedSchedule, Starts};
pub use states::{HallLine, StateGraph, TooManyStates};
