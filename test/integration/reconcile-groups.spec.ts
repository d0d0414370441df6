import { expect } from 'chai'
import { compareUnfinished } from '../../src/cron/reconciler/unfinished.js'
import { chatId, type ChatId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { createDeparture } from '../../src/redis/departure.js'
import { intendedGroup } from '../support/intended-group.js'
import { group, HOST } from '../support/live-state.js'
import { createReconcilerStage, type ReconcilerStage } from '../support/reconciler-stage.js'

describe('cron/reconciler/groups', () => {
  let state: ReconcilerStage
  before(async () => {
    state = await createReconcilerStage()
  })
  after(() => state.end())
  beforeEach(() => state.begin())

  it('gives a room its group back, and takes it out of stock', async () => {
    const { open } = await state.populate()
    await state.redis.hset(state.keys.groups, open.chat, 'stock')
    await state.redis.sadd(state.keys.stock, `${open.chat}:${HOST}`)
    expect(await state.reconcile()).to.include(`room_group_not_held ${open.id}`)
    expect(await state.groups.place(open.chat)).to.equal(open.id)
    await state.expectHealed()
  })

  it('ends a room whose group is being deleted', async () => {
    const { open } = await state.populate()
    await state.redis.hset(state.keys.groups, open.chat, 'disposing')
    expect(await state.reconcile()).to.include(`room_group_elsewhere ${open.id}`)
    expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
    await state.expectHealed()
  })

  it('makes stock and places agree', async () => {
    const { spare, made, gone } = await state.populate()
    const { redis, keys } = state
    await redis.srem(keys.stock, `${spare}:${HOST}`)
    await redis.sadd(keys.stock, `${made.chat}:${HOST}`, `${gone.chat}:${HOST}`)
    expect(await state.reconcile()).to.have.members([
      `group_not_in_stock ${spare}`,
      `group_in_stock_too ${made.chat}`,
      `group_in_stock_too ${gone.chat}`,
    ])
    expect(await state.groups.stocked()).to.deep.equal([{ chat: spare, host: HOST }])
    await state.expectHealed()
  })

  it('disposes of groups that a room held which is gone, and of those that Redis lost', async () => {
    const { spare } = await state.populate()
    const [other] = (await state.stock(1)) as [ChatId]
    await state.settle()
    await state.redis.hdel(state.keys.groups, spare)
    await state.redis.srem(state.keys.stock, `${spare}:${HOST}`, `${other}:${HOST}`)
    await state.redis.hset(state.keys.groups, other, 'nowhere1')
    await state.drain(`host:${HOST}`)
    expect(await state.reconcile()).to.include.members([
      `group_without_place ${spare}`,
      `group_held_by_nobody ${other}`,
    ])
    expect([await state.groups.place(spare), await state.groups.place(other)]).to.deep.equal(['disposing', 'disposing'])
    expect((await state.drain(`host:${HOST}`)).map(({ type, chat }) => `${type} ${chat}`)).to.have.members([
      `dispose ${spare}`,
      `dispose ${other}`,
    ])
    await state.reconcile()
    await state.expectHealed()
  })

  it('has Postgres follow where groups went', async () => {
    const { spare, made, gone } = await state.populate()
    await state.db.none(`update groups set status = 'disposing' where chat_id = $1`, spare)
    await state.db.none(`update groups set status = 'stock', room_id = null where chat_id = $1`, made.chat)
    await state.db.none(`update groups set status = 'stock' where chat_id = $1`, gone.chat)
    expect(await state.reconcile()).to.have.members([
      `group_outdated ${spare}`,
      `group_outdated ${made.chat}`,
      `group_outdated ${gone.chat}`,
    ])
    await state.expectHealed()
  })

  it('forgets groups that do not exist any more', async () => {
    const { spare, gone, open } = await state.populate()
    await state.db.none(`update groups set status = 'deleted', room_id = null where chat_id = any($1::bigint[])`, [
      [spare, gone.chat, open.chat],
    ])
    expect(await state.reconcile()).to.include.members([
      `group_is_gone ${spare}`,
      `group_is_gone ${gone.chat}`,
      `group_is_gone ${open.chat}`,
    ])
    expect(await state.groups.place(gone.chat)).to.equal(undefined)
    expect(await state.groups.place(spare)).to.equal('disposing')
    expect((await state.room(open.id)).stage).to.equal('closing')
  })

  it('takes out of the stock what is no group, and goes on', async () => {
    await state.populate()
    await state.redis.sadd(state.keys.stock, 'rubbish')
    expect(await state.reconcile()).to.deep.equal(['stock_unreadable rubbish'])
    expect(await state.redis.sismember(state.keys.stock, 'rubbish')).to.equal(0)
  })

  describe('in preparation for long', () => {
    const marked = async (marker: string, chat?: ChatId) => {
      const id = await intendedGroup(state.tables.groups, HOST, marker)
      if (chat !== undefined) await state.tables.groups.located(id, chat, '1')
      await state.db.none(`update groups set changed_at = now() - interval '11 minutes' where group_id = $1`, id)
      return id
    }
    const status = async (marker: string) =>
      (await state.db.one<{ status: string }>('select status from groups where marker = $1', marker)).status
    const quarantine = (reason: string) => hostsTable(state.db, '').quarantine(HOST, reason)

    it('are to be deleted when their host is out of work, and nothing is said of them again', async () => {
      await state.populate()
      await marked('never located')
      await marked('located', group(900))
      await intendedGroup(state.tables.groups, HOST, 'just begun')
      await quarantine('FROZEN_METHOD_INVALID')
      expect(await state.reconcile(true)).to.have.length(2)
      expect(await status('located')).to.equal('preparing')
      expect(await state.reconcile()).to.deep.equal([
        'group_unfinished never located',
        `group_unfinished ${group(900)}`,
      ])
      expect(await Promise.all(['never located', 'located', 'just begun'].map(status))).to.deep.equal([
        'disposing',
        'disposing',
        'preparing',
      ])
      expect(await state.groups.place(group(900))).to.equal('disposing')
      await state.expectHealed()
    })

    it('but finished at that moment, they stay what they have become', async () => {
      await state.populate()
      const id = await marked('finished')
      await quarantine('FROZEN_METHOD_INVALID')
      const { groups } = state.tables
      const unfinished = async (forMs: number) => {
        const rows = await groups.unfinished(forMs)
        await groups.setStatus(id, 'stock')
        return rows
      }
      const repaired: boolean[] = []
      const tables = { ...state.tables, groups: { ...groups, unfinished } }
      const settings = { waitMaxMs: 1, closingMs: 1 }
      const departure = createDeparture(state)
      for await (const suspect of compareUnfinished({ ...state, hosts: async () => [], departure, tables, settings }))
        repaired.push((await suspect.repair?.()) === true)
      expect(repaired).to.deep.equal([false])
      expect(await status('finished')).to.equal('stock')
    })

    it('are named and left when no process works as their host, which goes on with them', async () => {
      await state.populate()
      await marked('left behind')
      expect(await state.reconcile()).to.deep.equal(['group_unfinished left behind unrepaired'])
      expect(await status('left behind')).to.equal('preparing')
      await state.redis.set(state.keys.lease(`host:${HOST}`), 'somebody:1:1')
      expect(await state.reconcile()).to.deep.equal([])
    })

    it('are left to a host that may still delete its own', async () => {
      await state.populate()
      await marked('limited')
      await quarantine('USER_RESTRICTED')
      await state.redis.set(state.keys.lease(`host:${HOST}`), 'somebody:1:1')
      expect(await state.reconcile()).to.deep.equal([])
    })

    it('but in stock by now, they are left to the ledger', async () => {
      await state.populate()
      await marked('in stock', group(901))
      await state.groups.add(group(901), HOST)
      await quarantine('FROZEN_METHOD_INVALID')
      expect((await state.reconcile()).filter((one) => one.startsWith('group_unfinished'))).to.deep.equal([])
    })
  })

  describe('with a place, but no row', () => {
    const place = (chat: ChatId, where: string) => state.redis.hset(state.keys.groups, chat, where)

    it('are forgotten when no host owns them', async () => {
      await state.populate()
      const chats = ['nowhere1', 'disposing', 'stock'].map((where, n) => [group(900 + n), where] as const)
      for (const [chat, where] of chats) await place(chat, where)
      const unknown = chats.map(([chat]) => `group_unknown ${chat}`)
      expect(await state.reconcile(true)).to.have.members(unknown.map((one) => `${one} unrepaired`))
      expect(await state.reconcile()).to.have.members(unknown)
      for (const [chat] of chats) expect(await state.groups.place(chat)).to.equal(undefined)
      await state.expectHealed()
    })

    it('are deleted by the host that owns them', async () => {
      const { spare } = await state.populate()
      const chats = [group(900), group(901)] as const
      await place(chats[0], 'nowhere1')
      await place(chats[1], 'stock')
      state.hosts.push({
        host: HOST,
        ownGroups: async () => [spare, ...chats].map((chat) => ({ chat, accessHash: '1', title: 'Ann & Bob' })),
      })
      await state.drain(`host:${HOST}`)
      expect(await state.reconcile()).to.have.members(chats.map((chat) => `group_unknown ${chat}`))
      for (const chat of chats) expect(await state.groups.place(chat)).to.equal('disposing')
      expect((await state.drain(`host:${HOST}`)).map(({ chat }) => chat)).to.have.members([...chats])
    })

    it('are left while a room is in them, or Telegram is left out', async () => {
      const { open } = await state.populate()
      await state.db.none('delete from groups where chat_id = $1', open.chat)
      await place(group(900), 'nowhere1')
      const found = await state.reconciler.run({ telegram: false })
      const unknown = found.filter(({ kind }) => kind === 'group_unknown')
      expect(unknown.map(({ subject }) => subject)).to.have.members([open.chat, group(900)])
      for (const one of unknown) expect(one).to.include({ repairable: false, repaired: false })
      expect(await state.groups.place(group(900))).to.equal('nowhere1')
      await state.reconcile()
      expect(await state.groups.place(open.chat)).to.equal(open.id)
    })
  })

  it('takes groups that Postgres does not know out of stock', async () => {
    await state.populate()
    const unknown = chatId(-1_009_999)
    await state.groups.add(unknown, HOST)
    await state.write()
    expect(await state.reconcile()).to.deep.equal([`group_unknown ${unknown}`])
    expect(await state.groups.place(unknown)).to.equal('disposing')
  })
})
