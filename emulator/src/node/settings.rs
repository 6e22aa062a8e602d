//! What an operator can change while a node runs (`set-config:`), and what follows from it.

use std::collections::BTreeMap;

use super::dynamic::Shown;
use super::namespace::Namespace;
use super::state::Node;
use super::{ConflictResolution, Heartbeat};
use crate::record::Deletes;

/// The part of the machine's memory that is in use, in percent: no other process is emulated, and
/// this is what `system_free_mem_pct` says.
const MEMORY_USED_PCT: u32 = 10;
/// The highest `rack-id`.
const MOST_RACK: u32 = 1_000_000;
/// The longest time to live, in seconds: ten years.
const MOST_TTL_S: u32 = 315_360_000;

/// The most sets with settings of their own in a namespace, as many as a server has sets.
const MOST_SETS: usize = 4095;
/// The longest name of a set, in bytes.
const LONGEST_SET: usize = 63;

/// A namespace's settings that are not among the rules of its records.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `stop-writes-sys-memory-pct`: no writes while more memory is in use, in percent.
    pub stop_writes_sys_memory_pct: u32,
    /// `reject-non-xdr-writes`: no writes of clients.
    pub reject_non_xdr_writes: bool,
    /// `reject-xdr-writes`: no writes of another cluster.
    pub reject_xdr_writes: bool,
    /// `disable-write-dup-res`: AP writes do not wait for duplicates.
    pub disable_write_dup_res: bool,
    /// `rack-id`, if it was changed: until the node starts again, when its file holds.
    pub rack: Option<u32>,
    /// `nsup-period`, in seconds; 0: nothing looks for expired records.
    pub nsup_period_s: u32,
    /// `allow-ttl-without-nsup`.
    pub allow_ttl_without_nsup: bool,
    /// What is shown and steers nothing.
    pub shown: Shown,
    /// The same of single sets, by name.
    pub sets: BTreeMap<String, Shown>,
}

