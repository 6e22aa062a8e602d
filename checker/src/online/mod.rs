//! The same judgement while a history goes on: events in, alarms out, in bounded memory.
//!
//! [`Judge`] takes events in the order of time, as a recorder sees them. Per record it keeps a
//! *window*: what can still matter for what is to come. A record is settled when enough has gathered,
//! and at least every [`SETTLES_WITHIN_NS`]: the offline algorithm decides over the window, with open
//! operations as in doubt, which is what the history up to now is. Linearizability is closed under
//! prefixes, so a prefix that is broken stays broken, and an alarm is final.
//!
//! # What is folded, and why nothing is lost
//!
//! Let the *watermark* `W` be the call of the oldest operation that is open (now, if none is).
//! Whatever ends later was called at `W` or later; what ended before `W` precedes it.
//!
//! **Registers** whose values name their writes. Blocks (a value's write and reads, or a chain of
//! them) have zones `(f, s)`, earliest return and latest call, and `a` must precede `b` iff
//! `f(a) < s(b)`; there is an order iff no two blocks must precede each other (see
//! [`zones`](crate::linearizability::register::zones)). Let `A` be the blocks with `f < W`: of these
//! `f` is final, and no write of theirs is open. A block `b` of `A` that must precede some `u` of `A`
//! is *dead*: an operation still to come that touches it is called at `W` or later, raises `s(b)`
//! beyond `f(u)`, and so is a violation by itself. Dead blocks are dropped:
//! - What touches one later finds a value that nobody wrote, a violation again. It needs not be told
//!   from a value that was never written: either way no order exists. An operation that writes the
//!   value anew makes a new block, rightly: nobody can see the old one any more.
//! - A block `x` that stays never has to precede a dropped `b`, now or later: if `f(x) < s(b)`, then
//!   `x` had to precede `b` of `A` itself (or, through it, `u`), and would be dead, too. And `f(x)`
//!   does not fall, since returns to come are later than all calls that are over.
//! - *must precede* has no cycle in a valid window, so `A` always keeps a block that is not dead: it
//!   also makes every later read of an absent record a violation.
//!
//! Of a chain, the values before the last one that was seen before `W` are dead in the same way; one
//! of them stands for all, with their earliest return and latest call. Of a value's reads only the
//! first to return and the last to be called bound its zone. A refusal is judged with all writes that
//! are open or in doubt: what comes is called later than it, and cannot have made it true. So what it
//! binds (see `register::refusals`) it binds for ever, and it goes; a write that is open and bound is
//! taken in as what it must have been. While a choice is left, nothing is folded; a window that grows
//! too large in that way hands what it holds to the set of all states that may be (see *anything
//! else*), which carries the choice on beside it, exactly, and forgets it itself. Only if that set
//! spends its budget, or an open write stays bound for so long, is the record undecided until the
//! second look; what the window still holds raises alarms all the same. A refusal
//! that is to come was called at `W` or later: a dropped value is surely gone by then, and another
//! that ends a value before a dropped one would, does so as well. What stays is bounded by the
//! operations that are, or were, open with the oldest open one; and the writes in doubt that nobody
//! observed, which may surface at any time, a few words each.
//!
//! **Counters.** Let `m` be the highest count that something returned before `W`. All that comes sees
//! `m` or more, so the slots up to `m` have their final bounds, and the increments for them can be
//! given away as the offline algorithm does: it goes slot by slot and never looks back. What is left
//! of increments that returned before anything that is to be, or still is, compared with them was
//! called, must be part of all of it: `m` grows by these. Increments in doubt called before `W` are
//! good for every slot to come, and only counted. Of what saw no more than `m` only the latest call
//! matters.
//!
//! **Lists.** A read that returned before `W` with `m` elements fixes them: every list to come begins
//! with them. Of the operations that touch no more than these only the latest call matters. The list
//! itself is kept, as the record keeps it.
//!
//! **Anything else** (a value written twice, deletes, increments of several sizes): the window becomes
//! the set of states that the record may be in, with the operations taken before they returned and
//! the number of operations in doubt used, and moves with the watermark (just-in-time linearization).
//! A window that was folded can be taken over, since all that was dropped can be ordered before all
//! that stays. Where the budget is spent, the record is undecided.
//!
//! **Versions.** See `versions`: only operations of the highest generation returned before `W` and
//! above can contradict one to come.
//!
//! # Verdicts and classes at the end
//!
//! The finer classes compare operations that may lie far apart, and some wait for final reads. None of
//! their finders finds anything on a record that has a linearization, whose values name their writes,
//! and whose versions hold. So the judge ends with the [suspects](Conclusion::suspects): the records
//! with an alarm, those it could not decide, and those whose values may not name their writes (it
//! keeps only the highest value that was retired of each record as a watermark: a value below it may
//! be an old one). Reading the recording a second time for these alone
//! ([`Conclusion::excerpt`]) gives the verdicts and classes of the whole; a valid run needs none.
//!
//! Memory is bounded by records, open operations (and what ended since the oldest of them began) and
//! writes in doubt. An operation that never ends, not even in doubt, keeps a window open.

mod counter;
mod frontier;
mod judge;
mod list;
mod register;
mod versions;
mod watch;
mod window;

pub use judge::{Alarm, Conclusion, Judge, SETTLES_WITHIN_NS, Suspicion, Violation};
