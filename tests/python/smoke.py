"""Does once what applications do, and says what came of each step.

Arguments: the hosts (a:3000,b:3000), the namespace. Prints a line `<step> <what was seen>` each.
"""

import sys

import aerospike
from aerospike import exception
from aerospike_helpers.batch import records as br
from aerospike_helpers.operations import list_operations, map_operations, operations

hosts = [(host, int(port)) for host, port in (h.split(":") for h in sys.argv[1].split(","))]
namespace, name = sys.argv[2], "smoke-python"
client = aerospike.client({"hosts": hosts}).connect()
removal = {"durable_delete": True}


def say(step, *seen):
    print(step, *(str(one).replace(" ", "").replace("'", "") for one in seen), flush=True)


def refused(step, call):
    try:
        call()
        say(step, "ok")
    except exception.AerospikeError as error:
        say(step, error.code)


key = (namespace, name, "one")
client.put(key, {"n": 5, "text": "a", "list": [1]}, policy={"key": aerospike.POLICY_KEY_SEND})
_, meta, bins = client.get(key)
say("get", meta["gen"], bins["n"], bins["text"], bins["list"])
_, meta, bins = client.operate(
    key,
    [
        operations.increment("n", 2),
        list_operations.list_append("list", 7),
        map_operations.map_put("map", "k", "v"),
        operations.read("n"),
        operations.read("list"),
        operations.read("map"),
    ],
)
say("operate", meta["gen"], bins["n"], bins["list"], bins["map"])
client.touch(key)
say("exists", client.exists(key)[1]["gen"])
rule = {"gen": aerospike.POLICY_GEN_EQ}
refused("generation", lambda: client.put(key, {"n": 1}, meta={"gen": 1}, policy=rule))
refused("create", lambda: client.put(key, {"n": 1}, policy={"exists": aerospike.POLICY_EXISTS_CREATE}))

keys = [(namespace, name, number) for number in range(100)]
writes = [br.Write(key, [operations.write("n", number)]) for number, key in enumerate(keys)]
written = client.batch_write(br.BatchRecords(writes))
say("batch-write", sum(record.result == 0 for record in written.batch_records))
read = client.batch_read([*keys, (namespace, name, "none")]).batch_records
say("batch-read", sum(r.record[2]["n"] for r in read if r.result == 0), read[-1].result)

query = client.query(namespace, name)
say("query", len(query.results()))
limited = client.query(namespace, name)
limited.max_records = 10
say("limited", len(limited.results()))

client.remove(key, policy=removal)
refused("get-removed", lambda: client.get(key))
refused("remove-removed", lambda: client.remove(key, policy=removal))
client.batch_remove(keys, policy_batch_remove=removal)
say("query-removed", len(client.query(namespace, name).results()))
refused("namespace", lambda: client.get(("nowhere", name, 1)))
client.close()
