//! Why one transaction precedes another, in plain words.

use history::{Act, TransactionId, TransactionKey, Transactions};

use super::graph::{Edge, Kind};

/// Why the one precedes the other.
pub(super) fn reason(history: &Transactions, edge: &Edge) -> String {
    let (from, to) = (TransactionId(edge.from), TransactionId(edge.to));
    let (one, other) = (edge.from, edge.to);
    let data = match edge.kind {
        Kind::Process | Kind::Realtime | Kind::RealtimeOn => None,
        Kind::WriteRead => written_and_read(history, from, to),
        Kind::WriteWrite => both_written(history, from, to),
        Kind::ReadWrite | Kind::ReadWriteOn => read_and_overwritten(history, from, to),
        Kind::TimedReadWrite => {
            read_and_overwritten(history, from, to).or_else(|| both_written(history, from, to))
        }
    };
    let timed = edge.kind == Kind::TimedReadWrite;
    match (edge.kind, data) {
        (Kind::Process, _) => format!(
            "process {} had T{one} behind it when it began T{other}",
            history.get(from).process
        ),
        (Kind::Realtime | Kind::RealtimeOn, _) => format!("T{one} ended before T{other} began"),
        (_, Some(words)) if timed => format!("{words}, as real time says"),
        (_, Some(words)) => words,
        (_, None) => format!("T{one} must precede T{other}"),
    }
}

/// The values that a transaction wrote to a key.
fn written(
    history: &Transactions,
    id: TransactionId,
    key: TransactionKey,
) -> impl DoubleEndedIterator<Item = u64> {
    history.operations(id).iter().filter(move |one| one.key == key).filter_map(|one| {
        match one.act {
            Act::Append(value) | Act::Write(value) => Some(value),
            _ => None,
        }
    })
}

/// The keys of a transaction, each once, in its order.
fn keys(history: &Transactions, id: TransactionId) -> Vec<TransactionKey> {
    let mut keys: Vec<TransactionKey> = Vec::new();
    for operation in history.operations(id) {
        if !keys.contains(&operation.key) {
            keys.push(operation.key);
        }
    }
    keys
}

/// What a transaction first knew of a key, before it wrote it itself: a list, or a value.
fn first_read(history: &Transactions, id: TransactionId, key: TransactionKey) -> Option<Act> {
    let first = history.operations(id).iter().find(|operation| operation.key == key)?;
    matches!(first.act, Act::Read(_) | Act::List(_)).then_some(first.act)
}

fn written_and_read(
    history: &Transactions,
    from: TransactionId,
    to: TransactionId,
) -> Option<String> {
    let (one, other) = (from.0, to.0);
    keys(history, to).into_iter().find_map(|key| {
        let name = history.key_name(key);
        match first_read(history, to, key)? {
            Act::List(list) => {
                let elements = history.list(key, list);
                let seen = written(history, from, key).rfind(|value| elements.contains(value))?;
                let seen = history.value_name(seen);
                Some(format!("T{other} read {seen} in {name}, which T{one} appended"))
            }
            Act::Read(Some(value)) => {
                written(history, from, key).rfind(|written| *written == value)?;
                let value = history.value_name(value);
                Some(format!("T{other} read {value} from {name}, which T{one} wrote"))
            }
            _ => None,
        }
    })
}

fn both_written(history: &Transactions, from: TransactionId, to: TransactionId) -> Option<String> {
    let (one, other) = (from.0, to.0);
    keys(history, to).into_iter().find_map(|key| {
        let name = history.key_name(key);
        let spine = history.spine(key);
        let place = |value: &u64| spine.iter().position(|element| element == value);
        let before = written(history, from, key).filter_map(|value| Some((place(&value)?, value)));
        let before = before.min();
        let after =
            written(history, to, key).map(|value| (place(&value).unwrap_or(usize::MAX), value));
        let after = after.max();
        let value_name = |value| history.value_name(value);
        match (before, after, history.holding()) {
            (Some((_, before)), Some((usize::MAX, after)), history::Holding::Lists) => {
                Some(format!(
                    "T{one}'s {} in {name} was seen and T{other}'s {} never, so that it came later",
                    value_name(before),
                    value_name(after)
                ))
            }
            (Some((first, before)), Some((second, after)), _) if first < second => Some(format!(
                "in {name}, T{one}'s {} stands before T{other}'s {}",
                value_name(before),
                value_name(after)
            )),
            (None, Some((_, after)), history::Holding::Registers) => {
                let before = written(history, from, key).next_back()?;
                Some(format!(
                    "T{one} wrote {} to {name} before T{other} wrote {}",
                    value_name(before),
                    value_name(after)
                ))
            }
            _ => None,
        }
    })
}

fn read_and_overwritten(
    history: &Transactions,
    from: TransactionId,
    to: TransactionId,
) -> Option<String> {
    let (one, other) = (from.0, to.0);
    keys(history, to).into_iter().find_map(|key| {
        let name = history.key_name(key);
        match first_read(history, from, key)? {
            Act::List(list) => {
                let elements = history.list(key, list);
                let unseen = written(history, to, key).find(|value| !elements.contains(value))?;
                Some(format!(
                    "T{one} read {} from {name}, without {}, which T{other} appended",
                    history.describe_list(elements),
                    history.value_name(unseen)
                ))
            }
            Act::Read(seen) => {
                let over = written(history, to, key).next_back()?;
                let seen = seen.map_or("nil".to_owned(), |value| history.value_name(value));
                Some(format!(
                    "T{one} read {seen} from {name}, before T{other} wrote {} over it",
                    history.value_name(over)
                ))
            }
            _ => None,
        }
    })
}
