import { expect } from 'chai'
import { createHost, HOST_DEFAULTS, type Host } from '../../src/actors/host.js'
import { createEvents } from '../../src/events.js'
import { instanceId, type InstanceId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { createGroups } from '../../src/redis/groups.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { createHostStage, TIMEOUT_MS, type HostStage } from '../support/host-stage.js'
import { until } from '../support/until.js'

describe('a host whose lease another process holds by now', () => {
  let stage: HostStage
  const running: Host[] = []
  before(async () => (stage = await createHostStage()))
  after(async () => {
    await Promise.all(running.map((actor) => actor.stop()))
    await stage.close()
  })

  const [one, two] = [instanceId('one'), instanceId('two')]
  const takeLease = (holder: InstanceId, token: string) =>
    stage.live.redis.set(stage.live.keys.lease(leaseNames.host(stage.host)), `${holder}:${token}:a1`)
  /** Works as the host for a process that took the lease with this token. */
  const work = (holder: InstanceId, token: string): Host => {
    const logger = createLogger({ level: 'silent', pretty: false })
    const actor = createHost({
      ...stage,
      stock: createGroups(stage.live.redis, stage.live.keys, { holder, token }),
      connect: async () => stage.client(),
      settings: {
        ...HOST_DEFAULTS,
        stock: 1,
        paceMs: 0,
        budget: 40,
        disposal: 'delete',
        prefix: 'test',
        intentTimeoutMs: TIMEOUT_MS,
        retryMs: 20,
      },
      logger,
      events: createEvents(logger),
    })
    running.push(actor)
    actor.start()
    return actor
  }

  it('stops at its first write, which is refused; the other one goes on from there', async () => {
    await takeLease(two, '2')
    const former = work(one, '1')
    await until('it has made a group and stopped', () => stage.owned().length === 1 && !former.state().connected)
    expect(await stage.live.groups.size()).to.equal(0)
    await former.refused
    const heir = work(two, '2')
    await until('the group is in stock', async () => (await stage.live.groups.size()) === 1)
    expect(stage.owned()).to.have.length(1)
    expect(former.state().connected).to.equal(false)
    await heir.stop()
  })
})
