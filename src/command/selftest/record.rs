//! The track record: the table as a page for readers, which stands beside it in the repository.

use std::path::Path;

use super::table::{Found, Table};

/// Where the page stands in the repository.
const PAGE: &str = "TRACK_RECORD.md";
/// Where the table stands that the page is made of.
const TABLE: &str = "tests/data/selftest.json";

/// Writes the page and its table into a checkout.
///
/// # Errors
/// What the disk says.
pub(super) fn store(table: &Table, checkout: &Path) -> std::io::Result<()> {
    let path = checkout.join(TABLE);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, serde_json::to_string_pretty(table)? + "\n")?;
    std::fs::write(checkout.join(PAGE), record(table))
}

/// The text of `TRACK_RECORD.md`.
fn record(table: &Table) -> String {
    let mut text = String::from(
        "# Track record\n\n\
         Written by `aerocert selftest --all --record .` from the table in \
         [`tests/data/selftest.json`](tests/data/selftest.json); not by hand.\n\n\
         Each row is a deliberate defect of the emulated cluster: one check left out, as a real \
         system was seen to leave it out. It counts as caught if the checker shows the class of \
         anomaly that the catalogue names. *Nights* are runs in virtual time until then, at every \
         opportunity and where the defect fires at one of 1,000 (*fired*: how often it had, by \
         then); *sockets* are runs with the official client over loopback.\n\n",
    );
    for line in table.sums() {
        text += &format!("- {line}\n");
    }
    text += "\n| defect | mode | class | check | nights | operations | nights, one in 1,000 | \
             fired | operations, one in 1,000 | runs over sockets |\n\
             | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for one in &table.defects {
        let runs = |found: &Option<Found>| match found {
            None => "–".to_owned(),
            Some(found) if found.caught => found.runs.to_string(),
            Some(found) => format!("missed in {}", found.runs),
        };
        let fired = |found: &Option<Found>| match found.as_ref().and_then(|found| found.fired) {
            Some(fired) => fired.to_string(),
            None => "–".to_owned(),
        };
        let operations = |found: &Option<Found>| match found {
            Some(found) if found.caught => found.operations.to_string(),
            _ => "–".to_owned(),
        };
        text += &format!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            one.name,
            one.mode,
            one.class,
            one.check.as_deref().unwrap_or("–"),
            runs(&one.simulated),
            operations(&one.simulated),
            runs(&one.rarely),
            fired(&one.rarely),
            operations(&one.rarely),
            runs(&one.sockets),
        );
    }
    let missed = table.defects.iter().filter_map(|one| Some((&one.name, one.missed.as_ref()?)));
    let missed: Vec<String> = missed.map(|(name, why)| format!("- `{name}`: {why}.\n")).collect();
    if !missed.is_empty() {
        text += "\n## What was missed, and why\n\n";
        text.extend(missed);
    }
    text += "\n## Where the defects come from\n\n\
             | defect | source | the rule that it breaks |\n| --- | --- | --- |\n";
    for one in &table.defects {
        text += &format!("| `{}` | {} | {} |\n", one.name, one.source, one.rule);
    }
    text
}

#[cfg(test)]
mod tests {
    use emulator::defect::Defect;

    use super::*;

    fn committed() -> (String, Table) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(root.join(PAGE)).expect("the page is committed");
        let table = std::fs::read(root.join(TABLE)).expect("its table is committed");
        (page, serde_json::from_slice(&table).expect("the table is of this version"))
    }

    #[test]
    fn the_committed_page_is_made_of_the_committed_table() {
        let (page, table) = committed();
        assert_eq!(page, record(&table));
    }

    #[test]
    fn the_committed_table_tells_of_every_defect_without_a_false_alarm_and_explains_misses() {
        let (_, table) = committed();
        let names: Vec<&str> = table.defects.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, Defect::ALL.map(|defect| defect.entry().name));
        let clean = table.clean.as_ref().expect("nights without defects were held");
        assert!(clean.nights >= 200 && clean.alarms == 0, "{clean:?}");
        let rarely: Vec<&Found> =
            table.defects.iter().filter_map(|one| one.rarely.as_ref()).collect();
        let caught = rarely.iter().filter(|found| found.caught).count();
        assert!(caught * 5 >= Defect::ALL.len() * 4, "{caught} caught that fire rarely");
        for one in &table.defects {
            assert!(one.caught && one.silent_without, "{one:?}");
            let missed = [&one.simulated, &one.rarely, &one.sockets]
                .into_iter()
                .any(|found| found.as_ref().is_some_and(|found| !found.caught));
            assert_eq!(missed, one.missed.is_some(), "{one:?}");
        }
    }
}
