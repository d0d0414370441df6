import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import type { Host } from '../../src/actors/host.js'
import { createHostStage, TIMEOUT_MS, type HostStage } from '../support/host-stage.js'
import { seededRandom } from '../support/live-state.js'
import { until } from '../support/until.js'

const METHODS = ['channels.*', 'messages.*', '*']
const FAULTS = [
  { wire: 'drop-before' },
  { wire: 'drop-after' },
  { wire: 'no-answer' },
  { wire: 'duplicate' },
  { error: 'RPC_CALL_FAIL', afterEffect: true },
  { error: 'CHAT_INVALID', afterEffect: true },
  { error: 'CHANNEL_PRIVATE' },
  { delayMs: TIMEOUT_MS + 50 },
] as const

describe('a host under many faults', () => {
  let stage: HostStage
  before(async () => (stage = await createHostStage()))
  afterEach(() => expect(stage.sandbox.unknown.mtproto).to.deep.equal({}))
  after(() => stage.close())

  for (const disposal of ['delete', 'recycle'] as const)
    it(`${disposal}: once they are over, exactly the stock is left, and nothing else exists`, async () => {
      await stage.reset()
      const random = seededRandom(disposal.length)
      const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
      const start = (): Host => stage.start({ stock: 3, disposal, budget: 500, sweepEveryMs: 300 })
      const { groups, redis, keys } = stage.live
      let host = start()
      while (stage.faults.hits.length < 10 || stage.stockings() < 10) {
        if (stage.faults.list().length === 0)
          stage.fault({ method: one(METHODS), skip: Math.floor(random() * 8), ...one(FAULTS) })
        const [taken] = await groups.stocked()
        if (taken !== undefined && random() < 0.3) {
          // A room held it and is over.
          await redis
            .multi()
            .srem(keys.stock, `${taken.chat}:${taken.host}`)
            .hset(keys.groups, taken.chat, 'disposing')
            .exec()
          await host.handle({ type: 'dispose', chat: taken.chat, room: '' })
        }
        if (random() < 0.02) stage.sandbox.dropConnections()
        if (random() < 0.02) {
          await host.stop()
          host = start()
        }
        // Gives the host a moment of work between two blows.
        await pause(20)
      }
      stage.faults.clear()
      await until(
        'the stock is full and nothing else exists',
        async () => {
          host.tick()
          const stocked = (await groups.stocked()).map(({ chat }) => chat).sort()
          const owned = stage.owned().map(stage.idOf).sort()
          return stocked.length >= 3 && JSON.stringify(stocked) === JSON.stringify(owned)
        },
        { withinMs: 15_000, everyMs: 50 },
      )
      // What was recycled is said to be in stock by the ledger, which does not run here.
      if (disposal === 'delete') expect(await stage.groups.disposing(stage.host)).to.deep.equal([])
    }).timeout(90_000)
})
