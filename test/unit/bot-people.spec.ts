import { expect } from 'chai'
import { createPeople } from '../../src/bot/people.js'
import { userId } from '../../src/ids.js'
import type { Profile } from '../../src/postgres/users.js'

describe('bot/people', () => {
  const profile: Profile = {
    user: userId(1),
    username: 'ann',
    language: 'en',
    gender: null,
    nickname: null,
    pendingCommand: null,
    createdAt: 1,
    seenAt: 1,
    reachable: true,
    informedAt: null,
    mailings: true,
    bannedUntil: null,
  }
  /** Whether Ann's message is written down, when that was done so many minutes ago. */
  const written = async (minutesAgo: number) => {
    let writes = 0
    const seen = { ...profile, seenAt: Date.now() - minutesAgo * 60_000 }
    const people = createPeople({ profile: async () => seen, upsertOnStart: async () => (writes++, seen) })
    await people.meet({ id: 1, is_bot: false, first_name: 'Ann', username: 'ann', language_code: 'en' }, 7)
    return writes === 1
  }

  it('knows to within five minutes when somebody was here last, and does not write every message down', async () => {
    expect(await written(6)).to.equal(true)
    expect(await written(4)).to.equal(false)
  })
})
