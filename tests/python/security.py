"""Logs in, administers users, and says what came of each step.

Arguments: the hosts (a:3000,b:3000), the namespace. Prints a line `<step> <what was seen>` each; the
cluster has security, and nobody has changed its users yet.
"""

import sys
import time

import aerospike
from aerospike import exception

hosts = [(host, int(port)) for host, port in (h.split(":") for h in sys.argv[1].split(","))]
namespace = sys.argv[2]
spread_s = 0.5
opened = []


def client(user=None, password=None):
    config = {"hosts": hosts}
    if user:
        config |= {"user": user, "password": password}
    opened.append(aerospike.client(config).connect())
    return opened[-1]


def say(step, *seen):
    print(step, *seen, flush=True)


def code(step, call):
    try:
        call()
        say(step, 0)
    except exception.AerospikeError as error:
        say(step, error.code)
    time.sleep(spread_s)


key = (namespace, "dummy", 1)
code("nobody", lambda: client().put(key, {"n": 1}))
code("wrong password", lambda: client("admin", "nonsense"))
code("no such user", lambda: client("ann", "secret"))
admin = client("admin", "admin")
code("put without a role", lambda: admin.put(key, {"n": 1}))
code("create", lambda: admin.admin_create_user("ann", "secret", ["read"]))
code("create again", lambda: admin.admin_create_user("ann", "secret", ["read"]))
code("no such role", lambda: admin.admin_grant_roles("ann", ["nonsense"]))
ann = client("ann", "secret")
code("get", lambda: ann.get(key))
code("put", lambda: ann.put(key, {"n": 1}))
code("administer", lambda: ann.admin_create_user("bob", "secret", []))
code("grant", lambda: admin.admin_grant_roles("ann", ["write"]))
code("put", lambda: ann.put(key, {"n": 1}))
users = admin.admin_query_users_info()
say("users", *(f"{name}={','.join(sorted(users[name]['roles']))}" for name in sorted(users)))
code("revoke", lambda: admin.admin_revoke_roles("ann", ["write"]))
code("put", lambda: ann.put(key, {"n": 1}))
code("change password", lambda: ann.admin_change_password("ann", "other"))
code("old password", lambda: client("ann", "secret"))
code("set password", lambda: admin.admin_set_password("ann", "third"))
code("new password", lambda: client("ann", "third"))
privilege = {"code": aerospike.PRIV_READ_WRITE, "ns": namespace, "set": "dummy"}
code("create role", lambda: admin.admin_create_role("keeper", [privilege]))
role = admin.admin_get_role("keeper")
say("role", *((one["code"], one["ns"], one["set"]) for one in role["privileges"]))
code("grant role", lambda: admin.admin_grant_roles("ann", ["keeper"]))
keeper = client("ann", "third")
code("put in its set", lambda: keeper.put(key, {"n": 1}))
code("put in another", lambda: keeper.put((namespace, "other", 1), {"n": 1}))
code("drop", lambda: admin.admin_drop_user("ann"))
code("drop again", lambda: admin.admin_drop_user("ann"))
for one in opened:
    one.close()
