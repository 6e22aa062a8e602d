"""Writes sighting records for a while, as an application of a stretch cluster would.

Arguments: the hosts (a:3000,b:3000), the namespace, for how many seconds, and perhaps a user and
the password. Ends with 0 when the time is over, with 1 and `Error: <message> [<code>]` at the first
error.
"""

import random
import sys
import time

import aerospike
from aerospike import exception

hosts = [(host, int(port)) for host, port in (h.split(":") for h in sys.argv[1].split(","))]
namespace, seconds = sys.argv[2], float(sys.argv[3])
login = dict(zip(("user", "password"), sys.argv[4:]))

try:
    client = aerospike.client({"hosts": hosts} | login).connect()
    print("connected", flush=True)
    end = time.monotonic() + seconds
    written = 0
    while time.monotonic() < end:
        number = random.randint(0, 4095)
        bins = {
            "freq": random.randint(0, 1000),
            "country_code": random.randint(0, 252),
            "logged_by": "".join(random.choices("abcdefghij", k=20)),
            "report": {
                "machine": random.sample(["MacBook", "ThinkPad", "Surface"], 1),
                "pixels": 2 ** random.randint(12, 24),
                "colour-scheme": random.choices(["red", "blue", "green"], k=2),
                "date_mfg": f"20{random.randint(18, 24)}-{random.randint(1, 12):02}-01",
            },
        }
        key = (namespace, "dummy", number)
        client.put(key, bins, policy={"key": aerospike.POLICY_KEY_SEND})
        written += 1
        print(f"wrote {number}", flush=True)
        time.sleep(0.02)
    client.close()
    print(f"done {written}")
except exception.ClientError as error:
    print(f"Error: {error.msg} [{error.code}]", flush=True)
    sys.exit(1)
