//! Recorded exchanges with a real server (Community Edition 8.1.2.0), from `tests/data`.

use serde_json::Value;

/// One exchange.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// The stage of the experiment, where it has stages.
    pub(crate) phase: String,
    /// The node that was asked, where there are several.
    pub(crate) node: String,
    /// The step's name.
    pub(crate) op: String,
    /// When it began, in ms since the script did.
    pub(crate) at_ms: u64,
    /// What was asked and answered.
    pub(crate) content: Content,
}

/// What was asked and answered.
#[derive(Debug)]
pub(crate) enum Content {
    /// The bodies of two info frames.
    Info { request: String, response: String },
    /// Whole frames; no response if the server closed the connection or stayed silent.
    Frames { request: Vec<u8>, response: Vec<u8>, closed: bool },
}

/// The exchanges of a file, in order.
pub(crate) fn read(name: &str) -> Vec<Exchange> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/server-8.1.2.0");
    let file = std::fs::File::open(format!("{folder}/{name}.jsonl.zst")).expect("it is committed");
    let text = String::from_utf8(zstd::decode_all(file).expect("zstd")).expect("UTF-8");
    text.lines().map(|line| exchange(&serde_json::from_str(line).expect("JSON"))).collect()
}

fn exchange(line: &Value) -> Exchange {
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let content = match line["kind"].as_str() {
        Some("info") => Content::Info { request: text("request"), response: text("response") },
        _ => Content::Frames {
            request: bytes(&text("request_hex")),
            response: bytes(&text("response_hex")),
            closed: line["closed"] == true,
        },
    };
    Exchange {
        phase: text("phase"),
        node: text("node"),
        op: text("op"),
        at_ms: (line["at_s"].as_f64().unwrap_or_default() * 1000.0) as u64,
        content,
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}
