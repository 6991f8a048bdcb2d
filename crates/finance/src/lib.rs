//! The money: capital structure, monthly waterfall, tax and shares.
//!
//! Pure rules on plain numbers; nothing in here knows halls, prices or paths.
