//! The official Python client, unmodified, against a kept cluster.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::cluster::Kept;
use crate::program::needed;

/// An interpreter that has the client: the one that `AEROCERT_PYTHON` names, or the system's.
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("AEROCERT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mend = "install the package `aerospike` from PyPI, or name an interpreter that has it in \
                AEROCERT_PYTHON";
    needed(Command::new(&python).args(["-c", "import aerospike"]), mend).map(|()| python)
}

/// An application that writes sightings until its time is over or an error stops it.
enum Application {
    /// The program of the public tutorial on stretch clusters, to the letter, but for its hosts,
    /// its login, and its namespace where that is another.
    Tutorial(String),
    /// Ours, which does the same.
    Ours,
}

impl Application {
    /// The tutorial's, if the folder that `AEROCERT_SEEDS` names holds the tutorial.
    fn find() -> Self {
        let Some(folder) = std::env::var_os("AEROCERT_SEEDS") else {
            eprintln!(
                "SKIPPED: the tutorial's own program (AEROCERT_SEEDS names no folder that holds \
                 the tutorial); an equivalent of ours runs instead"
            );
            return Self::Ours;
        };
        let texts = std::fs::read_dir(folder).expect("AEROCERT_SEEDS names a folder").flatten();
        let listing = texts.filter_map(|file| listing(&std::fs::read_to_string(file.path()).ok()?));
        Self::Tutorial(listing.last().expect("a text in AEROCERT_SEEDS holds the program"))
    }

    /// Runs it to its end.
    fn run(&self, python: &str, host: &str, namespace: &str) -> Output {
        self.run_as(python, host, namespace, false)
    }

    /// Runs it to its end, with its login as `admin` or without.
    fn run_as(&self, python: &str, host: &str, namespace: &str, login: bool) -> Output {
        let mut command = Command::new(python);
        match self {
            Self::Tutorial(listing) => {
                let (name, port) = host.split_once(':').expect("an address has a port");
                let hosts = format!("[('{name}', {port})]");
                command.args(["-c", &adapted(listing, &hosts, namespace, login)])
            }
            Self::Ours => {
                command.arg(script("sightings.py")).args([host, namespace, "10"]);
                if login {
                    command.args(["admin", "admin"]);
                }
                &mut command
            }
        };
        command.output().expect("python starts")
    }
}

/// The program in a text: the fenced listing that imports the client.
fn listing(text: &str) -> Option<String> {
    let mut blocks = text.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.starts_with("import aerospike")).map(str::to_owned)
}

