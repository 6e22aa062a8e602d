//! Network namespaces by name, and threads that work in them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;

use nix::sched::{CloneFlags, setns};

use super::tool;
use crate::ClusterError;

/// Where the system keeps named namespaces.
const FOLDER: &str = "/run/netns";

/// The file of a namespace.
pub(super) fn file(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

/// Makes a namespace, with its loopback device up.
pub(super) fn create(name: &str) -> Result<(), ClusterError> {
    tool::run("ip", &["netns", "add", name], "")?;
    tool::run("ip", &["-n", name, "link", "set", "lo", "up"], "").map(drop)
}

/// Removes a namespace; its devices go with it once no process is left in it.
pub(super) fn remove(name: &str) -> Result<(), ClusterError> {
    tool::run("ip", &["netns", "delete", name], "").map(drop)
}

/// The names of all namespaces of this machine.
pub(super) fn all() -> Vec<String> {
    let entries = std::fs::read_dir(FOLDER).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Moves this thread into the namespace of a file: sockets that it opens from now on are there.
///
/// # Errors
/// The namespace is gone, or this is not root.
pub fn enter(file: &Path) -> Result<(), ClusterError> {
    let failed = |why: String| ClusterError::Namespace { path: file.to_owned(), why };
    let open = File::open(file).map_err(|error| failed(error.to_string()))?;
    setns(open, CloneFlags::CLONE_NEWNET).map_err(|error| failed(error.desc().to_owned()))
}

/// Does something in a namespace, on a thread of its own.
pub(super) fn inside<R: Send>(
    name: &str,
    doing: impl FnOnce() -> R + Send,
) -> Result<R, ClusterError> {
    let file = file(name);
    let done = thread::scope(|scope| scope.spawn(|| enter(&file).map(|()| doing())).join());
    done.unwrap_or_else(|_| {
        Err(ClusterError::Namespace { path: file.clone(), why: "a thread failed there".into() })
    })
}
