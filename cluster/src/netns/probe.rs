//! A probe on the wire: does a datagram pass a link, this way?

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use super::namespace::inside;
use crate::ClusterError;

/// Datagrams that are sent: on a whole link none is lost.
const DATAGRAMS: u32 = 3;
/// How long each is waited for: a thousand times what it takes.
const PATIENCE: Duration = Duration::from_millis(60);

/// Whether what is sent in one namespace arrives at an address in another.
///
/// # Errors
/// The probe itself cannot be made.
pub(super) fn passes(from: &str, to: &str, address: Ipv4Addr) -> Result<bool, ClusterError> {
    let failed = |error: io::Error| ClusterError::Tool {
        command: format!("a probe from {from} to {to}"),
        why: error.to_string(),
    };
    // The port of a fresh socket is nobody else's, so that an answer to an earlier probe, or a
    // stranger, cannot be taken for this one.
    let receiver = inside(to, || UdpSocket::bind((address, 0)))?.map_err(failed)?;
    let receiver_address = receiver.local_addr().map_err(failed)?;
    receiver.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let sender = inside(from, || UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)))?.map_err(failed)?;
    for number in 0..DATAGRAMS {
        let sent = number.to_be_bytes();
        match sender.send_to(&sent, receiver_address) {
            Ok(_) => {}
            // The firewall of this very machine says that it does not pass.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
            Err(error) => return Err(failed(error)),
        }
        match receiver.recv(&mut [0; 4]) {
            Ok(_) => return Ok(true),
            Err(error)
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(false)
}
