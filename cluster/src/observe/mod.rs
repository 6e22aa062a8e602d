//! What nodes say of themselves, from their info answers. Pure functions; [`Cluster`](crate::Cluster)
//! does the asking.

mod answers;
mod observation;
mod stable;

pub use answers::{Answers, Pairs};
pub use observation::node_observation;
pub use stable::missing;
