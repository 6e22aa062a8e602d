//! Histories of other programs: any values, any data type, and the lines that they stand on.
//!
//! | format | is |
//! | --- | --- |
//! | [`Format::Edn`] | Jepsen's histories: maps with `:process`, `:type`, `:f` and `:value` in any order, one after the other or in one vector |
//! | [`Format::Log`] | Jepsen's log: on each line, after ` - `, a process, a type, a function and a value, apart by blanks |
//! | [`Format::JsonLines`] | the same maps in JSON |
//! | [`Format::Events`] | what aerocert itself writes without loss, see [`jsonl`](super::jsonl) |
//!
//! A line of JSON has these members, of which only `type` and (but for transactions) `f` must be
//! there; others are passed over:
//!
//! ```text
//! {"process":0,"type":"invoke","f":"write","key":7,"value":1,"time":1000}
//! {"process":0,"type":"ok","f":"write","key":7,"value":1,"time":2000}
//! ```
//!
//! | member | is |
//! | --- | --- |
//! | `process` | who asks, a number or a name; a process has one operation at a time |
//! | `type` | `invoke`; then `ok` (it happened), `fail` (it did not and never will) or `info` (nobody knows) |
//! | `f` | `read` `write` `cas` `add` `append` `delete` `enqueue` `dequeue` `acquire` `release` `get` `put` `txn` |
//! | `key` | which object, if there are several |
//! | `value` | what is written, added or expected (`cas`: `[from, to]`); in the completion of a read what was read; `null` is an absent object |
//! | `error` | why it failed: a `cas` that failed for another reason than its condition observed nothing |
//!
//! The order of the lines is the order of time. An operation without an end is in doubt. Lines of a
//! process that is named (the nemesis) and do not invoke are passed over. Without a `key`,
//! values that are pairs throughout are taken for a key and a value, as Jepsen writes independent
//! keys.
//!
//! ```
//! use history::exchange::foreign::{Foreign, Format};
//!
//! let text = br#"{"process":0,"type":"invoke","f":"write","value":5}
//! {"process":0,"type":"ok","f":"write","value":5}"#;
//! let history = Foreign::read(text, Format::guess(text).unwrap()).unwrap();
//! assert_eq!(history.operations.len(), 1);
//! assert_eq!(history.data.print(history.operations[0].argument), "5");
//! ```

mod cursor;
mod data;
mod events;
mod format;
mod keyed;
mod layout;
mod lead;
mod operation;
mod pair;
mod read;
mod scan;

pub use data::{Data, Datum, DatumId};
pub use format::Format;
pub use operation::{Foreign, ForeignOperation, Function};
