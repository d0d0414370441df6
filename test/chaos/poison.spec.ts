import { expect } from 'chai'
import { createCrowd, everybodyIsFree, recovered, seeded } from '../support/crowd.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('messages that nobody can handle', function () {
  this.timeout(120_000)
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { MESSAGE_ATTEMPTS: '3', HOST_LEASE: '3s' } })
    await stage.startService()
    await stage.stocked(2)
  })
  after(() => stage.close())

  it('end in dead letters, and block nobody', async () => {
    const crowd = await createCrowd(stage, 4, seeded(5))
    const [someone] = crowd.people
    const to = String(someone?.id)
    const { redis, keys } = stage
    const host = (await stage.db.one<{ id: string }>('select host_id::text as id from hosts')).id
    const poison: [mailbox: 'room' | 'courier' | `host:${string}`, fields: string[]][] = [
      ['room', ['type', 'nonsense']],
      ['room', ['neither', 'nor']],
      ['room', ['type', 'look']],
      ['room', ['type', 'join-request', 'chat', 'x', 'user', 'y']],
      ['courier', ['type', 'notice', 'to', to, 'notice', 'nonsense', 'args', '{}']],
      ['courier', ['type', 'notice', 'to', to, 'notice', 'invitation', 'args', '{{{']],
      ['courier', ['type', 'notice', 'to', 'nobody', 'notice', 'stopped', 'args', '{}']],
      [`host:${host}`, ['type', 'nonsense']],
    ]
    for (const [mailbox, fields] of poison) await redis.xadd(keys.mailbox(mailbox), '*', ...fields)
    for (const fields of [
      ['type', 'nonsense', 'at', '1'],
      ['type', 'waiting', 'users', 'x', 'at', 'now', 'first', '0'],
      ['type', 'paired', 'room', '?', 'a', '1', 'b', '1', 'chat', '0', 'host', 'x', 'at', '-'],
    ])
      await redis.xadd(keys.mailbox('ledger'), '*', ...fields)
    await everybodyIsFree(stage, crowd, { allowDeadLetters: true })
    // A request about a group that is nobody's is answered like any stranger's: all the others cannot be handled.
    await until('they are buried', async () => (await redis.xlen(keys.deadLetters)) >= poison.length - 1, {
      withinMs: 10_000,
    })
    const letters = (await redis.xrange(keys.deadLetters, '-', '+')).map(([, fields]) => fields.join(' '))
    for (const letter of letters) expect(letter).to.match(/mailbox (room|courier|host:\d+) .*error \S/)
    await recovered(stage, { allowDeadLetters: true })
  })
})