/// The listing with other hosts, with its login or without, and for a namespace.
fn adapted(listing: &str, hosts: &str, namespace: &str, login: bool) -> String {
    let lines = listing.lines().filter_map(|line| match line.split_once('=') {
        Some(("hosts ", _)) => Some(format!("hosts = {hosts}")),
        // Whether it may log in and write is seen sooner.
        Some(("run_for_sec ", _)) if login => Some("run_for_sec = 5".to_owned()),
        Some(("namespace ", _)) => Some(format!("namespace = '{namespace}'")),
        _ if line.trim_start().starts_with("'user'") && !login => None,
        _ if line.trim_start().starts_with("'password'") && !login => None,
        _ => Some(line.to_owned()),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn script(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "python", name].iter().collect()
}

pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// How many sightings can be read through a node, and the sum of their generations.
fn readable(python: &str, host: &str, namespace: &str) -> (u64, u64) {
    let output = Command::new(python).arg(script("readable.py")).args([host, namespace]).output();
    let said = text(&output.expect("python starts"));
    let numbers = said.strip_prefix("readable ").and_then(|rest| rest.trim().split_once(' '));
    let (records, generations) = numbers.unwrap_or_else(|| panic!("{said}"));
    (records.parse().unwrap(), generations.parse().unwrap())
}

/// The address of a node for clients of a site.
pub(crate) fn host(kept: &Kept, node: &str, site: &str) -> String {
    let status = kept.json(&["cluster", "status", "--from", site]);
    let row = status["rows"].as_array().unwrap().iter().find(|row| row["node_id"] == node);
    row.expect("the node answers")["node"].as_str().unwrap().to_owned()
}

#[test]
fn the_stretch_clusters_application_runs_and_meets_the_cut() {
    let Some(python) = python() else { return };
    let application = Application::find();
    let kept = Kept::start(3450);
    kept.await_pmap(None, 6, 4096, 10);
    let london = host(&kept, "A600", "london");
    let whole = application.run(&python, &london, "mydata");
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole));
    let (records, written) = readable(&python, &london, "mydata");
    assert!(records > 100, "{records} records are readable after {}", text(&whole));

    kept.says(&["nemesis", "apply", "partition-racks", "--for", "600s"]);
    kept.await_pmap(Some("london"), 3, 2048, 20);
    let (within_reach, before) = readable(&python, &london, "mydata");
    assert!((1..records).contains(&within_reach), "{within_reach} of {records}");
    assert!(before < written, "{before} of {written}");
    // Half of the random keys are out of reach, so a start may well stop at its first one; of
    // sixteen starts one at least writes before it stops.
    let mut said = String::new();
    for _ in 0..16 {
        let cut = application.run(&python, &london, "mydata");
        said = text(&cut);
        assert_eq!(cut.status.code(), Some(1), "{said}");
        assert!(said.to_lowercase().contains("connected"), "{said}");
    }
    let (_, after) = readable(&python, &london, "mydata");
    assert!(after > before, "no start wrote a record of an available partition: {said}");
    let error = said.lines().find(|line| line.starts_with("Error: ")).expect("it stops");
    let partition = error
        .split(|c: char| !c.is_ascii_digit())
        .find_map(|word| word.parse::<u16>().ok().filter(|partition| *partition < 4096))
        .filter(|_| error.contains("partition"))
        .unwrap_or_else(|| panic!("it names a partition: {error}"));
    let number = partition.to_string();
    let table = kept.json(&["cluster", "pmap", "--from", "london", "--partition", &number]);
    let rows = table["rows"].as_array().unwrap().iter();
    let seen: Vec<&serde_json::Value> =
        rows.filter(|row| row["namespace"] == "mydata").map(|row| &row["available"]).collect();
    assert_eq!(seen, [&serde_json::Value::Bool(false); 3], "{error}\n{table:#}");

    let available = application.run(&python, &london, "mydata_ap");
    assert_eq!(available.status.code(), Some(0), "{}", text(&available));
}

/// What a client's administration of users sees, step by step; steps of `set password` are left to
/// clients that can set another user's password.
pub(crate) const ADMINISTERED: &str = "\
nobody 80
wrong password 65
no such user 60
put without a role 81
create 0
create again 61
no such role 70
get 2
put 81
administer 81
grant 0
put 0
users admin=user-admin ann=read,write
revoke 0
put 81
change password 0
old password 65
set password 0
new password 0
create role 0
role (11, 'mydata', 'dummy')
grant role 0
put in its set 0
put in another 81
drop 0
drop again 60
";

#[test]
fn users_are_administered_and_the_application_runs_once_it_may() {
    let Some(python) = python() else { return };
    let kept = Kept::start_with(3480, &["--security"]);
    kept.await_pmap(Some("london"), 6, 4096, 10);
    let london = host(&kept, "A600", "london");
    let script = |name: &str, more: &[&str]| {
        let mut command = Command::new(&python);
        text(&command.arg(script(name)).args([&london, "mydata"]).args(more).output().unwrap())
    };
    assert_eq!(script("security.py", &[]), ADMINISTERED);

    let application = Application::find();
    let refused = application.run_as(&python, &london, "mydata", true);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    let said = text(&refused);
    // The client's error for it is none of those that the tutorial's program catches.
    assert!(said.contains("[81]") || said.contains("RoleViolation: (81,"), "{said}");
    assert_eq!(script("grant.py", &["admin", "read-write"]), "granted\n");
    let whole = application.run_as(&python, &london, "mydata", true);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole));
}
