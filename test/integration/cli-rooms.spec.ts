import { expect } from 'chai'
import { hostId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { bar } from '../../src/cli/progress.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { within } from '../support/speed.js'

describe('cli about many rooms', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

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
