//! The embedded stretch cluster of the tutorial: six nodes, two racks, two namespaces.

use std::time::Duration;

use cluster::table::View;
use cluster::{Cluster, ClusterError, EmbeddedPlan, NamespacePlan};
use history::{
    ConflictResolution, End, Heartbeat, Interruption, Link, Mode, Node, NodeId, Topology,
};

const WITHIN: Duration = Duration::from_secs(30);

fn plan() -> EmbeddedPlan {
    let nodes = [(0xA882, 1), (0xA600, 0), (0xA517, 1), (0xA352, 0), (0xA129, 0), (0xA70, 1)];
    let node =
        |(id, site)| Node { id: NodeId(id), site, rack: 32 + u32::from(site), addresses: vec![] };
    let namespace = |name: &str, mode| NamespacePlan {
        name: name.into(),
        mode,
        replication_factor: 2,
        conflict_resolution: ConflictResolution::Generation,
    };
    EmbeddedPlan {
        name: "stretch".into(),
        topology: Topology {
            sites: vec!["london".into(), "paris".into()],
            nodes: nodes.map(node).to_vec(),
        },
        namespaces: vec![namespace("mydata", Mode::Sc), namespace("mydata_ap", Mode::Ap)],
        heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
        round_trip_us: 2000,
        seed: 1,
        security: false,
        defect: None,
        port: 0,
        access: Default::default(),
    }
}

/// The links between the sites: nodes with nodes, clients with nodes.
fn between_sites(topology: &Topology) -> Vec<Link> {
    let london: Vec<End> = topology.nodes_of_site(0).map(End::Node).chain([End::Site(0)]).collect();
    let paris: Vec<End> = topology.nodes_of_site(1).map(End::Node).chain([End::Site(1)]).collect();
    let mut links = Vec::new();
    for from in &london {
        for to in &paris {
            if !matches!((from, to), (End::Site(_), End::Site(_))) {
                links.extend([Link { from: *from, to: *to }, Link { from: *to, to: *from }]);
            }
        }
    }
    links
}

/// A column of the partition map of `mydata` from a site: the rows', and their total.
async fn pmap(cluster: &Cluster, from: Option<u8>, column: &str) -> (Vec<Option<u64>>, u64) {
    let json = View::Pmap.table(&cluster.survey(View::Pmap, from).await).json();
    let of = |rows: &str| -> Vec<Option<u64>> {
        let rows = json[rows].as_array().expect("rows").iter();
        let wanted = rows.filter(|row| row["namespace"] == "mydata" || row["namespace"].is_null());
        wanted.map(|row| row[column].as_u64()).collect()
    };
    (of("rows"), of("totals").into_iter().flatten().sum())
}

/// Looks until there is something to see.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let began = std::time::Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(began.elapsed() < WITHIN, "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tutorials_cut_and_its_healing() {
    let cluster = Cluster::embedded(plan()).await.unwrap();
    cluster.verify_namespace("mydata", Mode::Sc).await.unwrap();
    cluster.verify_namespace("mydata_ap", Mode::Ap).await.unwrap();
    let wrong = cluster.verify_namespace("mydata_ap", Mode::Sc).await.unwrap_err();
    assert!(matches!(wrong, ClusterError::WrongMode { found: Mode::Ap, .. }), "{wrong}");

    let (primaries, total) = pmap(&cluster, None, "primary").await;
    assert_eq!((primaries.len(), total), (6, 4096));
    assert!(primaries.iter().all(|n| [Some(682), Some(683)].contains(n)), "{primaries:?}");
    assert_eq!(pmap(&cluster, None, "secondary").await.1, 4096);
    let roster = View::Roster.table(&cluster.survey(View::Roster, None).await).to_string();
    let expected = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";
    assert_eq!(roster.matches(expected).count(), 18, "{roster}");

    let links = between_sites(cluster.topology());
    let cut = cluster.interrupt(&links, Interruption::Cut, WITHIN).await.unwrap();
    assert!(!cluster.is_open(links[0]).await.unwrap());
    until("2048 partitions on each side", async || {
        let (unavailable, _) = pmap(&cluster, None, "unavailable").await;
        (unavailable == vec![Some(2048); 6]).then_some(())
    })
    .await;
    for site in [0, 1] {
        let (rows, total) = pmap(&cluster, Some(site), "primary").await;
        assert_eq!(rows.iter().filter(|row| row.is_none()).count(), 3, "site {site}: {rows:?}");
        assert_eq!(total, 2048, "site {site}: {rows:?}");
    }
    assert!(cluster.wait_until_stable(Duration::ZERO).await.is_err());

    cluster.restore(cut).await.unwrap();
    cluster.wait_until_stable(WITHIN).await.unwrap();
    assert_eq!(pmap(&cluster, Some(0), "primary").await.1, 4096);
    cluster.shutdown().await;
}

