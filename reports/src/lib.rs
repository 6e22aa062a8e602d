//! Results in, pages out: HTML, SVG, JSON, JUnit.
//!
//! Everything here is a pure function of a run directory's content: the same input gives the same
//! bytes. Pages are one file each, fetch nothing, and work without their script.
//!
//! - [`run_page`]: one run, from its verdict to the proofs of its anomalies.
//! - [`certificate_page`]: a night's runs, strong consistency beside availability.
//! - [`certificate_json`], [`junit`]: the same for programs.
//! - [`cluster_notice`]: what every one of them says of an emulated cluster.

mod chart;
mod export;
mod fate;
mod notice;
mod page;
mod proof;
mod series;
mod statement;
mod view;
mod words;

pub use export::{certificate_json, junit};
pub use notice::cluster_notice;
pub use page::{certificate_page, run_page};
pub use statement::{certificate_statement, run_statement};
pub use view::RunView;
pub use words::{expectation as expectation_text, fault as fault_text};
