import { expect } from 'chai'
import { chatId, hostId, roomId, userId } from '../../src/ids.js'
import { comparePositions, foldFacts, parsePosition, type Fact } from '../../src/actors/ledger-fold.js'
import type { LedgerMessage } from '../../src/mailboxes.js'

const [ann, bob] = [userId(11), userId(12)]
const room = roomId('room01')
const chat = chatId(-1001)
const host = hostId(1)
const never = (id: string, error: unknown): never => {
  throw new Error(`${id} should be legible`, { cause: error })
}
const facts = (...messages: LedgerMessage[]): Fact[] => messages.map((message, n) => ({ id: `1000-${n}`, message }))
const paired: LedgerMessage = { type: 'paired', room, a: ann, b: bob, chat, host, at: '1000' }
const closing: LedgerMessage = { type: 'closing', room, reason: 'left', by: ann, at: '2000' }

describe('actors/ledger-fold', () => {
  describe('positions', () => {
    it('compare as two numbers, not as text', () => {
      const ids = ['9-1', '10-0', '10-2', '10-10', '1700000000000-0']
      const shuffled = [...ids].sort().map(parsePosition)
      expect(shuffled.sort(comparePositions).map(({ ms, seq }) => `${ms}-${seq}`)).to.deep.equal(ids)
    })

    it('keep every digit', () => {
      expect(parsePosition('1700000000000-9007199254740993').seq).to.equal(9007199254740993n)
    })
  })

  it('keeps the last word about a person', () => {
    const { people } = foldFacts(
      facts({ type: 'waiting', users: '11,12', at: '900', first: '1' }, { type: 'idle', user: ann, at: '950' }),
      never,
    )
    expect(people.get(ann)?.state).to.equal('idle')
    expect(people.get(bob)).to.include({ state: 'waiting', since: 900, first: true })
  })

  it('goes by the ids, whatever the order of the batch', () => {
    const [first, second] = facts(
      { type: 'waiting', users: '11', at: '900', first: '0' },
      { type: 'idle', user: ann, at: '950' },
    )
    if (!first || !second) throw new Error('two facts')
    const { people, upTo } = foldFacts([second, first, second], never)
    expect(people.get(ann)?.state).to.equal('idle')
    expect(upTo).to.deep.equal({ ms: 1000n, seq: 1n })
  })

  it('frees both people of a room made and closed in one batch', () => {
    const { people, freed, made, moved } = foldFacts(facts(paired, closing), never)
    expect([people.get(ann)?.state, people.get(bob)?.state]).to.deep.equal(['idle', 'idle'])
    expect([...freed]).to.deep.equal([room])
    expect(made.get(room)).to.deep.equal({ a: ann, b: bob, chat, host, at: 1000 })
    expect(moved.get(room)).to.deep.equal({ ending: { reason: 'left', by: ann, at: 2000 } })
  })

  it('does not free somebody who searches again already, whichever of the two was told first', () => {
    const again: LedgerMessage = { type: 'waiting', users: '11', at: '2000', first: '0' }
    for (const order of [facts(paired, closing, again), facts(paired, again, closing)])
      expect(foldFacts(order, never).people.get(ann)?.state).to.equal('waiting')
  })

  it('keeps one reason for the end of a room, the first', () => {
    const { moved } = foldFacts(facts(closing, { type: 'closing', room, reason: 'idle', by: '', at: '3000' }), never)
    expect(moved.get(room)?.ending).to.deep.equal({ reason: 'left', by: ann, at: 2000 })
  })

  it('keeps the last invitation and the last place of a group', () => {
    const { moved, groups } = foldFacts(
      facts(
        { type: 'stocked', chat, host, at: '900' },
        paired,
        { type: 'invited', room, link: 'first', deadline: '5000', at: '1100' },
        { type: 'invited', room, link: 'second', deadline: '6000', at: '1200' },
        { type: 'gone', room, chat, group: 'disposing', at: '3000' },
      ),
      never,
    )
    expect(moved.get(room)?.invitation).to.deep.equal({ link: 'second', at: 1200, deadlineAt: 6000 })
    expect(groups.get(chat)).to.deep.include({ status: 'disposing', room: null })
  })

  it('keeps every ban in order, and when each person was let in again last', () => {
    const banned: LedgerMessage = { type: 'banned', user: ann, until: '', why: 'spam', by: 'cli', at: '900' }
    const { bans, unbanned, people } = foldFacts(
      facts(banned, { type: 'unbanned', user: ann, at: '950' }, { ...banned, until: '5000', at: '960' }),
      never,
    )
    expect(bans.map(({ until, at }) => [until, at])).to.deep.equal([
      [null, 900],
      [5000, 960],
    ])
    expect(unbanned.get(ann)).to.include({ at: 950 })
    expect(people.size, 'where they are, other facts say').to.equal(0)
  })

  it('leaves out what it cannot read and says which, without a trace of its other half', () => {
    const illegible: string[] = []
    const { people, made, upTo } = foldFacts(
      [
        { id: 'nonsense', message: paired },
        ...facts({ ...paired, b: 'x' as never }, { type: 'idle', user: bob, at: 'soon' }, { type: 'rain' } as never),
        { id: '1000-9', message: { type: 'idle', user: bob, at: '1' } },
      ],
      (id) => illegible.push(id),
    )
    expect(illegible).to.deep.equal(['nonsense', '1000-0', '1000-1', '1000-2'])
    expect(made.size).to.equal(0)
    expect([...people.keys()]).to.deep.equal([bob])
    expect(upTo).to.deep.equal({ ms: 1000n, seq: 9n })
  })

  it('leaves out what Postgres would refuse, because it would hold up everything behind it', () => {
    const illegible: string[] = []
    const { made, moved } = foldFacts(
      [
        { id: '1000-99999999999999999999', message: closing },
        ...facts(
          { ...paired, b: ann },
          { type: 'invited', room, link: 'a\0b', deadline: '5', at: '5' },
          { type: 'banned', user: ann, until: '', why: 'a\0b', by: 'cli', at: '5' },
        ),
      ],
      (id) => illegible.push(id),
    )
    expect(illegible).to.have.length(4)
    expect([made.size, moved.size]).to.deep.equal([0, 0])
  })
})
