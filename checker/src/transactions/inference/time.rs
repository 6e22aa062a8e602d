//! Who ended before whom began, and who is of one process.
//!
//! Between a run of ends and the run of beginnings after it lies a joint, and the joints form a
//! chain: three edges a transaction, however many are open at once.

use history::{Outcome, TransactionId};
use rustc_hash::FxHashMap;

use super::super::graph::{Edge, Kind};
use super::Sink;

pub(super) fn infer(sink: &mut Sink) {
    let history = sink.history;
    let members = || history.iter().filter(|(id, _)| sink.members.count(id.0));
    let mut ends: Vec<(u64, u32)> = members()
        .filter(|(_, one)| one.outcome == Outcome::Ok)
        .map(|(id, one)| (one.completed, id.0))
        .collect();
    let mut begins: Vec<(u64, u32)> = members().map(|(id, one)| (one.invoked, id.0)).collect();
    // Both are nearly in order already, which this sort makes use of.
    ends.sort();
    begins.sort();
    let mut ends = ends.into_iter().peekable();
    let mut joint = None;
    for (invoked, id) in &begins {
        let mut ended = None;
        // Whoever ends at the very moment when another begins is concurrent with it.
        while let Some((_, done)) = ends.next_if(|(completed, _)| completed < invoked) {
            let new = *ended.get_or_insert_with(|| sink.joints.joint());
            sink.edges.push(Edge { from: done, to: new, kind: Kind::Realtime });
        }
        if let Some(new) = ended {
            if let Some(old) = joint {
                sink.edges.push(Edge { from: old, to: new, kind: Kind::RealtimeOn });
            }
            joint = Some(new);
        }
        if let Some(joint) = joint {
            sink.edges.push(Edge { from: joint, to: *id, kind: Kind::RealtimeOn });
        }
    }
    let mut last: FxHashMap<u32, u32> = FxHashMap::default();
    for (_, id) in begins {
        let one = history.get(TransactionId(id));
        if let Some(before) = last.get(&one.process)
            && history.get(TransactionId(*before)).completed <= one.invoked
        {
            sink.edges.push(Edge { from: *before, to: id, kind: Kind::Process });
        }
        // One in doubt may take effect after what its process did next.
        if one.outcome == Outcome::Ok {
            last.insert(one.process, id);
        }
    }
}
