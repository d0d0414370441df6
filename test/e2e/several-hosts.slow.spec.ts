import { newMarker } from '../../src/actors/host-markers.js'
import { expect } from 'chai'
import { hostId, userId, type HostId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { cli } from '../support/cli.js'
import { chatState, meet, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const NO_ROOMS = /no new ones can be made.*you keep your place/is

describe('several hosts', () => {
  let stage: Stage
  afterEach(async () => {
    await stage.people.clearFaults()
    await stage.close()
  })

  const hosts = () => hostsTable(stage.db, stage.env['SECRET_KEY'] ?? '')
  const row = async (host: HostId) => (await hosts().list()).find((one) => one.host === host)
  const account = (n: number): number => stage.world.users.byPhone(`1555010${n - 1}`)?.id ?? 0
  const one = hostId(1)
  const owners = () =>
    [...stage.world.chats.byId.values()].filter(({ deleted, type }) => !deleted && type === 'supergroup')
  const ownedBy = (n: number) => owners().filter((chat) => stage.world.chats.owner(chat) === account(n))
  const two = () => registerTwo(stage)
  const flood = (user?: number) =>
    stage.people.fault({
      surface: 'mtproto',
      method: 'channels.createChannel',
      error: 'FLOOD_WAIT_3600',
      times: 100,
      ...(user === undefined ? {} : { user }),
    })
  /** Does something to the first host's account. */
  const tellSandbox = async (what: string, body: object = {}) => {
    const response = await fetch(`${stage.sandbox.http}/sandbox/users/${account(1)}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).to.equal(200)
  }
  const command = async (line: string) => {
    const { code, out, notes } = await cli(line.split(' '), stage.env)
    expect(code, notes).to.equal(0)
    return out
  }

  it('FLOOD_WAIT parks one until the stored time, also over a restart; the other one does its work', async () => {
    stage = await openStage({ hosts: 2 })
    await flood(account(1))
    // So slow that the first host tries, too, before the stock suffices.
    await stage.people.fault({
      surface: 'mtproto',
      method: 'channels.createChannel',
      user: account(2),
      delayMs: 1_000,
      times: 3,
    })
    const app = await stage.startService()
    await stage.stocked(3)
    expect(ownedBy(1)).to.have.length(0)
    await until('host 1 is parked', async () => (await row(one))?.status === 'parked')
    expect(((await row(one))?.parkedUntil ?? 0) - Date.now()).to.be.within(3_500_000, 3_600_000)
    await app.stop()
    await stage.people.clearFaults()
    const [ann, ben] = await stage.startService().then(two)
    await meet(stage, ann, ben)
    await stage.stocked(3)
    expect(ownedBy(1)).to.have.length(0)
    expect(ownedBy(2)).to.have.length(4)
    await ben.ask('/stop', /left the room/)
    await stage.settled()
  })

  it('a daily budget that is used up leaves the rest to the other one', async () => {
    stage = await openStage({ hosts: 2, env: { GROUP_BUDGET: '2', GROUP_STOCK: '4' } })
    await stage.startService()
    await stage.stocked(4)
    expect((await hosts().list()).map(({ usedToday }) => usedToday)).to.deep.equal([2, 2])
    expect([ownedBy(1).length, ownedBy(2).length]).to.deep.equal([2, 2])
    await stage.settled()
  })

  it('when none can create, the stock is used, then people keep their place and are told why, until one can again', async () => {
    stage = await openStage({ hosts: 2, env: { GROUP_STOCK: '1', REMATCH_AFTER: '0s' } })
    await stage.startService()
    await stage.stocked(1)
    await stage.settled()
    await flood()
    const [ann, ben] = await two()
    await meet(stage, ann, ben)
    expect(await stage.redis.scard(stage.keys.stock)).to.equal(0)
    await until('both are parked', async () => (await hosts().list()).every(({ status }) => status === 'parked'), {
      withinMs: 12_000,
    })
    const crowd = await Promise.all(['Cat', 'Dan', 'Eve'].map((name) => stage.register(name)))
    // Also the first one, for whom nobody is there yet.
    for (const person of crowd) await person.ask('/find', NO_ROOMS)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(3)

    await until('it is told', async () => (await stage.redis.exists(stage.keys.shortage)) === 1, { withinMs: 20_000 })
    await stage.people.clearFaults()
    await command('hosts resume 2 --force')
    await until('one of them waits', async () => (await stage.redis.scard(stage.keys.waiting)) === 1, {
      withinMs: 12_000,
    })
    const [left] = await stage.redis.smembers(stage.keys.waiting)
    for (const person of crowd)
      if (String(person.id) === left) await person.hears(/people are paired again/)
      else await stage.invitation(person)
    expect((await row(one))?.status).to.equal('parked')
    await ben.ask('/stop', /left the room/)
    for (const person of crowd) await person.say('/stop')
    await until('nobody is anywhere', async () => (await stage.redis.hlen(stage.keys.rooms)) === 0)
    await stage.settled()
  })

  it('a session that dies while a room is open: the room lives on, disposal waits for the next login', async () => {
    stage = await openStage({ env: { GROUP_STOCK: '1' } })
    await stage.startService()
    await stage.stocked(1)
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await stage.people.fault({ surface: 'mtproto', method: '*', error: 'AUTH_KEY_UNREGISTERED', times: 1_000 })
    stage.sandbox.dropConnections()
    await until('quarantined', async () => (await row(one))?.status === 'quarantined', { withinMs: 10_000 })
    await until('nobody works as it', async () => (await stage.redis.exists(stage.keys.lease('host:1'))) === 0)
    await ann.say('still here', chat)
    await until('Ben reads it', async () => (await ben.messages(chat)).some(({ text }) => text === 'still here'))
    await ben.ask('/stop', /left the room/)
    await ann.hears(/partner has left/)
    const rows = () => stage.db.any<{ status: string }>('select status from groups where chat_id = $1', [chat])
    await until('its disposal waits', async () => (await rows())[0]?.status === 'disposing')
    expect((await chatState(stage, chat)).deleted).to.equal(false)
    const inside = (await chatState(stage, chat)).members.filter(({ status }) => !/left|kicked/.test(status))
    expect(inside.map(({ id }) => id)).to.have.members([account(1), ann.bot])

    await stage.people.clearFaults()
    const session = stage.sandbox.mintSession(account(1))
    await hosts().add({ phoneLabel: '+1…0', userId: userId(account(1)), session })
    await untilDeleted(stage, chat, { withinMs: 15_000 })
    await stage.settled()
  })

  for (const [how, breakHost] of [
    ['is logged out', () => tellSandbox('revoke-sessions')],
    ['is frozen', () => tellSandbox('judge', { frozen: true })],
  ] as const)
    it(`a room that ends before anybody noticed that its host ${how} is emptied by the bot`, async () => {
      stage = await openStage({ env: { GROUP_STOCK: '1' } })
      await stage.startService()
      await stage.stocked(1)
      const [ann, ben] = await two()
      const chat = await meet(stage, ann, ben)
      await stage.settled()
      await breakHost()
      await ben.ask('/stop', /left the room/)
      await ann.hears(/partner has left/)
      await until(
        'only the host and the bot are left',
        async () => {
          const { deleted, members } = await chatState(stage, chat)
          const inside = members.filter(({ status }) => !/left|kicked/.test(status)).map(({ id }) => id)
          return !deleted && inside.length === 2 && [account(1), ann.bot].every((id) => inside.includes(id))
        },
        { withinMs: 12_000 },
      )
      expect((await row(one))?.status).to.equal('quarantined')
    })

  it('a token that is behind what Postgres has seen is replaced by a greater one; host and ledger work on', async () => {
    stage = await openStage({ env: { GROUP_STOCK: '1', HOST_LEASE: '3s' } })
    await stage.startService()
    await stage.stocked(1)
    // As after a failover to a Redis whose clock is a minute behind.
    await until('host and ledger have written', async () => {
      return (await stage.db.any('select 1 from fences')).length === 2
    })
    const ahead = await stage.db.many<{ name: string; token: string }>(
      'update fences set token = token + 60000000 returning name, token::text as token',
    )
    expect(ahead.map(({ name }) => name)).to.have.members(['host:1', 'ledger'])
    const [ann, ben] = await two()
    await meet(stage, ann, ben)
    await stage.stocked(1)
    await ben.ask('/stop', /left the room/)
    for (const { name, token } of ahead)
      await until(`${name} has a greater token`, async () =>
        (await stage.redis.get(stage.keys.lease(name)))?.includes(`:${BigInt(token) + 1n}:`),
      )
    await stage.settled()
  })

  it('a drained one loses no room: its stock goes, its room lives on, and it can be forgotten afterwards', async () => {
    stage = await openStage({ hosts: 2, env: { GROUP_STOCK: '3' } })
    await stage.startService()
    await stage.stocked(3)
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const { owner } = await chatState(stage, chat)
    const [drained, other] = owner === account(1) ? [1, 2] : [2, 1]
    await command(`hosts drain ${drained}`)
    await until('only the room is left', () => ownedBy(drained).length === 1, { withinMs: 10_000 })
    await stage.stocked(3)
    await ann.say('still here', chat)
    await until('Ben reads it', async () => (await ben.messages(chat)).some(({ text }) => text === 'still here'))
    expect(await roomOf(stage, ann)).to.include({ stage: 'open' })
    expect(ownedBy(other)).to.have.length(3)

    const waiting = command(`hosts drain ${drained} --wait`)
    await ben.ask('/stop', /left the room/)
    await untilDeleted(stage, chat)
    expect(await waiting).to.contain('owns no groups any more')
    await command(`hosts remove ${drained} --yes`)
    expect((await hosts().list()).map(({ host }) => host)).to.deep.equal([String(other)])
    await stage.settled()
  })

  it('orphans on Telegram are told of and deleted from another terminal; check says how each host is', async () => {
    stage = await openStage({ hosts: 2, env: { GROUP_STOCK: '1' } })
    const { faults } = stage.sandbox
    for (const n of [1, 2])
      faults.add({ surface: 'mtproto', method: 'messages.getDialogs', user: account(n), delayMs: 1 })
    await stage.startService()
    await stage.stocked(1)
    // At its start each host looks for orphans by itself.
    await until('both have looked for orphans', () => faults.hits.length === 2)
    const checked = JSON.parse(await command('hosts check --json')) as { hosts: { ok: boolean; heldBy: string }[] }
    expect(checked.hosts.map(({ ok }) => ok)).to.deep.equal([true, true])
    expect(checked.hosts[0]?.heldBy).to.match(/^[0-9a-f]{12}$/)

    const orphan = stage.world.chats.create(account(2), { title: newMarker(stage.prefix) })
    const found = JSON.parse(await command('groups orphans --json')) as { orphans: string[]; silentHosts: object[] }
    expect(found.orphans).to.have.length(1)
    expect(found.silentHosts).to.deep.equal([])
    expect(orphan.deleted).to.equal(false)
    const declined = await cli(['groups', 'orphans', '--delete'], stage.env, { answers: ['n'] })
    expect([declined.code, declined.notes]).to.deep.equal([1, 'Nothing was changed.\n'])
    expect(declined.questions[0]).to.match(/^-100\d+\nDelete 1 group that nobody knows of\? \[y\/N\] $/)
    expect(orphan.deleted).to.equal(false)
    expect(await auditTable(stage.db).last('groups orphans delete')).to.equal(null)
    expect(await command('groups orphans --delete --yes')).to.contain('1 orphan is deleted.')
    expect(await auditTable(stage.db).last('groups orphans delete')).to.deep.include({ details: { groups: 1 } })
    expect(orphan.deleted).to.equal(true)
    expect(await command('groups orphans')).to.equal('There are no orphans.\n')
    await stage.settled()
  })

  it('check without a service connects by itself, and says what is wrong with a dead session', async () => {
    stage = await openStage({ hosts: 1 })
    const idle = await cli(['hosts', 'check'], stage.env)
    expect(idle.code).to.equal(1)
    expect(idle.out).to.contain('its session works, but no process of the service works as it')
    await stage.people.fault({ surface: 'mtproto', method: '*', error: 'AUTH_KEY_UNREGISTERED', times: 100 })
    const dead = await cli(['hosts', 'check', '1'], stage.env)
    expect(dead.code).to.equal(1)
    expect(dead.out).to.contain('AUTH_KEY_UNREGISTERED').and.to.contain('mend: hosts login')
  })
})
