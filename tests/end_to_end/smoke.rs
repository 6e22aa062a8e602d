//! What every application does, through official clients of other languages, unmodified. (The Rust
//! client does the same in the tests of the workloads.)

use std::path::PathBuf;
use std::process::Command;

use crate::cluster::Kept;
use crate::program::needed;
use crate::python::{ADMINISTERED, host, python, text};

/// What a client sees at each step: put and get, operate (add, list append, map put), touch,
/// refusals by generation and by existence, a batch of 100, queries without and with a limit of
/// ten, and records and namespaces that are not there.
const SEEN: &str = "\
get 1 5 a [1]
operate 2 7 [1,7] {k:v}
exists 3
generation 3
create 5
batch-write 100
batch-read 4950 2
query 101
limited 10
get-removed 2
remove-removed 2
query-removed 0
namespace 20
";

/// Where Node.js finds the client: the folder of packages that `AEROCERT_NODE_MODULES` names, or
/// the machine's own.
fn node() -> Option<Command> {
    let command = || {
        let mut command = Command::new("node");
        if let Some(folder) = std::env::var_os("AEROCERT_NODE_MODULES") {
            command.env("NODE_PATH", folder);
        }
        command
    };
    let mend = "install Node.js and its package `aerospike`, and name the folder that it lies in \
                in AEROCERT_NODE_MODULES";
    needed(command().args(["-e", "require('aerospike')"]), mend).map(|()| command())
}

#[test]
fn the_nodejs_client_administers_users_and_writes_once_it_may() {
    let Some(mut command) = node() else { return };
    let kept = Kept::start_with(3475, &["--security"]);
    kept.await_pmap(Some("london"), 6, 4096, 10);
    let london = host(&kept, "A600", "london");
    let output = command.arg(script("nodejs", "security.js")).args([&london, "mydata"]).output();
    let output = output.expect("node starts");
    let seen: String = ADMINISTERED.replace("set password 0\n", "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), seen, "{}", text(&output));
}

fn script(folder: &str, name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", folder, name].iter().collect()
}

#[test]
fn official_clients_see_what_they_see_of_a_server() {
    let mut clients = Vec::new();
    if let Some(python) = python() {
        let mut command = Command::new(python);
        command.arg(script("python", "smoke.py"));
        clients.push(command);
    }
    if let Some(mut command) = node() {
        command.arg(script("nodejs", "smoke.js"));
        clients.push(command);
    }
    if clients.is_empty() {
        return;
    }
    let kept = Kept::start(3470);
    kept.await_pmap(None, 6, 4096, 10);
    let london = host(&kept, "A600", "london");
    for client in &mut clients {
        client.arg(&london);
        for namespace in ["mydata", "mydata_ap"] {
            let mut once = Command::new(client.get_program());
            once.args(client.get_args()).arg(namespace);
            once.envs(client.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let output = once.output().expect("the client starts");
            assert_eq!(text(&output), SEEN, "{once:?}");
        }
    }
}
