//! The program under test, and what it needs of the machine.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program, with nothing of this machine's settings.
pub(crate) fn aerocert() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aerocert"));
    for variable in std::env::vars_os().map(|(name, _)| name) {
        if variable.to_string_lossy().starts_with("AEROCERT_") {
            command.env_remove(variable);
        }
    }
    command
}

/// Runs the program to its end.
pub(crate) fn output<S: AsRef<OsStr>>(arguments: &[S]) -> Output {
    aerocert().args(arguments).output().expect("the program starts")
}

/// Runs the program to its end, demands an exit code, and gives its standard output.
pub(crate) fn stdout_of<S: AsRef<OsStr>>(arguments: &[S], code: i32) -> String {
    let output = output(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    String::from_utf8(output.stdout).expect("the program speaks UTF-8")
}

/// Runs the program to its end, demands an exit code, and gives its standard error.
pub(crate) fn stderr_of<S: AsRef<OsStr>>(arguments: &[S], code: i32) -> String {
    let output = output(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A program that lasts, ended by its id when the test is over.
pub(crate) struct Lasting {
    child: Child,
}

impl Lasting {
    /// Starts it and waits until its standard output has a line that contains `ready`.
    pub(crate) fn start(mut command: Command, ready: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let found = lines.any(|line| line.is_ok_and(|line| line.contains(ready)));
        // Somebody must go on reading, or the program stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let lasting = Self { child };
        assert!(found, "the program ended before it said `{ready}`");
        lasting
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a program that this test needs works; `None` after saying why the test is skipped.
pub(crate) fn needed(command: &mut Command, mend: &str) -> Option<()> {
    let works = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if works {
        return Some(());
    }
    let program = command.get_program().display();
    assert!(std::env::var_os("CI").is_none(), "{program} does not work here; {mend}");
    eprintln!("SKIPPED: {program} does not work here; {mend}");
    None
}

/// The files below a folder with an ending.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is ours").flatten() {
            let kind = entry.file_type().expect("the entry is there");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name().to_string_lossy().ends_with(ending) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}
