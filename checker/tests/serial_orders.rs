//! Serial orders of small transactions: found where brute force finds one, and believed nowhere else.
//!
//! `AEROCERT_CASES` says how many histories of each kind are tried, `AEROCERT_SEED` from which seed.

mod told;
mod tried;

use aerocert_checker::certificate::serial;
use aerocert_checker::oracle;
use aerocert_checker::transactions::{Level, order};
use history::{Holding, Outcome, TransactionId};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Histories of each kind, if nobody says otherwise.
const CASES: u64 = if cfg!(debug_assertions) { 1_500 } else { 18_000 };

/// A serial order is found for most of what has one, and none is believed where there is none.
#[test]
fn transactions() {
    let cases = tried::cases(CASES);
    for holding in [Holding::Lists, Holding::Registers] {
        let mut random = ChaCha8Rng::seed_from_u64(tried::seed(1) + 8_000);
        let (mut found, mut missed, mut none) = (0_u64, 0_u64, 0_u64);
        for _ in 0..cases {
            let history = told::wild(holding, &mut random, 6);
            for (level, asked) in [
                (Level::Serializable, oracle::transactions::Order::Any),
                (Level::StrongSessionSerializable, oracle::transactions::Order::Sessions),
                (Level::StrictSerializable, oracle::transactions::Order::Realtime),
            ] {
                let expected = oracle::transactions::explains(&history, asked);
                let order = order(&history, level);
                match (&order, expected) {
                    (Some(order), _) => {
                        assert!(expected, "{level}: {order:?} {history:#?}");
                        assert_eq!(serial::verify(&history, level, order), Ok(()));
                        found += 1;
                        if let Some(happened) =
                            order.iter().position(|id| history.get(*id).outcome == Outcome::Ok)
                        {
                            let mut without = order.clone();
                            let twice = without.remove(happened);
                            assert!(serial::verify(&history, level, &without).is_err());
                            let twice = [&order[..], &[twice]].concat();
                            assert!(serial::verify(&history, level, &twice).is_err());
                        }
                    }
                    (None, true) => missed += 1,
                    (None, false) => none += 1,
                }
                if !expected {
                    let mut any: Vec<TransactionId> = history.iter().map(|(id, _)| id).collect();
                    for _ in 0..6 {
                        let (one, other) =
                            (random.random_range(0..any.len()), random.random_range(0..any.len()));
                        any.swap(one, other);
                        assert!(serial::verify(&history, level, &any).is_err(), "{any:?}");
                    }
                }
            }
        }
        println!("{holding:?}: {found} orders, {missed} missed, {none} without");
        assert!(found > cases / 10 && none > cases / 10, "{found} {none}");
        assert!(missed * 20 < found, "{missed} of {found} are missed");
        assert!(holding == Holding::Registers || missed == 0, "{missed} lists have an order");
    }
}
