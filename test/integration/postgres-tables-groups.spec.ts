import { expect } from 'chai'
import { LeaseLostError } from '../../src/errors.js'
import { chatId, roomId, userId, type HostId } from '../../src/ids.js'
import type { Database } from '../../src/postgres/database.js'
import { assertFence, deploymentTable, fenced } from '../../src/postgres/deployment.js'
import { groupsTable, type GroupId } from '../../src/postgres/groups.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { intendedGroup } from '../support/intended-group.js'
import { useTables } from '../support/tables.js'

const SECRET = 'a phrase for the tests'
const ann = userId(7_000_000_001)
const bob = userId(7_000_000_002)

describe('postgres tables of groups and the deployment', () => {
  let db: Database
  useTables((opened) => (db = opened))

  describe('groups', () => {
    let host: HostId
    beforeEach(async () => {
      host = await hostsTable(db, SECRET).add({ phoneLabel: 'x', userId: ann, session: 's' })
    })

    it('begin as an intent with a marker, once per marker', async () => {
      const groups = groupsTable(db)
      const group = await intendedGroup(groups, host, 'marker 1')
      expect(await intendedGroup(groups, host, 'marker 1')).to.equal(group)
      const [row] = await groups.preparing(host)
      expect(row).to.include({
        group,
        host,
        marker: 'marker 1',
        status: 'preparing',
        chat: null,
        accessHash: null,
        room: null,
      })
    })

    it('are intended by one host at a time, each told of what the others prepare', async () => {
      const other = await hostsTable(db, SECRET).add({ phoneLabel: 'y', userId: bob, session: 's' })
      const wanted = 3
      /** As hosts do it: whoever is not even asked looks again. */
      const intend = async (of: HostId, marker: string): Promise<GroupId | null> => {
        for (;;) {
          let asked = false
          const group = await groupsTable(db).intendUnless(of, marker, async (preparing) => {
            asked = true
            return preparing.length >= wanted
          })
          if (asked) return group
        }
      }
      const made = await Promise.all([1, 2, 3, 4].flatMap((n) => [intend(host, `a${n}`), intend(other, `b${n}`)]))
      expect(made.filter((group) => group !== null)).to.have.length(wanted)
    })

    it('are to be emptied when they are to go and do not, once for each room', async () => {
      const groups = groupsTable(db)
      const chat = chatId(-1_000_000_000_077)
      const group = await intendedGroup(groups, host, 'to empty')
      await groups.located(group, chat, '1')
      const hold = (room: string, at: string) =>
        db.none(`insert into rooms (room_id, a, b, chat_id, host_id, made_at) values ($1, $2, $3, $4, $5, $6)`, [
          room,
          ann,
          bob,
          chat,
          host,
          at,
        ])
      await hold('room01', '2026-01-01')
      await hold('room02', '2026-01-02')
      await groups.setStatus(group, 'stock')
      const patient = () => groups.toEmpty(60_000, 10)
      expect(await groups.toEmpty(-1_000, 10)).to.deep.equal([])
      await groups.setStatus(group, 'disposing')
      // Its host may be about to delete it.
      expect(await patient()).to.deep.equal([])
      const due = [{ group, chat, room: 'room02', a: ann, b: bob }]
      expect(await groups.toEmpty(-1_000, 10)).to.deep.equal(due)
      await hostsTable(db, SECRET).quarantine(host, 'USER_RESTRICTED')
      expect(await patient()).to.deep.equal([])
      await hostsTable(db, SECRET).quarantine(host, 'AUTH_KEY_UNREGISTERED')
      expect(await patient()).to.deep.equal(due)
      await groups.noteEmptied(group, roomId('room02'))
      expect(await patient()).to.deep.equal([])
      await hold('room03', '2026-01-03')
      expect((await patient()).map(({ room }) => room)).to.deep.equal(['room03'])
    })

    it('are not waited for while another host decides', async () => {
      const groups = groupsTable(db)
      let turnedAway: GroupId | null | undefined
      const group = await groups.intendUnless(host, 'marker 1', async () => {
        turnedAway = await groups.intendUnless(host, 'marker 2', () => expect.fail('asked all the same'))
        return false
      })
      expect(turnedAway).to.equal(null)
      expect((await groups.preparing(host)).map((row) => row.group)).to.deep.equal([group])
    })

    it('of a host that is stuck, or may not work, are not counted by others', async () => {
      const hosts = hostsTable(db, SECRET)
      const other = await hosts.add({ phoneLabel: 'y', userId: bob, session: 's' })
      const groups = groupsTable(db)
      const chat = chatId(-1_009_007_199_254_740)
      await groups.located(await intendedGroup(groups, other, 'marker 1'), chat, '1')
      const counted = async (of: HostId) => {
        let seen: readonly (string | null)[] = []
        expect(await groups.intendUnless(of, 'never', async (preparing) => (seen = preparing).length >= 0)).to.equal(
          null,
        )
        return seen
      }
      expect(await counted(host)).to.deep.equal([chat])
      await hosts.drain(other)
      expect([await counted(host), await counted(other)]).to.deep.equal([[], [chat]])
      await hosts.activate(other)
      await db.none(`update groups set changed_at = now() - interval '3 minutes'`)
      expect([await counted(host), await counted(other)]).to.deep.equal([[], [chat]])
      expect(await groups.liveOf(host)).to.deep.equal([])
    })

    it('are located, disposed of and deleted, and then stay deleted', async () => {
      const groups = groupsTable(db)
      const chat = chatId(-1_009_007_199_254_740)
      const group = await intendedGroup(groups, host, 'marker 1')
      expect(await groups.located(group, chat, '-9223372036854775808')).to.equal(true)
      expect(await groups.byChat(chat)).to.include({
        group,
        chat,
        accessHash: '-9223372036854775808',
        status: 'preparing',
      })
      expect(await groups.setStatus(group, 'disposing')).to.equal(true)
      expect(await groups.located(group, chat, '1')).to.equal(false)
      expect((await groups.disposing(host)).map((row) => row.group)).to.deep.equal([group])
      expect(await groups.countByStatus()).to.deep.equal([{ host, status: 'disposing', count: 1 }])
      expect(await groups.setStatus(group, 'deleted')).to.equal(true)
      expect(await groups.setStatus(group, 'stock')).to.equal(false)
      expect([await groups.liveOf(host), await groups.countByStatus()]).to.deep.equal([[], []])
      expect(await groups.byChat(chat)).to.include({ status: 'deleted' })
    })
  })

  describe('deployment', () => {
    it('keeps the epoch', async () => {
      const deployment = deploymentTable(db)
      expect(await deployment.epoch()).to.equal(null)
      expect(await deployment.beginEpoch('one', '5')).to.equal(true)
      expect(await deployment.epoch()).to.equal('one')
    })

    it('refuses the holder of an older token, and lets nothing of its work stand', async () => {
      await fenced(db, 'host:1', '1700000000000001', async () => undefined)
      await fenced(db, 'host:1', '1700000000000001', async () => undefined)
      await fenced(db, 'host:2', '5', async () => undefined)
      await fenced(db, 'host:1', 1_700_000_000_000_002n, async () => undefined)
      const refused = await fenced(db, 'host:1', '1700000000000001', async () => {
        throw new Error('should not come this far')
      }).catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(LeaseLostError)
    })

    it('makes the work of two holders follow one another', async () => {
      const order: string[] = []
      let entered: () => void = () => undefined
      const inside = new Promise<void>((resolve) => (entered = resolve))
      let finish: () => void = () => undefined
      const finished = new Promise<void>((resolve) => (finish = resolve))
      const first = fenced(db, 'ledger', '1', async () => {
        entered()
        await finished
        order.push('first')
      })
      await inside
      const second = fenced(db, 'ledger', '2', async () => void order.push('second'))
      const third = db.tx((tx) => assertFence(tx, 'other', '1')).then(() => order.push('other'))
      await third
      finish()
      await Promise.all([first, second])
      expect(order).to.deep.equal(['other', 'first', 'second'])
    })
  })
})
