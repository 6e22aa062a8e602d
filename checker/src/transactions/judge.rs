//! From a history of transactions to a verdict.

use std::collections::BTreeMap;

use history::{TransactionId, Transactions, Verdict};

use super::cycles;
use super::graph::Kind;
use super::inference::Inference;
use super::level::{Level, Standing, forbids};
use super::phenomenon::Phenomenon;
use super::serial::{self, Respect};
use super::words;

/// Examples of each class that come with their proof.
const EXAMPLES: u64 = 10;

/// Steps of a cycle that its claim tells.
const SHOWN: usize = 12;

/// What a history of transactions shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the history is of the level that was asked for. Unknown only if values were written
    /// more than once, or if registers without versions leave the order of their writes open.
    pub verdict: Verdict,
    /// The level that was asked for.
    pub level: Level,
    /// How many anomalies of each class there are, whether the level forbids them or not. Cycles
    /// that share transactions are one anomaly.
    pub counts: BTreeMap<Phenomenon, u64>,
    /// The first ten of each class with their proofs.
    pub anomalies: Vec<TransactionAnomaly>,
    /// The levels between which the history stands.
    pub standing: Standing,
    /// Why the verdict is unknown, or may say less than it could.
    pub doubts: Vec<String>,
}

/// An anomaly with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionAnomaly {
    /// Its class.
    pub phenomenon: Phenomenon,
    /// The transactions that prove it, each once; a cycle's in its order.
    pub transactions: Vec<TransactionId>,
    /// The steps of a cycle: each transaction precedes the next, and the last the first.
    pub steps: Vec<Step>,
    /// The proof in plain words.
    pub claim: String,
}

/// One step of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The transaction that comes first.
    pub from: TransactionId,
    /// The one that comes after it.
    pub to: TransactionId,
    /// Why.
    pub dependency: Dependency,
    /// Why, in plain words.
    pub reason: String,
}

/// Why one transaction precedes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// It wrote first.
    WriteWrite,
    /// What it wrote was read.
    WriteRead,
    /// What it read was overwritten.
    ReadWrite,
    /// It came first in one process.
    Process,
    /// It ended before the other began.
    Realtime,
}

impl Dependency {
    /// Its name in the literature.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WriteWrite => "ww",
            Self::WriteRead => "wr",
            Self::ReadWrite => "rw",
            Self::Process => "process",
            Self::Realtime => "realtime",
        }
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::WriteWrite => Self::WriteWrite,
            Kind::WriteRead => Self::WriteRead,
            Kind::ReadWrite | Kind::ReadWriteOn | Kind::TimedReadWrite => Self::ReadWrite,
            Kind::Process => Self::Process,
            Kind::Realtime | Kind::RealtimeOn => Self::Realtime,
        }
    }
}

/// Judges a history. The same history gives the same judgement, on every machine.
///
/// For lists, and for registers whose versions the history carries, the answer is exact for the
/// serializable levels: *valid* means that a serial order explains all that was read. For registers
/// without versions, where the question is NP-complete, every anomaly is real, *valid* means that
/// such an order was found, and *unknown* that neither was.
#[must_use]
pub fn judge(history: &Transactions, level: Level) -> Judgement {
    let inference = Inference::of(history, EXAMPLES);
    let found = cycles::find(&inference.graph, history.len() as u32, EXAMPLES);
    let mut counts = inference.findings.counts;
    counts.extend(found.counts);
    let id = |transaction: u32| TransactionId(transaction);
    let mut anomalies: Vec<TransactionAnomaly> = Vec::new();
    for example in inference.findings.examples {
        anomalies.push(TransactionAnomaly {
            phenomenon: example.phenomenon,
            transactions: example.transactions.into_iter().map(id).collect(),
            steps: Vec::new(),
            claim: example.claim,
        });
    }
    for (phenomenon, cycle) in found.examples {
        let step = |edge: &super::graph::Edge| Step {
            from: id(edge.from),
            to: id(edge.to),
            dependency: Dependency::of(edge.kind),
            reason: words::reason(history, edge),
        };
        let steps: Vec<Step> = cycle.iter().map(step).collect();
        let shown: Vec<&str> = steps.iter().take(SHOWN).map(|step| step.reason.as_str()).collect();
        let more = match steps.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("; and {more} more, which lead back to the first"),
        };
        anomalies.push(TransactionAnomaly {
            phenomenon,
            transactions: steps.iter().map(|step| step.from).collect(),
            claim: format!("no order holds all of these: {}{more}", shown.join("; ")),
            steps,
        });
    }
    anomalies.sort_by_key(|anomaly| anomaly.phenomenon);
    let phenomena: Vec<Phenomenon> = counts.keys().copied().collect();
    let mut doubts = inference.doubts;
    // Where not all orders that the graph allows explain all, one that does is a proof; strictly
    // serial ones are the quickest to find.
    let explains = |respect: Respect| {
        !phenomena.iter().any(|one| forbids(respect.proves(), *one))
            && serial::order(history, &inference.graph, &inference.members, respect).is_some()
    };
    let is_explained = || {
        let orders: Vec<Respect> = Respect::proving(level).collect();
        inference.is_total || orders.into_iter().rev().any(explains)
    };
    let verdict = if phenomena.iter().any(|one| forbids(level, *one)) {
        Verdict::Invalid
    } else if doubts.is_empty() && is_explained() {
        Verdict::Valid
    } else {
        doubts.push(
            "no anomaly that the level forbids was found, and no order of the transactions that \
             explains all reads either: the order of writes is open"
                .to_owned(),
        );
        Verdict::Unknown
    };
    Judgement { verdict, level, counts, anomalies, standing: Standing::of(&phenomena), doubts }
}

/// A serial order that proves a history to be of a level; `None` if none is found, as where the level
/// asks for none. [`certificate::serial`](crate::certificate::serial) verifies it.
#[must_use]
pub fn order(history: &Transactions, level: Level) -> Option<Vec<TransactionId>> {
    let Inference { graph, members, .. } = Inference::of(history, 0);
    let orders: Vec<Respect> = Respect::proving(level).collect();
    orders.into_iter().rev().find_map(|respect| serial::order(history, &graph, &members, respect))
}
