//! Both modes to the letter: what is served, refused, lost and kept, and by whom, in virtual time.
//! Sources: the vendor's documentation of consistency modes, of cold and fast restarts, of durable
//! deletes and of clock skew; for availability also what a real server was seen to do.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod availability;
mod clocks;
mod deletes;
mod reads;
mod restarts;
mod stage;
mod trapped;
