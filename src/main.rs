//! The program `aerocert`.
fn main() {}
