//! Logins, users and roles, in virtual time.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::sync::Arc;

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::security::Caller;
use aerocert_emulator::world::{Answer, Delays, Ticket, World, WorldConfig};
use wire::admin::{AdminMessage, Permission, Privilege, encode_names, encode_privileges};
use wire::{Digest, Field, FrameType, Info1, Info2, Message, Op, ResultCode, UserKey};

/// The hash of `admin` that every client computes.
const ADMIN: &[u8] = b"$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa";
const SECOND: u64 = 1_000_000_000;

/// Two nodes that know each other, with security.
struct Secured {
    world: World,
    tickets: u64,
}

impl Secured {
    fn new() -> Self {
        let places = [0xA1, 0xA2].map(|id| Place {
            id: NodeId(id),
            site: 0,
            rack: 0,
            stay_quiesced: false,
            addresses: vec![format!("127.32.{}.1:3000", id & 15)],
            access: Default::default(),
        });
        let config = WorldConfig {
            cluster_name: "secured".into(),
            sites: 1,
            places: places.to_vec(),
            heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
            namespaces: vec![NamespaceConfig::new("mydata", Mode::Ap)],
            delays: Delays::default(),
            security: true,
            defects: Defects::default(),
        };
        let mut secured = Self { world: World::new(config, 1), tickets: 0 };
        secured.wait();
        secured
    }

    /// Until the cluster is formed, and until a change is known everywhere.
    fn wait(&mut self) {
        self.world.advance(self.world.now_ns() + 5 * SECOND);
    }

    fn send(&mut self, node: u8, caller: &Caller, kind: FrameType, body: &[u8]) -> Answer {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.world.serve(node, 0, ticket, caller.clone(), kind, body);
        self.world.advance(self.world.now_ns() + SECOND / 10);
        let answers = self.world.poll();
        let [(answered, answer)] = answers.as_slice() else {
            panic!("one answer, not {answers:?}")
        };
        assert_eq!(*answered, ticket);
        answer.clone()
    }

    /// Asks, and gives the first message of the answer.
    fn administer(
        &mut self,
        node: u8,
        caller: &Caller,
        command: u8,
        fields: &[(u8, &[u8])],
    ) -> (Answer, AdminMessage) {
        let fields = fields.iter().map(|(id, data)| (*id, data.to_vec())).collect();
        let request = AdminMessage { command, fields, ..AdminMessage::default() };
        let answer = self.send(node, caller, FrameType::Security, &request.encode()[8..]);
        let (Answer::Bytes(bytes) | Answer::LoggedIn { bytes, .. }) = &answer else {
            panic!("{answer:?}")
        };
        let reply = AdminMessage::decode(&bytes[8..]);
        (answer.clone(), reply.unwrap_or_else(|_| AdminMessage::reply(ResultCode(bytes[9]))))
    }

    fn code(&mut self, caller: &Caller, command: u8, fields: &[(u8, &[u8])]) -> ResultCode {
        self.administer(0, caller, command, fields).1.result_code
    }

    fn log_in(&mut self, node: u8, user: &str, hash: &[u8]) -> Result<Caller, ResultCode> {
        let fields = [(AdminMessage::USER, user.as_bytes()), (AdminMessage::CREDENTIAL, hash)];
        match self.administer(node, &Caller::Nobody, AdminMessage::LOGIN, &fields) {
            (Answer::LoggedIn { user, .. }, _) => Ok(Caller::User(user)),
            (_, reply) => Err(reply.result_code),
        }
    }

    /// The code of a message on a record of a set, from whichever node serves it.
    fn data(&mut self, caller: &Caller, set: &str, writes: bool) -> ResultCode {
        let digest = Digest::of(set, &UserKey::from(1));
        let mut message = Message {
            fields: vec![Field::namespace("mydata"), Field::set(set), Field::digest(&digest)],
            ..Message::default()
        };
        if writes {
            message.info2 = Info2::WRITE;
            message.ops = vec![Op::write("n", &wire::Value::Integer(1))];
        } else {
            message.info1 = Info1::READ | Info1::GET_ALL;
        }
        let Answer::Bytes(bytes) = self.send(0, caller, FrameType::Message, &message.encode()[8..])
        else {
            panic!("it is answered")
        };
        Message::decode(&bytes[8..]).unwrap().result_code
    }

