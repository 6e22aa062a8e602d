//! What security frames ask, and its answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use wire::ResultCode;
use wire::admin::{
    AdminMessage, Permission, decode_names, decode_privileges, encode_names, encode_numbers,
    encode_privileges,
};

use super::access::{self, Caller};
use super::allowlist::Allowlist;
use super::directory::{Privileges, Role, User, predefined};
use super::session::TTL_S;
use crate::node::Node;

/// The longest name of a user or a role, in bytes.
const LONGEST_NAME: usize = 63;

/// What a security frame brings about.
#[derive(Debug, Default)]
pub struct Answered {
    /// Whole frames.
    pub bytes: Vec<u8>,
    /// The user as whom the connection goes on.
    pub user: Option<Arc<str>>,
}

/// Answers the body of a security frame. `now_ns` is the node's time.
pub fn answer(node: &mut Node, now_ns: u64, caller: &Caller, body: &[u8]) -> Answered {
    let reply = |code| AdminMessage::reply(code).encode();
    if !node.config().security {
        return Answered { bytes: reply(ResultCode::SECURITY_NOT_ENABLED), user: None };
    }
    let Ok(request) = AdminMessage::decode(body) else {
        return Answered { bytes: reply(ResultCode::SECURITY_FIELD), user: None };
    };
    match request.command {
        AdminMessage::LOGIN | AdminMessage::AUTHENTICATE => {
            match log_in(node, now_ns, caller, &request) {
                Ok((user, reply)) => Answered { bytes: reply.encode(), user: Some(user.into()) },
                Err(code) => Answered { bytes: reply(code), user: None },
            }
        }
        _ => {
            let rows = administer(node, caller, &request);
            let bytes = match rows {
                Ok(rows) => AdminMessage::encode_all(&rows),
                Err(code) => reply(code),
            };
            Answered { bytes, user: None }
        }
    }
}

fn log_in(
    node: &mut Node,
    now_ns: u64,
    caller: &Caller,
    request: &AdminMessage,
) -> Result<(String, AdminMessage), ResultCode> {
    let name = name(request, AdminMessage::USER, ResultCode::USER)?;
    let known = node.directory().user(&name).ok_or(ResultCode::USER)?;
    if let Caller::Stranger(address) = caller
        && !node.directory().admits(&name, *address)
    {
        return Err(ResultCode::NOT_WHITELISTED);
    }
    if request.command == AdminMessage::AUTHENTICATE
        && let Some(token) = request.field(AdminMessage::SESSION_TOKEN)
    {
        let is_open = node.sessions().is_open(now_ns, &name, token);
        let code = if is_open { ResultCode::OK } else { ResultCode::EXPIRED_SESSION };
        return if is_open { Ok((name, AdminMessage::reply(code))) } else { Err(code) };
    }
    let hash = request.field(AdminMessage::CREDENTIAL).ok_or(ResultCode::CREDENTIAL)?;
    if hash != known.hash {
        return Err(ResultCode::CREDENTIAL);
    }
    let mut reply = AdminMessage::reply(ResultCode::OK);
    if request.command == AdminMessage::LOGIN {
        let token = node.sessions().begin(now_ns, &name);
        reply.fields = vec![
            (AdminMessage::SESSION_TOKEN, token.to_vec()),
            (AdminMessage::SESSION_TTL, TTL_S.to_be_bytes().to_vec()),
        ];
    }
    Ok((name, reply))
}

