//! Charts: plotters draws them, and the page's style sheet colours them.

mod arms;
mod dots;
mod fates;
mod figure;
mod frame;
mod plot;
mod role;
mod run;
mod themed;

pub(crate) use arms::Arms;
pub(crate) use figure::{Figure, LegendEntry};
pub(crate) use frame::{Drawing, Frame};
pub(crate) use plot::{Line, Plot, Scale};
pub(crate) use role::Role;
pub(crate) use run::{availability, fate, latencies, latency_range_ms, quantiles, throughput};
