//! Histories of other programs, in every format.

use history::Outcome;
use history::exchange::foreign::{DatumId, Foreign, Format, Function};

fn read(text: &str) -> Foreign {
    let format = Format::guess(text.as_bytes()).expect("a known format");
    Foreign::read(text.as_bytes(), format).expect("a history")
}

fn told(history: &Foreign) -> Vec<String> {
    history.operations.iter().map(|one| history.describe(one)).collect()
}

#[test]
fn every_way_of_writing_gives_the_same_history() {
    let edn = "; a note\n[{:process 0, :type :invoke, :f :cas, :value [nil 2], :time 12}\n\
               #jepsen.history.Op{:value nil :f :read :type :invoke :process 1}\n\
               {:process 0, :type :fail, :f :cas, :value [nil 2]}\n\
               {:process :nemesis, :type :info, :f :start, :value {:a [1 2]}}\n\
               {:process 1, :type :ok, :f :read, :value 7, :index 4}]";
    let log = "INFO  jepsen.util - 0	:invoke	:cas	[nil 2]\n\
               INFO  jepsen.util - 1	:invoke	:read	nil\n\
               INFO  jepsen.util - 0	:fail	:cas	[nil 2]\n\n\
               INFO  jepsen.util - :nemesis	:info	:start	nil\n\
               INFO  jepsen.util - 1	:ok	:read	7";
    let json = "{\"process\":0,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[null,2]}\n\
                {\"f\":\"read\",\"type\":\"invoke\",\"process\":1,\"extra\":{\"a\":[1]}}\n\
                {\"process\":0,\"type\":\"fail\",\"f\":\"cas\",\"value\":[null,2]}\n\
                {\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"start\"}\n\
                {\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":7}\n";
    let lines = [
        ("cas from nil to 2 by process 0 was refused", [(2, 4), (1, 3), (1, 3)]),
        ("read by process 1 returned 7", [(3, 6), (2, 6), (2, 5)]),
    ];
    for (at, text) in [edn, log, json].into_iter().enumerate() {
        let expected = lines.map(|(words, lines)| {
            let (from, to) = lines[at];
            format!("{words} (lines {from} and {to})")
        });
        assert_eq!(told(&read(text)), expected);
    }
}

#[test]
fn a_failure_for_another_reason_observed_nothing() {
    for end in [
        "{:process 0 :type :fail :f :cas :value :timed-out}",
        "{:process 0 :type :fail :f :cas :value [1 2] :error :timeout}",
    ] {
        let history = read(&format!("{{:process 0 :type :invoke :f :cas :value [1 2]}} {end}"));
        assert_eq!(history.operations[0].outcome, Outcome::Fail);
        assert!(!history.operations[0].refused);
    }
}

#[test]
fn operations_without_an_end_are_in_doubt() {
    let history =
        read("x - 0 :invoke :write 1\nx - 0 :info :write :timed-out\nx - 0 :invoke :read");
    let [first, second] = &history.operations[..] else { panic!("two operations") };
    assert_eq!((first.outcome, first.settled()), (Outcome::Info, u64::MAX));
    assert_eq!(
        (second.outcome, second.completed, second.completed_line),
        (Outcome::Info, u32::MAX, 0)
    );
}

