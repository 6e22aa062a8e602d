//! The backend *embedded*: an emulated cluster in this process.

mod emulated;
mod plan;

pub(crate) use emulated::Emulated;
pub use plan::{AccessPlan, EmbeddedPlan, NamespacePlan, TlsPlan};
