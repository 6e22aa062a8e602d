//! Runs on disk: where the stages meet.
//!
//! A run is a folder ([`RunDirectory`]), runs live together in a [`Store`]. Small things are JSON
//! (written whole, or line by line), the history is a file of compressed blocks:
//!
//! ```text
//! runs/latest -> 20260101-…         the newest run
//! runs/20260101-…/manifest.json     what was asked, of what, and what is to be checked
//!                 history/events.blocks
//!                 faults.jsonl  observations.jsonl
//!                 logs/  results.json  report.html
//! ```
//!
//! The history's file is made to be killed: it only ever grows by whole blocks, each with its own
//! checksums and no reference to another ([`block`] has the layout, `columns` what is in one). A
//! reader gives the events up to the first block that is not whole. If nothing readable follows,
//! that is where the recording was cut off ([`Ending::torn`]); if something does, the file was
//! damaged later, which is an error. Either way what was read is a prefix in time.

mod atomic;
pub mod block;
mod blocks;
mod columns;
mod error;
mod gather;
mod lines;
mod reader;
mod run;
mod runs;
mod varint;
mod writer;

pub use atomic::write_atomically;
pub use error::{DamageError, StoreError};
pub use reader::{Ending, EventReader};
pub use run::RunDirectory;
pub use runs::{Retention, RunEntry, Store};
pub use writer::EventWriter;
