// Logs in, administers users, and says what came of each step.
//
// Arguments: the hosts (a:3000,b:3000), the namespace. Prints a line `<step> <what was seen>` each;
// the cluster has security, and nobody has changed its users yet.

'use strict'

const Aerospike = require('aerospike')

const [hosts, namespace] = process.argv.slice(2)
const spreadMs = 500
const opened = []

async function client (user, password) {
  const login = user ? { user, password } : {}
  const one = await Aerospike.connect({ hosts, ...login })
  opened.push(one)
  return one
}

async function code (step, call) {
  await call().then(() => console.log(step, 0), error => console.log(step, error.code))
  await new Promise(resolve => setTimeout(resolve, spreadMs))
}

async function main () {
  const key = new Aerospike.Key(namespace, 'dummy', 1)
  const privilege = new Aerospike.admin.Privilege(
    Aerospike.privilegeCode.READ_WRITE, { namespace, set: 'dummy' })
  await code('nobody', async () => (await client()).put(key, { n: 1 }))
  await code('wrong password', () => client('admin', 'nonsense'))
  await code('no such user', () => client('ann', 'secret'))
  const admin = await client('admin', 'admin')
  await code('put without a role', () => admin.put(key, { n: 1 }))
  await code('create', () => admin.createUser('ann', 'secret', ['read']))
  await code('create again', () => admin.createUser('ann', 'secret', ['read']))
  await code('no such role', () => admin.grantRoles('ann', ['nonsense']))
  const ann = await client('ann', 'secret')
  await code('get', () => ann.get(key))
  await code('put', () => ann.put(key, { n: 1 }))
  await code('administer', () => ann.createUser('bob', 'secret', []))
  await code('grant', () => admin.grantRoles('ann', ['write']))
  await code('put', () => ann.put(key, { n: 1 }))
  const users = (await admin.queryUsers()).map(user => `${user.name}=${user.roles.sort().join(',')}`)
  console.log('users', ...users.sort())
  await code('revoke', () => admin.revokeRoles('ann', ['write']))
  await code('put', () => ann.put(key, { n: 1 }))
  await code('change password', () => ann.changePassword('ann', 'other'))
  await code('old password', () => client('ann', 'secret'))
  await code('new password', () => client('ann', 'other'))
  await code('create role', () => admin.createRole('keeper', [privilege]))
  const role = await admin.queryRole('keeper')
  console.log('role', ...role.privileges.map(one => `(${one.code}, '${one.namespace}', '${one.set}')`))
  await code('grant role', () => admin.grantRoles('ann', ['keeper']))
  const keeper = await client('ann', 'other')
  await code('put in its set', () => keeper.put(key, { n: 1 }))
  const other = new Aerospike.Key(namespace, 'other', 1)
  await code('put in another', () => keeper.put(other, { n: 1 }))
  await code('drop', () => admin.dropUser('ann'))
  await code('drop again', () => admin.dropUser('ann'))
  opened.forEach(one => one.close())
}

main().catch(error => { console.error(error); process.exit(1) })
