//! Judges stored runs, and prints what was found.
//!
//! `cargo run --release -p aerocert-checker --example judge -- runs/NAME…`

use std::error::Error;
use std::path::Path;

use history::store::RunDirectory;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        let run = RunDirectory::open(Path::new(&path))?;
        let (manifest, history) = (run.manifest(), run.history()?);
        let results =
            aerocert_checker::judge(manifest, &history, &run.faults()?, &run.observations()?);
        println!("{path}: {} {:?}", results.verdict.name(), results.expectation);
        for one in results.assumptions.iter().filter(|one| !one.held) {
            println!("  not held: {}: {}", one.name, one.detail);
        }
        for check in &results.checks {
            println!("  {}: {} {:?}", check.check.name(), check.verdict.name(), check.reason);
            for group in &check.anomalies {
                println!("    {} {}", group.count, group.class.name());
                for example in group.examples.iter().take(2) {
                    println!("      {}", example.claim);
                }
            }
        }
    }
    Ok(())
}
