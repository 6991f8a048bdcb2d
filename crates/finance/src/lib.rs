//! The money: capital structure, monthly waterfall, tax and shares.
//!
//! Pure rules on plain numbers; nothing in here knows halls, prices or paths. [`Books::settle`] takes a month of operations
//! through the waterfall of [`Terms`]; every flow is booked twice, so that the balance sheet holds or a bug shows.

pub mod black_scholes;
pub mod books;
pub mod closing;
mod company;
pub mod convertible;
pub mod credit;
pub mod depreciation;
mod equity;
pub mod fault;
pub mod funding;
pub mod loan;
mod loan_books;
mod marks;
pub mod normal;
mod operations;
mod project;
pub mod property_tax;
pub mod risk;
mod share_price;
mod statement;
pub mod tax;
pub mod terms;
pub mod warrants;

pub use books::Books;
pub use closing::{Carried, Closing, LenderResult};
pub use funding::Lending;
pub use loan_books::LoanBooks;
pub use marks::Marks;
pub use operations::Operations;
pub use statement::Statement;
pub use terms::Terms;
