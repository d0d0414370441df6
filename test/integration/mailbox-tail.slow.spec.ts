import { expect } from 'chai'
import { roomId, userId } from '../../src/ids.js'
import { createTell, type Tell } from '../../src/mailbox/tell.js'
import { tailMailboxes } from '../../src/ops/mailbox-tail.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { until } from '../support/until.js'

describe('the last messages of the mailboxes', () => {
  let live: LiveState
  let tell: Tell
  let tail: ReturnType<typeof tailMailboxes>
  let connection: ReturnType<LiveState['connect']> | undefined

  beforeEach(async () => {
    live = await createLiveState()
    tell = createTell(live.redis, live.keys)
  })
  afterEach(async () => {
    await tail.stop()
    await live.close()
  })

  const follow = (always: boolean) => {
    let looks = 0
    tail = tailMailboxes({
      openConnection: () => (connection = live.connect()),
      keys: live.keys,
      always,
      mailboxes: () => {
        looks++
        return Promise.resolve(['ledger', 'room'])
      },
    })
    return { looks: () => looks }
  }
  const opened = (room: string) => tell('ledger', { type: 'opened', room: roomId(room), at: '2' })
  const rooms = () => tail.last().map(({ about }) => about['room'])

  it('are remembered before anybody looks, though they are done long since', async () => {
    const { looks } = follow(true)
    // The second round has begun, so it reads on from where the mailbox was at the first.
    await until('it follows', () => looks() >= 2)
    await opened('room0001')
    const before = looks()
    await until('it has read on', () => looks() > before)
    await live.redis.del(live.keys.mailbox('ledger'))
    expect(rooms()).to.deep.equal(['room0001'])
  })

  it('begin with what lies in the mailboxes', async () => {
    await opened('room0001')
    await tell('ledger', { type: 'idle', user: userId(1), at: '1' })
    follow(false)
    await until('both are there', () => tail.last().length === 2)
    expect(tail.last().map(({ type }) => type)).to.deep.equal(['opened', 'idle'])
  })

  it('go on with the newest after a standstill, in which more came than is kept', async () => {
    follow(true)
    await opened('first000')
    await until('it follows', () => rooms().includes('first000'))
    const stream = live.keys.mailbox('ledger')
    const pipeline = live.redis.multi()
    for (let n = 0; n < 500; n++) pipeline.xadd(stream, '*', 'type', 'opened', 'room', `crowd${n}`, 'secret', 'words')
    await pipeline.exec()
    await until('the newest is there', () => rooms().at(-1) === 'crowd499')
    expect(new Set(rooms()).size).to.equal(40)
    expect(JSON.stringify(tail.last())).not.to.include('words')
    await opened('last0000')
    await until('it reads on', () => rooms().at(-1) === 'last0000')
  })

  it('go on after the connection broke', async () => {
    follow(true)
    await opened('first000')
    await until('it follows', () => rooms().includes('first000'))
    connection?.disconnect(true)
    await opened('second00')
    await until('it reads on', () => rooms().at(-1) === 'second00')
  })
})
