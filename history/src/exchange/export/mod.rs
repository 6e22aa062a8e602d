//! Histories for other programs.
//!
//! | function | is for | writes |
//! | --- | --- | --- |
//! | [`edn`] | Jepsen, Knossos, Elle's plotting | a map a line; keys as Jepsen's independent keys, `[key value]` |
//! | [`json_lines`] | anything | the lines that [`foreign`](super::foreign) documents |
//! | [`porcupine`] | Porcupine | a JSON array, as Go reads it into a `[]porcupine.Operation` |
//!
//! Faults and phases become lines of the nemesis, which are no operations. What other programs have
//! no words for (sites, routes, generations) is left out; [`jsonl`](super::jsonl) loses nothing.

mod porcupine;
mod words;

pub use porcupine::porcupine;
pub use words::{edn, json_lines};
