//! The history's file under everything that can happen to it.

mod events;

use history::store::{DamageError, Ending, EventReader, EventWriter};
use history::{Event, EventKind, Mark};
use proptest::prelude::*;

/// A file of blocks of so many events each.
fn file(events: &[Event], block: usize) -> Vec<u8> {
    let mut writer = EventWriter::new(Vec::new()).expect("memory takes all");
    for chunk in events.chunks(block) {
        chunk.iter().for_each(|event| writer.push(event).expect("memory takes all"));
        writer.flush().expect("memory takes all");
    }
    writer.finish().expect("memory takes all")
}

/// What can be read, and how it ends.
fn read(bytes: &[u8]) -> (Vec<Event>, Result<Ending, DamageError>) {
    let mut reader = match EventReader::new(bytes) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut events = Vec::new();
    loop {
        match reader.next() {
            None => return (events, Ok(reader.ending().clone())),
            Some(Ok(event)) => events.push(event),
            Some(Err(error)) => return (events, Err(error)),
        }
    }
}

fn marks(count: u64) -> Vec<Event> {
    let mark = |i| Event { time_ns: i * 1000, kind: EventKind::Mark(Mark::LoadStarted) };
    (0..count).map(mark).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_is_read(events in events::events(200), block in 1..80_usize) {
        let bytes = file(&events, block);
        let (read, ending) = read(&bytes);
        prop_assert_eq!(&read, &events);
        let ending = ending.unwrap();
        prop_assert_eq!(ending.torn, None);
        prop_assert_eq!(ending.offset, bytes.len() as u64);
        prop_assert_eq!(ending.time_ns, events.last().map_or(0, |event| event.time_ns));
    }

    #[test]
    fn arbitrary_bytes_are_no_events(garbage: Vec<u8>) {
        let mut bytes = file(&[], 1);
        bytes.extend(garbage);
        prop_assert_eq!(read(&bytes).0, vec![]);
    }
}

proptest! {
    // Each case reads a file once per byte, or per bit.
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_cut_at_any_byte_leaves_whole_blocks(events in events::events(40), block in 1..20_usize) {
        let bytes = file(&events, block);
        for length in 0..bytes.len() {
            let (read, ending) = read(&bytes[..length]);
            let ending = ending.unwrap();
            prop_assert!(events.starts_with(&read));
            prop_assert!(read.len() == events.len() || read.len() % block == 0);
            prop_assert_eq!(ending.torn.is_none(), ending.offset == length as u64 && length >= 16);
            prop_assert!(ending.offset <= length as u64);
        }
    }

    #[test]
    fn a_flipped_bit_never_changes_an_event(events in events::events(24), block in 1..12_usize) {
        let bytes = file(&events, block);
        let last_block = events.len().saturating_sub(1) / block * block;
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let (read, ending) = read(&flipped);
            prop_assert!(events.starts_with(&read));
            match ending {
                // Only the last block may pass for torn.
                Ok(ending) => {
                    prop_assert!(ending.torn.is_some());
                    prop_assert_eq!(read.len(), last_block);
                }
                Err(DamageError::NotAHistory) => prop_assert!(bit / 8 < 16),
                Err(DamageError::Block { offset, intact, .. }) => {
                    prop_assert!(offset <= (bit / 8) as u64);
                    prop_assert_eq!(intact, read.len() as u64);
                    prop_assert!(read.len() < last_block);
                    // The remedy that the error names works.
                    let (repaired, ending) = self::read(&flipped[..offset as usize]);
                    prop_assert_eq!(repaired, read);
                    prop_assert_eq!(ending.unwrap().torn, None);
                }
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }
}

#[test]
fn a_missing_block_is_damage() {
    let events = marks(30);
    let bytes = file(&events, 10);
    let blocks: Vec<usize> = (1..=3).map(|n| file(&events[..n * 10], 10).len()).collect();
    let without_second = [&bytes[..blocks[0]], &bytes[blocks[1]..]].concat();
    let (read, ending) = read(&without_second);
    assert_eq!(read, events[..10]);
    let message = ending.unwrap_err().to_string();
    assert!(message.contains("a block is missing"), "{message}");
}

#[test]
fn zeros_after_the_last_block_are_a_torn_block() {
    // What some file systems leave after a loss of power.
    let events = marks(10);
    let mut bytes = file(&events, 10);
    let whole = bytes.len() as u64;
    bytes.resize(bytes.len() + 5_000_000, 0);
    let (read, ending) = read(&bytes);
    assert_eq!(read, events);
    let ending = ending.unwrap();
    assert_eq!((ending.offset, ending.time_ns, ending.events), (whole, 9000, 10));
    assert!(ending.torn.is_some());
}

#[test]
fn damage_far_before_the_next_block_is_found() {
    let mut events = marks(10);
    let list = (0..1_000_000)
        .map(|i: u64| i.wrapping_mul(i).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .collect();
    events.push(Event {
        time_ns: 10_000,
        kind: EventKind::Complete(history::Completion {
            operation: history::OperationId(0),
            outcome: history::Outcome::Ok,
            returned: history::Returned::List(list),
            generation: None,
            code: 0,
        }),
    });
    let long = events.len();
    events
        .extend(marks(3).into_iter().map(|mark| Event { time_ns: mark.time_ns + 20_000, ..mark }));
    let mut bytes = file(&events, long);
    assert!(bytes.len() > 3 << 20);
    bytes[17] ^= 1;
    let (read, ending) = read(&bytes);
    assert_eq!(read, []);
    let message = ending.unwrap_err().to_string();
    assert!(message.contains("byte 16") && message.contains("cut it to 16 bytes"), "{message}");
}
