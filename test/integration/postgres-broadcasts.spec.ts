import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { bansTable } from '../../src/postgres/bans.js'
import { broadcastsTable, type BroadcastId } from '../../src/postgres/broadcasts.js'
import type { Database } from '../../src/postgres/database.js'
import { useTables } from '../support/tables.js'

describe('postgres tables of broadcasts', () => {
  let db: Database
  useTables((opened) => (db = opened))
  const comes = (...users: number[]) => db.none('insert into users (user_id) select unnest($1::bigint[])', [users])
  const started = async (): Promise<BroadcastId> => {
    const table = broadcastsTable(db)
    const id = await table.create({
      text: 'News',
      entities: null,
      photo: null,
      buttonText: null,
      buttonUrl: null,
      gender: null,
      language: null,
      seenWithinS: null,
      madeBy: '1',
    })
    expect(await table.start(id)).to.equal(true)
    return id
  }

  it('are for those who were there when they were confirmed, not for who comes afterwards', async () => {
    await comes(1, 2, 3)
    const id = await started()
    await comes(4, 5)
    expect(await broadcastsTable(db).plan(id, 100)).to.equal(3)
    expect(await broadcastsTable(db).plan(id, 100)).to.equal(0)
    expect((await broadcastsTable(db).get(id))?.total).to.equal(3)
  })

  it('are not sent to who was banned, switched them off or blocked the bot before their turn, and tell these apart', async () => {
    await comes(1, 2, 3, 4, 5)
    const id = await started()
    const table = broadcastsTable(db)
    await table.plan(id, 100)
    await bansTable(db).ban({ user: userId(1), until: null, reason: 'spam', by: 'cli' })
    await bansTable(db).ban({ user: userId(2), until: Date.now() - 1_000, reason: 'spam', by: 'cli' })
    await db.none('update users set mailings = false where user_id = 3')
    await db.none('update users set reachable = false where user_id = 4')
    const claimed = []
    for (let next = await table.claim(id); next; next = await table.claim(id)) claimed.push([next.user, next.state])
    expect(claimed).to.deep.equal([
      ['1', 'skipped'],
      ['2', 'sending'],
      ['3', 'skipped'],
      ['4', 'blocked'],
      ['5', 'sending'],
    ])
    expect(await table.counts(id)).to.include({ skipped: 2, blocked: 1, sending: 2 })
  })

  it('count as skipped who dropped out before they were planned, once nobody is left to plan', async () => {
    await comes(1, 2, 3, 4, 5, 6)
    const id = await started()
    const table = broadcastsTable(db)
    expect(await table.plan(id, 2)).to.equal(2)
    await db.none('update users set reachable = false where user_id in (3, 6)')
    await bansTable(db).ban({ user: userId(4), until: null, reason: 'spam', by: 'cli' })
    expect(await table.counts(id), 'one is left to plan').to.include({ planned: 2, skipped: 0 })
    expect(await table.left()).to.equal(6)
    expect(await table.plan(id, 2)).to.equal(1)
    expect(await table.counts(id)).to.include({ planned: 3, skipped: 3 })
    expect(await table.left()).to.equal(3)
    for (let next = await table.claim(id); next; next = await table.claim(id)) await table.settle(id, next.user, 'sent')
    expect(await table.left()).to.equal(0)
    expect(await table.finish(id)).to.equal(true)
    await db.none('update users set reachable = true')
    expect(await table.counts(id), 'it is over').to.deep.equal({
      planned: 0,
      sending: 0,
      sent: 3,
      doubt: 0,
      blocked: 0,
      refused: 0,
      skipped: 3,
    })
  })

  it('that were cancelled count nobody who was not sent them', async () => {
    await comes(1, 2, 3)
    const id = await started()
    const table = broadcastsTable(db)
    await table.plan(id, 1)
    await table.cancel(id)
    expect(await table.counts(id)).to.include({ planned: 0, skipped: 0 })
  })
})
