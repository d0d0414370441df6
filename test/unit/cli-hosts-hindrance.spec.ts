import { expect } from 'chai'
import { hindranceOf, type Maker } from '../../src/cli/hosts-hindrance.js'
import { hostId } from '../../src/ids.js'

const NOW = Date.UTC(2026, 10, 22, 20, 30)
const HOUR = 3_600_000
const none = { preparing: 0, stock: 0, held: 0, disposing: 0 }
const well: Maker = {
  host: hostId(2),
  status: 'active',
  parkedUntil: null,
  floodUntil: null,
  lastError: null,
  usedToday: 3,
  budget: 40,
  groups: { ...none, held: 1 },
}

describe('what keeps a host from making groups, and what mends it', () => {
  const look = (changed: Partial<Maker>) => {
    const { words, mend, atOnce } = hindranceOf({ ...well, ...changed }, NOW) ?? {}
    return [words, mend, atOnce]
  }

  it('is nothing while it works, also after a park or a wait that is over', () => {
    expect(hindranceOf(well, NOW)).to.equal(undefined)
    expect(hindranceOf({ ...well, budget: null, usedToday: 900 }, NOW)).to.equal(undefined)
    expect(hindranceOf({ ...well, status: 'parked', parkedUntil: NOW - 1, floodUntil: NOW - 1 }, NOW)).to.equal(
      undefined,
    )
  })

  it('is an operator: resume', () => {
    const parked = { status: 'parked', parkedUntil: NOW + HOUR, lastError: 'moving house' } as const
    const words = 'is parked until 2026-11-22 21:30:00 UTC (moving house)'
    expect(look(parked)).to.deep.equal([words, 'hosts resume 2', true])
    expect(look({ ...parked, floodUntil: NOW - HOUR })).to.deep.equal([words, 'hosts resume 2', true])
    expect(look({ status: 'draining' })).to.deep.equal(['is draining', 'hosts resume 2', true])
    expect(look({ status: 'draining', groups: none })).to.deep.equal(['is drained', 'hosts resume 2', true])
  })

  it('is Telegram: wait, and then resume what an operator stopped besides', () => {
    const flood = { floodUntil: NOW + HOUR, lastError: 'FLOOD_WAIT' }
    expect(look({ ...flood, status: 'parked', parkedUntil: NOW + HOUR })).to.deep.equal([
      'is parked until 2026-11-22 21:30:00 UTC (FLOOD_WAIT)',
      'wait until 2026-11-22 21:30:00 UTC',
      false,
    ])
    const mend = 'wait until 2026-11-22 21:30:00 UTC, as Telegram asks; then: hosts resume 2'
    expect(look({ ...flood, status: 'draining' }).slice(1)).to.deep.equal([mend, false])
    expect(look({ ...flood, status: 'parked', parkedUntil: NOW + 2 * HOUR }).slice(1)).to.deep.equal([mend, false])
  })

  it('is its budget until the day ends, or its quarantine until it is logged in', () => {
    expect(look({ usedToday: 40 })).to.deep.equal([
      'has used up its budget for today (UTC)',
      'wait until 2026-11-23 00:00:00 UTC, for another 3 h 30 min',
      false,
    ])
    // A login alone does not lift what Telegram has against the account.
    for (const lastError of ['USER_RESTRICTED', 'FROZEN_METHOD_INVALID'])
      expect(look({ status: 'quarantined', lastError })[1]).to.match(/^write to @SpamBot/)
    expect(look({ status: 'quarantined', lastError: 'USER_DEACTIVATED' })).to.deep.equal([
      'is quarantined (USER_DEACTIVATED)',
      'hosts login',
      true,
    ])
  })

  it('names commands as they are written where it is shown', () => {
    expect(hindranceOf({ ...well, status: 'draining' }, NOW, (line) => `visavis ${line}`)?.mend).to.equal(
      'visavis hosts resume 2',
    )
  })
})
