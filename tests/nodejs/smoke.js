// Does once what applications do, and says what came of each step.
//
// Arguments: the hosts (a:3000,b:3000), the namespace. Prints a line `<step> <what was seen>` each.

'use strict'

const Aerospike = require('aerospike')

const [hosts, namespace] = process.argv.slice(2)
const name = 'smoke-nodejs'
const op = Aerospike.operations

function say (step, ...seen) {
  const text = one => typeof one === 'object' ? JSON.stringify(one).replaceAll('"', '') : one
  console.log([step, ...seen.map(text)].join(' '))
}

async function refused (step, promise) {
  await promise.then(() => say(step, 'ok'), error => say(step, error.code))
}

async function main () {
  const client = await Aerospike.connect({ hosts })
  const removal = new Aerospike.RemovePolicy({ durableDelete: true })

  const key = new Aerospike.Key(namespace, name, 'one')
  const send = new Aerospike.WritePolicy({ key: Aerospike.policy.key.SEND })
  await client.put(key, { n: 5, text: 'a', list: [1] }, {}, send)
  let record = await client.get(key)
  say('get', record.gen, record.bins.n, record.bins.text, record.bins.list)
  record = await client.operate(key, [
    op.incr('n', 2),
    Aerospike.lists.append('list', 7),
    Aerospike.maps.put('map', 'k', 'v'),
    op.read('n'),
    op.read('list'),
    op.read('map')
  ])
  say('operate', record.gen, record.bins.n, record.bins.list, record.bins.map)
  await client.operate(key, [op.touch()])
  say('exists', (await client.exists(key)) && (await client.get(key)).gen)
  const rule = new Aerospike.WritePolicy({ gen: Aerospike.policy.gen.EQ })
  await refused('generation', client.put(key, { n: 1 }, { gen: 1 }, rule))
  const create = new Aerospike.WritePolicy({ exists: Aerospike.policy.exists.CREATE })
  await refused('create', client.put(key, { n: 1 }, {}, create))

  const keys = [...Array(100).keys()].map(n => new Aerospike.Key(namespace, name, n))
  const writes = keys.map((key, n) => ({
    type: Aerospike.batchType.BATCH_WRITE, key, ops: [op.write('n', n)]
  }))
  const written = await client.batchWrite(writes)
  say('batch-write', written.filter(row => row.status === 0).length)
  const reads = [...keys, new Aerospike.Key(namespace, name, 'none')].map(key => ({
    type: Aerospike.batchType.BATCH_READ, key, readAllBins: true
  }))
  const read = await client.batchRead(reads)
  const found = read.filter(row => row.status === 0)
  say('batch-read', found.reduce((sum, row) => sum + row.record.bins.n, 0), read.at(-1).status)

  say('query', (await client.query(namespace, name).results()).length)
  const limited = client.query(namespace, name)
  limited.maxRecords = 10
  say('limited', (await limited.results()).length)

  await client.remove(key, removal)
  await refused('get-removed', client.get(key))
  await refused('remove-removed', client.remove(key, removal))
  await client.batchRemove(keys, null, new Aerospike.BatchRemovePolicy({ durableDelete: true }))
  say('query-removed', (await client.query(namespace, name).results()).length)
  await refused('namespace', client.get(new Aerospike.Key('nowhere', name, 1)))
  client.close()
}

main().catch(error => { console.error(error); process.exit(1) })
