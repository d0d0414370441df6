import { expect } from 'chai'
import type { Context } from 'telegraf'
import { systemClock } from '../../src/clock.js'
import { createUpdates } from '../../src/bot/updates.js'
import { until } from '../support/until.js'

const context = (update_id: number, person: number, kind = 'message') =>
  ({ update: { update_id, [kind]: {} }, from: { id: person } }) as unknown as Context
const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

describe('updates', () => {
  const setUp = (patienceMs: number) => {
    const failures: unknown[] = []
    const updates = createUpdates({
      clock: systemClock,
      patienceMs,
      failed: async (error) => void failures.push(error),
    })
    const handle = async (id: number, person: number, work: () => Promise<void>, kind?: string) => {
      await updates.middleware(context(id, person, kind), work)
    }
    return { updates, handle, failures }
  }

  it('of one person are handled one after another, whatever fails, while others go on', async () => {
    const { handle, failures } = setUp(60_000)
    const done: string[] = []
    const first = gate()
    const batch = [
      handle(1, 1, async () => {
        await first.opened
        done.push('a1')
        throw new Error('a1')
      }),
      handle(2, 1, async () => void done.push('a2')),
      handle(3, 2, async () => void done.push('b1')),
    ]
    await until('the other person was served', () => done.includes('b1'))
    expect(done).to.deep.equal(['b1'])
    first.open()
    await Promise.all(batch)
    expect(done).to.deep.equal(['b1', 'a1', 'a2'])
    expect(failures.map(String)).to.deep.equal(['Error: a1'])
  })

  it('are handled once, however often they are delivered', async () => {
    const { handle } = setUp(60_000)
    let times = 0
    for (const id of [5, 5, 6, 5]) await handle(id, 1, async () => void times++)
    expect(times).to.equal(2)
  })

  it('a slow handler does not hold up the batch for ever, but its person keeps the turn', async () => {
    const { updates, handle } = setUp(20)
    const slow = gate()
    const done: number[] = []
    await handle(1, 1, async () => {
      await slow.opened
      done.push(1)
    })
    const second = handle(2, 1, async () => void done.push(2))
    await second
    expect(done).to.deep.equal([])
    slow.open()
    await updates.idle()
    expect(done).to.deep.equal([1, 2])
  })

  for (const kind of ['chat_member', 'my_chat_member', 'chat_join_request'])
    it(`hold up the batch when they are about members (${kind}): Telegram must not forget them before they are told`, async () => {
      const { handle } = setUp(1)
      const slow = gate()
      let confirmed = false
      const batch = handle(1, 1, () => slow.opened, kind).then(() => (confirmed = true))
      // Two that are given up on, one after the other: time enough for the first to be, too.
      for (const person of [2, 3]) await handle(person, person, () => slow.opened)
      expect(confirmed).to.equal(false)
      slow.open()
      await batch
    })
})
