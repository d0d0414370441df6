import { expect } from 'chai'
import { livingInstances, registerInstance, settingsOf } from '../../src/app/instances.js'
import { readVariables, VARIABLES, type Config } from '../../src/config.js'
import { instanceId } from '../../src/ids.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { createLiveState, type LiveState } from '../support/live-state.js'

describe('the list of processes', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  after(() => live.close())

  const config = (env: Record<string, string>): Config => {
    const servers = { REDIS_URL: 'redis://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/x' }
    const keys = { BOT_TOKEN: `1:${'x'.repeat(35)}`, API_ID: '1', API_HASH: 'a', SECRET_KEY: 'x'.repeat(16) }
    return readVariables({ ...servers, ...keys, ...env }, Object.keys(VARIABLES) as (keyof Config)[])
  }

  it('keeps those that live, and forgets those that died without a word', async () => {
    const { redis, keys } = live
    await redis.hset(keys.instances, { alive: '{}', dead: '{}', deader: '{}' })
    for (const name of ['alive', 'new'])
      await redis.set(keys.lease(leaseNames.instance(name)), `${name}:1:a`, 'PX', 60_000)
    await registerInstance({ redis, keys, instance: instanceId('new'), config: config({ ROLES: 'bot' }) })
    const found = await redis.hgetall(keys.instances)
    expect(Object.keys(found).sort()).to.deep.equal(['alive', 'new'])
    expect(JSON.parse(found['new'] ?? '')).to.deep.include({ roles: ['bot'], pid: process.pid })
  })

  it('leaves out what other versions say differently, and what is no JSON', async () => {
    const { redis, keys } = live
    await redis.del(keys.instances)
    const odd = { roles: ['bot', 'cook'], pid: 'seven', machine: 'vm', settings: { GROUP_STOCK: 'x', GROUP_BUDGET: 6 } }
    await redis.hset(keys.instances, { broken: '{"roles":', odd: JSON.stringify(odd), bare: '7' })
    for (const name of ['broken', 'odd', 'bare', 'new'])
      await redis.set(keys.lease(leaseNames.instance(name)), `${name}:1:a`, 'PX', 60_000)
    await registerInstance({ redis, keys, instance: instanceId('new'), config: config({ ROLES: 'host' }) })
    const found = new Map((await livingInstances(redis, keys)).map((one) => [one.instance, one]))
    expect([...found.keys()].sort()).to.deep.equal(['bare', 'broken', 'new', 'odd'])
    expect(found.get('broken')).to.deep.equal({ instance: 'broken' })
    expect(found.get('bare')).to.deep.equal({ instance: 'bare' })
    const known = { instance: 'odd', roles: ['bot', 'cook'], machine: 'vm', settings: { GROUP_BUDGET: 6 } }
    expect(found.get('odd')).to.deep.equal(known)
  })

  it('says which of them Telegram calls', async () => {
    const { redis, keys } = live
    await redis.del(keys.instances)
    const hook = { BOT_WEBHOOK_URL: 'https://visavis.example/hook' }
    const all = { caller: { ROLES: 'bot', ...hook }, poller: { ROLES: 'bot' }, bystander: { ROLES: 'worker', ...hook } }
    for (const [name, env] of Object.entries(all)) {
      await redis.set(keys.lease(leaseNames.instance(name)), `${name}:1:a`, 'PX', 60_000)
      await registerInstance({ redis, keys, instance: instanceId(name), config: config(env) })
    }
    const found = (await livingInstances(redis, keys)).map(({ instance, webhook }) => [instance, webhook])
    expect(Object.fromEntries(found)).to.deep.equal({ caller: true, poller: false, bystander: false })
  })

  it('says what they go by: of groups, those that make them know best; and no secrets', async () => {
    const { redis, keys } = live
    await redis.del(keys.instances)
    const own = config({ GROUP_BUDGET: '9', ADMIN_IDS: '43' })
    expect(settingsOf(await livingInstances(redis, keys), own)).to.deep.equal(own)
    const all = { host: { GROUP_BUDGET: '7' }, bot: { GROUP_BUDGET: '8', WAIT_MAX: '2h', ADMIN_IDS: '42' } }
    for (const [role, env] of Object.entries(all)) {
      await redis.set(keys.lease(leaseNames.instance(role)), `${role}:1:a`, 'PX', 60_000)
      await registerInstance({ redis, keys, instance: instanceId(role), config: config({ ROLES: role, ...env }) })
    }
    const said = settingsOf(await livingInstances(redis, keys), own)
    expect(said).to.include({ GROUP_BUDGET: 7, GROUP_STOCK: 5 })
    expect(said.ADMIN_IDS, 'whom any of them calls so').to.have.members(['42', '43'])
    expect(JSON.stringify(await redis.hgetall(keys.instances)))
      .not.to.contain('xxxx')
      .and.not.to.contain('SECRET_KEY')
  })
})
