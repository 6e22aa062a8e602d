//! Importers: whatever is read is judged, too, and printed.

use checker::foreign::{ObjectModel, Question, judge};
use history::exchange::foreign::{Foreign, Format};
use history::exchange::{elle, jsonl};

use crate::Target;

/// A search over more operations than this may last.
const JUDGED: usize = 24;

pub(crate) fn foreign(bytes: &[u8], format: Format) {
    let _ = Format::guess(bytes);
    let Ok(history) = Foreign::read(bytes, format) else { return };
    let guessed = ObjectModel::guess(&history).ok();
    judge_as(&history, guessed);
}

pub(crate) fn key_value(bytes: &[u8]) {
    if let Ok(history) = Foreign::read(bytes, Format::Edn) {
        judge_as(&history, Some(ObjectModel::KeyValue));
    }
}

fn judge_as(history: &Foreign, model: Option<ObjectModel>) {
    for operation in &history.operations {
        assert!(!history.describe(operation).is_empty());
        assert!(operation.completed > operation.invoked);
    }
    let Some(model) = model.filter(|_| history.operations.len() <= JUDGED) else { return };
    if let Ok(judgement) = judge(history, Question::of(model)) {
        let proof = judgement.proof.iter().flat_map(|proof| &proof.operations);
        assert!(proof.into_iter().all(|at| *at < history.operations.len()));
    }
}

pub(crate) fn elle(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = elle::read(text);
    }
}

pub(crate) fn json_lines(bytes: &[u8]) {
    foreign(bytes, Format::JsonLines);
    if let Ok(events) = jsonl::read(bytes) {
        let mut text = Vec::new();
        jsonl::write(events.clone(), &mut text).expect("memory takes all");
        assert_eq!(jsonl::read(text.as_slice()).expect("what we wrote"), events);
        foreign(bytes, Format::Events);
    }
}

pub(crate) fn seeds(target: Target) -> Vec<Vec<u8>> {
    let texts: &[&str] = match target {
        Target::Edn => &[
            "[{:process 0, :type :invoke, :f :cas, :value [nil 2]}\n\
             #jepsen.history.Op{:index 1 :f :read :value nil :process 1 :type :invoke}\n\
             {:process 0 :type :fail :f :cas :value [nil 2] :error :timeout} ; note\n\
             {:process :nemesis, :type :info, :f :start, :value {:a \"b\\n\"}}\n\
             {:process 1 :type :ok :f :read :value 7}]",
            "{:process 0 :type :invoke :f :add :value [1 -3]}\n\
             {:process 0 :type :info :f :add :value [1 -3]}\n\
             {:process 1 :type :invoke :f :read :value [1 nil]}\n\
             {:process 1 :type :ok :f :read :value [1 #{-3}]}",
            "{:type :invoke :f :txn :process 3 :value [[:write :x 1] [:read :y nil]]}\n\
             {:type :ok :f :txn :process 3 :value [[:write :x 1] [:read :y nil]]}",
            "{:process 0 :type :invoke :f :enqueue :value 1}\n\
             {:process 1 :type :invoke :f :dequeue}\n{:process 1 :type :ok :f :dequeue :value 1}",
            "{:process 0 :type :invoke :f :acquire}\n{:process 0 :type :ok :f :acquire}\n\
             {:process 1 :type :invoke :f :acquire}\n{:process 1 :type :ok :f :acquire}",
        ],
        Target::Elle => &[
            "{:type :invoke :process 0 :f :txn :value [[:append 8 1] [:r 9 nil]]}\n\
             {:type :ok :process 0 :f :txn :value [[:append 8 1] [:r 9 [4 2]]]}",
            "[{:type :invoke, :value [[:w x 1] [:r :y nil]]}\n\
             {:type :ok :value [[:w x 1] [:r :y 3]]}]",
        ],
        Target::Log => &[
            "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 11 :invoke :read nil\n\
             INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\nINFO  jepsen.util - 11 :ok :read 7\n",
        ],
        Target::KeyValue => {
            &["{:process 0, :type :invoke, :f :append, :key \"0\", :value \"x 0 0 y\"}\n\
             {:process 0, :type :ok, :f :append, :key \"0\", :value \"x 0 0 y\"}\n\
             {:process 0, :type :invoke, :f :put, :key \"1\", :value \"a\"}\n\
             {:process 1, :type :invoke, :f :get, :key \"0\", :value nil}\n\
             {:process 1, :type :ok, :f :get, :key \"0\", :value \"\"}"]
        }
        _ => &[
            "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"key\":7,\"value\":1,\"time\":10}\n\
             {\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":\"\\u00e9\"}\n\
             {\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":7,\"value\":null}",
            "{\"time_ns\":1000,\"kind\":{\"invoke\":{\"operation\":0,\"process\":3,\"site\":0,\
             \"route\":\"map\",\"key\":7,\"call\":{\"write\":{\"value\":1}}}}}\n\
             {\"time_ns\":2000,\"kind\":{\"complete\":{\"operation\":0,\"outcome\":\"ok\",\
             \"returned\":\"nothing\",\"generation\":1,\"code\":0}}}",
        ],
    };
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