/// Cuts nodes off from the others, with every client still reaching every node, and gives how many
/// partitions are available to the others and to them.
async fn available_after_cut(cluster: &Cluster, away: [u8; 2]) -> (u64, u64) {
    let apart = |a, b| away.contains(&a) != away.contains(&b);
    let links: Vec<Link> = (0..6)
        .flat_map(|a| (0..6).filter(move |b| apart(a, *b)).map(move |b| (a, b)))
        .map(|(a, b)| Link { from: End::Node(a), to: End::Node(b) })
        .collect();
    let cut = cluster.interrupt(&links, Interruption::Cut, WITHIN).await.expect("it is cut");
    let available = until("two clusters", async || {
        let nodes = cluster.observe(0).await.nodes.into_iter().flatten();
        let mut available = (0, 0);
        for (number, node) in (0..6).zip(nodes) {
            let (size, side) = match away.contains(&number) {
                true => (2, &mut available.1),
                false => (4, &mut available.0),
            };
            if node.cluster_size != size {
                return None;
            }
            *side = 4096 - u64::from(node.namespaces["mydata"].unavailable_partitions);
        }
        (available.0 + available.1 == 4096).then_some(available)
    })
    .await;
    cluster.restore(cut).await.expect("it is healed");
    cluster.wait_until_stable(WITHIN).await.expect("it is whole again");
    available
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_against_two() {
    let cluster = Cluster::embedded(plan()).await.unwrap();
    // Two of one rack: every partition has a replica in the other rack.
    assert_eq!(available_after_cut(&cluster, [1, 3]).await, (4096, 0));
    // One of each rack: about a ninth of the partitions has both replicas there.
    let (_, two) = available_after_cut(&cluster, [1, 2]).await;
    assert!((425..=465).contains(&two), "{two}");
    cluster.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interruption_ends_by_itself_and_nodes_are_killed_and_paused() {
    let cluster = Cluster::embedded(plan()).await.unwrap();
    let link = Link { from: End::Node(0), to: End::Node(1) };
    let lease = Duration::from_millis(300);
    let id = cluster.interrupt(&[link], Interruption::Cut, lease).await.unwrap();
    let standing = cluster.standing().await.unwrap();
    assert_eq!((standing[0].id, standing[0].links.as_slice()), (id, [link].as_slice()));
    until("the lease lapses", async || cluster.is_open(link).await.unwrap().then_some(())).await;
    assert_eq!(cluster.standing().await.unwrap(), []);
    assert!(matches!(cluster.renew(id).await, Err(ClusterError::NoSuchInterruption(_))));
    cluster.restore(id).await.unwrap();

    assert!(cluster.answers(2).await);
    cluster.kill(2).await.unwrap();
    assert!(!cluster.answers(2).await);
    assert_eq!(cluster.observe(7).await.nodes[2], None);
    cluster.start(2).await.unwrap();
    cluster.pause(3).await.unwrap();
    assert!(!cluster.answers(3).await);
    cluster.resume(3).await.unwrap();
    cluster.set_clock_offset(4, 250).await.unwrap();
    assert_eq!(cluster.clock_offset_ms(4).await.unwrap(), 250);
    assert!(cluster.kill(6).await.is_err());
    cluster.wait_until_stable(WITHIN).await.unwrap();
    cluster.shutdown().await;
    assert!(!cluster.answers(0).await);
}

#[tokio::test]
async fn a_defect_that_nobody_knows_is_named_with_the_known_ones() {
    let unknown = EmbeddedPlan { defect: Some("tooth-ache".into()), ..plan() };
    let error = Cluster::embedded(unknown).await.err().unwrap().to_string();
    assert!(error.starts_with("no defect \"tooth-ache\"; the defects are ack-before-"), "{error}");
}
