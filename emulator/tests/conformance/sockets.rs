//! Recorded frames over real sockets: also what is no frame, and how the server ends it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use aerocert_emulator::embedded::{Embedded, EmbeddedConfig};

use crate::recording::{Content, read};
use crate::tally::{Reasons, Tally};
use crate::worlds::Setup;

/// How long a silent server is waited for.
const SILENCE: Duration = Duration::from_millis(500);

/// What a server does with bytes.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Bytes(Vec<u8>),
    Closed,
    Silent,
}

/// Sends bytes over a connection of their own; the answer is so many bytes long.
fn ask(address: SocketAddr, request: &[u8], length: usize) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(SILENCE)).expect("a socket option");
    stream.write_all(request).expect("it reads");
    let mut answer = Vec::new();
    let mut buffer = [0; 65536];
    while length == 0 || answer.len() < length {
        match stream.read(&mut buffer) {
            Ok(0) => return if answer.is_empty() { Answer::Closed } else { Answer::Bytes(answer) },
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Answer::Closed,
            Err(_) if answer.is_empty() => return Answer::Silent,
            Err(_) => break,
        }
    }
    Answer::Bytes(answer)
}

/// The hand-made frames to one node, in order.
pub(crate) fn raw(tally: &mut Tally, reasons: &Reasons) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = Setup::single().start(1).world.config().clone();
    let config = EmbeddedConfig { network: 77, ..EmbeddedConfig::new(world, 1) };
    let cluster = runtime.block_on(Embedded::start(config)).expect("it starts");
    let address = cluster.addresses(0)[0];
    let begun = std::time::Instant::now();
    while !runtime
        .block_on(cluster.info(0, "partition-generation\n"))
        .is_ok_and(|answer| answer.is_some_and(|answer| !answer.contains("-1")))
    {
        assert!(begun.elapsed() < Duration::from_secs(30), "the node never came up");
        std::thread::sleep(Duration::from_millis(50));
    }
    for one in read("ops-raw") {
        match &one.content {
            Content::Info { request, response } => {
                let frame = wire::frame::encode_frame(wire::FrameType::Info, request.as_bytes());
                let ours = match ask(address, &frame, response.len() + 8) {
                    Answer::Bytes(bytes) => String::from_utf8_lossy(&bytes[8..]).into_owned(),
                    other => format!("{other:?}"),
                };
                if ours == *response {
                    tally.matched();
                } else {
                    let command = request.trim_end();
                    tally.differs(
                        reasons,
                        command,
                        ["value"],
                        &format!("{response} against {ours}"),
                    );
                }
            }
            Content::Frames { .. } if tally.skips(reasons, &one.op) => {}
            Content::Frames { request, response, closed } => {
                let ours = ask(address, request, response.len());
                let same = match (response.is_empty(), closed) {
                    (true, true) => ours == Answer::Closed,
                    (true, false) => ours == Answer::Silent,
                    _ => false,
                };
                match &ours {
                    _ if same => tally.matched(),
                    Answer::Bytes(bytes) => {
                        crate::frames::judge(tally, reasons, &one.op, response, Some(bytes));
                    }
                    _ => tally.differs(reasons, &one.op, ["ending"], &format!("{ours:?}")),
                }
            }
        }
    }
}
