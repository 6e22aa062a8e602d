//! Writes pages of made-up runs into a folder, so that a change of the pages can be looked at:
//! `cargo run -p aerocert-reports --example gallery -- DIR`.

#[path = "../tests/pages/made_up.rs"]
mod made_up;

use std::path::{Path, PathBuf};

use aerocert_reports as reports;
use history::{Check, Workload};
use made_up::{MadeUp, certificate, lost_write, stale_read};

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: gallery DIR");
        std::process::exit(2);
    };
    let lossy = |arm, workload, nemesis| {
        MadeUp::run(arm, workload, nemesis)
            .with(Check::LostWrites, vec![lost_write(), lost_write()], 37)
            .with(Check::StaleReads, vec![stale_read()], 112)
    };
    let night = [
        MadeUp::run("sc", Workload::Register, "none"),
        MadeUp::run("ap", Workload::Register, "none"),
        MadeUp::run("sc", Workload::Register, "partition-racks"),
        lossy("ap", Workload::Register, "partition-racks"),
        lossy("ap-last-update-time", Workload::Register, "partition-racks"),
        MadeUp::run("sc", Workload::Set, "partition-racks"),
        lossy("ap", Workload::Set, "partition-racks"),
        MadeUp::run("sc", Workload::CasRegister, "isolate-node"),
        MadeUp::run("ap", Workload::CasRegister, "isolate-node"),
        MadeUp::run("sc", Workload::Counter, "partition-majority"),
        MadeUp::run("ap", Workload::Counter, "partition-majority"),
        MadeUp::run("sc", Workload::Sightings, "flapping"),
        MadeUp::run("ap", Workload::Sightings, "flapping"),
    ];
    write_night(&folder.join("met"), &night, &[("ack-before-replication", true)])?;
    let mut broken = night.clone();
    broken[2] = lossy("sc", Workload::Register, "partition-racks");
    write_night(&folder.join("broken"), &broken, &[("ack-before-replication", true)])?;
    let run = || MadeUp::run("sc", Workload::Register, "partition-racks");
    let undecided = [
        run().undecided(
            "faults-applied",
            "expected fault 1 in force, 3 of 18 links were still open",
        ),
        run().cut_short(7),
        run().empty(),
    ];
    for (name, run) in ["unknown", "truncated", "empty"].iter().zip(&undecided) {
        write(&folder.join(format!("{name}.html")), &reports::run_page(&run.view()))?;
    }
    println!("{}", folder.display());
    Ok(())
}

fn write_night(folder: &Path, runs: &[MadeUp], canaries: &[(&str, bool)]) -> std::io::Result<()> {
    let certificate = certificate(runs, canaries);
    let views: Vec<_> = runs.iter().map(MadeUp::view).collect();
    write(&folder.join("index.html"), &reports::certificate_page(&certificate, &views))?;
    write(&folder.join("junit.xml"), &reports::junit(&certificate))?;
    write(&folder.join("certificate.json"), &reports::certificate_json(&certificate)?)?;
    for (run, summary) in runs.iter().zip(&certificate.runs) {
        let page = folder.join(&summary.path).join("report.html");
        write(&page, &reports::run_page(&run.view()))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}
