//! Where the clients of each site live.

use cluster::Cluster;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::exit::Failure;

/// The runtimes of the sites whose clients live in a network namespace of their own: every thread
/// enters it as it starts.
pub(super) struct Sites(Vec<Runtime>);

impl Sites {
    /// Starts them; none where clients can live anywhere.
    ///
    /// # Errors
    /// A namespace that cannot be entered, threads that cannot be started.
    pub(super) fn open(cluster: &Cluster) -> Result<Self, Failure> {
        let sites = 0..cluster.topology().sites.len() as u8;
        let namespaces = sites.filter_map(|site| cluster.client_namespace(site));
        let runtimes = namespaces.map(|namespace| {
            // Once here, so that a thread that cannot is no surprise.
            let tried = namespace.clone();
            let entered = std::thread::spawn(move || cluster::enter(&tried)).join();
            entered
                .map_err(|_| Failure::Harness("a thread failed".to_owned()))?
                .map_err(Failure::harness)?;
            Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("clients")
                .on_thread_start(move || {
                    if let Err(error) = cluster::enter(&namespace) {
                        // A client elsewhere would prove nothing, and might reach another cluster.
                        crate::output::error(&Failure::harness(error));
                        std::process::abort();
                    }
                })
                .enable_all()
                .build()
                .map_err(Failure::harness)
        });
        runtimes.collect::<Result<_, _>>().map(Self)
    }

    /// Their handles, by site.
    pub(super) fn handles(&self) -> Vec<Handle> {
        self.0.iter().map(|runtime| runtime.handle().clone()).collect()
    }
}

impl Drop for Sites {
    fn drop(&mut self) {
        for runtime in self.0.drain(..) {
            // Waiting for threads is not allowed where this is dropped.
            runtime.shutdown_background();
        }
    }
}
