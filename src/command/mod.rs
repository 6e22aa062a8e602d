//! The commands: what each does, in a file of its own.

mod certify;
mod check;
mod cluster;
mod compare;
mod doctor;
mod foreign;
mod nemesis;
mod node;
mod proofs;
mod report;
mod run;
mod runs;
mod scenario;
mod selftest;
mod simulate;
mod split;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::output;

/// Does what the command line says.
///
/// # Errors
/// Whatever ends the command without a verdict.
pub(crate) fn execute(cli: Cli) -> Result<Exit, Failure> {
    output::set_quiet(cli.quiet);
    let json = cli.json;
    match cli.command {
        Command::Certify(arguments) => certify::certify(&arguments, json),
        Command::Run(arguments) => run::run(&arguments, json),
        Command::Check(arguments) => check::check(&arguments, json),
        Command::Report(arguments) => report::report(&arguments, json),
        Command::Compare(arguments) => compare::compare(&arguments, json),
        Command::Runs(command) => runs::runs(&command, json),
        Command::Cluster(command) => cluster::cluster(&command, json),
        Command::Node(arguments) => node::node(&arguments),
        Command::Nemesis(command) => nemesis::nemesis(&command, json),
        Command::Simulate(arguments) => simulate::simulate(&arguments, json),
        Command::Scenario(arguments) => scenario::scenario(&arguments, json),
        Command::Selftest(arguments) => selftest::selftest(&arguments, json),
        Command::Doctor(arguments) => doctor::doctor(&arguments, json),
    }
}

/// A runtime for the commands that speak to a cluster.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::harness)
}
