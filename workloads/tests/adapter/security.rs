//! Logins, users and roles as the client sees them.

use std::time::Duration;

use aerospike::{
    AdminPolicy, AuthMode, Bin, Bins, Client, ClientPolicy, Error, Key, ReadPolicy, ResultCode,
    Value, WritePolicy,
};

use crate::cluster::Cluster;
use crate::settings::SEED;

/// Until every node has learnt of a change.
const SPREAD: Duration = Duration::from_millis(500);

fn key(set: &str) -> Key {
    Key::new("mydata", set, Value::from(1)).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ResultCode {
    let error = result.expect_err("the server refuses");
    error.server_result_code().unwrap_or_else(|| panic!("the server says why, not {error:?}"))
}

struct Secured {
    cluster: Cluster,
    host: String,
}

impl Secured {
    async fn start() -> Self {
        let cluster = Cluster::start_with(SEED, |config| config.world.security = true).await;
        let host = cluster.topology.nodes[1].addresses[0].clone();
        Self { cluster, host }
    }

    async fn log_in(&self, user: &str, password: &str) -> Result<Client, Error> {
        let auth_mode = AuthMode::Internal(user.to_owned(), password.to_owned());
        Client::new(&ClientPolicy { auth_mode, ..ClientPolicy::default() }, &self.host).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_before_he_may() {
    let secured = Secured::start().await;
    assert!(Client::new(&ClientPolicy::default(), &secured.host).await.is_err(), "no login");
    assert!(secured.log_in("admin", "nonsense").await.is_err());
    assert!(secured.log_in("ann", "secret").await.is_err());
    let (admin, policy) = (secured.log_in("admin", "admin").await.unwrap(), AdminPolicy::default());
    let (read, write) = (ReadPolicy::default(), WritePolicy::default());
    let bins = [Bin::new("n", 1.into())];
    assert_eq!(code(admin.put(&write, &key("dummy"), &bins).await), ResultCode::RoleViolation);
    assert_eq!(code(admin.get(&read, &key("dummy"), Bins::All).await), ResultCode::RoleViolation);

    admin.grant_roles(&policy, "admin", &["read-write"]).await.unwrap();
    admin.create_user(&policy, "ann", "secret", &["read"]).await.unwrap();
    assert_eq!(
        code(admin.create_user(&policy, "ann", "secret", &[]).await),
        ResultCode::UserAlreadyExists
    );
    assert_eq!(
        code(admin.grant_roles(&policy, "ann", &["nonsense"]).await),
        ResultCode::InvalidRole
    );
    tokio::time::sleep(SPREAD).await;
    admin.put(&write, &key("dummy"), &bins).await.unwrap();
    let ann = secured.log_in("ann", "secret").await.unwrap();
    let record = ann.get(&read, &key("dummy"), Bins::All).await.unwrap();
    assert_eq!(record.bins.get("n"), Some(&Value::from(1)));
    assert_eq!(code(ann.put(&write, &key("dummy"), &bins).await), ResultCode::RoleViolation);

    // `show users`.
    let mut users = admin.query_users(&policy, None).await.unwrap();
    users.sort_by(|one, other| one.user.cmp(&other.user));
    let shown = users.into_iter().map(|mut user| {
        user.roles.sort();
        format!("{}: {}", user.user, user.roles.join(", "))
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["admin: read-write, user-admin", "ann: read"]);
    let ann_alone = ann.query_users(&policy, Some("ann")).await.unwrap();
    assert_eq!(ann_alone.len(), 1);

    admin.grant_roles(&policy, "ann", &["write"]).await.unwrap();
    tokio::time::sleep(SPREAD).await;
    ann.put(&write, &key("dummy"), &bins).await.unwrap();
    admin.drop_user(&policy, "ann").await.unwrap();
    tokio::time::sleep(SPREAD).await;
    assert!(ann.put(&write, &key("dummy"), &bins).await.is_err());
    assert!(secured.log_in("ann", "secret").await.is_err());
    drop(secured.cluster);
}
