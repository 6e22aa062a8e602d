"""Grants a role to a user, as the user `admin`, and prints `granted`.

Arguments: the hosts (a:3000,b:3000), the namespace (not used), the user, the role.
"""

import sys
import time

import aerospike

hosts = [(host, int(port)) for host, port in (h.split(":") for h in sys.argv[1].split(","))]
client = aerospike.client({"hosts": hosts, "user": "admin", "password": "admin"}).connect()
client.admin_grant_roles(sys.argv[3], [sys.argv[4]])
client.close()
# Until every node has learnt of it.
time.sleep(0.5)
print("granted")
