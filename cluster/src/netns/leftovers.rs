//! What is left of networks whose keeper died.

use std::path::Path;

use super::names::keeper;
use super::namespace;
use crate::ClusterError;

/// A namespace of ours without its keeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its name.
    pub namespace: String,
    /// The process that kept it, and is gone.
    pub keeper: u32,
}

/// The namespaces of ours whose keepers are gone.
#[must_use]
pub fn leftovers() -> Vec<Leftover> {
    let ours = namespace::all()
        .into_iter()
        .filter_map(|namespace| keeper(&namespace).map(|keeper| Leftover { namespace, keeper }));
    ours.filter(|one| !Path::new(&format!("/proc/{}", one.keeper)).exists()).collect()
}

impl Leftover {
    /// Ends the nodes that are still in it, and removes it.
    ///
    /// # Errors
    /// The system refuses.
    pub fn remove(&self) -> Result<(), ClusterError> {
        // Nodes end with their keeper unless they are stopped; killing does not wait for that.
        let pids = super::tool::run("ip", &["netns", "pids", &self.namespace], "")?;
        for pid in pids.lines().filter_map(|line| line.trim().parse().ok()) {
            let pid = nix::unistd::Pid::from_raw(pid);
            // One that has ended meanwhile is what was wanted.
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
        namespace::remove(&self.namespace)
    }
}
