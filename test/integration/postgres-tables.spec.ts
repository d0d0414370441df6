import { expect } from 'chai'
import { hostId, userId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { bansTable } from '../../src/postgres/bans.js'
import type { Database } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { usersTable } from '../../src/postgres/users.js'
import { useTables } from '../support/tables.js'

const SECRET = 'a phrase for the tests'
const ann = userId(7_000_000_001)
const bob = userId(7_000_000_002)

describe('postgres tables of people and hosts', () => {
  let db: Database
  useTables((opened) => (db = opened))

  describe('users', () => {
    const start = (update: number, username: string | null = 'ann', language = 'en') =>
      usersTable(db).upsertOnStart({ user: ann, username, language, update })

    it('stores a person at /start and keeps what they chose when they start again', async () => {
      const users = usersTable(db)
      expect(await start(10)).to.include({
        user: ann,
        username: 'ann',
        gender: null,
        nickname: null,
        reachable: true,
        bannedUntil: null,
      })
      expect(await users.setGender(ann, 'female', 11)).to.equal(true)
      expect(await users.setNickname(ann, 'Тихая Рысь', 12)).to.equal(true)
      await users.setReachable(ann, false)
      const again = await start(13, null, 'ru')
      expect(again).to.include({
        username: null,
        language: 'ru',
        gender: 'female',
        nickname: 'Тихая Рысь',
        reachable: true,
      })
      expect(await users.profile(ann)).to.deep.equal(again)
      expect(await users.profile(bob)).to.equal(null)
    })

    it('refuses an older update, takes several writes of one, and forgets the order after a week', async () => {
      const users = usersTable(db)
      await start(10)
      expect(await users.setNickname(ann, 'Newer', 20)).to.equal(true)
      expect(await users.setPendingCommand(ann, '/find', 20)).to.equal(true)
      expect(await users.setNickname(ann, 'Older', 19)).to.equal(false)
      expect(await users.setGender(ann, 'male', 19)).to.equal(false)
      expect(await start(15, 'old name')).to.include({
        username: 'ann',
        nickname: 'Newer',
        gender: null,
        pendingCommand: '/find',
      })
      await db.none(`update users set seen_at = seen_at - interval '8 days'`)
      expect(await users.setNickname(ann, 'Restarted', 1)).to.equal(true)
      expect(await users.setPendingCommand(ann, null, 1)).to.equal(true)
      expect(await users.profile(ann)).to.include({ nickname: 'Restarted', pendingCommand: null })
    })

    it('ends with the newest of many writes at once', async () => {
      const users = usersTable(db)
      await start(1)
      const updates = Array.from({ length: 20 }, (_, n) => n + 2)
      await Promise.all(updates.sort(() => Math.random() - 0.5).map((n) => users.setNickname(ann, `name ${n}`, n)))
      expect((await users.profile(ann))?.nickname).to.equal('name 21')
    })

    it('stores a first /start that comes several times at once', async () => {
      await Promise.all([3, 1, 2].map((update) => start(update, `name${update}`)))
      expect((await usersTable(db).profile(ann))?.username).to.equal('name3')
    })

    it('remembers the first time that a person was informed', async () => {
      const users = usersTable(db)
      await start(1)
      await users.markInformed(ann)
      const informedAt = (await users.profile(ann))?.informedAt
      await users.markInformed(ann)
      expect(informedAt).to.be.a('number')
      expect((await users.profile(ann))?.informedAt).to.equal(informedAt)
    })

    it('knows the names of many and counts by gender', async () => {
      const users = usersTable(db)
      await start(1)
      await users.upsertOnStart({ user: bob, username: null, language: 'ru', update: 1 })
      await users.setGender(bob, 'male', 2)
      expect(await users.countByGender()).to.deep.equal({ female: 0, male: 1, other: 0, unknown: 1 })
      const names = await users.names([bob, ann, userId(1)])
      expect([...names.keys()]).to.have.members([ann, bob])
      expect(names.get(bob)).to.deep.equal({ language: 'ru', nickname: null })
      expect((await users.names([])).size).to.equal(0)
    })

    it('treats what people write as text', async () => {
      const users = usersTable(db)
      await start(1)
      const name = `O'Hara'); drop table users; -- $<user> \\ $1`
      expect(await users.setNickname(ann, name, 2)).to.equal(true)
      expect((await users.profile(ann))?.nickname).to.equal(name)
    })
  })

  describe('bans', () => {
    it('are in force until their end, and shown in the profile', async () => {
      const bans = bansTable(db)
      await usersTable(db).upsertOnStart({ user: ann, username: null, language: 'en', update: 1 })
      await bans.ban({ user: ann, until: null, reason: 'spam', by: 'cli' })
      expect((await usersTable(db).profile(ann))?.bannedUntil).to.equal(Infinity)
      const until = Date.now() + 3_600_000
      await bans.ban({ user: ann, until, reason: 'spam', by: '1' })
      expect(await bans.isBanned(ann)).to.include({ user: ann, until, reason: 'spam', by: '1' })
      expect((await usersTable(db).profile(ann))?.bannedUntil).to.equal(until)
      expect(await bans.list()).to.have.length(1)
      expect([await bans.unban(ann), await bans.unban(ann)]).to.deep.equal([true, false])
      await bans.ban({ user: ann, until: Date.now() - 1_000, reason: 'spam', by: 'cli' })
      expect(await bans.isBanned(ann)).to.equal(null)
      expect(await bans.list()).to.deep.equal([])
      expect((await usersTable(db).profile(ann))?.bannedUntil).to.equal(null)
    })
  })

  describe('audit', () => {
    it('keeps who did what, newest first', async () => {
      const audit = auditTable(db)
      await audit.add({ actor: 'cli', action: 'room.close', subject: 'room01' })
      await audit.add({ actor: ann, action: 'ban', subject: bob, details: { until: null } })
      const [newest, oldest] = await audit.newest(10)
      expect(newest)
        .to.include({ actor: ann, action: 'ban', subject: bob })
        .and.have.deep.property('details', { until: null })
      expect(oldest).to.include({ actor: 'cli', action: 'room.close', subject: 'room01', details: null })
    })
  })

  describe('hosts', () => {
    const add = (session = 'a session', user = ann) =>
      hostsTable(db, SECRET).add({ phoneLabel: '+49 … 12', userId: user, session })

    it('store their session encrypted, and take a new one at the next login', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add('first session')
      expect(await hosts.session(host)).to.equal('first session')
      const { session } = await db.one<{ session: Buffer }>('select session from hosts')
      expect(session.includes('first session')).to.equal(false)
      await hosts.quarantine(host, 'AUTH_KEY_UNREGISTERED')
      expect(await hosts.get(host)).to.include({ status: 'quarantined', lastError: 'AUTH_KEY_UNREGISTERED' })
      expect(await add('second session')).to.equal(host)
      expect(await hosts.session(host)).to.equal('second session')
      expect(await hosts.list()).to.have.length(1)
      expect(await hosts.get(host)).to.include({
        host,
        user: ann,
        phoneLabel: '+49 … 12',
        status: 'active',
        lastError: null,
      })
      expect(await hosts.session(hostId(99))).to.equal(null)
      const next = await add('a session', userId(7_000_000_099))
      expect(Number(next) - Number(host), 'a login again uses up no number').to.equal(1)
    })

    it('may be worked as unless they are in quarantine for more than making groups', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add()
      const mayWork = async () => (await hosts.get(host))?.mayWork
      expect(await mayWork()).to.equal(true)
      await hosts.park(host, Date.now() + 60_000, 'USER_RESTRICTED')
      expect(await mayWork(), 'parked').to.equal(true)
      await hosts.quarantine(host, 'FROZEN_METHOD_INVALID')
      expect(await mayWork(), 'frozen').to.equal(false)
      await db.none("update hosts set last_error = null where status = 'quarantined'")
      expect(await mayWork(), 'nobody knows why').to.equal(false)
      await hosts.quarantine(host, 'USER_RESTRICTED')
      expect(await mayWork(), 'restricted').to.equal(true)
    })

    it('rest and work again, but stay in quarantine', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add()
      const until = Date.now() + 60_000
      await hosts.park(host, until, 'FLOOD_WAIT')
      expect(await hosts.get(host)).to.include({ status: 'parked', parkedUntil: until, lastError: 'FLOOD_WAIT' })
      await hosts.activate(host)
      expect(await hosts.get(host)).to.include({ status: 'active', parkedUntil: null, lastError: null })
      await hosts.park(host, Date.now() - 1_000, 'FLOOD_WAIT')
      expect(await hosts.get(host), 'a wait that is over').to.include({
        status: 'active',
        parkedUntil: null,
        lastError: null,
      })
      expect((await hosts.list()).map(({ status }) => status)).to.deep.equal(['active'])
      await hosts.quarantine(host, 'banned')
      await hosts.park(host, until)
      await hosts.flood(host, until, 'FLOOD_WAIT')
      expect(await hosts.get(host)).to.include({ status: 'quarantined', lastError: 'banned' })
    })

    it('remember what Telegram asked for over parks, drains and new logins; the longest wait counts', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add()
      const floodUntil = Date.now() + 60_000
      await hosts.flood(host, floodUntil, 'FLOOD_WAIT')
      await hosts.flood(host, floodUntil - 1_000, 'FLOOD_WAIT')
      await hosts.park(host, floodUntil - 30_000, 'night')
      expect(await hosts.get(host)).to.include({ status: 'parked', parkedUntil: floodUntil, floodUntil })
      await hosts.drain(host)
      await hosts.flood(host, floodUntil, 'FLOOD_WAIT')
      expect(await hosts.get(host)).to.include({ status: 'draining', floodUntil })
      await hosts.quarantine(host, 'AUTH_KEY_UNREGISTERED')
      await add()
      expect(await hosts.get(host)).to.include({ status: 'parked', parkedUntil: floodUntil, floodUntil })
      await hosts.activate(host)
      expect(await hosts.get(host)).to.include({ status: 'active', parkedUntil: null, floodUntil: null })
    })

    it('spend exactly their budget, however many ask at once, and start anew the next day', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add()
      const spend = () => Promise.all(Array.from({ length: 12 }, () => hosts.spendBudget(host, 5)))
      expect((await spend()).filter(Boolean)).to.have.length(5)
      expect((await hosts.get(host))?.usedToday).to.equal(5)
      await db.none(`update hosts set budget_day = budget_day - 1`)
      expect((await hosts.get(host))?.usedToday).to.equal(0)
      expect((await spend()).filter(Boolean)).to.have.length(5)
      expect(await hosts.spendBudget(host, 0)).to.equal(false)
      await hosts.returnBudget(host)
      expect((await hosts.get(host))?.usedToday).to.equal(4)
    })

    it('have used up their budget also when they were removed and added again on the same day', async () => {
      const hosts = hostsTable(db, SECRET)
      const first = await add()
      for (let n = 0; n < 3; n++) await hosts.spendBudget(first, 3)
      expect(await hosts.remove(first)).to.equal(true)
      expect(await hosts.deleteRemovedBefore(Date.now(), 10), 'it still counts').to.equal(0)
      const second = await add()
      expect(await hosts.get(second)).to.include({ status: 'active', usedToday: 3 })
      expect(await hosts.spendBudget(second, 3)).to.equal(false)
      expect(await db.any('select from removed_hosts')).to.have.length(0)

      await hosts.remove(second)
      await db.none('update removed_hosts set budget_day = budget_day - 1')
      expect(await hosts.deleteRemovedBefore(Date.now(), 10)).to.equal(1)
      expect(await hosts.get(await add())).to.include({ usedToday: 0 })
    })

    it('leave nothing when they are removed and nothing binds them', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await add()
      await hosts.flood(host, Date.now() - 1_000, 'FLOOD_WAIT')
      await hosts.remove(host)
      expect(await db.any('select from removed_hosts')).to.have.length(0)
    })
  })
})
