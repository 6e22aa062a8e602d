//! `simulate`.

use clap::Args;

use super::ModeName;

/// The arguments of `simulate`.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The seeds, as `A..B`: from A up to but not including B.
    #[arg(long, default_value = "0..100", value_parser = seeds)]
    pub(crate) seeds: std::ops::Range<u64>,

    /// Strong consistency or availability.
    #[arg(long, value_enum, default_value_t = ModeName::Sc)]
    pub(crate) mode: ModeName,

    /// The workload of every night, if it is not to be drawn.
    #[arg(long)]
    pub(crate) workload: Option<String>,

    /// A known defect to switch on; its own schedule takes the place of the drawn one.
    #[arg(long)]
    pub(crate) defect: Option<String>,

    /// The defect fires at one of so many opportunities.
    #[arg(long, default_value_t = 1, requires = "defect", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) one_in: u64,

    /// Leave the documented limits: long pauses, clocks far apart, storage that is lost.
    #[arg(long, conflicts_with = "defect")]
    pub(crate) beyond_limits: bool,

    /// Do not shrink the first night that fails.
    #[arg(long)]
    pub(crate) no_shrink: bool,
}

/// Parses `A..B`.
fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let mend = || format!("`{text}` is no range of seeds; write it as 0..100");
    let (from, to) = text.split_once("..").ok_or_else(mend)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| mend());
    let range = number(from)?..number(to)?;
    if range.is_empty() {
        Err(format!("`{text}` holds no seed; write it as 0..100"))
    } else {
        Ok(range)
    }
}

#[cfg(test)]
mod tests {
    use super::seeds;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seeds("3..7"), Ok(3..7));
        for wrong in
            ["", "3", "3..", "..3", "7..3", "3..3", "a..b", "-1..2", "1..99999999999999999999"]
        {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }
}
