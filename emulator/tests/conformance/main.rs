//! The emulator against a real server: every recorded exchange is asked again.
//!
//! An answer is *matched*, or it differs in a way that a row of `reasons.tsv` explains, or it has
//! *failed*. Clocks, sizes and counters (`volatile.txt`) may have other values.

mod compare;
mod frames;
mod info;
mod recording;
mod sockets;
mod tally;
mod worlds;

use tally::{Reasons, Tally};

#[test]
fn every_recorded_exchange_is_matched_or_has_a_reason() {
    let reasons = Reasons::read();
    let mut all = Tally::default();
    info::single(&mut all, &reasons);
    info::stretch(&mut all, &reasons);
    info::startup(&mut all, &reasons);
    frames::client(&mut all, &reasons);
    // Which connections survive a cut is drawn: here those die that died when it was recorded.
    frames::faults(&mut all, &reasons, 3);
    sockets::raw(&mut all, &reasons);
    println!("{all}");
    assert!(all.failed.is_empty(), "{}", all.failed.join("\n"));
    let unused = reasons.unused(&all);
    assert!(unused.is_empty(), "reasons that explain nothing: {unused:#?}");
    assert!(all.matched > 2000, "{all}");
}