/// Does what an administrator asks for, and what everybody may ask of himself.
fn administer(
    node: &mut Node,
    caller: &Caller,
    request: &AdminMessage,
) -> Result<Vec<AdminMessage>, ResultCode> {
    let own = access::user(node, caller)?.map(str::to_owned);
    let directory = Arc::clone(node.directory());
    let administers = own.as_ref().is_none_or(|own| {
        let privileges = directory.privileges(own);
        privileges.iter().any(|privilege| privilege.permission == Permission::UserAdmin)
    });
    let administrator = || administers.then_some(()).ok_or(ResultCode::ROLE_VIOLATION);
    let user = || name(request, AdminMessage::USER, ResultCode::USER);
    let existing = || {
        let name = user()?;
        let known = directory.user(&name).cloned().ok_or(ResultCode::USER)?;
        Ok((name, known))
    };
    let roles = || {
        let roles = names(request)?;
        let known = roles.iter().all(|role| directory.role(role).is_some());
        known.then_some(roles).ok_or(ResultCode::ROLE)
    };
    let role = || name(request, AdminMessage::ROLE, ResultCode::ROLE);
    let existing_role = || {
        let name = role()?;
        let known = directory.role(&name).ok_or(ResultCode::ROLE)?;
        predefined(&name).is_none().then_some((name, known)).ok_or(ResultCode::ROLE)
    };
    match request.command {
        AdminMessage::CREATE_USER => {
            administrator()?;
            let name = user()?;
            if directory.user(&name).is_some() {
                return Err(ResultCode::USER_EXISTS);
            }
            let hash = password(request, AdminMessage::PASSWORD)?;
            let roles = roles()?;
            node.change_directory(|all| all.set_user(&name, Some(User { hash, roles })));
        }
        AdminMessage::DROP_USER => {
            administrator()?;
            let (name, _) = existing()?;
            node.change_directory(|all| all.set_user(&name, None));
            node.sessions().end_all(&name);
        }
        AdminMessage::SET_PASSWORD | AdminMessage::CHANGE_PASSWORD => {
            let (name, known) = existing()?;
            let hash = password(request, AdminMessage::PASSWORD)?;
            if request.command == AdminMessage::SET_PASSWORD {
                administrator()?;
            } else if own.as_ref().is_some_and(|own| *own != name) {
                return Err(ResultCode::ROLE_VIOLATION);
            } else if password(request, AdminMessage::OLD_PASSWORD)? != known.hash {
                return Err(ResultCode::CREDENTIAL);
            }
            node.change_directory(|all| all.set_user(&name, Some(User { hash, ..known })));
        }
        AdminMessage::GRANT_ROLES | AdminMessage::REVOKE_ROLES => {
            administrator()?;
            let (name, mut known) = existing()?;
            let roles = roles()?;
            if request.command == AdminMessage::GRANT_ROLES {
                known.roles.extend(roles);
            } else {
                known.roles.retain(|role| !roles.contains(role));
            }
            node.change_directory(|all| all.set_user(&name, Some(known)));
        }
        AdminMessage::QUERY_USERS => {
            let asked = request.field(AdminMessage::USER).map(|_| user()).transpose()?;
            if asked.is_none() || asked != own {
                administrator()?;
            }
            let all = directory.users();
            let rows = all.filter(|(name, _)| asked.as_ref().is_none_or(|asked| asked == *name));
            let rows: Vec<_> = rows.map(|(name, user)| user_row(name, user)).collect();
            return ended(rows, asked.map(|_| ResultCode::USER));
        }
        AdminMessage::CREATE_ROLE => {
            administrator()?;
            let name = role()?;
            if directory.role(&name).is_some() {
                return Err(ResultCode::ROLE_EXISTS);
            }
            let limits = [AdminMessage::READ_QUOTA, AdminMessage::WRITE_QUOTA];
            if limits.iter().any(|quota| request.field(*quota).is_some()) {
                return Err(ResultCode::QUOTAS_NOT_ENABLED);
            }
            let allowlist = allowlist(request)?;
            // A role may have privileges, a list of addresses, or both.
            let privileges = match request.field(AdminMessage::PRIVILEGES) {
                None if !allowlist.is_empty() => Privileges::new(),
                _ => privileges(request)?,
            };
            let role = Role { privileges, allowlist };
            node.change_directory(|all| all.set_role(&name, Some(role)));
        }
        AdminMessage::DROP_ROLE => {
            administrator()?;
            let (name, _) = existing_role()?;
            node.change_directory(|all| all.set_role(&name, None));
        }
        AdminMessage::GRANT_PRIVILEGES | AdminMessage::REVOKE_PRIVILEGES => {
            administrator()?;
            let (name, mut known) = existing_role()?;
            let privileges = privileges(request)?;
            if request.command == AdminMessage::GRANT_PRIVILEGES {
                known.privileges.extend(privileges);
            } else {
                known.privileges.retain(|privilege| !privileges.contains(privilege));
            }
            node.change_directory(|all| all.set_role(&name, Some(known)));
        }
        AdminMessage::SET_WHITELIST => {
            administrator()?;
            let (name, mut known) = existing_role()?;
            known.allowlist = allowlist(request)?;
            node.change_directory(|all| all.set_role(&name, Some(known)));
        }
        AdminMessage::SET_QUOTAS => {
            administrator()?;
            existing_role()?;
            // `enable-quotas` is off, as a server has it unless its file says otherwise.
            return Err(ResultCode::QUOTAS_NOT_ENABLED);
        }
        AdminMessage::QUERY_ROLES => {
            administrator()?;
            let asked = request.field(AdminMessage::ROLE).map(|_| role()).transpose()?;
            let all = directory.roles();
            let rows = all.filter(|(name, _)| asked.as_ref().is_none_or(|asked| asked == name));
            let rows: Vec<_> = rows.map(|(name, role)| role_row(name, &role)).collect();
            return ended(rows, asked.map(|_| ResultCode::ROLE));
        }
        _ => return Err(ResultCode::SECURITY_COMMAND),
    }
    Ok(vec![AdminMessage::reply(ResultCode::OK)])
}

