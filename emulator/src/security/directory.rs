//! The users and the roles of a cluster, as one node knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use wire::admin::{Permission, Privilege};

use super::allowlist::Allowlist;

/// The hash of the first user's password, which is his name: bcrypt of cost 10 with the salt that
/// all clients use.
const ADMIN_HASH: &str = "$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa";

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct User {
    /// The password's hash. Clients never send passwords themselves.
    pub(super) hash: Vec<u8>,
    /// Names of roles.
    pub(super) roles: BTreeSet<String>,
}

/// What a role permits.
pub(super) type Privileges = BTreeSet<Privilege>;

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Role {
    /// What it permits.
    pub(super) privileges: Privileges,
    /// From where its users may log in.
    pub(super) allowlist: Allowlist,
}

/// A value with the number of its changes; `None` once it is dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry<T> {
    generation: u64,
    value: Option<T>,
}

/// Users and roles. Of two settings of one name, the one that was changed more often holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    users: BTreeMap<String, Entry<User>>,
    roles: BTreeMap<String, Entry<Role>>,
}

impl Default for Directory {
    /// What a new cluster has: the user `admin`, who administers users.
    fn default() -> Self {
        let mut directory = Self { users: BTreeMap::new(), roles: BTreeMap::new() };
        let roles = BTreeSet::from([Permission::UserAdmin.name().to_owned()]);
        directory.set_user("admin", Some(User { hash: ADMIN_HASH.into(), roles }));
        directory
    }
}

impl Directory {
    /// Takes in what another node knows; true if that changes anything.
    pub fn learn(&mut self, other: &Self) -> bool {
        let users = merge(&mut self.users, &other.users);
        merge(&mut self.roles, &other.roles) || users
    }

    pub(super) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)?.value.as_ref()
    }

    pub(super) fn users(&self) -> impl Iterator<Item = (&String, &User)> {
        self.users.iter().filter_map(|(name, entry)| Some((name, entry.value.as_ref()?)))
    }

    /// Sets or drops a user.
    pub(super) fn set_user(&mut self, name: &str, user: Option<User>) {
        set(&mut self.users, name, user);
    }

    /// A role, a predefined one, too.
    pub(super) fn role(&self, name: &str) -> Option<Role> {
        predefined(name).or_else(|| self.roles.get(name)?.value.clone())
    }

    /// All roles: those that were created, then the predefined ones.
    pub(super) fn roles(&self) -> impl Iterator<Item = (&str, Role)> {
        let created = self.roles.iter();
        let created =
            created.filter_map(|(name, entry)| Some((name.as_str(), entry.value.clone()?)));
        let names = Permission::ALL.iter().map(|permission| permission.name());
        created.chain(names.filter_map(|name| Some((name, predefined(name)?))))
    }

    /// Sets or drops a role that is not predefined.
    pub(super) fn set_role(&mut self, name: &str, role: Option<Role>) {
        set(&mut self.roles, name, role);
    }

    /// Everything that a user's roles permit.
    pub(super) fn privileges(&self, user: &str) -> Privileges {
        let roles = self.user(user).into_iter().flat_map(|user| &user.roles);
        roles.filter_map(|role| self.role(role)).flat_map(|role| role.privileges).collect()
    }

    /// Whether a user may log in from an address: one that a list of his roles has, if any of them
    /// has a list.
    pub(super) fn admits(&self, user: &str, address: IpAddr) -> bool {
        let roles = self.user(user).into_iter().flat_map(|user| &user.roles);
        let lists = roles.filter_map(|role| self.role(role)).map(|role| role.allowlist);
        let lists: Vec<Allowlist> = lists.filter(|list| !list.is_empty()).collect();
        lists.is_empty() || lists.iter().any(|list| list.has(address))
    }
}

/// A role that every cluster has: one privilege.
pub(super) fn predefined(name: &str) -> Option<Role> {
    let permission = Permission::ALL.iter().find(|permission| permission.name() == name)?;
    let privileges = Privileges::from([Privilege::everywhere(*permission)]);
    Some(Role { privileges, allowlist: Allowlist::default() })
}

fn set<T>(entries: &mut BTreeMap<String, Entry<T>>, name: &str, value: Option<T>) {
    let generation = entries.get(name).map_or(0, |entry| entry.generation) + 1;
    entries.insert(name.to_owned(), Entry { generation, value });
}

fn merge<T: Clone + Ord>(
    entries: &mut BTreeMap<String, Entry<T>>,
    others: &BTreeMap<String, Entry<T>>,
) -> bool {
    let mut changed = false;
    for (name, other) in others {
        if entries.get(name).is_none_or(|entry| entry < other) {
            entries.insert(name.clone(), other.clone());
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(roles: &[&str]) -> User {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        User { hash: b"hash".to_vec(), roles }
    }

    #[test]
    fn directories_that_learn_from_each_other_agree() {
        let (mut one, mut other) = (Directory::default(), Directory::default());
        one.set_user("ann", Some(user(&["read"])));
        one.set_user("ann", Some(user(&["read", "write"])));
        other.set_user("ann", Some(user(&["truncate"])));
        other.set_user("bob", Some(user(&[])));
        other.set_user("bob", None);
        other.set_role("auditor", Some(predefined("read").unwrap()));
        assert!(one.learn(&other.clone()));
        assert!(other.learn(&one));
        assert_eq!(one, other);
        assert!(!one.learn(&other), "there is nothing new");
        assert_eq!(one.user("ann"), Some(&user(&["read", "write"])), "it was changed more often");
        assert_eq!(one.user("bob"), None);
        assert!(one.role("auditor").is_some() && one.role("nobody").is_none());
    }

    #[test]
    fn a_new_cluster_has_an_administrator_who_may_not_touch_data() {
        let directory = Directory::default();
        let privileges = directory.privileges("admin");
        assert_eq!(privileges, predefined("user-admin").unwrap().privileges);
        assert_eq!(directory.roles().count(), Permission::ALL.len());
    }
}