#[test]
fn independent_keys_are_taken_apart() {
    let history = read(
        "{:process 0 :type :invoke :f :write :value [3 1]}
         {:process 0 :type :ok :f :write :value [3 1]}
         {:process 0 :type :invoke :f :cas :value [3 [1 2]]}
         {:process 1 :type :invoke :f :read :value [\"x\" nil]}
         {:process 1 :type :ok :f :read :value [\"x\" nil]}",
    );
    assert!(history.keyed);
    assert_eq!(
        told(&history),
        [
            "write of 1 on key 3 by process 0 succeeded (lines 1 and 2)",
            "cas from 1 to 2 on key 3 by process 0 is in doubt (line 3)",
            "read on key \"x\" by process 1 returned nil (lines 4 and 5)",
        ]
    );
    // The pairs of a single cas-register are no keys.
    let single =
        read("{:process 0 :type :invoke :f :cas :value [1 2]} {:process 1 :type :invoke :f :read}");
    assert!(!single.keyed);
    let json =
        read("{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":[1,2]}");
    assert_eq!(told(&json), ["write of [1 2] on key \"x\" by process 0 is in doubt (line 1)"]);
}

#[test]
fn the_layout_of_a_map_says_nothing_of_the_next() {
    // Fields with and without blanks, that begin alike, and in another order.
    let history = read(
        "{:process 0 :type :invoke :f :write :value 1}
         {:process 0 :type :ok :f :write :value-of 7 :value 1}
         {:process 1 :type :invoke :f :write :value[2]}
         {:process 1 :type :ok :f :write :valueless 5}
         {:f :read, :process 2,
          :type :invoke}
         {:f :read, :process 2, ; it says :type :fail
          :type :ok :value \"}\"}",
    );
    assert_eq!(
        told(&history),
        [
            "write of 1 by process 0 succeeded (lines 1 and 2)",
            "write of [2] by process 1 succeeded (lines 3 and 4)",
            "read by process 2 returned \"}\" (lines 5 and 7)",
        ]
    );
    let json = read(
        "{\"type\":\"invoke\",\"f\":\"read\"}\n{\"type\": \"ok\",\"f\" :\"read\",\"value\":3}",
    );
    assert_eq!(told(&json), ["read by process nil returned 3 (lines 1 and 2)"]);
}

#[test]
fn maps_need_neither_process_nor_time() {
    let history = read(
        "{:index 0 :type :invoke :value [[:append 253 1] [:r 255 nil]]}
         {:index 1 :type :ok :value [[:append 253 1] [:r 255 [4]]]}",
    );
    assert_eq!(history.operations[0].function, Function::Transaction);
    assert_eq!(history.operations[0].outcome, Outcome::Ok);
    assert!(history.is_transactional());
    assert_eq!(history.processes, [DatumId::NIL]);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_how_to_mend_it() {
    let error = |text: &str| {
        let format = Format::guess(text.as_bytes()).unwrap();
        Foreign::read(text.as_bytes(), format).unwrap_err().to_string()
    };
    for (text, place, what) in [
        ("{:process 0 :type :ok :f :read}", "line 1, column 1", "an end without a beginning"),
        ("\n  {:process 0 :type :invoke :f :pop}", "line 2, column 32", "no model knows"),
        ("{:process 0 :f :read}", "line 1, column 1", "invoke, ok, fail or info"),
        ("{:process 0 :type :begun :f :read}", "line 1, column 19", "invoke, ok, fail or info"),
        ("{:process 0 :type :invoke}", "line 1, column 1", "add `f`"),
        ("{:process 0 :type :invoke :f :cas :value 1}", "line 1, column 1", "`[from to]`"),
        ("[{:process 0 :type :invoke :f :read}", "line 1, column 1", "never closed"),
        ("{:process 0 :type :invoke :f :read", "line 1, column 1", "leave it out"),
        ("{:process 0 :type :invoke :f :read}\n 7", "line 2, column 2", "no map of an operation"),
        ("[] 7", "line 1, column 4", "more follows"),
        ("x - 0 :invoke :read\nnonsense", "line 2, column 1", "no line of a log"),
        ("{\"type\":\"invoke\",\"f\":\"read\"\n", "line 1, column 1", "leave it out"),
        ("{\"time_ns\":1}", "line 1, column 13", "no event"),
    ] {
        let said = error(text);
        assert!(said.starts_with(place) && said.contains(what), "{text}: {said}");
    }
    let twice = "{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :read}";
    assert!(error(twice).starts_with("line 2, column 1: the process has an open operation since"));
    let other = "{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok :f :write :value 1}";
    assert!(error(other).contains("the process began a `read` on line 1"));
}

#[test]
fn the_documented_lines_are_a_history() {
    let module = include_str!("../src/exchange/foreign/mod.rs");
    let is_whole = |line: &&str| line.starts_with('{') && line.ends_with('}');
    let lines = module.lines().filter_map(|line| line.strip_prefix("//! ")).filter(is_whole);
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    let history = read(&text);
    assert_eq!(told(&history), ["write of 1 on key 7 by process 0 succeeded (lines 1 and 2)"]);
}

/// Lines with every field in some order, most of them right; `{}` stands where a map begins.
fn lines(random: &mut impl FnMut(usize) -> usize, json: bool) -> Vec<String> {
    let values: &[&str] = if json {
        &[
            "1",
            "23456789",
            "null",
            "[1, 2]",
            "[7,null]",
            "-3",
            "\"x\"",
            "[1,[2,3]]",
            "[]",
            "nul",
            "1]",
        ]
    } else {
        &[
            "1",
            "23456789",
            "nil",
            "[1 2]",
            "[7 nil]",
            "-3",
            "\"x\"",
            "[1 [2 3]]",
            ":y",
            "nill",
            "1)",
        ]
    };
    let name = |word: &str| if json { format!("\"{word}\"") } else { format!(":{word}") };
    let pairs = random(2) == 0;
    let mut open = [None; 3];
    let mut lines = Vec::new();
    for _ in 0..random(12) {
        let process = random(3);
        let (kind, f) = match open[process].take() {
            Some(f) => (["ok", "fail", "info", "oks"][random(13).saturating_sub(9)], f),
            None => {
                let f = ["read", "write", "cas", "none"][random(13).saturating_sub(9)];
                open[process] = Some(f);
                ("invoke", f)
            }
        };
        let value = match (f, random(12)) {
            ("cas", _) => values[3],
            (_, 0) => values[random(values.len())],
            _ if pairs => values[3 + random(2)],
            _ => values[random(3)],
        };
        let mut fields = vec![
            (name("process"), process.to_string()),
            (name("type"), name(kind)),
            (name("f"), name(f)),
            (name("value"), value.to_owned()),
        ];
        match random(20) {
            0 => fields.truncate(3),
            1 => fields.push((name("error"), name("timeout"))),
            2 => fields.push((name("error"), values[2].to_owned())),
            3 => fields.push((name("time"), "123456789012345".to_owned())),
            4 => fields.push((name("key"), "5".to_owned())),
            5 => fields.swap(0, 3),
            _ => {}
        }
        let colon = if json { ":" } else { " " };
        let fields: Vec<String> =
            fields.into_iter().map(|(name, value)| format!("{name}{colon}{value}")).collect();
        lines.push(format!("{{}}{}}}", fields.join([", ", ","][random(8) / 7])));
    }
    lines
}

/// What is said of an operation or an error apart from its places.
fn apart_from_places(text: &[u8], format: Format) -> Result<Vec<String>, String> {
    let without = |text: &str| text.split(" on line ").next().unwrap_or_default().to_owned();
    let history = Foreign::read(text, format).map_err(|error| without(&error.what))?;
    Ok(told(&history)
        .iter()
        .map(|one| one.split(" (line").next().unwrap_or_default().to_owned())
        .collect())
}

#[test]
fn lines_like_those_before_them_are_read_as_all_others() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let mut wrong = 0;
    for at in 0..20_000 {
        let json = at % 2 == 0;
        let format = if json { Format::JsonLines } else { Format::Edn };
        let lines = lines(&mut random, json);
        // A map that goes on after its brace on another line is like none before it.
        let [short, long] =
            ["{", "{\n "].map(|brace| lines.join("\n").replace("{}", brace).into_bytes());
        let expected = apart_from_places(&long, format);
        assert_eq!(apart_from_places(&short, format), expected, "{}", lines.join("\n"));
        wrong += usize::from(expected.is_err());
        if let (Err(short), Err(long)) =
            (Foreign::read(&short, format), Foreign::read(&long, format))
        {
            assert_eq!(short.at.line, long.at.line.div_ceil(2), "{}", lines.join("\n"));
        }
    }
    assert!((4_000..16_000).contains(&wrong), "{wrong} of 20000 are wrong");
}
