//! The page of a run.

use aerocert_reports::run_page;
use history::{AnomalyClass, Call, Check, Fault, FaultOutcome, Outcome, Returned, Workload};

use crate::html::{assert_sound, attribute, text};
use crate::made_up::{MadeUp, Told, anomaly, lost_write, stale_read};

fn cut(arm: &str) -> MadeUp {
    MadeUp::run(arm, Workload::Register, "partition-racks")
}

fn page(run: &MadeUp) -> String {
    let page = run_page(&run.view());
    assert_sound(&page);
    page
}

#[test]
fn the_verdict_comes_before_anything_else() {
    let lost = cut("ap").with(Check::LostWrites, vec![lost_write()], 37);
    for (run, verdict) in [
        (cut("sc"), "✔ valid"),
        (lost, "✘ invalid"),
        (cut("sc").undecided("traffic", "too little"), "? unknown"),
    ] {
        assert!(text(&page(&run)).starts_with(verdict), "{}", &text(&page(&run))[..80]);
    }
}

#[test]
fn each_lost_write_is_told_with_its_fault() {
    let told = |count| page(&cut("ap").with(Check::LostWrites, vec![lost_write()], count));
    let few = told(37);
    let rows = few.split("id=\"losses\"").nth(1).expect("a section");
    let rows = rows.split("</section>").next().expect("its end");
    assert_eq!(rows.matches("<tr>").count(), 38, "a row each, and the head");
    assert_eq!(rows.matches("href=\"#fault-1\"").count(), 25);
    let few = text(&few);
    assert!(few.contains("acknowledged writes are gone: 12 in no fault, 25 in fault 1."), "{few}");
    assert!(few.contains("4.0000 s 8.0000 s 19.0000 s"), "{few}");
    assert!(few.contains("never"), "{few}");
    assert!(!few.contains("are shown;"), "{few}");
    let many = text(&told(1_234));
    assert!(many.contains("The first 50 are shown; 1,184 more are counted."), "{many}");
    assert!(!text(&page(&cut("sc"))).contains("Lost writes"));
}

#[test]
fn a_lost_write_is_proved_in_words_picture_and_table() {
    let run = cut("ap").with(Check::LostWrites, vec![lost_write()], 37);
    let page = page(&run);
    let text = text(&page);
    assert!(text.contains(
        "AP: violated. 20,400 operations of register under partition-racks show 37 lost-write."
    ));
    assert!(text.contains("So this is ✔ as expected"));
    assert!(text.contains("the older write won."));
    assert!(attribute(&page, "id").contains(&"anomaly-lost-write-1"));
    assert!(attribute(&page, "href").contains(&"#anomaly-lost-write-1"));
    let picture = page.split("class=\"lanes\"").nth(1).expect("a picture");
    let picture = picture.split("</svg>").next().expect("its end");
    for told in [
        "process 3",
        "process 9",
        "process 14",
        "process 25",
        "write 5120",
        "ok: 4733 · gen 9",
        "8.2000 s",
        "fault 1",
    ] {
        assert!(picture.contains(told), "{told} is not in the picture");
    }
    assert_eq!(picture.matches("<g class=\"box").count(), 6);
    assert_eq!(picture.matches(" offending").count(), 1);
    assert!(picture.contains("class=\"doubt\""), "the write in doubt may still take effect");
    assert!(page.contains("Operations of lost-write 1, in the order of their invocation"));
}

#[test]
fn the_fate_of_writes_is_drawn_where_some_were_lost() {
    let lost = page(&cut("ap").with(Check::LostWrites, vec![lost_write()], 37));
    let picture = lost.split("id=\"fates\"").nth(1).expect("a picture");
    let picture = picture.split("</figure>").next().expect("its end");
    assert!(picture.contains("class=\"lost marks\""), "{picture}");
    assert!(text(picture).contains("there in the final reads (100)"), "{}", text(picture));
    assert!(!page(&cut("ap")).contains("id=\"fates\""));
}

#[test]
fn a_stale_read_says_how_stale_it_is() {
    let text = text(&page(&cut("ap").with(Check::StaleReads, vec![stale_read()], 2)));
    assert!(text.contains("Stale by 1.8 s"), "{text}");
    assert!(text.contains("Versions behind 3"));
    assert!(text.contains("Explained by fault 1: links between london (A600, A352, A129)"));
}

#[test]
fn an_unexpected_anomaly_is_called_so_in_the_banner() {
    let run = cut("sc").with(Check::StaleReads, vec![stale_read()], 1);
    let text = text(&page(&run));
    assert!(text.contains("So this is ✘ not as expected stale-read was found"), "{text}");
}

#[test]
fn a_class_found_by_two_checks_is_counted_once_and_proved_once() {
    let run = cut("ap").with(Check::StaleReads, vec![stale_read()], 112).with(
        Check::Linearizable,
        vec![stale_read()],
        40,
    );
    let page = page(&run);
    assert_eq!(page.matches("<section class=\"proof\"").count(), 1);
    assert!(text(&page).contains("stale-read 112 A read returned"));
}

#[test]
fn an_undecided_run_says_why() {
    let why = "3 of 18 links were still open";
    let text = text(&page(&cut("sc").undecided("faults-applied", why)));
    assert!(text.contains("SC: inconclusive after 20,400 operations of register under partition-racks. faults-applied: 3 of 18 links were still open."));
    assert!(text.contains("So this is ? undecided"));
    assert!(text.contains("faults-applied ? missed"));
}

#[test]
fn a_run_cut_short_says_where_it_ends() {
    let text = text(&page(&cut("sc").cut_short(7)));
    assert!(text.contains("Cut short the block at byte 81,920 is incomplete; readable to 7 s"));
}

