//! The money: capital structure, monthly waterfall, tax and shares.
//!
//! Pure rules on plain numbers; nothing in here knows halls, prices or paths.

pub mod black_scholes;
pub mod convertible;
pub mod credit;
pub mod depreciation;
pub mod fault;
pub mod loan;
pub mod normal;
pub mod property_tax;
pub mod risk;
pub mod tax;
pub mod warrants;
