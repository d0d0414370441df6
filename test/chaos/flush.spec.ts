import { expect } from 'chai'
import { parsePerson } from '../../src/redis/records.js'
import { createCrowd, everybodyIsFree, recovered, seeded, type Crowd } from '../support/crowd.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'
import type { TelegramPerson } from '../support/telegram-people.js'

describe('Redis that is emptied', function () {
  this.timeout(60_000)
  let own: OwnRedis
  let stage: Stage
  let crowd: Crowd
  before(async () => {
    own = await startOwnRedis()
    stage = await openStage({ redisUrl: own.url, env: { GROUP_STOCK: '4', HOST_LEASE: '3s' } })
    await stage.startService()
    await stage.stocked(4)
    crowd = await createCrowd(stage, 9, seeded(11))
  })
  after(async () => {
    await stage.close()
    await own.stop()
  })

  const pair = async (a: TelegramPerson, b: TelegramPerson) => {
    await Promise.all([a.say('/find'), b.say('/find')])
    return Promise.all([stage.invitation(a), stage.invitation(b)])
  }

  it('while people wait and rooms are in every stage: who waited waits, rooms go on, and nobody is told wrong', async () => {
    const [a, b, c, d, e, f, g, h, lonely] = crowd.people as [
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
    ]
    const roomOf = async (person: TelegramPerson) =>
      parsePerson(await stage.redis.hget(stage.keys.people, String(person.id))).room
    await pair(a, b)
    const half = await pair(c, d)
    await c.enter(half[0])
    await c.hears(/partner/i)
    const whole = await pair(e, f)
    await Promise.all([e.enter(whole[0]), f.enter(whole[1])])
    const open = await until(
      'a room is open',
      async () => (await stage.redis.zcard(stage.keys.open)) === 1 && roomOf(e),
    )
    await pair(g, h)
    await lonely.say('/find')
    await lonely.hears(/searching/i)
    await recovered(stage)
    const inviting = [await roomOf(a), await roomOf(c)]
    // A room that is closing, and cannot be cleared up yet.
    stage.sandbox.faults.add({ surface: 'bot', method: 'revokeChatInviteLink', delayMs: 2_000, times: 1 })
    await g.say('/stop')
    await until('a room is closing', async () => (await stage.redis.zcard(stage.keys.closing)) === 1)
    await until('the ledger knows', async () => (await stage.redis.xlen(stage.keys.mailbox('ledger'))) === 0)
    await Promise.all(crowd.people.map((person) => person.forget()))

    await stage.redis.flushall()
    await until('it stands again', () => stage.redis.get(stage.keys.epoch))
    await recovered(stage, { hostMs: 3_000 })
    expect(await crowd.whereOf(lonely)).to.equal('waiting')
    await lonely.hears(/search/i)
    expect([await roomOf(a), await roomOf(c), await roomOf(e)]).to.deep.equal([...inviting, open])
    expect(await Promise.all([crowd.whereOf(g), crowd.whereOf(h)])).to.deep.equal(['idle', 'idle'])
    // The half-empty room fills up as if nothing had happened.
    await d.enter(half[1])
    await until('it is open', async () => (await stage.redis.zcard(stage.keys.open)) === 2)
    await everybodyIsFree(stage, crowd, { hostMs: 3_000 })
  })
})
