//! Who may do what.

use std::net::IpAddr;
use std::sync::Arc;

use wire::admin::{Permission, Privilege};
use wire::info::Command;
use wire::{FieldType, Info1, Message, ResultCode};

use crate::node::Node;

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// A connection that has not logged in.
    #[default]
    Nobody,
    /// The same, from a known address.
    Stranger(IpAddr),
    /// A connection that has.
    User(Arc<str>),
    /// Whoever runs the cluster, past its security.
    Operator,
}

/// Info commands that need no login: by these clients find out whom they speak to.
const OPEN_COMMANDS: [&str; 7] =
    ["build", "cluster-name", "connection", "edition", "features", "node", "status"];

/// Info commands that change the cluster, and what permits them.
const GUARDED_COMMANDS: [(&str, &[Permission]); 19] = [
    ("log-set", &[Permission::SysAdmin]),
    ("masking", &[Permission::DataAdmin]),
    ("query-abort", &[Permission::DataAdmin]),
    ("query-abort-all", &[Permission::DataAdmin]),
    ("quiesce", &[Permission::SysAdmin]),
    ("quiesce-undo", &[Permission::SysAdmin]),
    ("recluster", &[Permission::SysAdmin]),
    ("revive", &[Permission::SysAdmin]),
    ("roster-set", &[Permission::SysAdmin]),
    ("set-config", &[Permission::SysAdmin]),
    ("sindex-create", &[Permission::DataAdmin, Permission::SindexAdmin]),
    ("sindex-delete", &[Permission::DataAdmin, Permission::SindexAdmin]),
    ("tip-clear", &[Permission::SysAdmin]),
    ("truncate", &[Permission::DataAdmin, Permission::Truncate]),
    ("truncate-namespace", &[Permission::DataAdmin, Permission::Truncate]),
    ("truncate-namespace-undo", &[Permission::DataAdmin, Permission::Truncate]),
    ("truncate-undo", &[Permission::DataAdmin, Permission::Truncate]),
    ("udf-put", &[Permission::DataAdmin, Permission::UdfAdmin]),
    ("udf-remove", &[Permission::DataAdmin, Permission::UdfAdmin]),
];

/// The user behind a caller whom a node knows; `None`: the operator, who may do everything.
pub(super) fn user<'a>(node: &Node, caller: &'a Caller) -> Result<Option<&'a str>, ResultCode> {
    match caller {
        Caller::Operator => Ok(None),
        // A user who was dropped is nobody any more.
        Caller::User(name) if node.directory().user(name).is_some() => Ok(Some(name)),
        Caller::User(_) | Caller::Nobody | Caller::Stranger(_) => {
            Err(ResultCode::NOT_AUTHENTICATED)
        }
    }
}

/// Whether a caller may ask an info command.
///
/// # Errors
/// Not authenticated, or role violation. Never without security.
pub fn permits_command(
    node: &Node,
    caller: &Caller,
    command: &Command<'_>,
) -> Result<(), ResultCode> {
    if !node.config().security || OPEN_COMMANDS.contains(&command.name) {
        return Ok(());
    }
    let Some(user) = user(node, caller)? else { return Ok(()) };
    let guard = GUARDED_COMMANDS.iter().find(|(name, _)| *name == command.name);
    let Some((_, permissions)) = guard else { return Ok(()) };
    let (namespace, set) = (command.parameter("namespace"), command.parameter("set"));
    let (namespace, set) = (namespace.unwrap_or_default(), set.unwrap_or_default());
    let privileges = node.directory().privileges(user);
    let permitted = privileges.iter().any(|privilege| {
        permissions.contains(&privilege.permission) && privilege.holds_in(namespace, set)
    });
    permitted.then_some(()).ok_or(ResultCode::ROLE_VIOLATION)
}

/// Whether a caller may send a data message: one on a record, a row of a batch, a query. The batch
/// that holds rows needs no more than a login.
///
/// # Errors
/// Not authenticated, or role violation. Never without security.
pub fn permits_row(node: &Node, caller: &Caller, message: &Message) -> Result<(), ResultCode> {
    if !node.config().security {
        return Ok(());
    }
    let Some(user) = user(node, caller)? else { return Ok(()) };
    if message.field(FieldType::BATCH).is_some() {
        return Ok(());
    }
    let text = |field_type| {
        let field = message.field(field_type);
        field.and_then(|field| field.as_text().ok()).unwrap_or_default()
    };
    let (namespace, set) = (text(FieldType::NAMESPACE), text(FieldType::SET));
    let privileges = node.directory().privileges(user);
    let may = |need: &[Permission]| {
        let grants = |privilege: &Privilege| {
            need.contains(&privilege.permission) && privilege.holds_in(namespace, set)
        };
        privileges.iter().any(grants)
    };
    let reads = message.info1.has(Info1::READ) || !message.is_write();
    let permitted = (!reads || may(READERS)) && (!message.is_write() || may(WRITERS));
    permitted.then_some(()).ok_or(ResultCode::ROLE_VIOLATION)
}

const READERS: &[Permission] = &[Permission::Read, Permission::ReadWrite, Permission::ReadWriteUdf];
const WRITERS: &[Permission] =
    &[Permission::Write, Permission::ReadWrite, Permission::ReadWriteUdf];