/// The rows of a list and its end. `absent`: what an empty list means, if one thing was asked for.
fn ended(
    mut rows: Vec<AdminMessage>,
    absent: Option<ResultCode>,
) -> Result<Vec<AdminMessage>, ResultCode> {
    match absent {
        Some(code) if rows.is_empty() => Err(code),
        _ => {
            rows.push(AdminMessage::reply(ResultCode::QUERY_END));
            Ok(rows)
        }
    }
}

fn user_row(name: &str, user: &User) -> AdminMessage {
    let roles: Vec<&str> = user.roles.iter().map(String::as_str).collect();
    // Quotas and rates are not emulated.
    let idle = encode_numbers(&[0; 4]);
    AdminMessage {
        fields: vec![
            (AdminMessage::USER, name.into()),
            (AdminMessage::ROLES, encode_names(&roles)),
            (AdminMessage::READ_INFO, idle.clone()),
            (AdminMessage::WRITE_INFO, idle),
            (AdminMessage::CONNECTIONS, 0_u32.to_be_bytes().to_vec()),
        ],
        ..AdminMessage::default()
    }
}

fn role_row(name: &str, role: &Role) -> AdminMessage {
    let privileges: Vec<_> = role.privileges.iter().collect();
    let mut fields = vec![
        (AdminMessage::ROLE, name.into()),
        (AdminMessage::PRIVILEGES, encode_privileges(&privileges)),
    ];
    if !role.allowlist.is_empty() {
        fields.push((AdminMessage::WHITELIST, role.allowlist.text().into_bytes()));
    }
    AdminMessage { fields, ..AdminMessage::default() }
}

/// A name in a field; `refusal` if there is none that can be one.
fn name(request: &AdminMessage, field: u8, refusal: ResultCode) -> Result<String, ResultCode> {
    let text = request.field(field).and_then(|data| std::str::from_utf8(data).ok());
    let fits = |text: &&str| (1..=LONGEST_NAME).contains(&text.len());
    text.filter(fits).map(str::to_owned).ok_or(refusal)
}

fn password(request: &AdminMessage, field: u8) -> Result<Vec<u8>, ResultCode> {
    let hash = request.field(field).filter(|hash| !hash.is_empty());
    hash.map(<[u8]>::to_vec).ok_or(ResultCode::PASSWORD)
}

/// The roles of a request; a user may be created without any.
fn names(request: &AdminMessage) -> Result<BTreeSet<String>, ResultCode> {
    match request.field(AdminMessage::ROLES) {
        None if request.command == AdminMessage::CREATE_USER => Ok(BTreeSet::new()),
        None => Err(ResultCode::ROLE),
        Some(data) => {
            let names = decode_names(data).map_err(|_| ResultCode::SECURITY_FIELD)?;
            Ok(names.into_iter().collect())
        }
    }
}

/// The addresses of a request; without any the list is empty.
fn allowlist(request: &AdminMessage) -> Result<Allowlist, ResultCode> {
    let text = request.field(AdminMessage::WHITELIST).unwrap_or_default();
    Allowlist::parse(text).ok_or(ResultCode::WHITELIST)
}

fn privileges(request: &AdminMessage) -> Result<Privileges, ResultCode> {
    let data = request.field(AdminMessage::PRIVILEGES).ok_or(ResultCode::PRIVILEGE)?;
    let privileges = decode_privileges(data).map_err(|_| ResultCode::PRIVILEGE)?;
    Ok(privileges.into_iter().collect())
}
