//! Tables as the vendor's admin tool prints them, from nodes' info answers.
//!
//! A [`Survey`] holds the answers that a [`View`] needs; [`View::table`] turns one into a [`Table`],
//! which prints as text or as JSON. Which column comes from which statistic is as in the vendor's
//! tool (its `show pmap`, `info network`, `info namespace object` and `show roster`).

mod cell;
mod drift;
mod objects;
mod partition;
mod pmap;
mod render;
mod roster;
mod status;
mod survey;
#[cfg(test)]
mod tests;
mod view;

pub use cell::{Cell, Column, Group, Table};
pub use drift::Drift;
pub use survey::{Survey, SurveyedNode};
pub use view::View;