    fn info(&mut self, caller: &Caller, command: &str) -> String {
        let body = format!("{command}\n");
        let Answer::Bytes(bytes) = self.send(0, caller, FrameType::Info, body.as_bytes()) else {
            panic!("it is answered")
        };
        let text = String::from_utf8(bytes[8..].to_vec()).unwrap();
        text.split_once('\t').unwrap().1.trim_end().to_owned()
    }
}

#[test]
fn who_has_not_logged_in_learns_only_whom_he_speaks_to() {
    let mut secured = Secured::new();
    let nobody = Caller::Nobody;
    assert_eq!(secured.info(&nobody, "node"), "A1");
    assert!(secured.info(&nobody, "statistics").starts_with("ERROR:80:"));
    assert_eq!(secured.data(&nobody, "dummy", true), ResultCode::NOT_AUTHENTICATED);
    let code = secured.code(&nobody, AdminMessage::QUERY_USERS, &[]);
    assert_eq!(code, ResultCode::NOT_AUTHENTICATED);
    assert_eq!(secured.log_in(0, "admin", b"no hash"), Err(ResultCode::CREDENTIAL));
    assert_eq!(secured.log_in(0, "ann", ADMIN), Err(ResultCode::USER));
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    assert!(secured.info(&admin, "statistics").contains("cluster_size=2"));
}

#[test]
fn the_administrator_may_use_data_once_he_has_granted_himself_a_role() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    assert_eq!(secured.data(&admin, "dummy", true), ResultCode::ROLE_VIOLATION);
    assert_eq!(secured.data(&admin, "dummy", false), ResultCode::ROLE_VIOLATION);
    assert!(secured.info(&admin, "recluster:").starts_with("ERROR:81:"));
    let grant = |roles: &[&str]| encode_names(roles);
    for (roles, code) in [
        (grant(&["read-write", "sys-admin"]), ResultCode::OK),
        (grant(&["nonsense"]), ResultCode::ROLE),
        (vec![9], ResultCode::SECURITY_FIELD),
    ] {
        let fields = [(AdminMessage::USER, &b"admin"[..]), (AdminMessage::ROLES, &roles)];
        assert_eq!(secured.code(&admin, AdminMessage::GRANT_ROLES, &fields), code);
    }
    assert_eq!(secured.data(&admin, "dummy", true), ResultCode::OK);
    assert_eq!(secured.data(&admin, "dummy", false), ResultCode::OK);
    assert!(!secured.info(&admin, "recluster:").starts_with("ERROR"));
}

