//! The certificate for programs.

mod json;
mod junit;

pub use json::certificate_json;
pub use junit::junit;
