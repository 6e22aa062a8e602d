//! What must hold before a verdict means anything, one file each.
//!
//! *Broken evidence* voids anomalies too: a key space that was not empty, two open operations of one
//! process, a clock that runs backwards. *Missing coverage* only takes the meaning out of *valid*:
//! too little traffic, a fault that did not take, a membership change that nobody planned, a history
//! that was cut short.

mod clock;
mod completeness;
mod faults;
mod key_space;
mod processes;
mod stability;
mod traffic;

use history::Assumption;

use crate::run::Run;

/// Examines all assumptions, in a fixed order.
#[must_use]
pub(crate) fn examine(run: &Run<'_>) -> Vec<Assumption> {
    let mut assumptions = vec![
        key_space::examine(run),
        processes::examine(run),
        clock::examine(run),
        completeness::examine(run),
        faults::applied(run),
        faults::in_force(run),
        stability::examine(run),
        traffic::completed(run),
        traffic::in_faults(run),
    ];
    assumptions.extend(traffic::in_faults_per_site(run));
    assumptions
}

/// An assumption whose failure takes the meaning out of *valid*.
fn coverage(name: &str, held: bool, detail: String) -> Assumption {
    Assumption { name: name.to_owned(), held, voids_anomalies: false, detail }
}

/// An assumption whose failure voids anomalies too.
fn evidence(name: &str, held: bool, detail: String) -> Assumption {
    Assumption { name: name.to_owned(), held, voids_anomalies: true, detail }
}
