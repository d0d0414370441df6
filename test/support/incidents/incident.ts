import type { Operations } from '../operations-stage.js'
import type { TelegramPerson } from '../telegram-people.js'
import { until } from '../until.js'

type Scenes = Readonly<Record<string, () => Promise<unknown>>>

/** How that of which a part of docs/operations.md tells is brought about. */
export interface Incident {
  readonly env?: Readonly<Record<string, string>>
  /** Starts what is there before; gives what happens meanwhile, in its order, by the document's words. */
  readonly begin: (operations: Operations) => Promise<Scenes>
}

export const two = async ({ stage }: Operations) => [await stage.register('Ann'), await stage.register('Ben')] as const

export const waits = (person: TelegramPerson) => person.ask('/find', /searching/i)

export const hasLogged = ({ log }: Operations, event: string) =>
  until(event, () => log.some((line) => line.includes(`"event":"${event}"`)), { withinMs: 15_000 })

export const hostOf = ({ stage: { world } }: Operations, phone: string) =>
  (world.users.byPhone(phone) ?? world.users.add({ firstName: 'Host', phone })).id

export const readyz = (ops: string) => fetch(`${ops}/readyz`).then(({ ok }) => ok)

/** A pair takes a group, so that the host wants to make another one. */
export const takeGroup = async (operations: Operations) => {
  const [ann, ben] = await two(operations)
  await waits(ann)
  await ben.say('/find')
}
