import { expect } from 'chai'
import { createAskedHosts } from '../../src/app/asked-hosts.js'
import { hostId } from '../../src/ids.js'
import { createTell } from '../../src/mailbox/tell.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { createLiveState, type LiveState } from '../support/live-state.js'

const HOST = hostId(1)

describe('hosts that are asked through their mailbox', () => {
  let state: LiveState
  before(async () => (state = await createLiveState()))
  after(() => state.close())

  it('are waited for no longer when their process has given them back', async () => {
    const { redis, keys } = state
    const lease = keys.lease(leaseNames.host(HOST))
    await redis.set(lease, 'a:1:a', 'PX', 60_000)
    const asked = createAskedHosts({ redis, keys, tell: createTell(redis, keys), hosts: [HOST], patienceMs: 3_600_000 })
    const [host] = await asked.reachable()
    const refused = Promise.resolve(host?.ownGroups()).catch((error: unknown) => error)
    await redis.del(lease)
    expect(await refused).to.include({ code: 'lease_free' })
    expect(asked.silent()).to.deep.equal([{ host: HOST, why: 'No process of the service works as this host now.' }])
  })
})