impl Default for Settings {
    /// The server's.
    fn default() -> Self {
        Self {
            stop_writes_sys_memory_pct: 90,
            reject_non_xdr_writes: false,
            reject_xdr_writes: false,
            disable_write_dup_res: false,
            rack: None,
            nsup_period_s: 0,
            allow_ttl_without_nsup: false,
            shown: Shown::namespace(),
            sets: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Whether writes may set a time to live.
    fn allows_ttl(&self) -> bool {
        self.nsup_period_s > 0 || self.allow_ttl_without_nsup
    }

    /// Whether a limit of the machine stops writes.
    #[must_use]
    pub fn stops_writes(&self) -> bool {
        MEMORY_USED_PCT > self.stop_writes_sys_memory_pct
    }
}

impl Node {
    /// Changes a setting of a namespace; false for an unknown namespace, name or value.
    pub fn set_config(&mut self, namespace: &str, name: &str, value: &str) -> bool {
        let Some(index) = self.namespace_index(namespace) else { return false };
        set(&mut self.namespaces[index], name, value).is_some()
    }

    /// Changes a setting of a set, which need not hold records yet; false for an unknown namespace,
    /// name or value.
    pub fn set_set_config(&mut self, namespace: &str, set: &str, name: &str, value: &str) -> bool {
        let Some(index) = self.namespace_index(namespace) else { return false };
        let sets = &mut self.namespaces[index].settings.sets;
        let fits = (1..=LONGEST_SET).contains(&set.len())
            && !set.contains([':', ';', '='])
            && (sets.len() < MOST_SETS || sets.contains_key(set));
        let mut shown = sets.get(set).cloned().unwrap_or_else(Shown::set_of_records);
        if !fits || shown.set(name, value).is_none() {
            return false;
        }
        sets.insert(set.to_owned(), shown);
        true
    }

    /// The settings of the sets of a namespace that have some of their own.
    pub fn set_settings(&self, namespace: &str) -> impl Iterator<Item = (&str, &Shown)> {
        let space = self.namespace_index(namespace).map(|index| &self.namespaces[index]);
        let sets = space.into_iter().flat_map(|space| &space.settings.sets);
        sets.map(|(set, shown)| (set.as_str(), shown))
    }

    /// Changes a setting of the security context; false without security, and for an unknown name
    /// or value.
    pub fn set_security(&mut self, name: &str, value: &str) -> bool {
        self.config.security && self.security.set(name, value).is_some()
    }

    /// The settings of the security context that were changed, by name.
    pub fn security_settings(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.security.changed()
    }

    /// Changes a setting of the service context; false for an unknown name or value.
    pub fn set_service(&mut self, name: &str, value: &str) -> bool {
        self.service.set(name, value).is_some()
    }

    /// Changes a setting of the network context; false for an unknown name or value. A heartbeat
    /// setting counts from the next heartbeat on.
    pub fn set_network(&mut self, name: &str, value: &str) -> bool {
        let heartbeat = &mut self.config.heartbeat;
        let within = |least: u32, most: u32| {
            value.parse().ok().filter(|number| (least..=most).contains(number))
        };
        match name {
            "heartbeat.interval" => {
                let limits = (Heartbeat::LEAST_INTERVAL_MS, Heartbeat::MOST_INTERVAL_MS);
                within(limits.0, limits.1).map(|interval_ms| heartbeat.interval_ms = interval_ms)
            }
            "heartbeat.timeout" => within(Heartbeat::LEAST_TIMEOUT, u32::MAX)
                .map(|timeout| heartbeat.timeout = timeout),
            _ => self.network.set(name, value),
        }
        .is_some()
    }

    /// The level of a context's log messages, if it was changed.
    #[must_use]
    pub fn log_level(&self, context: &str) -> Option<&'static str> {
        self.log_levels.get(context).copied()
    }

    /// Changes it.
    pub fn set_log_level(&mut self, context: &'static str, level: &'static str) {
        self.log_levels.insert(context, level);
    }

    /// The settings of the service context that were changed, by name.
    pub fn service_settings(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.service.changed()
    }

    /// Those of the network context, heartbeats aside.
    pub fn network_settings(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.network.changed()
    }

    /// The rack of a namespace on this node, as it is configured now.
    pub(super) fn rack(&self, namespace: usize) -> u32 {
        let file = || self.config.place().map_or(0, |place| place.rack);
        self.namespaces[namespace].settings.rack.unwrap_or_else(file)
    }

    /// The settings of a namespace that can be changed, by name.
    #[must_use]
    pub fn settings(&self, namespace: &str) -> Vec<(&'static str, String)> {
        let Some(index) = self.namespace_index(namespace) else { return Vec::new() };
        let space = &self.namespaces[index];
        let settings = &space.settings;
        let known = [
            ("allow-ttl-without-nsup", settings.allow_ttl_without_nsup.to_string()),
            ("default-ttl", space.rules.default_ttl_s.to_string()),
            ("nsup-period", settings.nsup_period_s.to_string()),
            ("disable-write-dup-res", settings.disable_write_dup_res.to_string()),
            ("max-record-size", space.rules.max_record_bytes.to_string()),
            ("reject-non-xdr-writes", settings.reject_non_xdr_writes.to_string()),
            ("reject-xdr-writes", settings.reject_xdr_writes.to_string()),
            ("stop-writes-sys-memory-pct", settings.stop_writes_sys_memory_pct.to_string()),
        ];
        known.into_iter().chain(settings.shown.changed()).collect()
    }
}

fn set(space: &mut Namespace, name: &str, value: &str) -> Option<()> {
    let strong = space.is_strong();
    let settings = &mut space.settings;
    match name {
        "max-record-size" => space.rules.max_record_bytes = size(value)?,
        "stop-writes-sys-memory-pct" => {
            settings.stop_writes_sys_memory_pct = value.parse().ok().filter(|pct| *pct <= 100)?;
        }
        "reject-non-xdr-writes" => settings.reject_non_xdr_writes = value.parse().ok()?,
        "reject-xdr-writes" => settings.reject_xdr_writes = value.parse().ok()?,
        "rack-id" => settings.rack = Some(value.parse().ok().filter(|rack| *rack <= MOST_RACK)?),
        "disable-write-dup-res" if !strong => {
            settings.disable_write_dup_res = value.parse().ok()?;
        }
        "conflict-resolution-policy" if !strong => {
            space.config.conflict_resolution = match value {
                "generation" => ConflictResolution::Generation,
                "last-update-time" => ConflictResolution::LastUpdateTime,
                _ => return None,
            };
        }
        "strong-consistency-allow-expunge" if strong => {
            space.config.allow_expunge = value.parse().ok()?;
            let expunge = space.config.allow_expunge;
            space.rules.deletes = if expunge { Deletes::Any } else { Deletes::DurableOnly };
        }
        "default-ttl" => {
            let ttl_s = value.parse().ok().filter(|ttl_s| *ttl_s <= MOST_TTL_S)?;
            if ttl_s > 0 && !space.rules.ttl_allowed {
                return None;
            }
            space.rules.default_ttl_s = ttl_s;
        }
        "nsup-period" => {
            settings.nsup_period_s = value.parse().ok()?;
            space.rules.ttl_allowed = settings.allows_ttl();
        }
        "allow-ttl-without-nsup" => {
            settings.allow_ttl_without_nsup = value.parse().ok()?;
            space.rules.ttl_allowed = settings.allows_ttl();
        }
        "transaction-pending-limit" => space.config.pending_limit = value.parse().ok()?,
        _ => settings.shown.set(name, value)?,
    }
    Some(())
}

/// A number of bytes, perhaps with a unit (`1M`).
fn size(value: &str) -> Option<usize> {
    let (digits, factor) = match value.as_bytes().last()? {
        b'K' | b'k' => (&value[..value.len() - 1], 1 << 10),
        b'M' | b'm' => (&value[..value.len() - 1], 1 << 20),
        b'G' | b'g' => (&value[..value.len() - 1], 1 << 30),
        _ => (value, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_may_have_units() {
        assert_eq!(size("1024"), Some(1024));
        assert_eq!(size("1M"), Some(1 << 20));
        assert_eq!(size(""), None);
        assert_eq!(size("M"), None);
        assert_eq!(size("99999999999999999999G"), None);
    }

    #[test]
    fn memory_stops_writes() {
        assert!(!Settings::default().stops_writes());
        assert!(Settings { stop_writes_sys_memory_pct: 1, ..Settings::default() }.stops_writes());
    }
}
