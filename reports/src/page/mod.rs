//! Whole pages: one file each, opened from disk, nothing fetched.

mod certificate;
mod cluster;
mod comparison;
mod faults;
mod head;
mod link;
mod losses;
mod matrix;
mod run;
mod table;

pub use certificate::certificate_page;
pub use run::run_page;
