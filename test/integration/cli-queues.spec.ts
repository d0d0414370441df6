import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { within } from '../support/speed.js'

describe('cli about what waits', () => {
  let stage: CliStage
  const [ann, bob, cat] = [person(1), person(2), person(3)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  describe('queues', () => {
    it('tells the length and the oldest of everything', async () => {
      await stage.live.find(ann)
      await hostsTable(stage.db, CLI_SECRET).add({
        phoneLabel: '+49…67',
        userId: userId(7_000_000_001),
        session: 'session',
      })
      const [host] = await hostsTable(stage.db, CLI_SECRET).list()
      await stage.live.redis.xadd(stage.live.keys.mailbox(`host:${host?.host ?? ''}`), '*', 'type', 'fill')
      await stage.live.redis.zadd(stage.live.keys.later('courier'), Date.now() + 60_000, '{}')
      await stage.live.redis.xadd(stage.live.keys.deadLetters, `${Date.now() - 90_000}-0`, 'mailbox', 'room')
      const found = await stage.json('queues')
      expect(found).to.have.keys('whole', 'waiting', 'firstInLine', 'mailboxes', 'deadLetters')
      const { whole, waiting, firstInLine, mailboxes, deadLetters } = found as {
        whole: boolean
        waiting: { count: number; oldestMs: number }
        firstInLine: { count: number; oldestMs: number | null }
        mailboxes: { mailbox: string; length: number; postponed: number; oldestMs: number | null }[]
        deadLetters: { count: number; oldestMs: number }
      }
      expect(whole).to.equal(true)
      expect(waiting.count).to.equal(1)
      expect(waiting.oldestMs).to.be.within(0, 10_000)
      expect(firstInLine).to.deep.equal({ count: 0, oldestMs: null })
      expect(mailboxes.map(({ mailbox, length, postponed }) => [mailbox, length, postponed])).to.deep.equal([
        ['room', 0, 0],
        ['courier', 0, 1],
        ['ledger', 1, 0],
        [`host:${host?.host ?? ''}`, 1, 0],
      ])
      expect(mailboxes[0]?.oldestMs).to.equal(null)
      expect(deadLetters.count).to.equal(1)
      expect(deadLetters.oldestMs).to.be.within(89_000, 120_000)

      const { out, code } = await cli(['queues'], stage.env, { columns: 80 })
      expect(code).to.equal(0)
      expect(out).to.match(/^dead letters +1 +1 min 3\d s$/m)
      for (const line of out.split('\n')) expect(line.length).to.be.at.most(80)
    })

    it('shows who is first in line', async () => {
      const room = await stage.live.invited(ann, bob)
      await stage.live.rooms.enter(room.id, ann)
      await stage.live.rooms.close(room.id, { reason: 'no_show', absent: [bob] })
      await stage.live.find(ann)
      const { waiting, firstInLine } = await stage.json<Record<string, { count: number; oldestMs: number }>>('queues')
      expect([waiting?.count, firstInLine?.count]).to.deep.equal([1, 1])
      expect(firstInLine?.oldestMs).to.be.within(0, 10_000)
      expect((await stage.run('waiting list')).out).to.match(new RegExp(`^${ann} +\\d s +yes$`, 'm'))
    })

    it('does without Postgres, and says what is missing', async () => {
      const { code, out, notes } = await cli(['queues'], {
        ...stage.env,
        DATABASE_URL: `${stage.env['DATABASE_URL'] ?? ''}_missing`,
      })
      expect(code).to.equal(0)
      expect(out)
        .to.match(/^MAILBOX/)
        .and.to.match(/^ledger /m)
      expect(notes).to.contain('The mailboxes of hosts are missing here: The database named in DATABASE_URL does not')
    })

    it('says when Redis holds no live state', async () => {
      const { code, out, notes } = await cli(['queues', '--json'], { ...stage.env, REDIS_PREFIX: 'nobody-uses-this' })
      expect(code).to.equal(0)
      expect(JSON.parse(out)).to.include({ whole: false })
      expect(notes).to.contain('REDIS_PREFIX=nobody-uses-this')
    })
  })

  describe('waiting list', () => {
    it('pages through those who wait', async () => {
      for (const user of [ann, bob, cat]) await stage.live.find(user)
      const first = await stage.json<{ total: number; people: { user: string }[] }>('waiting list --limit 2')
      expect(first.total).to.equal(3)
      const second = await stage.json<typeof first>('waiting list --limit 2 --offset 2')
      expect([...first.people, ...second.people].map(({ user }) => user)).to.have.members([ann, bob, cat])
      expect(first.people[0]).to.have.keys('user', 'since', 'waitingMs', 'firstInLine')
      const { out } = await stage.run('waiting list --limit 2')
      expect(out).to.contain('… 2 of 3; more with: waiting list --offset 2')
    })

    it('says that nobody waits', async () => {
      expect((await stage.run('waiting list')).out).to.equal('Nobody waits.\n')
    })
  })

  describe('waiting', () => {
    it('shows one person, and ends the search of one, who is told', async () => {
      await stage.live.find(ann)
      const shown = await stage.json<object>(`waiting show ${ann}`)
      expect(shown).to.include({ user: ann, firstInLine: false })
      expect(shown).to.have.keys('user', 'since', 'waitingMs', 'firstInLine', 'deadlineAt')
      expect(await stage.json(`waiting remove ${ann}`)).to.deep.equal({ user: ann, outcome: 'removed', audited: true })
      expect(await stage.live.waitingSet.whereabouts(ann)).to.include({ state: 'idle' })
      expect((await stage.live.notices(ann)).map(({ notice }) => notice)).to.deep.equal(['search_removed'])
      for (const command of ['show', 'remove']) {
        const { code, notes } = await stage.run(`waiting ${command} ${ann}`)
        expect([code, notes]).to.deep.equal([3, `${ann} is not waiting: idle.\n`])
      }
    })

    it('says where somebody is who does not wait, and leaves the room alone', async () => {
      const room = await stage.live.opened(ann, bob)
      for (const command of ['show', 'remove'])
        expect(await stage.run(`waiting ${command} ${ann}`)).to.include({
          code: 3,
          notes: `${ann} is not waiting: in room ${room.id}; see: rooms show ${room.id}\n`,
        })
      expect(await stage.live.room(room.id)).to.include({ stage: 'open' })
      await stage.run(`users ban ${cat} --reason spam`)
      expect(await stage.run(`waiting show ${cat}`)).to.include({
        code: 3,
        notes: `${cat} is not waiting: banned; see: users show ${cat}\n`,
      })
    })
  })

  it('answers within a second while 100,000 people wait', async () => {
    await stage.everyoneWaits(people(100_000))
    for (const line of [
      'queues',
      'waiting list --limit 1000',
      'waiting list --limit 1000 --offset 99000',
      'rooms list',
    ]) {
      const { code, out } = await within(1_000, line, () => cli([...line.split(' '), '--json'], stage.env))
      expect(code).to.equal(0)
      if (line.startsWith('waiting')) expect((JSON.parse(out) as { people: object[] }).people).to.have.length(1_000)
      else if (line === 'queues') expect(JSON.parse(out)).to.deep.include({ whole: true })
    }
  })
})
