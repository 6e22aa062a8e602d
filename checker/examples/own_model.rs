//! A data type of one's own, judged by the general search: an account that is never overdrawn.
//!
//! `cargo run --example own_model`

use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::linearizability::Decision;
use aerocert_checker::linearizability::search::{Budget, Interval, decide};
use aerocert_checker::specification::Specification;

/// An account, empty at the start.
struct Account;

/// What a client asked, with what it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Request {
    Deposit(u64),
    Withdraw { amount: u64, paid: bool },
    Balance(u64),
}

impl Specification for Account {
    type State = u64;
    type Operation = Request;
    /// Facts make a search faster; without any it is as correct.
    type Fact = ();

    fn initial(&self) -> u64 {
        0
    }

    fn apply(&self, balance: &u64, request: &Request) -> Option<u64> {
        match *request {
            Request::Deposit(amount) => Some(balance + amount),
            Request::Withdraw { amount, paid: true } => balance.checked_sub(amount),
            Request::Withdraw { amount, paid: false } => (*balance < amount).then_some(*balance),
            Request::Balance(seen) => (*balance == seen).then_some(*balance),
        }
    }

    fn observes(&self, request: &Request) -> bool {
        matches!(request, Request::Balance(_) | Request::Withdraw { paid: false, .. })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}

/// Judges a day of an account, and the same day with one more withdrawal.
///
/// # Errors
/// Whatever the sink says.
pub(crate) fn run(mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let at = |call, ret, operation| Interval { call, ret, operation };
    let mut day = vec![
        at(1, 2, Request::Deposit(100)),
        // Nobody knows whether this one was booked: it may happen at any time after its call.
        at(3, u64::MAX, Request::Deposit(50)),
        at(4, 7, Request::Withdraw { amount: 120, paid: true }),
        at(5, 6, Request::Withdraw { amount: 120, paid: false }),
        at(8, 9, Request::Balance(30)),
    ];
    tell(&mut to, &day)?;
    day.push(at(10, 11, Request::Withdraw { amount: 40, paid: true }));
    tell(&mut to, &day)
}

fn tell(to: &mut impl Write, day: &[Interval<Request>]) -> Result<(), Box<dyn Error>> {
    match decide(&Account, day, Budget::default()) {
        Decision::Holds => writeln!(to, "{} requests have an order", day.len())?,
        Decision::Undecided(why) => writeln!(to, "undecided: {why}")?,
        Decision::Broken(violation) => {
            writeln!(to, "no order explains these {}:", violation.operations.len())?;
            for at in violation.operations {
                writeln!(to, "  {:?}", day[at].operation)?;
            }
        }
    }
    Ok(())
}
