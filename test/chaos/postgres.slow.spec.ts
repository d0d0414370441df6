import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import { userId } from '../../src/ids.js'
import { bansTable } from '../../src/postgres/bans.js'
import { ACTOR } from '../../src/cli/acting.js'
import { cli } from '../support/cli.js'
import { createCrowd, everybodyIsFree, nothingIsBroken, recovered, seeded, type Crowd } from '../support/crowd.js'
import { startProxy, type Proxy } from '../support/proxy.js'
import { ending, meet, registerTwo, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const aftermath = { hostMs: 3_000 }

describe('Postgres that is away', function () {
  this.timeout(90_000)
  let stage: Stage
  let proxy: Proxy
  let crowd: Crowd
  before(async () => {
    stage = await openStage({ env: { HOST_LEASE: '3s', GROUP_STOCK: '6' } })
    const url = new URL(stage.env['DATABASE_URL'] ?? '')
    proxy = await startProxy(Number(url.port))
    url.port = String(proxy.port)
    await stage.startService({ DATABASE_URL: url.href })
    await stage.stocked(6)
    crowd = await createCrowd(stage, 12, seeded(7))
  })
  after(async () => {
    await stage.close()
    await proxy.close()
  })

  const waits = async () => (await stage.redis.scard(stage.keys.waiting)) + (await stage.redis.scard(stage.keys.first))
  const facts = () => stage.redis.xlen(stage.keys.mailbox('ledger'))

  it('those who wait are matched, and the ledger catches up at once afterwards', async () => {
    // Everybody waits, because the groups are hidden for a moment.
    const hidden = await stage.redis.spop(stage.keys.stock, 100)
    await Promise.all(crowd.people.map((person) => person.say('/find')))
    await until('everybody waits', async () => (await waits()) === crowd.people.length)
    await until('the ledger knows', async () => (await facts()) === 0)
    await proxy.cut()
    await stage.redis.sadd(stage.keys.stock, ...hidden)
    await until('everybody is paired', async () => (await waits()) === 0)
    await until('the links are made', async () => {
      const rooms = Object.values(await stage.redis.hgetall(stage.keys.rooms))
      return rooms.length === 6 && rooms.every((room) => room.includes('"link"'))
    })
    await nothingIsBroken(stage)
    expect(await facts()).to.be.greaterThan(0)
    await pause(2_000)
    await proxy.mend()
    await until('the ledger has caught up', async () => (await facts()) === 0, { withinMs: 3_000 })
    await recovered(stage, aftermath)
    const links = await Promise.all(crowd.people.map((person) => stage.invitation(person)))
    expect(new Set(links).size).to.equal(6)
    await everybodyIsFree(stage, crowd, aftermath)
  })

  it('does not keep those who were here lately from searching, meeting and leaving', async () => {
    const [ann, ben] = await registerTwo(stage)
    const group = await meet(stage, ann, ben)
    await ann.ask('/stop', /left the room/i)
    await ben.hears(/partner has left/i)
    await untilDeleted(stage, group)
    await until('the ledger knows', async () => (await facts()) === 0)
    await proxy.cut()
    const chat = await meet(stage, ann, ben)
    await ben.ask('/stop', /left the room/i)
    await ann.hears(/partner has left/i)
    await nothingIsBroken(stage)
    await proxy.mend()
    await untilDeleted(stage, chat)
    await recovered(stage, aftermath)
    expect((await ending(stage, chat)).reason).to.equal('left')
  })

  it('keeps nobody from banning: it holds at once, is told at once, and is written down afterwards', async () => {
    const [ann, ben] = await registerTwo(stage)
    const chat = await meet(stage, ann, ben)
    await until('the ledger knows', async () => (await facts()) === 0)
    await proxy.cut()
    const banned = await cli(['users', 'ban', String(ann.id), '--reason', 'insults', '--for', '2h'], {
      ...stage.env,
      DATABASE_URL: `postgres://nobody@127.0.0.1:${proxy.port}/nothing`,
    })
    expect(banned.code, banned.notes).to.equal(0)
    await ann.hears(/excluded you. You can search again in 2 hours/)
    await ben.hears(/excluded your partner/)
    await ann.ask('/find', /excluded you/)
    await proxy.mend()
    await untilDeleted(stage, chat)
    await recovered(stage, aftermath)
    const row = await bansTable(stage.db).isBanned(userId(ann.id))
    expect(row).to.include({ reason: 'insults', by: ACTOR })
    expect((await cli(['users', 'unban', String(ann.id)], stage.env)).code).to.equal(0)
    await ann.hears(/let you in again/)
    await recovered(stage, aftermath)
    expect(await bansTable(stage.db).isBanned(userId(ann.id))).to.equal(null)
  })

  it('and says nothing at all for some seconds: nobody is lost', async () => {
    const bustle = crowd.bustle(30)
    await pause(1_000)
    proxy.block()
    await pause(4_000)
    await nothingIsBroken(stage)
    await proxy.mend()
    await pause(500)
    await bustle.stop()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
  })

  it('and comes and goes under load: nobody is lost', async () => {
    const bustle = crowd.bustle(30)
    for (let round = 0; round < 4; round++) {
      await pause(700)
      await proxy.cut()
      await pause(500)
      await proxy.mend()
    }
    await bustle.stop()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
  })
})
