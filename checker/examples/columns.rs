//! A database's own log of one register, judged from columns: the fast way in, for millions of
//! operations.
//!
//! `cargo run --example columns`

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::linearizability::register::{Action, Columns, INITIAL, judge};

/// Key, when it was asked and answered (µs, `-` if it never was), what was asked, the value.
const LOG: &str = "\
x 100 180 write a
x 150 420 write b
x 200 260 read a
y 210 - write c
y 230 290 read c
x 300 340 read b
x 440 480 read a
y 500 520 read c";

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}

/// Judges the log.
///
/// # Errors
/// A line that is none of the log's, or whatever the sink says.
pub(crate) fn run(mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let lines: Vec<&str> = LOG.lines().collect();
    let mut columns = Columns::with_capacity(lines.len());
    // Keys are dense from 0; values from 1, since `INITIAL` is what a key holds at the start.
    let (mut keys, mut values) = (HashMap::new(), HashMap::new());
    for line in &lines {
        let [key, call, ret, what, value] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("{line}: key, call, return, what, value").into());
        };
        let next = keys.len() as u32;
        let key = *keys.entry(key).or_insert(next);
        let next = values.len() as u32 + 1;
        let value = if value == "nil" { INITIAL } else { *values.entry(value).or_insert(next) };
        // An operation that was not answered is in doubt: it may happen at any later time, or never.
        let ret = if ret == "-" { u64::MAX } else { ret.parse()? };
        let action = if what == "write" { Action::Write(value) } else { Action::Read(value) };
        columns.push(key, call.parse()?, ret, action);
    }
    let judgement = judge(&columns);
    let suspect = judgement.broken.len() + judgement.ambiguous.len();
    writeln!(to, "{} of {} keys are linearizable", keys.len() - suspect, keys.len())?;
    for (key, conflict) in &judgement.broken {
        let name = keys.iter().find(|(_, number)| *number == key).map_or("?", |(name, _)| name);
        writeln!(to, "{name} is not; no order holds all of these:")?;
        for step in &conflict.steps {
            writeln!(to, "  {}", lines[*step as usize])?;
        }
    }
    Ok(())
}
