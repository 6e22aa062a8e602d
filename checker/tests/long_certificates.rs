//! Histories of other programs that are too long for brute force, and their certificates.

use std::collections::VecDeque;

use aerocert_checker::certificate::verify_object;
use aerocert_checker::foreign::{ObjectModel, Question, judge, objects, prove};
use history::exchange::foreign::{Foreign, Format};
use history::{Proof, Verdict};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A queue of some thousand operations of unique values, and a set of as many.
#[test]
fn long_histories_have_certificates() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for (model, wide) in [(ObjectModel::Queue, 12), (ObjectModel::Set, 6)] {
        let mut queue: VecDeque<u64> = VecDeque::new();
        let mut events: Vec<(u64, String)> = Vec::new();
        for at in 1..=4_000_u64 {
            let doubt = random.random_bool(0.02);
            let adds = random.random_bool(if model == ObjectModel::Queue { 0.5 } else { 0.9 });
            let (function, argument, result) = match (model, adds) {
                (ObjectModel::Queue, true) => {
                    queue.push_back(at);
                    ("enqueue", at.to_string(), at.to_string())
                }
                (ObjectModel::Queue, false) => {
                    let taken = queue.pop_front();
                    let taken = taken.map_or("null".to_owned(), |value| value.to_string());
                    ("dequeue", "null".to_owned(), taken)
                }
                (_, true) => {
                    queue.push_back(at);
                    ("add", at.to_string(), at.to_string())
                }
                (_, false) => ("read", "null".to_owned(), format!("{queue:?}")),
            };
            let mut event = |time: u64, kind: &str, said: &str| {
                events.push((
                    time,
                    format!(
                        "{{\"process\":{at},\"type\":\"{kind}\",\"f\":\"{function}\",\"value\":{said}}}\n"
                    ),
                ));
            };
            event(10 * at - random.random_range(0..10 * wide).min(10 * at), "invoke", &argument);
            if !doubt {
                event(10 * at + random.random_range(0..10 * wide), "ok", &result);
            }
        }
        events.sort();
        let verdict = |events: &[(u64, String)]| {
            let text: String = events.iter().map(|(_, line)| line.as_str()).collect();
            let foreign = Foreign::read(text.as_bytes(), Format::JsonLines).expect("well written");
            let question = Question::of(model);
            let proofs = prove(&foreign, question).expect("it is of the model");
            let positions = &objects(&foreign, model)[0];
            assert_eq!(verify_object(&foreign, question, positions, &proofs[0].proof), Ok(()));
            let judgement = judge(&foreign, question).expect("it is of the model");
            if let Some(proof) = &judgement.proof {
                assert!(proof.operations.len() <= 4, "{}", proof.operations.len());
                assert!(proof.explained.is_some());
            }
            match &proofs[0].proof {
                Proof::Valid { order } => {
                    assert_eq!(judgement.verdict, Verdict::Valid);
                    assert!(order.len() > 3_800);
                    true
                }
                Proof::Invalid { .. } => {
                    assert_eq!(judgement.verdict, Verdict::Invalid);
                    false
                }
                Proof::Unknown { reason } => panic!("{model:?}: {reason}"),
            }
        };
        assert!(verdict(&events), "{model:?} is made valid");
        // What some operation in the middle returned goes to one much later, and the other way round.
        let returned = |line: &str| match model {
            ObjectModel::Queue => {
                line.contains("\"ok\",\"f\":\"dequeue\"") && !line.contains("null")
            }
            _ => line.contains("\"ok\",\"f\":\"read\""),
        };
        let fitting: Vec<usize> = (0..events.len()).filter(|at| returned(&events[*at].1)).collect();
        let (early, late) = (fitting[fitting.len() / 3], fitting[fitting.len() * 2 / 3]);
        let said = |line: &str| line.split_once("\"value\":").expect("it says one").1.to_owned();
        let put = |line: &str, other: &str| line.replace(&said(line), &said(other));
        let (one, other) = (events[early].1.clone(), events[late].1.clone());
        events[early].1 = put(&one, &other);
        events[late].1 = put(&other, &one);
        assert!(!verdict(&events), "{model:?}: two results are swapped");
    }
}
