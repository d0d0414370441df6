import { expect } from 'chai'
import { runScript } from '../../src/redis/define-script.js'
import {
  buryMessageScript,
  deliverDueScript,
  finishMessageScript,
  postponeMessageScript,
} from '../../src/redis/scripts.js'
import { createLiveState, pairsOf, type LiveState } from '../support/live-state.js'
import { until } from '../support/until.js'

describe('messages in a mailbox', () => {
  let live: LiveState
  const group = 'readers'
  before(async () => (live = await createLiveState()))
  beforeEach(async () => {
    await live.reset()
    await live.redis.xgroup('CREATE', live.keys.mailbox('room'), group, '0', 'MKSTREAM')
  })
  after(() => live.close())

  const keys = () => ({
    mailbox: live.keys.mailbox('room'),
    later: live.keys.later('room'),
    deadLetters: live.keys.deadLetters,
  })
  const tell = async (...fields: string[]): Promise<string> =>
    (await live.redis.xadd(live.keys.mailbox('room'), '*', ...fields)) ?? ''
  /** Everything that nobody has read yet; it is pending afterwards. */
  const read = async (): Promise<[string, string[]][]> => {
    const reply = await live.redis.xreadgroup(
      'GROUP',
      group,
      'reader',
      'COUNT',
      100,
      'STREAMS',
      live.keys.mailbox('room'),
      '>',
    )
    return (reply as [string, [string, string[]][]][] | null)?.[0]?.[1] ?? []
  }
  const pending = async (): Promise<number> =>
    Number(((await live.redis.xpending(live.keys.mailbox('room'), group)) as [number])[0])
  const look = ['type', 'look', 'room', 'abcdefgh1']

  const postpone = (entry: string, delayMs: number, attempts: number, fields: string[] = look) =>
    runScript(live.redis, postponeMessageScript, keys(), { group, entry, delayMs, attempts }, fields)
  const deliver = (limit = 10) => runScript(live.redis, deliverDueScript, keys(), { limit })
  const bury = (entry: string) =>
    runScript(
      live.redis,
      buryMessageScript,
      keys(),
      { group, entry, name: 'room', attempts: 5, error: 'no "luck"' },
      look,
    )

  it('are acknowledged and deleted in one step', async () => {
    for (let i = 0; i < 3; i++) await tell(...look)
    const entries = (await read()).map(([id]) => id)
    expect(await runScript(live.redis, finishMessageScript, keys(), { group }, entries)).to.equal(3)
    expect(await live.redis.xlen(live.keys.mailbox('room'))).to.equal(0)
    expect(await pending()).to.equal(0)
    expect(await runScript(live.redis, finishMessageScript, keys(), { group }, entries)).to.equal(0)
  })

  it('come back when they are due, with what they said and how often they failed', async () => {
    await tell('type', 'join-request', 'chat', '-100', 'user', 'Zoë "x" {1}\n')
    const [[entry, fields] = ['', []]] = await read()
    expect(await postpone(entry, 1, 2, fields)).to.equal('postponed')
    expect(await live.redis.xlen(live.keys.mailbox('room'))).to.equal(0)
    expect(await pending()).to.equal(0)
    await until('it is delivered', async () => (await deliver()).delivered === 1)
    const [[, again] = ['', []]] = await read()
    expect(pairsOf(again)).to.deep.equal({ ...pairsOf(fields), attempts: '2' })
    expect(await deliver()).to.deep.equal({ delivered: 0, nextAt: -1 })
  })

  it('do not come back early, and the next instant is known', async () => {
    await tell(...look)
    const [[entry] = ['']] = await read()
    await postpone(entry, 60_000, 1)
    const { delivered, nextAt } = await deliver()
    expect(delivered).to.equal(0)
    expect(nextAt - (await live.waitingSet.now())).to.be.within(50_000, 60_000)
  })

  it('stay two when they are equal, and come in the given number', async () => {
    await tell(...look)
    await tell(...look)
    for (const [entry] of await read()) await postpone(entry, 0, 1)
    expect((await deliver(1)).delivered).to.equal(1)
    expect((await deliver(10)).delivered).to.equal(1)
    expect(await read()).to.have.length(2)
  })

  it('can be postponed again and again', async () => {
    await tell(...look)
    for (let attempts = 1; attempts <= 3; attempts++) {
      const [[entry] = ['']] = await read()
      expect(await postpone(entry, 0, attempts)).to.equal('postponed')
      expect((await deliver()).delivered).to.equal(1)
    }
    const [[, fields] = ['', []]] = await read()
    expect(pairsOf(fields)).to.include({ attempts: '3', type: 'look' })
  })

  it('are buried with their error and all they said', async () => {
    await tell(...look)
    const [[entry] = ['']] = await read()
    expect(await bury(entry)).to.equal('buried')
    expect(await pending()).to.equal(0)
    expect(await live.redis.xlen(live.keys.mailbox('room'))).to.equal(0)
    const [letter] = await live.redis.xrange(live.keys.deadLetters, '-', '+')
    expect(pairsOf(letter?.[1] ?? [])).to.deep.equal({
      mailbox: 'room',
      attempts: '5',
      error: 'no "luck"',
      message: JSON.stringify(look),
    })
  })

  it('that somebody else has settled are left alone: nothing is doubled', async () => {
    const unread = await tell(...look)
    expect(await postpone(unread, 0, 1)).to.equal('not_mine')
    expect(await bury(unread)).to.equal('not_mine')
    const [[entry] = ['']] = await read()
    const replies = await Promise.all([postpone(entry, 0, 1), postpone(entry, 0, 1), bury(entry)])
    expect(replies).to.deep.equal(['postponed', 'not_mine', 'not_mine'])
    expect(await live.redis.zcard(live.keys.later('room'))).to.equal(1)
    expect(await live.redis.xlen(live.keys.deadLetters)).to.equal(0)
  })
})
