import { expect } from 'chai'
import { hostId, userId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { bar } from '../../src/cli/progress.js'
import { ACTOR } from '../../src/cli/acting.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { within } from '../support/speed.js'

describe('cli about rooms', () => {
  let stage: CliStage
  const [ann, bob, cat] = [person(1), person(2), person(3)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  describe('one by one', () => {
    it('lists them by stage, without their links', async () => {
      const invited = await stage.live.invited(ann, bob)
      const open = await stage.live.opened(cat, person(4))
      const { total, rooms } = await stage.json<{ total: object; rooms: { room: string }[] }>('rooms list')
      expect(total).to.deep.equal({ inviting: 1, open: 1, closing: 0 })
      expect(rooms.map(({ room }) => room)).to.deep.equal([invited.id, open.id])
      expect(JSON.stringify(rooms)).not.to.contain('t.me')
      const only = await stage.json<{ rooms: { room: string }[] }>('rooms list --stage open --limit 1')
      expect(only.rooms.map(({ room }) => room)).to.deep.equal([open.id])
      expect((await stage.run('rooms list --stage closing')).out).to.equal('There are no rooms that are closing.\n')
      const { out } = await cli(['rooms', 'list', '--limit', '1'], stage.env, { columns: 60 })
      expect(out).to.contain(invited.id).and.to.contain('… 1 of 2')
      for (const line of out.split('\n')) expect(line.length).to.be.at.most(60)
    })

    it('leaves out one whose record cannot be read, and says what mends it', async () => {
      const [broken, open] = [await stage.live.opened(ann, bob), await stage.live.opened(cat, person(4))]
      await stage.live.redis.hset(stage.live.keys.rooms, broken.id, 'rubbish')
      const { code, out, notes } = await stage.run('rooms list --json')
      expect(code).to.equal(0)
      expect((JSON.parse(out) as { rooms: { room: string }[] }).rooms.map(({ room }) => room)).to.deep.equal([open.id])
      expect(notes).to.match(new RegExp(`Room ${broken.id} .*: reconcile`))
    })

    it('shows what a room is now, and its story to the end', async () => {
      const room = await stage.live.opened(ann, bob)
      await stage.remember()
      const now = await stage.json<{ live: object; story: { event: string; user: string }[] }>([
        'rooms',
        'show',
        room.id,
      ])
      expect(now.live).to.include({ room: room.id, stage: 'open', a: room.a, b: room.b, chat: room.chat })
      expect(now.story.map(({ event }) => event)).to.deep.equal(['made', 'invited', 'entered', 'entered', 'opened'])

      await stage.live.rooms.close(room.id, { reason: 'left', by: ann })
      const closing = await stage.live.room(room.id)
      expect((await stage.run(`rooms show ${room.id}`)).out).to.contain(`left (by ${ann})`)
      await stage.live.rooms.finish(closing, 'disposing')
      await stage.remember()
      const { code, out } = await cli(['rooms', 'show', room.id], stage.env, { columns: 80 })
      expect(code).to.equal(0)
      expect(out).to.match(new RegExp(`${ann} entered`))
      expect(out).to.contain(`reason: left (by ${ann})`).and.to.contain('the room is closed')
      const gone = await stage.json<{ live: null; record: object }>(['rooms', 'show', room.id])
      expect(gone.live).to.equal(null)
      expect(gone.record).to.include({ stage: 'closed', reason: 'left', endedBy: ann })
    })

    it('shows the live part while Postgres is away, and knows nothing of a room that nobody has heard of', async () => {
      const room = await stage.live.invited(ann, bob)
      const away = { ...stage.env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' }
      const { code, out, notes } = await cli(['rooms', 'show', room.id], away)
      expect([code, out.includes('inviting')]).to.deep.equal([0, true])
      expect(notes).to.contain('The story is missing here: Postgres is not answering')
      expect((await cli(['rooms', 'show', 'nosuchroom1'], away)).code).to.equal(1)
      const unknown = await stage.run('rooms show nosuchroom1')
      expect(unknown).to.include({ code: 3, out: '' })
      expect(unknown.notes).to.contain('There is no room nosuchroom1')
    })

    it('ends one: both are free and told, and the audit table says who', async () => {
      const room = await stage.live.opened(ann, bob)
      await stage.live.drain('courier')
      expect(await stage.json(['rooms', 'close', room.id, '--reason', 'asked for'])).to.deep.equal({
        room: room.id,
        outcome: 'closed',
        audited: true,
      })
      expect(await stage.live.room(room.id)).to.include({ stage: 'closing', reason: 'operator' })
      for (const user of [ann, bob]) {
        expect(await stage.live.waitingSet.whereabouts(user)).to.include({ state: 'idle' })
        expect((await stage.live.notices(user)).map(({ notice, args }) => [notice, args['reason']])).to.deep.equal([
          ['closed', 'operator'],
        ])
      }
      const [entry] = await auditTable(stage.db).newest(1)
      expect(entry).to.deep.include({
        actor: ACTOR,
        action: 'rooms close',
        subject: room.id,
        details: { reason: 'asked for' },
      })
      expect(await stage.json(['rooms', 'close', room.id])).to.deep.include({ outcome: 'closing' })

      await stage.live.rooms.finish(await stage.live.room(room.id), 'disposing')
      await stage.remember()
      const again = await cli(['rooms', 'close', room.id], stage.env)
      expect(again.code).to.equal(3)
      expect(again.notes).to.match(/was closed already, at .* UTC \(operator\)/)
      expect((await stage.run('rooms close nosuchroom1')).code).to.equal(3)
    })

    it('is ended without Postgres too, and not at all while Redis is being rebuilt', async () => {
      const room = await stage.live.opened(ann, bob)
      const { code, notes } = await cli(['rooms', 'close', room.id], {
        ...stage.env,
        DATABASE_URL: 'postgres://127.0.0.1:1/visavis',
      })
      expect(code).to.equal(0)
      expect(notes).to.contain('This is missing in the audit table')
      const other = await stage.live.opened(cat, person(4))
      await stage.live.redis.del(stage.live.keys.epoch)
      const refused = await cli(['rooms', 'close', other.id], stage.env)
      expect(refused.code).to.equal(1)
      expect(refused.notes).to.contain('being rebuilt')
    })
  })

  /** An open room as if it had been made so long ago. */
  const openedAgo = async (n: number, ms: number) => {
    const room = await stage.live.opened(person(2 * n), person(2 * n + 1))
    await stage.live.redis.hset(stage.live.keys.rooms, room.id, JSON.stringify({ ...room, at: room.at - ms }))
    return room
  }
  const listed = async (line: string) =>
    (await stage.json<{ rooms: { room: string }[] }>(line)).rooms.map(({ room }) => room)

  it('lists those that are older than something, and those of one host', async () => {
    const old = await openedAgo(1, 7_200_000)
    const young = await openedAgo(2, 0)
    await stage.live.stock(1, hostId(2))
    await stage.live.find(person(20))
    const reply = await stage.live.find(person(21))
    const other = reply.tag === 'paired' ? reply.room : ''
    expect(await listed('rooms list --older-than 1h')).to.deep.equal([old.id])
    expect(await listed('rooms list --host 2')).to.deep.equal([other])
    expect(await listed('rooms list --host 1 --stage open')).to.have.members([old.id, young.id])
    expect((await stage.run('rooms list --older-than 3h')).out).to.equal('There are no such rooms.\n')
  })

  it('knows hosts that have no rooms from hosts that there are not', async () => {
    const host = await hostsTable(stage.db, CLI_SECRET).add({
      phoneLabel: '+49…1',
      userId: userId(7_000_000_001),
      session: 's',
    })
    expect(await stage.run(`rooms list --host ${host}`)).to.include({ code: 0, out: 'There are no such rooms.\n' })
    for (const line of ['rooms list --host 999', 'rooms close --all --host 999', 'groups list --host 999'])
      expect(await stage.run(line), line).to.include({
        code: 3,
        out: '',
        notes: 'There is no host 999; see: hosts list\n',
      })
    const away = { ...stage.env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' }
    const { code, notes } = await cli(['rooms', 'list', '--host', '999'], away)
    expect(code).to.equal(0)
    expect(notes).to.contain('Whether there is a host 999 is not known: Postgres is not answering')
  })

  it('ends all that are meant after a question, and no others', async () => {
    const old = await Promise.all([openedAgo(1, 7_200_000)])
    const young = await openedAgo(2, 0)
    const declined = await stage.run('rooms close --all --older-than 1h', 'no')
    expect(declined).to.include({ code: 1, notes: 'Nothing was changed.\n' })
    expect(declined.questions).to.deep.equal(['End 1 room made more than 1 h ago? Their people are told. [y/N] '])
    expect(await stage.live.room(young.id)).to.include({ stage: 'open' })

    expect(await stage.json('rooms close --all --older-than 1h --yes --reason tidy')).to.deep.equal({
      closed: 1,
      audited: true,
    })
    for (const { id } of old) expect(await stage.live.room(id)).to.include({ stage: 'closing', reason: 'operator' })
    expect(await stage.live.room(young.id)).to.include({ stage: 'open' })
    const [entry] = await auditTable(stage.db).newest(1)
    expect(entry?.details).to.deep.include({ reason: 'tidy', closed: 1, olderThanMs: 3_600_000 })
    expect((await stage.run('rooms close --all --older-than 1h')).out).to.contain('There are no rooms')
  })

  it('shows how far it has come where somebody looks', async () => {
    await openedAgo(1, 0)
    const { notes } = await cli(['rooms', 'close', '--all', '--yes'], stage.env, { columns: 80 })
    expect(notes).to.contain('Ending rooms [########################] 1 of 1')
    expect(bar(1, 2)).to.equal('[############............] 1 of 2')
  })

  for (const line of ['rooms close', 'rooms close abc123 --all', 'rooms close --all --older-than soon'])
    it(`answers "${line}" in words and with 2`, async () => {
      const { code, notes } = await stage.run(line)
      expect(notes).to.match(/give either the id of a room or --all|It must be a duration/)
      expect(code).to.equal(2)
    })

  it('lists within a second while there are 20,000', async () => {
    const now = await stage.live.waitingSet.now()
    const crowd = people(40_000)
    const pipeline = stage.live.redis.pipeline()
    for (let n = 0; n < 20_000; n++) {
      const room = {
        id: `crowd${n}`,
        stage: 'open',
        version: 3,
        a: crowd[2 * n],
        b: crowd[2 * n + 1],
        chat: '-1',
        host: '1',
      }
      const instants = { at: now - n, since: now, deadline: now + 60_000 }
      pipeline.hset(stage.live.keys.rooms, room.id, JSON.stringify({ ...room, ...instants }))
      pipeline.zadd(stage.live.keys.open, now + 60_000, room.id)
    }
    await pipeline.exec()
    expect(await within(1_000, 'listing', () => listed('rooms list --older-than 1h'))).to.deep.equal([])
  })
})
