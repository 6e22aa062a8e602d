//! Other clusters that an operator has named as destinations of this one (`context=xdr`). What is
//! told of them is kept until the process ends, and read back; no record is shipped.

use std::collections::{BTreeMap, BTreeSet};

use super::dynamic::Shown;
use super::state::Node;

/// The destinations of one node, and what holds for all of them.
#[derive(Debug)]
pub struct Xdr {
    /// Settings of the whole context.
    pub shown: Shown,
    destinations: BTreeMap<String, Destination>,
}

/// Another cluster.
#[derive(Debug)]
pub struct Destination {
    /// Its settings.
    pub shown: Shown,
    /// The addresses of its nodes.
    pub addresses: BTreeSet<String>,
    /// What is to be shipped to it, with the settings of each namespace.
    pub namespaces: BTreeMap<String, Shown>,
}

impl Default for Xdr {
    fn default() -> Self {
        Self { shown: Shown::xdr(), destinations: BTreeMap::new() }
    }
}

impl Xdr {
    /// The most destinations, and the most addresses of one.
    const MOST: usize = 64;
    /// The longest name of a destination, in bytes.
    const LONGEST_NAME: usize = 31;
    /// The longest address, in bytes.
    const LONGEST_ADDRESS: usize = 255;

    /// Names a destination; `None` if it is there, if it cannot be a name, or if there are too many.
    pub fn create(&mut self, name: &str) -> Option<()> {
        let is_name = !name.is_empty()
            && name.len() <= Self::LONGEST_NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_$".contains(&byte));
        let room = self.destinations.len() < Self::MOST;
        if !is_name || !room || self.destinations.contains_key(name) {
            return None;
        }
        let shown = Shown::xdr_destination();
        let destination =
            Destination { shown, addresses: BTreeSet::new(), namespaces: BTreeMap::new() };
        self.destinations.insert(name.to_owned(), destination);
        Some(())
    }

    /// Forgets a destination; `None` if there is none.
    pub fn delete(&mut self, name: &str) -> Option<()> {
        self.destinations.remove(name).map(drop)
    }

    /// A destination.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Destination> {
        self.destinations.get(name)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Destination> {
        self.destinations.get_mut(name)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.destinations.keys().map(String::as_str)
    }
}

impl Destination {
    /// Adds a node's address, `host:port` with a TLS name after it or not; `None` if it cannot be
    /// one, or if there are too many.
    pub fn add_address(&mut self, address: &str) -> Option<()> {
        let mut parts = address.split(':');
        let host = parts.next().filter(|host| !host.is_empty());
        let port = parts.next().and_then(|port| port.parse::<u16>().ok());
        let fits = address.len() <= Xdr::LONGEST_ADDRESS && self.addresses.len() < Xdr::MOST;
        (host.is_some() && port.is_some() && fits).then_some(())?;
        self.addresses.insert(address.to_owned());
        Some(())
    }

    /// Removes one; `None` if it is not there.
    pub fn remove_address(&mut self, address: &str) -> Option<()> {
        self.addresses.remove(address).then_some(())
    }
}

impl Node {
    /// The destinations that an operator has named.
    #[must_use]
    pub fn xdr(&self) -> &Xdr {
        &self.xdr
    }

    /// The same, to be changed.
    pub fn xdr_mut(&mut self) -> &mut Xdr {
        &mut self.xdr
    }
}
