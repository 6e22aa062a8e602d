//! Transactions: requests on single records, from their arrival to their answer.
//!
//! A request is routed to its partition's working master, waits for its turn on the record, and
//! goes through the steps that its mode demands: duplicate resolution (AP), re-replication (SC),
//! application, replication, or a ping of the replicas.

mod batch;
mod proxy;
mod query;
mod read;
mod renew;
mod replicate;
mod request;
mod resolve;
mod route;
mod table;
mod write;

pub(super) use table::Transactions;
