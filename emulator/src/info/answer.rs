//! Which command is answered by what.

use wire::ResultCode;
use wire::info::{Command, decode_request, error};
use wire::replicas::{NamespaceReplicas, PartitionBitmap};

use super::constant::{DEFAULT_COMMANDS, constant};
use super::endpoints::{self, Ports};
use super::{
    functions, idle, indexes, logs, manage, masking, partitions, peers, roster, sets, stable,
    statistics, xdr,
};
use crate::node::{Entrance, NamespaceConfig, NamespaceView, Node, RosterView};
use crate::partition::{NodeId, PARTITIONS};
use crate::security::{Caller, permits_command};

/// The most commands of one request that are answered, and after how many bytes no further one is:
/// a short request must not make a node write at length.
const COMMANDS: usize = 1024;
/// See [`COMMANDS`].
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Answers a whole info request of a client of `site`: a line per command, the command before a
/// tab and its value after. `commands` is the request's body; an empty one asks for a default set,
/// a last line without its newline is not answered. `now_ns` is the node's time.
///
/// In a cluster with security, `caller` must be allowed to ask.
pub fn answer(node: &mut Node, now_ns: u64, site: u8, caller: &Caller, commands: &str) -> String {
    let mut body = String::new();
    let lines = match decode_request(commands.as_bytes()) {
        Ok(_) if commands.is_empty() => DEFAULT_COMMANDS.to_vec(),
        Ok(lines) => lines,
        Err(_) => Vec::new(),
    };
    for line in lines.into_iter().take(COMMANDS) {
        if body.len() > ANSWER_BYTES {
            break;
        }
        body.push_str(line);
        body.push('\t');
        let permitted = permits_command(node, caller, &Command::parse(line));
        body.push_str(&match permitted {
            Ok(()) => value(node, now_ns, site, line),
            Err(code) => error(code, code.name().unwrap_or_default()),
        });
        body.push('\n');
    }
    body
}

/// The value of one command.
pub fn value(node: &mut Node, now_ns: u64, site: u8, line: &str) -> String {
    let command = Command::parse(line);
    if let Some(answer) = constant(command.name) {
        return answer.to_owned();
    }
    if let Some(answer) = manage::act(node, now_ns, &command) {
        return answer;
    }
    let asked = Asked { node, now_ns, site, command };
    asked
        .identity()
        .or_else(|| asked.addresses())
        .or_else(|| asked.state())
        .or_else(|| asked.configuration())
        .unwrap_or_else(|| error(ResultCode::PARAMETER, "unrecognized command"))
}

/// The answer about a namespace that is not there.
pub(super) fn no_namespace() -> String {
    error(ResultCode::NAMESPACE, "namespace not found on node")
}

/// The histograms of a namespace.
const HISTOGRAMS: [&str; 8] = [
    "read",
    "write",
    "udf",
    "batch-sub-read",
    "batch-sub-write",
    "batch-sub-udf",
    "pi-query",
    "si-query",
];

/// A question to a node.
struct Asked<'a> {
    node: &'a Node,
    now_ns: u64,
    site: u8,
    command: Command<'a>,
}

