//! The track record: the table as a page for readers.

use super::table::{Found, Table};

/// The text of `TRACK_RECORD.md`.
pub(super) fn record(table: &Table) -> String {
    let mut text = String::from(
        "# Track record\n\n\
         Written by `aerocert selftest --record TRACK_RECORD.md`; not by hand.\n\n\
         Each row is a deliberate defect of the emulated cluster: one check left out, as a real \
         system was seen to leave it out. It counts as caught if the checker shows the class of \
         anomaly that the catalogue names. *Nights* are runs in virtual time until then, at every \
         opportunity and where the defect fires at one of 1,000; *sockets* are runs with the \
         official client over loopback.\n\n",
    );
    for line in table.sums() {
        text += &format!("- {line}\n");
    }
    text += "\n| defect | mode | class | check | nights | operations | nights, one in 1,000 | \
             operations, one in 1,000 | runs over sockets |\n\
             | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
    for one in &table.defects {
        let runs = |found: &Option<Found>| match found {
            None => "–".to_owned(),
            Some(found) if found.caught => found.runs.to_string(),
            Some(found) => format!("missed in {}", found.runs),
        };
        let operations = |found: &Option<Found>| match found {
            Some(found) if found.caught => found.operations.to_string(),
            _ => "–".to_owned(),
        };
        text += &format!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            one.name,
            one.mode,
            one.class,
            one.check.as_deref().unwrap_or("–"),
            runs(&one.simulated),
            operations(&one.simulated),
            runs(&one.rarely),
            operations(&one.rarely),
            runs(&one.sockets),
        );
    }
    let missed = table.defects.iter().filter_map(|one| Some((one.name, one.missed.as_ref()?)));
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
