//! `check`, `report`, `compare`.

use std::path::PathBuf;

use checker::transactions::Level;
use clap::{Args, ValueEnum};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A run (its folder, `latest`, or the shortest unique beginning of its name), or a file with a
    /// history of another program: Jepsen's EDN, a Jepsen log, or JSON lines.
    #[arg(value_name = "RUN|FILE")]
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,

    /// What a file is a history of; guessed if left out.
    #[arg(long, value_enum)]
    pub(crate) model: Option<ModelName>,

    /// How a file is written; guessed if left out.
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// What each object of a file holds at the start, if it is not nil, 0 or empty: an EDN value.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) initial: Option<String>,

    /// What a file is held to: `linearizable` for single objects, `strict-serializable`,
    /// `serializable`, `snapshot-isolation`, `read-committed` and others for transactions; the
    /// strictest if left out.
    #[arg(long, value_parser = consistency, value_name = "MODEL")]
    pub(crate) consistency: Option<Consistency>,

    /// Write `results.json` and the page anew.
    #[arg(long)]
    pub(crate) write: bool,

    /// Write what proves the verdict on each record or object: the order of its operations, or a few
    /// that have none; of transactions the serial order, or the anomaly that the level forbids.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,

    /// Judge nothing, and verify such a file against the run or the file that it is about.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["write", "certificate"])]
    pub(crate) verify_certificate: Option<PathBuf>,
}

/// What a file is a history of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelName {
    /// Reads and writes; nil at the start
    Register,
    /// Reads, writes and compare-and-set; nil at the start
    CasRegister,
    /// Adds of numbers, reads of the sum; 0 at the start
    Counter,
    /// Adds of elements, reads of all
    Set,
    /// First in, first out
    Queue,
    /// A lock, free at the start
    Mutex,
    /// Several registers, read and written together
    MultiRegister,
    /// Lists that are appended to, alone or in transactions
    ListAppend,
    /// Registers in transactions
    RwRegister,
    /// Texts by key: get, put, append; empty at the start
    Kv,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// Jepsen's EDN: maps with :process, :type, :f, :value
    Edn,
    /// Jepsen's log: after ` - ` a process, a type, a function, a value
    Log,
    /// The same maps in JSON, one a line
    Jsonl,
    /// Events as `runs export` writes them
    Events,
}

/// What a file is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consistency {
    /// Single objects: each operation takes effect at one instant between its call and its return.
    Linearizable,
    /// Transactions, as a whole.
    Level(Level),
}

/// A model of consistency by its name.
fn consistency(name: &str) -> Result<Consistency, String> {
    if name == "linearizable" {
        return Ok(Consistency::Linearizable);
    }
    Level::named(name).map(Consistency::Level).ok_or_else(|| {
        let known: Vec<&str> = Level::ALL.iter().rev().map(|level| level.name()).collect();
        format!(
            "known are linearizable (single objects) and, for transactions, {}",
            known.join(", ")
        )
    })
}

/// The arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// A run or a certificate: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}

/// The arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// A run: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) one: String,

    /// The other run.
    pub(crate) other: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}
