//! Transactions over several records: which models of consistency a history is of.
//!
//! [`judge`] infers which transaction must precede which (`inference`: writes over writes, reads
//! of writes, writes over reads, the order of processes and of real time), looks for cycles among
//! them (`cycles`) and for what no order explains, and says between which [`Level`]s the history
//! stands. It is after Elle (Kingsbury and Alvaro 2020), but decides every question exactly, in
//! near-linear time, and never by the clock.
//!
//! ```
//! use aerocert_checker::transactions::{Level, judge};
//! use history::{Verdict, exchange::elle};
//!
//! // Each of two transactions read what the other one wrote over: a write skew.
//! let history = elle::read("
//!     {:type :invoke, :process 0, :value [[:r x nil] [:append y 1]]}
//!     {:type :invoke, :process 1, :value [[:r y nil] [:append x 2]]}
//!     {:type :ok,     :process 0, :value [[:r x nil] [:append y 1]]}
//!     {:type :ok,     :process 1, :value [[:r y nil] [:append x 2]]}")?;
//! let judgement = judge(&history, Level::StrictSerializable);
//! assert_eq!(judgement.verdict, Verdict::Invalid);
//! let anomaly = &judgement.anomalies[0];
//! assert_eq!(anomaly.phenomenon.name(), "G2-item");
//! assert_eq!(anomaly.steps[0].reason, "T0 read [] from x, without 2, which T1 appended");
//! assert_eq!(judgement.standing.strongest, [Level::StrongSnapshotIsolation]);
//! assert_eq!(judgement.standing.weakest_broken, [Level::RepeatableRead]);
//! # Ok::<(), history::exchange::SyntaxError>(())
//! ```

mod certificate;
mod cycles;
mod graph;
mod inference;
mod judge;
mod level;
mod phenomenon;
mod serial;
mod words;

pub use certificate::prove;
pub use judge::{Dependency, Judgement, Step, TransactionAnomaly, judge, order};
pub use level::{Level, Standing, forbids};
pub use phenomenon::{CycleClass, Phenomenon, Through};
