//! The keeper's end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::folder::{create, socket};
use super::message::{Description, LONGEST_LINE, Request, Response};
use crate::{Cluster, ClusterError};

/// A control socket. It is removed when this is dropped.
#[derive(Debug)]
pub struct Server {
    path: PathBuf,
    listener: UnixListener,
}

impl Server {
    /// Listens in a state folder, which is made if need be. A socket that a dead process left is
    /// replaced.
    ///
    /// # Errors
    /// Another process keeps a cluster there, or the folder cannot be used.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn bind(folder: &Path) -> Result<Self, ClusterError> {
        create(folder)?;
        let path = socket(folder);
        let control = |source| ClusterError::Control { path: path.clone(), source };
        if UnixStream::connect(&path).await.is_ok() {
            return Err(ClusterError::KeptAlready(folder.to_owned()));
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(control(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(control)?;
        Ok(Self { path, listener })
    }

    /// Answers controllers until one says [`Request::Down`]. The cluster is left to the caller.
    pub async fn serve(&self, cluster: Arc<Cluster>) {
        let down = Arc::new(Notify::new());
        let mut controllers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (cluster, down) = (Arc::clone(&cluster), Arc::clone(&down));
                    controllers.spawn(async move {
                        // A controller that goes away in the middle of a line is its own affair.
                        let _ = converse(stream, &cluster, &down).await;
                    });
                }
                Some(_) = controllers.join_next() => {}
                () = down.notified() => return,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // If it stays, the next keeper finds nobody behind it and replaces it.
        let _ = fs::remove_file(&self.path);
    }
}

async fn converse(stream: UnixStream, cluster: &Cluster, down: &Notify) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        if line.last() != Some(&b'\n') {
            return Ok(());
        }
        let response = match serde_json::from_slice(&line) {
            Ok(request) => answer(request, cluster).await,
            Err(error) => Response::Error(format!("not a request of this version: {error}")),
        };
        let mut answer = serde_json::to_vec(&response)?;
        answer.push(b'\n');
        stream.write_all(&answer).await?;
        if response == Response::Stopping {
            stream.flush().await?;
            down.notify_one();
        }
    }
}

async fn answer(request: Request, cluster: &Cluster) -> Response {
    match request {
        Request::Describe => Response::Description(Description {
            identity: cluster.identity().clone(),
            namespaces: cluster.namespaces().to_vec(),
        }),
        Request::Command(command) => match cluster.perform(command).await {
            Ok(reply) => Response::Reply(reply),
            Err(error) => Response::Error(error.to_string()),
        },
        Request::Down => Response::Stopping,
    }
}
