//! A night and its certificate: the folder, the judged runs, the verdict over all of them.

mod certificate;
mod folder;
mod verdict;

pub(crate) use certificate::{Judgement, caught, certificate};
pub(crate) use folder::{create, find, rewrite, write};
