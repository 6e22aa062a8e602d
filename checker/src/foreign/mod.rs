//! Histories of other programs, judged under a model that is named or guessed.
//!
//! ```
//! use aerocert_checker::foreign::{ObjectModel, Question, judge};
//! use history::Verdict;
//! use history::exchange::foreign::{Foreign, Format};
//!
//! let text = b"
//!     {:process 0, :type :invoke, :f :write, :value 1}
//!     {:process 0, :type :ok,     :f :write, :value 1}
//!     {:process 0, :type :invoke, :f :write, :value 2}
//!     {:process 0, :type :ok,     :f :write, :value 2}
//!     {:process 1, :type :invoke, :f :read,  :value nil}
//!     {:process 1, :type :ok,     :f :read,  :value 1}";
//! let history = Foreign::read(text, Format::Edn).unwrap();
//! let model = ObjectModel::guess(&history).unwrap();
//! assert_eq!(model, ObjectModel::Register);
//! let judgement = judge(&history, Question::of(model)).unwrap();
//! assert_eq!(judgement.verdict, Verdict::Invalid);
//! let proof = judgement.proof.unwrap();
//! assert_eq!(proof.claim, "A read returned a value that had been replaced before the read began.");
//! assert_eq!(
//!     history.describe(&history.operations[proof.operations[2]]),
//!     "read by process 1 returned 1 (lines 6 and 7)"
//! );
//! ```

mod certificate;
mod check;
mod claim;
mod judge;
mod model;
mod object;
mod proof;
mod registers;
mod silence;
mod way;

pub use certificate::{ObjectProof, prove};
pub use check::Complaint;
pub use judge::{Judgement, Question, judge, objects};
pub use model::ObjectModel;
pub(crate) use object::records;
pub use proof::Proof;
pub(crate) use silence::Silence;