#[test]
fn users_live_on_every_node_and_through_a_restart_and_end_when_they_are_dropped() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    let roles = encode_names(&["read"]);
    let ann: (u8, &[u8]) = (AdminMessage::USER, b"ann");
    let fields = [ann, (AdminMessage::PASSWORD, b"hash"), (AdminMessage::ROLES, &roles)];
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_USER, &fields), ResultCode::OK);
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_USER, &fields), ResultCode::USER_EXISTS);
    secured.wait();
    let user = secured.log_in(1, "ann", b"hash").unwrap();
    assert_eq!(secured.data(&user, "dummy", false), ResultCode::NOT_FOUND);
    assert_eq!(secured.data(&user, "dummy", true), ResultCode::ROLE_VIOLATION);
    assert_eq!(secured.code(&user, AdminMessage::QUERY_USERS, &[ann]), ResultCode::OK);
    assert_eq!(secured.code(&user, AdminMessage::QUERY_USERS, &[]), ResultCode::ROLE_VIOLATION);

    let change = [ann, (AdminMessage::OLD_PASSWORD, b"no"), (AdminMessage::PASSWORD, b"new")];
    let code = secured.code(&user, AdminMessage::CHANGE_PASSWORD, &change);
    assert_eq!(code, ResultCode::CREDENTIAL);
    let change = [ann, (AdminMessage::OLD_PASSWORD, b"hash"), (AdminMessage::PASSWORD, b"new")];
    assert_eq!(secured.code(&user, AdminMessage::CHANGE_PASSWORD, &change), ResultCode::OK);
    secured.wait();
    for node in [0, 1] {
        secured.world.kill(node);
        secured.world.start(node, true);
    }
    secured.wait();
    assert_eq!(secured.log_in(1, "ann", b"hash"), Err(ResultCode::CREDENTIAL));
    let user = secured.log_in(1, "ann", b"new").unwrap();
    assert_eq!(secured.code(&admin, AdminMessage::DROP_USER, &[ann]), ResultCode::OK);
    assert_eq!(secured.code(&admin, AdminMessage::DROP_USER, &[ann]), ResultCode::USER);
    secured.wait();
    assert_eq!(secured.data(&user, "dummy", false), ResultCode::NOT_AUTHENTICATED);
    assert_eq!(secured.log_in(1, "ann", b"new"), Err(ResultCode::USER));
}

#[test]
fn a_session_spares_the_password_until_the_process_ends() {
    let mut secured = Secured::new();
    let admin: (u8, &[u8]) = (AdminMessage::USER, b"admin");
    let fields = [admin, (AdminMessage::CREDENTIAL, ADMIN)];
    let (_, reply) = secured.administer(0, &Caller::Nobody, AdminMessage::LOGIN, &fields);
    let token = reply.field(AdminMessage::SESSION_TOKEN).unwrap().to_vec();
    assert_eq!(reply.field(AdminMessage::SESSION_TTL), Some(&86_400_u32.to_be_bytes()[..]));
    let session = [admin, (AdminMessage::SESSION_TOKEN, &token)];
    let authenticate = AdminMessage::AUTHENTICATE;
    let (answer, _) = secured.administer(0, &Caller::Nobody, authenticate, &session);
    assert!(matches!(answer, Answer::LoggedIn { user, .. } if &*user == "admin"));
    secured.world.kill(0);
    secured.world.start(0, true);
    secured.wait();
    let code = secured.code(&Caller::Nobody, authenticate, &session);
    assert_eq!(code, ResultCode::EXPIRED_SESSION);
}

#[test]
fn a_role_of_ones_own_holds_where_it_says() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    let privilege = Privilege {
        permission: Permission::ReadWrite,
        namespace: "mydata".to_owned(),
        set: "dummy".to_owned(),
    };
    let privileges = encode_privileges(&[&privilege]);
    let keeper: (u8, &[u8]) = (AdminMessage::ROLE, b"keeper");
    let fields = [keeper, (AdminMessage::PRIVILEGES, &privileges)];
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_ROLE, &fields), ResultCode::OK);
    let roles = encode_names(&["keeper"]);
    let fields = [(AdminMessage::USER, &b"admin"[..]), (AdminMessage::ROLES, &roles)];
    assert_eq!(secured.code(&admin, AdminMessage::GRANT_ROLES, &fields), ResultCode::OK);
    assert_eq!(secured.data(&admin, "dummy", true), ResultCode::OK);
    assert_eq!(secured.data(&admin, "other", true), ResultCode::ROLE_VIOLATION);
    let (answer, _) = secured.administer(0, &admin, AdminMessage::QUERY_ROLES, &[keeper]);
    let Answer::Bytes(bytes) = answer else { panic!("{answer:?}") };
    let row = AdminMessage {
        fields: vec![
            (AdminMessage::ROLE, b"keeper".to_vec()),
            (AdminMessage::PRIVILEGES, privileges),
        ],
        ..AdminMessage::default()
    };
    let end = AdminMessage::reply(ResultCode::QUERY_END);
    assert_eq!(bytes, AdminMessage::encode_all(&[row, end]));
    let quota = [keeper, (14, &[0, 0, 0, 9][..])];
    let code = secured.code(&admin, AdminMessage::SET_QUOTAS, &quota);
    assert_eq!(code, ResultCode::QUOTAS_NOT_ENABLED);
    assert_eq!(secured.code(&admin, AdminMessage::DROP_ROLE, &[keeper]), ResultCode::OK);
    assert_eq!(secured.data(&admin, "dummy", true), ResultCode::ROLE_VIOLATION);
    let predefined = [(AdminMessage::ROLE, &b"read"[..])];
    assert_eq!(secured.code(&admin, AdminMessage::DROP_ROLE, &predefined), ResultCode::ROLE);
}

