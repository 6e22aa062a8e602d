//! Settings: flags over environment over file over the built-in profile.
//!
//! A configuration file has the same form as a built-in profile and is laid over it, table by table;
//! a list in the file replaces the profile's.

mod read;
mod settings;

pub(crate) use read::{nearest, settings};
#[cfg(test)]
pub(crate) use settings::TlsSettings;
pub(crate) use settings::{ClusterSettings, LoadOverrides, Settings, WindowSettings};
