//! The controller's end.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::folder::socket;
use super::message::{Description, LONGEST_LINE, Request, Response};
use crate::ClusterError;
use crate::command::{Command, Reply};

/// Speaks to the process that keeps a cluster; a connection per request.
#[derive(Clone, Debug)]
pub struct Client {
    folder: PathBuf,
}

impl Client {
    /// The process behind the control socket in a folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Whether a process keeps a cluster there.
    pub async fn is_kept(&self) -> bool {
        self.describe().await.is_ok()
    }

    /// What it keeps.
    ///
    /// # Errors
    /// No process keeps one.
    pub async fn describe(&self) -> Result<Description, ClusterError> {
        match self.ask(&Request::Describe).await? {
            Response::Description(description) => Ok(description),
            other => Err(odd(other)),
        }
    }

    /// Has something done.
    ///
    /// # Errors
    /// What the process says.
    pub async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        match self.ask(&Request::Command(command)).await? {
            Response::Reply(reply) => Ok(reply),
            other => Err(odd(other)),
        }
    }

    /// Stops the cluster and the process that keeps it.
    ///
    /// # Errors
    /// No process keeps one.
    pub async fn down(&self) -> Result<(), ClusterError> {
        match self.ask(&Request::Down).await? {
            Response::Stopping => Ok(()),
            other => Err(odd(other)),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Response, ClusterError> {
        let path = socket(&self.folder);
        let stream = match UnixStream::connect(&path).await {
            Ok(stream) => stream,
            Err(error) => {
                use io::ErrorKind::{ConnectionRefused, NotFound};
                return Err(match error.kind() {
                    NotFound | ConnectionRefused => ClusterError::NotKept(self.folder.clone()),
                    _ => ClusterError::Control { path, source: error },
                });
            }
        };
        let answered = exchange(stream, request).await;
        answered.map_err(|source| ClusterError::Control { path, source })
    }
}

async fn exchange(mut stream: UnixStream, request: &Request) -> io::Result<Response> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    line.clear();
    BufReader::new(stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}

fn odd(response: Response) -> ClusterError {
    ClusterError::Kept(match response {
        Response::Error(why) => why,
        other => format!("the process that keeps the cluster answers oddly: {other:?}"),
    })
}
