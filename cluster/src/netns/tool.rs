//! The system's tools for networks, `ip` and `nft`.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use crate::ClusterError;

/// Runs a tool with what it reads from its standard input, and gives what it prints.
///
/// # Errors
/// It is not there, or it refuses.
pub(super) fn run(program: &str, arguments: &[&str], input: &str) -> Result<String, ClusterError> {
    let refused = |why: String| ClusterError::Tool {
        command: format!("{program} {}", arguments.join(" ")),
        why,
    };
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(refused(format!("`{program}` is not installed")));
        }
        spawned => spawned.map_err(|error| refused(error.to_string()))?,
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A tool that ends before it has read all says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
