//! `doctor`: what this machine and that cluster can do, one line a probe, with the mend.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::cli::Where;
use crate::exit::{Exit, Failure};
use crate::output;

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Finding {
    /// As it should be.
    Ok,
    /// Something will be missing.
    Warn,
    /// Runs will fail.
    Fail,
}

/// One line.
#[derive(Debug, Serialize)]
pub(super) struct Probe {
    /// What was looked at.
    pub(super) name: String,
    /// What was found.
    pub(super) finding: Finding,
    /// The value, in words.
    pub(super) found: String,
    /// What to do, if anything.
    pub(super) mend: Option<String>,
}

pub(super) fn doctor(place: &Where, json: bool) -> Result<Exit, Failure> {
    let mut probes = vec![cores(), loopback(), disk(Path::new(".")), read_modes()];
    probes.extend([namespaces(), leftovers()]);
    if !place.hosts.is_empty() || super::cluster::is_kept(place) {
        probes.extend(super::cluster::probes(place)?);
    }
    if json {
        output::json(&probes)?;
    } else {
        output::data(&text(&probes));
    }
    let failed = probes.iter().any(|probe| probe.finding == Finding::Fail);
    Ok(if failed { Exit::Harness } else { Exit::Met })
}

fn text(probes: &[Probe]) -> String {
    let mut rows = Vec::new();
    for probe in probes {
        let finding = match probe.finding {
            Finding::Ok => "ok",
            Finding::Warn => "warn",
            Finding::Fail => "FAIL",
        };
        rows.push(vec![finding.to_owned(), probe.name.clone(), probe.found.clone()]);
        if let Some(mend) = &probe.mend {
            rows.push(vec![String::new(), "hint:".to_owned(), mend.clone()]);
        }
    }
    output::table(&rows)
}

fn cores() -> Probe {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let enough = cores >= 2;
    Probe {
        name: "processor cores".to_owned(),
        finding: if enough { Finding::Ok } else { Finding::Warn },
        found: cores.to_string(),
        mend: (!enough).then(|| {
            "the embedded cluster and its load share one core; lower `load.rate`".to_owned()
        }),
    }
}

/// The embedded cluster gives each node a loopback address per site.
fn loopback() -> Probe {
    let refused = ["127.0.0.1", "127.32.1.1", "127.33.2.2"]
        .into_iter()
        .find_map(|address| TcpListener::bind((address, 0)).err().map(|error| (address, error)));
    Probe {
        name: "loopback addresses".to_owned(),
        finding: if refused.is_none() { Finding::Ok } else { Finding::Fail },
        found: refused.as_ref().map_or_else(
            || "all of 127.0.0.0/8 can be listened on".to_owned(),
            |(address, error)| format!("{address}: {error}"),
        ),
        mend: refused.map(|_| {
            "this system gives processes only 127.0.0.1; add the others as aliases of the loopback \
             interface, or use a running cluster with --backend hosts"
                .to_owned()
        }),
    }
}

fn disk(folder: &Path) -> Probe {
    const WANTED_MB: u64 = 512;
    let free_mb = nix::sys::statvfs::statvfs(folder)
        .map(|stat| stat.blocks_available() * stat.fragment_size() / 1_000_000);
    match free_mb {
        Ok(free_mb) => Probe {
            name: "disk space here".to_owned(),
            finding: if free_mb >= WANTED_MB { Finding::Ok } else { Finding::Warn },
            found: format!("{free_mb} MB free"),
            mend: (free_mb < WANTED_MB)
                .then(|| "free some, or point --out at a larger disk".to_owned()),
        },
        Err(error) => Probe {
            name: "disk space here".to_owned(),
            finding: Finding::Warn,
            found: error.to_string(),
            mend: Some("run in a folder that can be written".to_owned()),
        },
    }
}

/// What the backend netns needs.
fn namespaces() -> Probe {
    let there = |tool: &&str| {
        let asked = Command::new(tool).arg("-V").stdout(Stdio::null()).status();
        !asked.is_ok_and(|status| status.success())
    };
    let missing = if nix::unistd::geteuid().is_root() {
        ["ip", "nft"].iter().copied().filter(there).collect::<Vec<_>>().join(" and ")
    } else {
        "root".to_owned()
    };
    let enough = missing.is_empty();
    Probe {
        name: "network namespaces".to_owned(),
        finding: if enough { Finding::Ok } else { Finding::Warn },
        found: match enough {
            true => "root, `ip` and `nft` are here: --backend netns works".to_owned(),
            false => format!("{missing} missing"),
        },
        mend: (!enough).then(|| {
            "for --backend netns: run as root, with the packages iproute2 and nftables".to_owned()
        }),
    }
}

/// What clusters left whose keepers died.
fn leftovers() -> Probe {
    let left: Vec<String> = cluster::leftovers().into_iter().map(|one| one.namespace).collect();
    let none = left.is_empty();
    Probe {
        name: "leftovers".to_owned(),
        finding: if none { Finding::Ok } else { Finding::Warn },
        found: if none { "none".to_owned() } else { left.join(", ") },
        mend: (!none).then(|| "`aerocert cluster down --all` removes them".to_owned()),
    }
}

/// A fact of the client that every SC verdict rests on.
fn read_modes() -> Probe {
    Probe {
        name: "SC read modes".to_owned(),
        finding: Finding::Ok,
        found: format!(
            "{} drops them on single-record reads; reads go as batches, which carry them",
            workloads::CLIENT
        ),
        mend: None,
    }
}
