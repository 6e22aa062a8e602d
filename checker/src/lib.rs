//! Histories in, verdicts out: no IO, no clock, no async.
