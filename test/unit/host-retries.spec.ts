import { expect } from 'chai'
import { Retries } from '../../src/actors/host-retries.js'

describe('retries of a host', () => {
  let now = 0
  let retries: Retries
  beforeEach(() => {
    now = 0
    retries = new Retries({ now: () => now, wait: async () => undefined }, 1_000)
  })

  it('a thing that never failed is due', () => {
    expect(retries.due('a')).to.equal(true)
    expect(retries.nextInMs()).to.equal(Infinity)
  })

  it('pauses double up to an hour', () => {
    const pauses: number[] = []
    for (let i = 0; i < 15; i++) {
      retries.failed('a')
      pauses.push(retries.nextInMs())
      now += retries.nextInMs()
      expect(retries.due('a')).to.equal(true)
    }
    expect(pauses.slice(0, 4)).to.deep.equal([1_000, 2_000, 4_000, 8_000])
    expect(pauses.at(-1)).to.equal(3_600_000)
    expect(retries.failures('a')).to.equal(15)
  })

  it('waits at least as long as Telegram asks', () => {
    retries.failed('a', 60_000)
    now = 59_999
    expect(retries.due('a')).to.equal(false)
    expect(retries.sinceMs('a')).to.equal(59_999)
    now = 60_000
    expect(retries.due('a')).to.equal(true)
  })

  it('remembers only what is still worked on', () => {
    for (const key of ['a', 'b']) retries.failed(key)
    retries.keep(new Set(['b']))
    expect([retries.failures('a'), retries.failures('b')]).to.deep.equal([0, 1])
    retries.forget('b')
    expect(retries.failures('b')).to.equal(0)
  })
})
