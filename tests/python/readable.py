"""Counts the sighting records that can be read.

Arguments: the hosts (a:3000,b:3000), the namespace. Prints `readable <records> <generations>`: how
many of the keys 0 to 4095 have a whole record, and the sum of their generations.
"""

import sys

import aerospike
from aerospike import exception

hosts = [(host, int(port)) for host, port in (h.split(":") for h in sys.argv[1].split(","))]
client = aerospike.client({"hosts": hosts}).connect()
readable = generations = 0
for number in range(4096):
    try:
        _, meta, bins = client.get((sys.argv[2], "dummy", number), {"max_retries": 0})
    except (exception.RecordNotFound, exception.ClusterError, exception.ServerError, exception.ClientError):
        continue
    if set(bins) == {"freq", "country_code", "logged_by", "report"} and "machine" in bins["report"]:
        readable += 1
        generations += meta["gen"]
client.close()
print(f"readable {readable} {generations}")
