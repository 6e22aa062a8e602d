//! A wall clock that can be set off from outside: by a file in the node's folder.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::embedded::Engine;

/// Sets the wall clock of the node that keeps its data in a folder off, in ms; it follows within a
/// tenth of a second.
///
/// # Errors
/// The folder cannot be written.
pub fn set_clock_offset(folder: &Path, offset_ms: i64) -> io::Result<()> {
    let fresh = folder.join("clock-offset-ms.new");
    std::fs::write(&fresh, offset_ms.to_string())?;
    std::fs::rename(fresh, folder.join(FILE))
}

/// The file: by how many ms the clock is off; none: by nothing.
const FILE: &str = "clock-offset-ms";
/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(50);

/// Follows the file as long as the node lives.
pub(super) async fn follow(folder: &Path, node: u8, engine: Arc<Engine>) {
    let path = folder.join(FILE);
    let mut shown_ms = 0;
    loop {
        let text = tokio::fs::read_to_string(&path).await.unwrap_or_default();
        let offset_ms = if text.is_empty() { Some(0) } else { text.trim().parse().ok() };
        if let Some(offset_ms) = offset_ms.filter(|offset_ms| *offset_ms != shown_ms) {
            let set = engine.control(move |world| world.set_clock_offset(node, offset_ms));
            if set.await.is_err() {
                return;
            }
            shown_ms = offset_ms;
        }
        sleep(EVERY).await;
    }
}