impl Asked<'_> {
    /// Who the node is, and the numbers that clients watch.
    fn identity(&self) -> Option<String> {
        let cluster = || self.node.cluster(self.now_ns);
        Some(match self.command.name {
            "get-sl" => {
                let members: Vec<String> =
                    cluster().members.iter().map(ToString::to_string).collect();
                members.join(",")
            }
            "node" | "name" => self.node.config().id.to_string(),
            "cluster-name" => match self.node.config().cluster_name.as_str() {
                "" => "null".to_owned(),
                name => name.to_owned(),
            },
            "partition-generation" => cluster().partition_generation.to_string(),
            "peers-generation" => cluster().peers_generation.to_string(),
            "rebalance-generation" => cluster().rebalance_generation.to_string(),
            _ => return None,
        })
    }

    /// Where clients find this node and its peers.
    fn addresses(&self) -> Option<String> {
        let config = self.node.config();
        let own = config.place()?;
        let cluster = || self.node.cluster(self.now_ns);
        let services = |nodes: &[NodeId], entrance| {
            peers::services(&config.places, nodes, self.site, entrance)
        };
        if let Some((what, entrance)) = self
            .command
            .name
            .split_once('-')
            .and_then(|(what, _)| Some((what, peers::entrance(self.command.name)?)))
        {
            let list = |nodes: &[NodeId]| {
                let generation = cluster().peers_generation;
                let nodes = (&*config.places, nodes);
                peers::list(generation, own, nodes, self.site, entrance)
            };
            match what {
                "service" => return Some(peers::address(own, self.site, entrance).to_owned()),
                "peers" => return Some(list(&cluster().peers)),
                "alumni" => return Some(list(&cluster().alumni)),
                _ => {}
            }
        }
        Some(match self.command.name {
            "service" => peers::address(own, self.site, Entrance::Standard).to_owned(),
            "services" => services(&cluster().peers, Entrance::Standard),
            "services-alternate" => services(&cluster().peers, Entrance::Alternate),
            "services-alumni" => services(&cluster().alumni, Entrance::Standard),
            "endpoints" => endpoints::answer(own, &config.places, &cluster().peers, self.site),
            "mesh" => Ports::of(own, self.site).at(Ports::HEARTBEAT),
            "admin-clear-std" => endpoints::admin(own, self.site),
            "mcast" => error(ResultCode::PARAMETER, "heartbeat is in multicast mode"),
            _ => return None,
        })
    }

    /// What the node knows of its cluster and of its data.
    fn state(&self) -> Option<String> {
        let node = self.node;
        Some(match self.command.name {
            "statistics" => statistics::service(&node.cluster(self.now_ns), &self.views(None)),
            "namespaces" => {
                node.namespaces().map(|ns| ns.name.as_str()).collect::<Vec<_>>().join(";")
            }
            "namespace" => match self.namespace(self.command.argument) {
                Some((config, view)) => {
                    let now_ms = node.update_time_ms(self.now_ns);
                    let configured = self.namespace_config(config);
                    let truncate_lut = node.truncated_before_ms(&config.name, "");
                    let times = (now_ms, truncate_lut);
                    statistics::namespace(&view, config, &configured, times)
                }
                None => "type=unknown".to_owned(),
            },
            "sets" if !self.command.parameters.is_empty() => "ns_type=unknown".to_owned(),
            "sets" => sets::answer(node, self.command.argument),
            "udf-list" => functions::list(node),
            "udf-get" => functions::get(node, &self.command),
            "sindex-list" | "sindex" => indexes::list(node, &self.command),
            "sindex-stat" => indexes::statistics(node, &self.command),
            "sindex-exists" => indexes::exists(node, &self.command),
            "masking-show" => masking::show(node, &self.command),
            "objects" => statistics::all_objects(&self.views(None)).to_string(),
            "cluster-stable" => match self.command.parameter("namespace") {
                Some(name) if node.namespace(name).is_none() => no_namespace(),
                name => {
                    stable::answer(&self.command, &node.cluster(self.now_ns), &self.views(name))
                }
            },
            "replicas" => {
                let most = self.command.parameter("max").and_then(|most| most.parse().ok());
                let mut namespaces = self.replicas();
                namespaces
                    .iter_mut()
                    .for_each(|ns| ns.columns.truncate(most.unwrap_or(usize::MAX)));
                wire::replicas::encode(&namespaces)
            }
            "smd-info" => statistics::metadata(&node.cluster(self.now_ns), node),
            "replicas-master" | "replicas-all" => self.replicas_of_old_clients(),
            "partition-info" => self.partition_info(),
            "roster" => self.per_namespace(|name| node.roster(name).map(|v| roster::answer(&v))),
            "racks" => self.per_namespace(|name| Some(roster::racks(&self.racks_view(name)?))),
            "rack-ids" => {
                let racks = node.namespaces().map(|ns| format!("{}:{}", ns.name, self.rack(ns)));
                racks.collect::<Vec<_>>().join(";")
            }
            _ => return None,
        })
    }

    /// How the node is configured.
    fn configuration(&self) -> Option<String> {
        let command = &self.command;
        Some(match command.name {
            "get-config" | "config-get" => match command.parameter("context") {
                None if command.parameters.is_empty() => {
                    format!("{};{}", self.service_config(), self.network_config())
                }
                Some("service") => self.service_config(),
                Some("network") => self.network_config(),
                Some("namespace") => {
                    let name = command.parameter("namespace").or(command.parameter("id"));
                    match self.namespace(name.unwrap_or_default()) {
                        Some((config, _)) => self.namespace_config(config),
                        None => no_namespace(),
                    }
                }
                Some("security") => self.security_config(),
                Some("xdr") => xdr::configuration(self.node, command),
                _ => error(ResultCode::PARAMETER, "invalid context"),
            },
            "log" => logs::levels(self.node, command.argument),
            "logs" => logs::LOGS.to_owned(),
            "get-stats" => match command.parameter("context") {
                None => error(ResultCode::PARAMETER, "missing 'context'"),
                Some("xdr") => xdr::statistics(self.node, command),
                Some(_) => error(ResultCode::PARAMETER, "invalid context"),
            },
            "xdr-get-filter" => xdr::filters(self.node, command),
            "physical-devices" => error(ResultCode::PARAMETER, "missing 'path'"),
            "latencies" => {
                let mut histograms = vec!["batch-index:".to_owned()];
                for ns in self.node.namespaces() {
                    for kind in HISTOGRAMS {
                        histograms.push(format!("{{{}}}-{kind}:", ns.name));
                    }
                }
                if let Some(one) = command.parameter("hist") {
                    histograms.retain(|name| name.strip_suffix(':') == Some(one));
                }
                histograms.join(";")
            }
            "index-pressure" => {
                let pressure = self.node.namespaces().map(|ns| format!("{}:0:0", ns.name));
                pressure.collect::<Vec<_>>().join(";")
            }
            _ => return None,
        })
    }

    /// The roster of a namespace; in AP only the nodes of the cluster count.
    fn racks_view(&self, name: &str) -> Option<RosterView> {
        self.node.roster(name).or_else(|| {
            let observed = self.node.observed_racks(name)?;
            Some(RosterView { observed, ..RosterView::default() })
        })
    }

    fn rack(&self, namespace: &NamespaceConfig) -> u32 {
        self.node.namespace(&namespace.name).map_or(0, |view| view.rack)
    }

    fn namespace(&self, name: &str) -> Option<(&NamespaceConfig, NamespaceView)> {
        let config = self.node.namespaces().find(|ns| ns.name == name)?;
        Some((config, self.node.namespace(name)?))
    }

    /// The views of one namespace or of all.
    fn views(&self, name: Option<&str>) -> Vec<NamespaceView> {
        self.node
            .namespaces()
            .filter(|ns| name.is_none_or(|name| name == ns.name))
            .filter_map(|ns| self.node.namespace(&ns.name))
            .collect()
    }

    /// An answer about one namespace, or about all with their names before.
    fn per_namespace(&self, about: impl Fn(&str) -> Option<String>) -> String {
        if let Some(name) = self.command.parameter("namespace") {
            return about(name).unwrap_or_else(no_namespace);
        }
        let answers = self
            .node
            .namespaces()
            .filter_map(|ns| Some(format!("ns={}:{}", ns.name, about(&ns.name)?)));
        answers.collect::<Vec<_>>().join(";")
    }

    fn replicas(&self) -> Vec<NamespaceReplicas> {
        self.node.namespaces().filter_map(|ns| self.node.replicas(&ns.name)).collect()
    }

    /// `replicas-master` and `replicas-all`, which know no regime.
    fn replicas_of_old_clients(&self) -> String {
        let all = self.command.name == "replicas-all";
        let namespaces = self.replicas().into_iter().map(|ns| {
            let columns: Vec<String> = ns.columns.iter().map(PartitionBitmap::to_base64).collect();
            if all {
                format!("{}:{},{}", ns.namespace, columns.len(), columns.join(","))
            } else {
                format!("{}:{}", ns.namespace, columns[0])
            }
        });
        namespaces.collect::<Vec<_>>().join(";")
    }

    fn partition_info(&self) -> String {
        let own = self.node.config().id;
        let mut answer = partitions::HEADER.to_owned();
        for ns in self.node.namespaces() {
            for partition in 0..PARTITIONS {
                if let Some(view) = self.node.partition(&ns.name, partition) {
                    answer.push_str(&partitions::row(own, &ns.name, partition, &view));
                }
            }
        }
        answer
    }

    fn namespace_config(&self, config: &NamespaceConfig) -> String {
        statistics::configuration(config, self.rack(config), self.node.settings(&config.name))
    }

    fn service_config(&self) -> String {
        let config = self.node.config();
        let mut known = vec![
            ("cluster-name", config.cluster_name.clone()),
            ("node-id", config.id.to_string()),
            ("stay-quiesced", config.stays_quiesced(config.id).to_string()),
        ];
        known.extend(self.node.service_settings());
        idle::SERVICE_CONFIG.with(&known)
    }

    /// Nothing in a cluster without security.
    fn security_config(&self) -> String {
        if !self.node.config().security {
            return String::new();
        }
        let known: Vec<_> = self.node.security_settings().collect();
        idle::SECURITY_CONFIG.with(&known)
    }

    fn network_config(&self) -> String {
        let config = self.node.config();
        let Some(own) = config.place() else { return String::new() };
        let ports = Ports::of(own, self.site);
        let host = ports.host;
        let mut known = vec![
            ("service.port", ports.port(Ports::SERVICE).to_string()),
            ("service.tls-port", ports.tls_port().to_string()),
            ("service.tls-name", ports.tls_name().to_owned()),
            ("service.address", host.to_owned()),
            ("service.access-address", host.to_owned()),
            ("admin.port", ports.port(Ports::ADMIN).to_string()),
            ("admin.address", host.to_owned()),
            ("heartbeat.address", host.to_owned()),
            ("heartbeat.port", ports.port(Ports::HEARTBEAT).to_string()),
            ("fabric.address", host.to_owned()),
            ("fabric.port", ports.port(Ports::FABRIC).to_string()),
            ("heartbeat.interval", config.heartbeat.interval_ms.to_string()),
            ("heartbeat.timeout", config.heartbeat.timeout.to_string()),
        ];
        known.extend(self.node.network_settings());
        let answer = idle::NETWORK_CONFIG.with(&known);
        // The one key that comes once per peer.
        let seeds = config.places.iter().filter(|place| place.id != config.id).map(|place| {
            let seed = Ports::of(place, self.site).at(Ports::HEARTBEAT);
            format!("heartbeat.mesh-seed-address-port={seed};")
        });
        let seeds = seeds.collect::<String>();
        answer.replacen("heartbeat.interval=", &format!("{seeds}heartbeat.interval="), 1)
    }
}
