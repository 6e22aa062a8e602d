//! Whether a cluster is one, from what its nodes say of themselves or from their logs.
//!
//! A *split brain* is several clusters, each of two nodes at least, of what was one. A single node
//! that departs is none: it knows that it is alone, and clients pass it over. (Aerospike's article
//! "Split Brain detection and impact", whose log lines [`Line`] reads.) Pure functions.

mod line;
mod logs;
mod shape;

pub use line::{Line, Said};
pub use logs::{Episode, Log, Namespace, episodes};
pub use shape::{Part, Shape, View, observed, shape};
