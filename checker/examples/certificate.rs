//! A verdict that need not be believed: it comes with a certificate, which a verifier checks that
//! shares no code with what found it.
//!
//! `cargo run --example certificate`

use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::certificate::verify_object;
use aerocert_checker::foreign::{ObjectModel, Question, objects, prove};
use history::Proof;
use history::exchange::foreign::{Foreign, Format};

/// Two queues, each of which is filled and emptied.
const HISTORY: &str = r#"
{"process":0,"type":"invoke","f":"enqueue","key":"mail","value":1}
{"process":1,"type":"invoke","f":"enqueue","key":"mail","value":2}
{"process":0,"type":"ok","f":"enqueue","key":"mail","value":1}
{"process":1,"type":"ok","f":"enqueue","key":"mail","value":2}
{"process":0,"type":"invoke","f":"dequeue","key":"mail","value":null}
{"process":0,"type":"ok","f":"dequeue","key":"mail","value":2}
{"process":0,"type":"invoke","f":"enqueue","key":"jobs","value":3}
{"process":0,"type":"ok","f":"enqueue","key":"jobs","value":3}
{"process":0,"type":"invoke","f":"dequeue","key":"jobs","value":null}
{"process":1,"type":"invoke","f":"dequeue","key":"jobs","value":null}
{"process":0,"type":"ok","f":"dequeue","key":"jobs","value":3}
{"process":1,"type":"ok","f":"dequeue","key":"jobs","value":3}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}

/// Proves the verdicts, verifies the proofs, and tries a forged one.
///
/// # Errors
/// A proof that does not hold, or whatever the sink says.
pub(crate) fn run(mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let history = Foreign::read(HISTORY.as_bytes(), Format::JsonLines)?;
    let question = Question::of(ObjectModel::Queue);
    let proofs = prove(&history, question)?;
    let objects = objects(&history, question.model);
    for (one, operations) in proofs.iter().zip(&objects) {
        verify_object(&history, question, operations, &one.proof)?;
        let told = match &one.proof {
            Proof::Valid { order } => format!("valid, in the order {:?}", numbers(order)),
            Proof::Invalid { witness } => format!("invalid, as {:?} show", numbers(witness)),
            Proof::Unknown { reason } => format!("unknown: {reason}"),
        };
        writeln!(to, "{} is {told}", history.data.print(one.key))?;
    }
    // An order with two of its operations exchanged explains nothing.
    if let Proof::Valid { order } = &proofs[0].proof {
        let mut order = order.clone();
        order.swap(0, 1);
        let forged = Proof::Valid { order };
        match verify_object(&history, question, &objects[0], &forged) {
            Err(why) => writeln!(to, "forged: {why}")?,
            Ok(()) => return Err("a forged order was believed".into()),
        }
    }
    Ok(())
}

/// Operations are named by the events that began them, which are counted from 1.
fn numbers(operations: &[history::OperationId]) -> Vec<u64> {
    operations.iter().map(|id| id.0).collect()
}
