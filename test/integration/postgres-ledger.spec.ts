import { expect } from 'chai'
import { createLedger } from '../../src/actors/ledger.js'
import { LeaseLostError } from '../../src/errors.js'
import { createEvents } from '../../src/events.js'
import { chatId, roomId, userId, type UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { activeUsersTable, type ActiveUser } from '../../src/postgres/active-users.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { deploymentTable } from '../../src/postgres/deployment.js'
import { groupsTable } from '../../src/postgres/groups.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { createLedgerStore } from '../../src/postgres/ledger-store.js'
import { migrate } from '../../src/postgres/migrate.js'
import { roomsTable, type RoomRow } from '../../src/postgres/rooms.js'
import { closeInPostgres } from '../support/close-in-postgres.js'
import { intendedGroup } from '../support/intended-group.js'
import { ann, bob, cem, chat, host, life, numbered, room, second, T } from '../support/ledger-life.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

const logger = createLogger({ level: 'silent', pretty: false })
const events = createEvents(logger)
describe('actors/ledger on Postgres', () => {
  let test: TestDatabase
  let db: Database
  let token = '1'
  const ledger = (fence = () => token) => createLedger({ store: createLedgerStore(db), fence, events })

  const liveRooms = async (): Promise<RoomRow[]> => {
    const rows: RoomRow[] = []
    for await (const page of roomsTable(db).livePages()) rows.push(...page)
    return rows
  }

  before(async () => {
    test = await createDatabase()
    db = openDatabase(test.url, { logger })
    await migrate(db)
  })
  after(async () => {
    await closeDatabase(db)
    await test.drop()
  })
  beforeEach(async () => {
    await db.none('truncate active_users, rooms, groups, hosts, fences restart identity cascade')
    await db.none('update deployment set epoch = null, ledger_ms = 0, ledger_seq = 0')
    token = '1'
    await hostsTable(db, 'a phrase for the tests').add({ phoneLabel: 'x', userId: cem, session: 's' })
    const group = await intendedGroup(groupsTable(db), host, 'marker')
    await groupsTable(db).located(group, chat, '1')
  })

  const state = async () => {
    const people: Record<string, string> = {}
    for await (const page of activeUsersTable(db).pages(1))
      for (const row of page)
        people[row.user] = `${row.state} ${row.room ?? '-'} ${row.since - T}${row.first ? ' first' : ''}`
    const { status, room: held } = (await groupsTable(db).byChat(chat)) ?? {}
    return { people, group: `${status} ${held ?? '-'}`, room: await roomsTable(db).byId(room) }
  }

  it('keeps active_users, rooms and groups at every step of a life', async () => {
    const seen: string[] = []
    for (const fact of life) {
      await ledger().apply([fact])
      const { people, group, room: row } = await state()
      const names = { [ann]: 'ann', [bob]: 'bob', [cem]: 'cem' }
      const who = Object.entries(people).map(([user, where]) => `${names[user as UserId]} ${where}`)
      seen.push([...who, group, row?.stage ?? 'no room', row?.link?.slice(-3) ?? '-'].join(' | '))
    }
    expect(seen).to.deep.equal([
      'stock - | no room | -',
      'ann waiting - 1 first | stock - | no room | -',
      'ann waiting - 1 first | bob waiting - 2 | cem waiting - 2 | stock - | no room | -',
      'ann paired room01 3 | bob paired room01 3 | cem waiting - 2 | held room01 | inviting | -',
      'ann paired room01 3 | bob paired room01 3 | cem waiting - 2 | held room01 | inviting | one',
      ...Array<string>(3).fill(
        'ann paired room01 3 | bob paired room01 3 | cem waiting - 2 | held room01 | inviting | two',
      ),
      'ann paired room01 3 | bob paired room01 3 | cem waiting - 2 | held room01 | open | two',
      'ann paired room01 3 | bob paired room01 3 | held room01 | open | two',
      'held room01 | closing | two',
      'ann waiting - 9 | held room01 | closing | two',
      'ann waiting - 9 | disposing - | closed | -',
    ])
    expect(await roomsTable(db).byId(room)).to.deep.equal({
      room,
      a: ann,
      b: bob,
      chat,
      host,
      stage: 'closed',
      madeAt: T + 3,
      invitedAt: T + 5,
      entryDeadlineAt: T + 901,
      enteredAAt: T + 7,
      enteredBAt: T + 6,
      openedAt: T + 7,
      closingAt: T + 9,
      closedAt: T + 10,
      reason: 'left',
      endedBy: ann,
      link: null,
    })
    expect(
      (await roomsTable(db).story(room)).map(({ event, user, at }) => `${at - T} ${event} ${user ?? ''}`.trim()),
    ).to.deep.equal([
      '3 made',
      '5 invited',
      `6 entered ${bob}`,
      `7 entered ${ann}`,
      '7 opened',
      `9 closing ${ann}`,
      '10 closed',
    ])
  })

  it('comes to the same, however the facts are cut into batches and repeated', async () => {
    await ledger().apply(life)
    const expected = await state()
    for (let cut = 1; cut < life.length; cut++) {
      await db.none('truncate active_users, rooms')
      await db.none(
        `update deployment set ledger_ms = 0, ledger_seq = 0; update groups set status = 'preparing', room_id = null`,
      )
      await ledger().apply(life.slice(0, cut))
      // Its acknowledgement was lost: the same again, and then everything with what came after.
      await ledger().apply(life.slice(0, cut))
      await ledger().apply(life)
      // A predecessor's messages, claimed late.
      await ledger().apply(life.slice(0, cut))
      for (const fact of life) await ledger().apply([fact])
      expect(await state(), `cut at ${cut}`).to.deep.equal(expected)
    }
    expect(await createLedgerStore(db).position()).to.equal(life.at(-1)?.id)
  })

  it('is not moved by any single fact that is repeated late', async () => {
    for (const known of [life, life.slice(0, 6)]) {
      await ledger().apply(known)
      const expected = await state()
      for (const fact of known) {
        await ledger().apply([fact])
        expect(await state(), fact.message.type).to.deep.equal(expected)
      }
      await db.none('truncate active_users, rooms; update deployment set ledger_ms = 0, ledger_seq = 0')
    }
  })

  it('pairs nobody in a room that has ended, even where the position does not tell', async () => {
    await ledger().apply(life.slice(0, 6))
    await closeInPostgres(db, room)
    await db.none('update deployment set ledger_ms = 0, ledger_seq = 0')
    await ledger().apply(life.slice(3, 4))
    expect((await state()).people).to.deep.equal({ [cem]: 'waiting - 2' })
  })

  it('does not bring back somebody who became idle, when an older fact is repeated', async () => {
    const facts = numbered([
      { type: 'waiting', users: ann, at: `${T}`, first: '0' },
      { type: 'idle', user: ann, at: `${T + 1}` },
    ])
    await ledger().apply(facts)
    await ledger().apply(facts.slice(0, 1))
    expect(await activeUsersTable(db).byUsers([ann])).to.deep.equal([])
  })

  it('passes over facts about rooms it does not know, and still frees the group', async () => {
    const stray = roomId('stray1')
    await ledger().apply(
      numbered([
        { type: 'invited', room: stray, link: 'x', deadline: `${T}`, at: `${T}` },
        { type: 'entered', room: stray, user: ann, at: `${T}` },
        { type: 'opened', room: stray, at: `${T}` },
        { type: 'closing', room: stray, reason: 'lost', by: '', at: `${T}` },
        { type: 'gone', room: stray, chat, group: 'stock', at: `${T}` },
      ]),
    )
    expect(await roomsTable(db).byId(stray)).to.equal(null)
    expect((await state()).group).to.equal('stock -')
  })

  it('does not take a deleted group back', async () => {
    const group = await intendedGroup(groupsTable(db), host, 'marker')
    await groupsTable(db).setStatus(group, 'deleted')
    await ledger().apply(life)
    expect((await state()).group).to.equal('deleted -')
  })

  it('frees only those who are still in the room that closes', async () => {
    await ledger().apply(life.slice(0, 4))
    await ledger().apply(
      numbered(
        [
          { type: 'closing', room, reason: 'idle', by: '', at: `${T + 20}` },
          { type: 'paired', room: second, a: bob, b: cem, chat, host, at: `${T + 21}` },
        ],
        20,
      ),
    )
    expect((await state()).people).to.deep.equal({ [bob]: 'paired room02 21', [cem]: 'paired room02 21' })
    await ledger().apply(numbered([{ type: 'gone', room, chat: chatId(-1), group: 'disposing', at: `${T + 22}` }], 22))
    expect((await state()).people).to.deep.equal({ [bob]: 'paired room02 21', [cem]: 'paired room02 21' })
  })

  it('refuses a former holder of the lease, whose batch leaves nothing behind', async () => {
    await ledger(() => '5').apply(life.slice(0, 2))
    const refused = await ledger(() => '4')
      .apply(life)
      .catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(LeaseLostError)
    expect((await state()).people).to.deep.equal({ [ann]: 'waiting - 1 first' })
    expect(await createLedgerStore(db).position()).to.equal(life[1]?.id)
  })

  it('writes all of a batch or nothing', async () => {
    await db.none(`alter table groups add constraint broken check (status <> 'held') not valid`)
    try {
      const failed = await ledger()
        .apply(life.slice(0, 4))
        .catch((error: unknown) => error)
      expect(failed).to.be.an('error')
      expect((await state()).people).to.deep.equal({})
      expect((await state()).room).to.equal(null)
    } finally {
      await db.none('alter table groups drop constraint broken')
    }
    await ledger().apply(life.slice(0, 4))
    expect((await state()).group).to.equal('held room01')
  })

  it('takes nothing for news that was announced before a new epoch', async () => {
    await ledger().apply(life.slice(0, 2))
    const deployment = deploymentTable(db)
    expect(await deployment.beginEpoch('after the loss', `${T + 50}`)).to.equal(true)
    await ledger().apply(life.slice(2, 4))
    expect((await state()).people).to.deep.equal({ [ann]: 'waiting - 1 first' })
    await ledger().apply([{ id: `${T + 50}-1`, message: { type: 'idle', user: ann, at: `${T + 50}` } }])
    expect((await state()).people).to.deep.equal({})
    expect(await deployment.beginEpoch('one that began before', `${T + 50}`)).to.equal(false)
    expect(await deployment.state()).to.deep.equal({ epoch: 'after the loss', ledgerMs: `${T + 50}`, ledgerSeq: '1' })
  })

  it('says that Postgres is away, so that the batch is kept and offered again', async () => {
    const other = openDatabase('postgres://nobody@127.0.0.1:1/nothing', { logger })
    const away = createLedger({ store: createLedgerStore(other), fence: () => 1, events })
    const error = await away.apply(life).catch((thrown: unknown) => thrown)
    await closeDatabase(other)
    expect(error).to.include({ code: 'postgres_unreachable', retryable: true })
  })

  describe('what is read back', () => {
    it('counts who waits and who is paired, and removes stale rows unless they changed', async () => {
      const active = activeUsersTable(db)
      await ledger().apply(life.slice(0, 3))
      expect(await active.counts()).to.deep.equal({ waiting: 3, firstInLine: 1, paired: 0, oldestWaitAt: T + 1 })
      const rows: ActiveUser[] = []
      for await (const page of active.pages()) rows.push(...page)
      await ledger().apply(life.slice(3, 4))
      expect(await active.removeStale(rows)).to.deep.equal([cem])
      expect(await active.removeStale([])).to.deep.equal([])
      expect(await active.counts()).to.deep.equal({ waiting: 0, firstInLine: 0, paired: 2, oldestWaitAt: null })
    })

    it('gives live rooms, and forgets old ones', async () => {
      const rooms = roomsTable(db)
      await ledger().apply(life.slice(0, 6))
      expect((await liveRooms()).map((row) => [row.room, row.link])).to.deep.equal([[room, 'https://t.me/+two']])
      await closeInPostgres(db, room)
      expect(await liveRooms()).to.deep.equal([])
      expect(Object.keys((await state()).people)).to.deep.equal([cem])
      // What was still in the mailbox does not reopen it, nor give it a second reason.
      await ledger().apply(life.slice(6))
      expect(await rooms.byId(room)).to.include({ stage: 'closed', reason: 'lost', link: null })
      expect((await rooms.newest(5)).map((row) => row.room)).to.deep.equal([room])
      expect(await rooms.deleteClosedBefore(T, 10)).to.equal(0)
      expect(await rooms.deleteClosedBefore(Date.now() + 1_000, 10)).to.equal(1)
      expect(await rooms.byId(room)).to.equal(null)
    })
  })

  it('writes thousands of facts in a few statements', async () => {
    const crowd = Array.from({ length: 5_000 }, (_, n) => userId(8_000_000_000 + n))
    const pairs: LedgerMessage[] = [{ type: 'waiting', users: crowd.join(','), at: `${T}`, first: '0' }]
    for (let n = 0; n < 2_000; n++)
      pairs.push({
        type: 'paired',
        room: roomId(`crowd${n}`),
        a: crowd[2 * n] ?? ann,
        b: crowd[2 * n + 1] ?? bob,
        chat: chatId(-5_000 - n),
        host,
        at: `${T + 1}`,
      })
    await ledger().apply(numbered(pairs))
    expect(await activeUsersTable(db).counts()).to.include({ waiting: 1_000, paired: 4_000 })
    expect(await liveRooms()).to.have.length(2_000)
  })
})
