import { expect } from 'chai'
import { registerInstance } from '../../src/app/instances.js'
import { instanceId } from '../../src/ids.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { createLiveState, type LiveState } from '../support/live-state.js'

describe('the list of processes', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  after(() => live.close())

  it('keeps those that live, and forgets those that died without a word', async () => {
    const { redis, keys } = live
    await redis.hset(keys.instances, { alive: '{}', dead: '{}', deader: '{}' })
    for (const name of ['alive', 'new'])
      await redis.set(keys.lease(leaseNames.instance(name)), `${name}:1:a`, 'PX', 60_000)
    await registerInstance({ redis, keys, instance: instanceId('new'), roles: ['bot'] })
    const found = await redis.hgetall(keys.instances)
    expect(Object.keys(found).sort()).to.deep.equal(['alive', 'new'])
    expect(JSON.parse(found['new'] ?? '')).to.deep.include({ roles: ['bot'], pid: process.pid })
  })
})
