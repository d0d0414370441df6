import { expect } from 'chai'
import { chatId, hostId, roomId, userId } from '../../src/ids.js'
import type { RoomRow } from '../../src/postgres/rooms.js'
import { goingOn, leaseOf } from '../../src/redis/restored-room.js'

const MINUTE = 60_000
const leases = {
  prepareMs: MINUTE,
  entryMs: 3 * MINUTE,
  idleMs: 30 * MINUTE,
  maxAgeMs: 24 * 60 * MINUTE,
  closingMs: 10_000,
}

describe('a room that is put back', () => {
  const madeAt = 1_000_000_000_000
  const row: RoomRow = {
    room: roomId('abcdef1'),
    a: userId(1),
    b: userId(2),
    chat: chatId(-1_001_000_000_001),
    host: hostId(1),
    stage: 'inviting',
    madeAt,
    invitedAt: madeAt,
    entryDeadlineAt: madeAt + leases.entryMs,
    enteredAAt: null,
    enteredBAt: null,
    openedAt: null,
    closingAt: null,
    closedAt: null,
    reason: null,
    endedBy: null,
    link: 'https://t.me/+one',
  }

  it('keeps its link while that lives as long as the time that people get again', () => {
    const record = goingOn(row, leases, madeAt + MINUTE)
    expect(record.link).to.equal(row.link)
    expect(leaseOf(record, leases, madeAt + MINUTE)).to.equal(leases.entryMs)
  })

  it('comes back without a link that would die before them, and has both invited anew', () => {
    const now = madeAt + 2 * MINUTE
    const record = goingOn(row, leases, now)
    expect(record.link).to.equal(undefined)
    expect(leaseOf(record, leases, now)).to.equal(leases.prepareMs)
  })

  it('keeps the link in every other stage, to be revoked', () => {
    const closing: RoomRow = { ...row, closingAt: madeAt + MINUTE, reason: 'left' }
    expect(goingOn(closing, leases, madeAt + 60 * MINUTE).link).to.equal(row.link)
  })
})