#[test]
fn a_run_without_operations_has_a_page() {
    let page = page(&cut("sc").empty());
    assert!(text(&page).contains("SC: no operation was recorded"));
    assert!(!page.contains("class=\"chart\""));
}

#[test]
fn a_fault_that_did_not_take_is_told_apart() {
    let mut run = cut("sc").undecided("faults-applied", "expected 1 fault in force, found 0");
    run.faults[0].applied_ns = None;
    run.faults[0].healed_ns = None;
    run.faults[0].outcome = FaultOutcome::Skipped("the rule was refused".to_owned());
    run.manifest.nemesis.schedule = run.faults.clone();
    let page = page(&run);
    assert!(text(&page).contains("skipped: the rule was refused"));
    assert!(text(&page).contains("faults applied 0 of 1"));
    assert!(!page.contains("<rect class=\"band\"") && !page.contains("class=\"band\" x="));
}

#[test]
fn the_last_line_of_a_fault_counts() {
    let mut run = cut("sc");
    let mut planned = run.faults[0].clone();
    (planned.applied_ns, planned.healed_ns) = (None, None);
    planned.outcome = FaultOutcome::Planned;
    run.faults.insert(0, planned);
    assert!(text(&page(&run)).contains("applied and healed"));
    assert!(!text(&page(&run)).contains("never begun"));
}

#[test]
fn names_of_others_are_text_and_nothing_else() {
    let evil = "<script>alert(1)</script>\"'&";
    let mut run =
        cut("ap").with(Check::LostWrites, vec![anomaly(AnomalyClass::LostWrite, evil, vec![])], 1);
    run.manifest.run = evil.to_owned();
    run.manifest.arm.name = evil.to_owned();
    run.manifest.arm.namespace = evil.to_owned();
    run.manifest.nemesis.name = evil.to_owned();
    run.manifest.reproduce = evil.to_owned();
    run.manifest.cluster.name = evil.to_owned();
    run.manifest.cluster.topology.sites[0] = evil.to_owned();
    run.manifest.client.client = evil.to_owned();
    run.faults[0].probes = vec![evil.to_owned()];
    run.results.assumptions[0].detail = evil.to_owned();
    run.results.truncated = Some(evil.to_owned());
    let page = page(&run);
    assert_eq!(page.matches("<script>").count(), 1, "only ours");
    assert!(!page.contains("alert(1)<"), "a tag of theirs");
}

#[test]
fn very_long_names_stay_in_their_boxes() {
    let long = "a-very-long-name-".repeat(40);
    let mut run = cut("ap").with(Check::LostWrites, vec![lost_write()], 1);
    run.manifest.cluster.topology.sites[0] = long.clone();
    run.manifest.run = long.clone();
    let page = page(&run);
    let picture = page.split("class=\"lanes\"").nth(1).expect("a picture");
    let width: u32 = attribute(picture, "width")[0].parse().expect("a number");
    assert!(width < 1_400, "{width}");
    assert!(text(&page).contains(&long), "what is shortened in the picture stands in the table");
}

#[test]
fn operations_of_unknown_sites_nodes_and_faults_are_shown_by_number() {
    let read = Told {
        process: 1,
        site: 7,
        call: Call::Read,
        from_ms: 1,
        to_ms: None,
        outcome: Outcome::Info,
        returned: Returned::Nothing,
        generation: None,
    };
    let mut run = cut("ap").with(
        Check::StaleReads,
        vec![anomaly(AnomalyClass::StaleRead, "c", vec![read])],
        1,
    );
    let mut operations: Vec<_> = run.history.operations.iter().collect();
    operations[0].site = history::SiteIndex(9);
    run.history.operations = operations.into_iter().collect();
    run.faults[0].fault = Fault::Kill { node: 42 };
    let text = text(&page(&run));
    assert!(text.contains("site 7") && text.contains("clients in site 9"), "{text}");
    assert!(text.contains("node #42 killed"));
    assert!(text.contains("no answer"));
}

#[test]
fn a_large_proof_draws_a_dozen_and_lists_them_all() {
    let write = |index: u32| Told {
        process: index % 3,
        site: 0,
        call: Call::Append { element: u64::from(index) },
        from_ms: u64::from(index) * 40,
        to_ms: Some(u64::from(index) * 40 + 3),
        outcome: Outcome::Ok,
        returned: Returned::List((0..u64::from(index)).collect()),
        generation: Some(index),
    };
    let evidence = anomaly(AnomalyClass::LostWrite, "c", (0..60).map(write).collect());
    let page = page(&cut("ap").with(Check::LostWrites, vec![evidence], 1));
    assert_eq!(page.matches("<g class=\"box").count(), 12);
    assert!(text(&page).contains("48 operations of the evidence are not drawn"));
    assert!(text(&page).contains("59 elements [0 1 2 3 … 55 56 57 58]"));
}

#[test]
fn the_same_run_gives_the_same_bytes_and_not_too_many() {
    let run = cut("ap").with(Check::LostWrites, vec![lost_write()], 37);
    let first = page(&run);
    assert_eq!(first, page(&run.clone()));
    assert!(first.len() < 1_500_000, "{} bytes", first.len());
}

#[test]
fn what_was_not_checked_is_named() {
    let text = text(&page(&cut("sc")));
    assert!(text.contains("counters: counters stay within the bounds of their adds."));
    assert!(text.contains("Faults that this run did not try: killed nodes, paused nodes, skewed clocks, failing disks."));
    assert!(text.contains("no violation was found in this history, not that there can be none"));
}
