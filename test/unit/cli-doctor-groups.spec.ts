import { expect } from 'chai'
import { groupLines } from '../../src/cli/doctor-groups.js'
import type { Status } from '../../src/cli/status-read.js'
import { hostId, userId } from '../../src/ids.js'

const NOW = Date.UTC(2026, 10, 22, 20, 30)
const HOUR = 3_600_000
const LOGIN = 'npm run cli -- hosts login'

const host = (n: number, changed: object = {}) => ({
  host: hostId(n),
  phoneLabel: '+49…67',
  user: userId(7_000_000_000 + n),
  status: 'active' as const,
  parkedUntil: null,
  floodUntil: null,
  usedToday: 0,
  budget: 40,
  lastError: null,
  mayWork: true,
  addedAt: NOW,
  loginAt: NOW,
  groups: { preparing: 0, stock: 0, held: 1, disposing: 0 },
  ...changed,
})
const draining = { status: 'draining' }
const flood = { status: 'parked', parkedUntil: NOW + HOUR, floodUntil: NOW + HOUR }

/** Two people wait, and there is no group. */
const look = (hosts: object[] | null, changed: object = {}) =>
  groupLines({
    at: NOW,
    hosts,
    stock: { size: 0, target: 5 },
    waiting: { count: 2 },
    matching: { paused: false },
    unheld: [],
    instances: [{}],
    ...changed,
  } as unknown as Status).map(({ name, state, mend }) => [name, state, mend])

describe('the doctor on an empty stock', () => {
  const everywhere = (mend: string) => [
    ['groups', 'bad', mend],
    ['stock', 'bad', mend],
  ]

  it('names what lets the only host make groups again', () => {
    expect(look([host(1, draining)])).to.deep.equal(everywhere('npm run cli -- hosts resume 1'))
    expect(look([host(1, { status: 'quarantined' })])).to.deep.equal(everywhere(LOGIN))
    expect(look([host(1)], { unheld: ['host:1'] })).to.deep.equal(everywhere('start a process with the role host'))
    expect(look([host(1)], { unheld: ['host:1'], instances: [] })).to.deep.equal(everywhere('npm start'))
  })

  it('names another account where all that is left is to wait', () => {
    const helps = `another account helps at once: ${LOGIN}`
    expect(look([host(1, flood)])).to.deep.equal(everywhere(`wait until 2026-11-22 21:30:00 UTC; ${helps}`))
    const day = 'wait until 2026-11-23 00:00:00 UTC, for another 3 h 30 min'
    expect(look([host(1, { usedToday: 40 }), host(2, { usedToday: 41 })])).to.deep.equal(everywhere(`${day}; ${helps}`))
  })

  it('names each host where they need different things', () => {
    expect(look([host(1, flood), host(2, draining)])).to.deep.equal(
      everywhere('host 1: wait until 2026-11-22 21:30:00 UTC; host 2: npm run cli -- hosts resume 2'),
    )
  })

  it('is patient while a host makes groups, and asks for one where there is none', () => {
    const [groups, stock] = look([host(1), host(2, draining)])
    expect(groups).to.deep.equal(['groups', 'ok', ''])
    expect(stock?.[2]).to.match(/^wait: .*GROUP_PACE/)
    expect(look([])).to.deep.equal([['stock', 'bad', LOGIN]])
    expect(look(null)).to.deep.equal([['stock', 'bad', 'have Postgres answer: without it no group is made']])
  })

  it('warns as long as nobody has to wait for it', () => {
    expect(look([host(1, draining)], { waiting: { count: 1 } })[1]?.[1]).to.equal('warning')
    expect(look([host(1, draining)], { matching: { paused: true } })[1]?.[1]).to.equal('warning')
    const stocked = look([host(1, draining)], { stock: { size: 1, target: 5 } })
    expect(stocked.map(([, state]) => state)).to.deep.equal(['warning', 'ok'])
  })
})