#[test]
fn users_of_a_role_with_addresses_log_in_from_nowhere_else() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    // `manage acl create role`, with addresses and without a privilege; `manage acl create user`.
    let office: (u8, &[u8]) = (AdminMessage::ROLE, b"office");
    let create = [office, (AdminMessage::WHITELIST, b"10.0.0.0/8,127.0.0.1")];
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_ROLE, &create), ResultCode::OK);
    let roles = encode_names(&["office", "read"]);
    let ann: (u8, &[u8]) = (AdminMessage::USER, b"ann");
    let user = [ann, (AdminMessage::PASSWORD, b"hash"), (AdminMessage::ROLES, &roles)];
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_USER, &user), ResultCode::OK);
    secured.wait();
    let log_in = |secured: &mut Secured, node: u8, name: &[u8], hash: &[u8], address: &str| {
        let from = Caller::Stranger(address.parse().unwrap());
        let fields = [(AdminMessage::USER, name), (AdminMessage::CREDENTIAL, hash)];
        secured.administer(node, &from, AdminMessage::LOGIN, &fields).1.result_code
    };
    let refused = ResultCode::NOT_WHITELISTED;
    for (address, code) in [
        ("10.7.7.7", ResultCode::OK),
        ("127.0.0.1", ResultCode::OK),
        ("127.0.0.2", refused),
        ("::1", refused),
    ] {
        assert_eq!(log_in(&mut secured, 1, b"ann", b"hash", address), code, "{address}");
        assert_eq!(log_in(&mut secured, 1, b"admin", ADMIN, address), ResultCode::OK);
    }
    // `manage acl allowlist role office allow …` and `… clear`.
    for (list, code, then) in [
        (&b"127.0.0.2"[..], ResultCode::OK, ResultCode::OK),
        (b"127.0.0.3", ResultCode::OK, refused),
        (b"nowhere", ResultCode::WHITELIST, refused),
        (b"", ResultCode::OK, ResultCode::OK),
    ] {
        let set = [office, (AdminMessage::WHITELIST, list)];
        // Without the field the list is cleared.
        let set = if list.is_empty() { &set[..1] } else { &set[..] };
        assert_eq!(secured.code(&admin, AdminMessage::SET_WHITELIST, set), code);
        secured.wait();
        assert_eq!(log_in(&mut secured, 1, b"ann", b"hash", "127.0.0.2"), then, "{list:?}");
    }
    let predefined = [(AdminMessage::ROLE, &b"read"[..]), create[1]];
    let code = secured.code(&admin, AdminMessage::SET_WHITELIST, &predefined);
    assert_eq!(code, ResultCode::ROLE);
    let user = Caller::User(Arc::from("ann"));
    let code = secured.code(&user, AdminMessage::SET_WHITELIST, &create);
    assert_eq!(code, ResultCode::ROLE_VIOLATION);
}

