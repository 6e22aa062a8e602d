//! Privileges: what a role permits, and where.

use serde::{Deserialize, Serialize};

use super::lists::{name, put_name};
use crate::DecodeError;
use crate::cursor::Cursor;

macro_rules! permissions {
    ($($name:ident = $code:literal, $text:literal, $scope:literal;)*) => {
        /// What a privilege permits. The predefined roles have the same names.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Permission {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        impl Permission {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Its code on the wire.
            #[must_use]
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code),* }
            }

            /// Whether it can be limited to a namespace or a set.
            #[must_use]
            pub const fn has_scope(self) -> bool {
                match self { $(Self::$name => $scope),* }
            }
        }
    };
}

permissions! {
    UserAdmin = 0, "user-admin", false;
    SysAdmin = 1, "sys-admin", false;
    DataAdmin = 2, "data-admin", false;
    UdfAdmin = 3, "udf-admin", false;
    SindexAdmin = 4, "sindex-admin", false;
    Read = 10, "read", true;
    ReadWrite = 11, "read-write", true;
    ReadWriteUdf = 12, "read-write-udf", true;
    Write = 13, "write", true;
    Truncate = 14, "truncate", true;
}

/// A permission, and where it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Privilege {
    /// What it permits.
    pub permission: Permission,
    /// The namespace; empty: all.
    pub namespace: String,
    /// The set; empty: all.
    pub set: String,
}

impl Privilege {
    /// A permission that holds everywhere.
    #[must_use]
    pub fn everywhere(permission: Permission) -> Self {
        Self { permission, namespace: String::new(), set: String::new() }
    }

    /// Whether it holds for a set of a namespace.
    #[must_use]
    pub fn holds_in(&self, namespace: &str, set: &str) -> bool {
        (self.namespace.is_empty() || self.namespace == namespace)
            && (self.set.is_empty() || self.set == set)
    }
}

/// Reads a list of privileges; global ones have no scope on the wire.
///
/// # Errors
/// A list that ends early or goes on, a code that nobody knows.
pub fn decode_privileges(data: &[u8]) -> Result<Vec<Privilege>, DecodeError> {
    let mut cursor = Cursor::new(data);
    let [count] = cursor.array("number of privileges")?;
    let mut privileges = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let [code] = cursor.array("permission")?;
        let permission = Permission::ALL.iter().find(|permission| permission.code() == code);
        let mut privilege =
            Privilege::everywhere(*permission.ok_or(DecodeError::Malformed("permission"))?);
        if privilege.permission.has_scope() {
            privilege.namespace = name(&mut cursor)?;
            privilege.set = name(&mut cursor)?;
        }
        privileges.push(privilege);
    }
    cursor.finish("list of privileges")?;
    Ok(privileges)
}

/// Writes privileges, at most 255.
#[must_use]
pub fn encode_privileges(privileges: &[&Privilege]) -> Vec<u8> {
    let mut data = vec![u8::try_from(privileges.len()).unwrap_or(u8::MAX)];
    for privilege in privileges.iter().take(usize::from(data[0])) {
        data.push(privilege.permission.code());
        if privilege.permission.has_scope() {
            put_name(&mut data, &privilege.namespace);
            put_name(&mut data, &privilege.set);
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_come_back_and_hold_where_they_should() {
        let scoped = Privilege {
            permission: Permission::ReadWrite,
            namespace: "mydata".to_owned(),
            set: "dummy".to_owned(),
        };
        let global = Privilege::everywhere(Permission::SysAdmin);
        let data = encode_privileges(&[&global, &scoped]);
        assert_eq!(data[..3], [2, 1, 11]);
        assert_eq!(decode_privileges(&data).unwrap(), [global.clone(), scoped.clone()]);
        for end in 0..data.len() {
            assert!(decode_privileges(&data[..end]).is_err(), "{end}");
        }
        assert!(decode_privileges(&[1, 99]).is_err(), "nobody knows 99");
        assert!(global.holds_in("any", "where"));
        assert!(scoped.holds_in("mydata", "dummy"));
        assert!(!scoped.holds_in("mydata", "other") && !scoped.holds_in("other", "dummy"));
    }
}
