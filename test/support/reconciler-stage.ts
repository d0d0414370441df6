import { expect } from 'chai'
import type { ChatId } from '../../src/ids.js'
import { person } from './live-state.js'
import { createRememberedState } from './remembered-state.js'

/** A remembered state, with everything in it that the reconciler looks at. */
export const createReconcilerStage = async () => {
  const state = await createRememberedState()

  /** Everything there can be: who waits, in either line, a room in every stage, groups in every place. */
  const populate = async () => {
    const made = await state.pair(person(1), person(2))
    const invited = await state.invited(person(3), person(4))
    const open = await state.opened(person(5), person(6))
    const closing = await state.opened(person(7), person(8))
    await state.rooms.close(closing.id, { reason: 'bot_removed' })
    const gone = await state.opened(person(9), person(10))
    await state.rooms.close(gone.id, { reason: 'left', by: person(9) })
    await state.rooms.finish(await state.room(gone.id), 'disposing')
    await state.find(person(7))
    await state.settle()
    await state.tables.bans.ban({ user: person(11), until: null, reason: 'spam', by: 'test' })
    await state.waitingSet.stop(person(11), { ban: { until: null } })
    const [spare] = (await state.stock(1)) as [ChatId]
    await state.settle()
    expect(await state.wrong()).to.deep.equal([])
    return { made, invited, open, closing, gone, spare }
  }
  const reconcile = async (dryRun = false): Promise<string[]> =>
    (await state.reconciler.run({ dryRun })).map(
      ({ kind, subject, repaired }) => `${kind} ${subject}${repaired ? '' : ' unrepaired'}`,
    )
  /** After a repair and what follows from it, nothing is wrong any more, and a second run finds nothing. */
  const expectHealed = async () => {
    await state.write()
    expect(await state.wrong()).to.deep.equal([])
    expect(await reconcile()).to.deep.equal([])
  }
  /** Everything in Redis and Postgres, as text. */
  const everything = async (): Promise<string> => {
    const found = (await state.redis.keys(`{${state.prefix}}:*`)).sort()
    const redis = await Promise.all(found.map(async (key) => [key, await state.redis.dump(key)]))
    const postgres = await Promise.all(
      ['active_users', 'rooms', 'groups', 'deployment'].map((table) => state.db.any('select * from $1:name', table)),
    )
    return JSON.stringify([redis, postgres])
  }
  /** The notices to the n-th person, with the reasons in them. */
  const told = async (n: number) => (await state.notices(person(n))).map(({ notice, args }) => [notice, args['reason']])

  return { ...state, populate, reconcile, expectHealed, everything, told }
}
export type ReconcilerStage = Awaited<ReturnType<typeof createReconcilerStage>>
