use super::*;
use crate::{Act, List};

fn described(text: &str) -> Vec<String> {
    let history = read(text).unwrap();
    history
        .iter()
        .map(|(id, one)| {
            let Transaction { process, outcome, invoked, completed, .. } = *one;
            let completed = if completed == u64::MAX { "-".into() } else { completed.to_string() };
            format!("{process} {outcome:?} {invoked}..{completed} {}", history.describe(id))
        })
        .collect()
}

use crate::Transaction;

#[test]
fn lists_are_read_in_any_spelling() {
    let lines = "; a history
        {:index 0, :time 7, :type :invoke, :process 3, :f :txn, :value [[:append 8 1] [:r :x nil]]}
        {:process :nemesis, :type :info, :f :start, :value {:a [1 #{2}], :b \"}\"}}
        {:value [[:append 8 1] [:r :x (4 \"five\" -6)]] :type :ok :process 3}
        #jepsen.history.Op{:type :invoke, :process 4, :value [[:r 8 nil] [:r 9 nil]]}
        {:type :ok, :process 4, :value ([:r 8 [1]], [:r 9 []])}";
    let expected = ["0 Ok 0..1 append 8 1, r :x [4 \"five\" -6]", "1 Ok 2..3 r 8 [1], r 9 []"];
    assert_eq!(described(lines), expected);
    assert_eq!(described(&format!("[{lines}\n]")), expected);
}

#[test]
fn the_lists_of_a_key_share_their_beginnings() {
    let read_of = |list: &str| {
        format!(
            "{{:type :invoke :process 0 :value [[:r 1 nil]]}}
             {{:type :ok :process 0 :value [[:r 1 {list}]]}}"
        )
    };
    let lists = [
        "[1 2]",
        "[1 2 13]",
        "[1 2 1]",
        "[1 2 13 4]",
        "nil",
        "[1, 2,13]",
        "[1]",
        "[1 2 ]",
        "[2]",
        "[1 2 13 4 5 6]",
        "[1 2 13 4 5]",
    ];
    let text: String = lists.iter().map(|list| read_of(list)).collect();
    // An append, so that it is a history of lists.
    let text = text + "{:type :invoke :process 9 :value [[:append 1 1]]}";
    let history = read(&text).unwrap();
    let seen: Vec<List> = history
        .iter()
        .filter_map(|(id, _)| match history.operations(id)[0].act {
            Act::List(list) => Some(list),
            _ => None,
        })
        .collect();
    use List::{Prefix, Stray};
    let expected = [
        Prefix(2),
        Prefix(3),
        Stray(0),
        Prefix(4),
        Prefix(0),
        Prefix(3),
        Prefix(1),
        Prefix(2),
        Stray(1),
        Prefix(6),
        Prefix(5),
    ];
    assert_eq!(seen, expected);
    assert_eq!(history.spine(TransactionKey(0)), [1, 2, 13, 4, 5, 6]);
    assert_eq!(history.list(TransactionKey(0), Stray(0)), [1, 2, 1]);
}

#[test]
fn outcomes_and_processes_are_those_of_jepsen() {
    let text = "
        {:type :invoke :value [[:w 1 1] [:r 2 nil]]}
        {:type :ok     :value [[:w 1 1] [:r 2 nil]]}
        {:type :invoke :value [[:w 1 2] [:r 2 nil]]}
        {:type :info   :value [[:w 1 2] [:r 2 nil]]}
        {:type :invoke :value [[:w 1 3]]}
        {:type :fail   :value [[:w 1 3]]}
        {:type :invoke :value [[:r 1 nil]], :process 7}
        {:type :invoke :value [[:w 1 4]], :process 8}
        {:type :ok     :value [[:r 1 2]], :process 7}";
    let expected = [
        "0 Ok 0..1 w 1 1, r 2 nil",
        "0 Info 2..- w 1 2, r 2 ?",
        "1 Fail 4..- w 1 3",
        "2 Ok 6..8 r 1 2",
        "3 Info 7..- w 1 4",
    ];
    assert_eq!(described(text), expected);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let begin = "{:type :invoke, :process 0, :value [[:append 1 1]]}\n";
    let error = |text: &str| read(&format!("{begin}{text}")).unwrap_err().to_string();
    let cases = [
        ("{:type :done}", "line 2, column 8: `:type` is none of :invoke, :ok, :fail, :info"),
        ("{:process 1}", "line 2, column 1: an event without `:type`"),
        ("{:type :ok, :process 1}", "line 2, column 1: an end without a beginning"),
        ("{:type :invoke, :process 0}", "line 2, column 1: the process has an open transaction"),
        (
            "{:type :ok, :process 0, :value [[:w 1 1]]}",
            "line 2, column 34: a history of `:append` or of `:w`, not of both",
        ),
        (
            "{:type :ok, :process 0, :value [[:cas 1 1]]}",
            "line 2, column 34: no operation of a transaction (`:r`, `:append`, `:w`)",
        ),
        (
            "{:type :ok, :process 0, :value [[:r 1 [1 2 3]",
            "line 2, column 46: the text ends before a `]`",
        ),
        ("{:type :ok, :process 0, :value [[:r 1 [1 2}]]}", "line 2, column 43: `}` closes nothing"),
        (
            "{:type :ok, :process 0, :value [[:r 1 5]]}",
            "line 2, column 39: a read of a list is a list",
        ),
        (
            "{:type :ok, :process 0, :value [[:r 1 [[5]]]]}",
            "line 2, column 40: a keyword, a number or a string is missing",
        ),
        ("{:type :ok, :value \"abc", "line 2, column 20: a string that never ends"),
        ("hello", "line 2, column 1: no event of a history"),
        ("{:a #{1 2)", "line 2, column 10: `)` closes nothing"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
    let deep = format!("{{:a {}", "[".repeat(100_000));
    assert_eq!(error(&deep), "line 2, column 69: more than 64 levels");
    assert_eq!(
        read("[] {}").unwrap_err().to_string(),
        "line 1, column 4: more follows the history"
    );
    assert!(read("").unwrap().is_empty());
}
