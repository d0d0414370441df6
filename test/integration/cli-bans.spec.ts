import { expect } from 'chai'
import { auditTable } from '../../src/postgres/audit.js'
import { bansTable } from '../../src/postgres/bans.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { usersTable } from '../../src/postgres/users.js'
import { ACTOR } from '../../src/cli/acting.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

describe('cli about bans', () => {
  let stage: CliStage
  const [ann, bob, cat] = [person(1), person(2), person(3)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  it('banned lose their room at once, both are told, and cannot search until unbanned', async () => {
    const room = await stage.live.opened(ann, bob)
    await stage.live.drain('courier')
    const banned = await stage.json<{ until: number; ended: string; room: string }>(
      `users ban ${ann} --reason insults --for 24h`,
    )
    expect(banned).to.include({ ended: 'room', room: room.id })
    expect(banned.until - Date.now()).to.be.within(86_390_000, 86_410_000)
    expect(await stage.live.room(room.id)).to.include({ stage: 'closing', reason: 'banned', by: ann })
    for (const user of [ann, bob]) expect(await stage.live.notices(user)).to.have.length(1)
    expect(await bansTable(stage.db).isBanned(ann)).to.include({ reason: 'insults', by: ACTOR, until: banned.until })
    expect(await stage.lastAudit()).to.deep.include({ action: 'users ban', subject: ann })
    expect(await stage.live.find(ann)).to.deep.equal({ tag: 'banned' })

    expect(await stage.json(`users unban ${ann}`)).to.deep.equal({ user: ann, outcome: 'unbanned', told: false })
    expect(await bansTable(stage.db).isBanned(ann)).to.equal(null)
    expect(await stage.live.find(ann)).to.include({ tag: 'waiting' })
    const again = await stage.run(`users unban ${ann}`)
    expect([again.code, again.notes]).to.deep.equal([3, `${ann} is not banned.\n`])
  })

  it('are told when they are let in again, if they can be reached', async () => {
    await stage.register(ann, 'ann', 'Blue Fox')
    await stage.run(`users ban ${ann} --reason spam`)
    await stage.live.drain('courier')
    expect((await stage.run(`users unban ${ann}`)).out).to.equal(`${ann} may search again, and is being told.\n`)
    expect((await stage.live.notices(ann)).map(({ notice }) => notice)).to.deep.equal(['unbanned'])
    await stage.run(`users ban ${ann} --reason spam`)
    await usersTable(stage.db).setReachable(ann, false)
    await stage.live.drain('courier')
    expect(await stage.json(`users unban ${ann}`)).to.include({ told: false })
    expect(await stage.live.notices(ann)).to.deep.equal([])
  })

  it('are shown with their ban (whose, since and until when) and whether they want announcements', async () => {
    await stage.register(ann, 'ann', 'Blue Fox')
    expect((await stage.run(`users show ${ann}`)).out).to.match(/^announcements +yes$/m)
    await usersTable(stage.db).setMailings(ann, false, 3)
    await stage.run(`users ban ${ann} --reason spam --for 3650d`)
    const { out } = await stage.run(`users show ${ann}`)
    expect(out).to.match(/^announcements +switched off$/m)
    expect(out).to.match(/^ban +until \S+ \S+ UTC: spam \(by cli:\S+, \S+ \S+ UTC\)$/m)
    expect((await stage.json<{ profile: object }>(`users show ${ann}`)).profile).to.include({ mailings: false })
  })

  it('banned lose their search; a ban without an end is for good', async () => {
    await stage.live.find(ann)
    const { out } = await stage.run(`users ban ${ann} --reason spam`)
    expect(out).to.equal(`${ann} is banned for good. The search is ended, and they are being told.\n`)
    expect((await stage.live.notices(ann)).map(({ notice }) => notice)).to.deep.equal(['banned'])
    expect(await stage.live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'banned' })
  })

  it('whom nobody has ever seen are banned all the same, with a remark', async () => {
    const { out, code } = await stage.run(`users ban ${cat} --reason spam`)
    expect(code).to.equal(0)
    expect(out).to.match(/is banned for good\. Nothing is stored about a person with this id/)
    expect(await stage.live.find(cat)).to.deep.equal({ tag: 'banned' })
  })

  it('forgotten while banned stay banned', async () => {
    await stage.register(ann, 'ann', 'Blue Fox')
    await stage.run(`users ban ${ann} --reason spam`)
    expect(await stage.json(`users forget ${ann} --yes`)).to.include({ profile: true, banned: true })
    expect(await stage.live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'banned' })
    expect(await bansTable(stage.db).isBanned(ann)).not.to.equal(null)
  })

  it('cannot be made while Redis is being rebuilt', async () => {
    await stage.live.redis.del(stage.live.keys.epoch)
    const refused = await stage.run(`users ban ${ann} --reason spam`)
    expect(refused.code).to.equal(1)
    expect(refused.notes).to.contain('being rebuilt')
    expect(await bansTable(stage.db).list()).to.deep.equal([])
  })

  it('are told to whoever is banned, once, with their end: in a room, in a search, and to the idle', async () => {
    await stage.register(cat, 'cat', 'Grey Cat')
    await stage.live.opened(ann, bob)
    await stage.live.find(person(4))
    await stage.live.drain('courier')
    for (const [user, notice] of [
      [ann, 'closed'],
      [person(4), 'banned'],
      [cat, 'banned'],
    ] as const) {
      const { until } = await stage.json<{ until: number }>(`users ban ${user} --reason spam --for 2h`)
      const told = await stage.live.notices(user)
      expect(told.map((one) => [one.notice, one.args['until']])).to.deep.equal([[notice, until]])
    }
    expect((await stage.live.notices(bob))[0]?.args, 'the partner has none').not.to.have.property('until')
    expect((await stage.run(`users ban ${cat} --reason spam`)).out).to.equal(
      `${cat} is banned for good. There was no search and no room to end; they are being told.\n`,
    )
    expect((await stage.live.notices(cat)).map(({ args }) => args['until'] ?? null)[1]).to.equal(null)
  })

  it('are not told to those whom the bot cannot write to', async () => {
    await stage.run(`users ban ${cat} --reason spam`)
    await stage.register(ann, 'ann', 'Blue Fox')
    await usersTable(stage.db).setReachable(ann, false)
    expect((await stage.run(`users ban ${ann} --reason spam`)).out).to.match(/no room to end\.\n$/)
    expect(await stage.live.mailbox('courier')).to.deep.equal([])
  })

  it('are refused for administrators, hosts and the bot itself, with the word why', async () => {
    await hostsTable(stage.db, CLI_SECRET).add({ phoneLabel: '+1…0', userId: bob, session: 's' })
    const env = { ...stage.env, ADMIN_IDS: `${cat},${ann}`, BOT_TOKEN: `${person(4)}:${'x'.repeat(35)}` }
    for (const [user, word] of [
      [ann, 'is an administrator; take the id out of ADMIN_IDS first'],
      [bob, 'is the account of a host'],
      [person(4), 'is the bot itself'],
    ] as const) {
      const { code, notes } = await cli(['users', 'ban', user, '--reason', 'spam'], env)
      expect([code, notes.includes(word)], notes).to.deep.equal([1, true])
      expect(await stage.live.waitingSet.whereabouts(user)).to.include({ state: 'idle' })
    }
    expect(await bansTable(stage.db).list()).to.deep.equal([])
    expect(await auditTable(stage.db).newest(1)).to.deep.equal([])
    expect((await cli(['users', 'ban', person(5), '--reason', 'spam'], env)).code).to.equal(0)
  })

  describe('while Postgres is away', () => {
    const away = (line: string) =>
      cli([...line.split(' '), '--json'], { ...stage.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
    const banned = async (user: typeof ann) => {
      const { code, out, notes } = await away(`users ban ${user} --reason insults --for 2h`)
      expect(code, notes).to.equal(0)
      expect(notes).to.match(/^Postgres is not answering: the ban is in force.*users show\n$/)
      return JSON.parse(out) as { until: number; ended: string; written: boolean }
    }

    it('hold at once, and are written down with their reason when it is back', async () => {
      const room = await stage.live.opened(ann, bob)
      await stage.live.find(cat)
      const [inRoom, inSearch, idle] = [await banned(ann), await banned(cat), await banned(person(4))]
      expect([inRoom, inSearch, idle].map(({ ended }) => ended)).to.deep.equal(['room', 'search', null])
      expect(inRoom.written).to.equal(false)
      expect(await stage.live.room(room.id)).to.include({ stage: 'closing', reason: 'banned', by: ann })
      for (const user of [ann, cat, person(4)]) expect(await stage.live.find(user)).to.deep.equal({ tag: 'banned' })
      expect(await stage.live.notices(person(4)), 'a stranger').to.deep.equal([])

      expect(await bansTable(stage.db).list()).to.deep.equal([])
      await stage.remember()
      for (const [user, { until }] of [
        [ann, inRoom],
        [cat, inSearch],
        [person(4), idle],
      ] as const)
        expect(await bansTable(stage.db).isBanned(user)).to.include({ reason: 'insults', by: ACTOR, until })
      expect(await stage.lastAudit()).to.deep.include({ actor: ACTOR, action: 'users ban', subject: person(4) })
    })

    it('are over when they are lifted before they were written down', async () => {
      await banned(ann)
      expect(await stage.json(`users unban ${ann}`)).to.include({ outcome: 'unbanned' })
      await stage.remember()
      expect(await bansTable(stage.db).list()).to.deep.equal([])
      await banned(bob)
      await stage.json(`users unban ${bob}`)
      await stage.json(`users ban ${bob} --reason again`)
      await stage.remember()
      expect(await bansTable(stage.db).isBanned(bob)).to.include({ reason: 'again', until: null })
    })

    it('need the id: whose a username is, only Postgres knows', async () => {
      const { code, notes } = await away('users ban @ann --reason spam')
      expect(code).to.equal(1)
      expect(notes).to.contain('Postgres is not answering').and.to.contain('by id')
    })
  })
})