#[test]
fn a_role_is_listed_with_its_addresses_and_created_without_quotas() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    let privileges = encode_privileges(&[&Privilege::everywhere(Permission::Read)]);
    let fields = [
        (AdminMessage::ROLE, &b"office"[..]),
        (AdminMessage::PRIVILEGES, &privileges),
        (AdminMessage::WHITELIST, b"10.0.0.0/8,127.0.0.1"),
    ];
    for quota in [AdminMessage::READ_QUOTA, AdminMessage::WRITE_QUOTA] {
        let fields = [fields[0], fields[1], (quota, &[0, 0, 0, 9][..])];
        let code = secured.code(&admin, AdminMessage::CREATE_ROLE, &fields);
        assert_eq!(code, ResultCode::QUOTAS_NOT_ENABLED);
    }
    let code = secured.code(&admin, AdminMessage::CREATE_ROLE, &fields[..1]);
    assert_eq!(code, ResultCode::PRIVILEGE, "neither a privilege nor an address");
    assert_eq!(secured.code(&admin, AdminMessage::CREATE_ROLE, &fields), ResultCode::OK);
    let (answer, _) = secured.administer(0, &admin, AdminMessage::QUERY_ROLES, &fields[..1]);
    let Answer::Bytes(bytes) = answer else { panic!("{answer:?}") };
    let fields = fields.map(|(id, data)| (id, data.to_vec())).to_vec();
    let row = AdminMessage { fields, ..AdminMessage::default() };
    let end = AdminMessage::reply(ResultCode::QUERY_END);
    assert_eq!(bytes, AdminMessage::encode_all(&[row, end]));
}

#[test]
fn settings_of_security_are_changed_and_read_back() {
    let mut secured = Secured::new();
    let admin = secured.log_in(0, "admin", ADMIN).unwrap();
    // What asadm's `manage udfs`, `sindex`, `masking`, `jobs` and `config security` send needs a role.
    let commands = [
        "set-config:context=security;privilege-refresh-period=60",
        "sindex-create:indexname=i;namespace=mydata;bin=n;type=numeric",
        "udf-put:filename=a.lua;udf-type=LUA;content-len=4;content=YQ==",
        "masking:namespace=mydata;set=s;bin=b;type=string;function=redact",
        "query-abort-all:",
    ];
    for command in commands {
        assert!(secured.info(&admin, command).starts_with("ERROR:81:"), "{command}");
    }
    let roles = encode_names(&["sys-admin", "data-admin"]);
    let grant = [(AdminMessage::USER, &b"admin"[..]), (AdminMessage::ROLES, &roles)];
    assert_eq!(secured.code(&admin, AdminMessage::GRANT_ROLES, &grant), ResultCode::OK);
    for command in commands {
        let answer = secured.info(&admin, command).to_lowercase();
        assert!(answer.starts_with("ok"), "{command}: {answer}");
    }
    for (set, answer) in [
        ("tps-weight=5", "ok"),
        ("log.report-sys-admin=true", "ok"),
        ("enable-quotas=true", "ERROR:4:invalid set-config parameter"),
        ("privilege-refresh-period=9", "ERROR:4:invalid set-config parameter"),
    ] {
        assert_eq!(secured.info(&admin, &format!("set-config:context=security;{set}")), answer);
    }
    let config = secured.info(&admin, "get-config:context=security");
    assert_eq!(
        config,
        "enable-quotas=false;privilege-refresh-period=60;session-ttl=86400;tps-weight=5;\
         log.report-authentication=false;log.report-sys-admin=true;log.report-user-admin=false;\
         log.report-violation=false"
    );
}

#[test]
fn what_is_no_security_frame_is_answered_and_never_a_panic() {
    let mut secured = Secured::new();
    let admin = Caller::User(Arc::from("admin"));
    for body in [&b""[..], &[0; 3], &[0xFF; 40]] {
        let answer = secured.send(0, &admin, FrameType::Security, body);
        let expected = AdminMessage::reply(ResultCode::SECURITY_FIELD).encode();
        assert_eq!(answer, Answer::Bytes(expected));
    }
    for command in 0..=255 {
        let fields = [(AdminMessage::USER, &b"\xFF"[..]), (AdminMessage::ROLE, b"")];
        assert_ne!(secured.code(&admin, command, &fields), ResultCode::OK, "{command}");
    }
}
