//! Charts: plotters draws them, and the page's style sheet colours them.

mod dots;
mod figure;
mod plot;
mod role;
mod run;
mod themed;

pub(crate) use figure::{Figure, LegendEntry};
pub(crate) use plot::{Line, Plot, Scale};
pub(crate) use role::Role;
pub(crate) use run::{availability, latencies, latency_range_ms, quantiles, throughput};
