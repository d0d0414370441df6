import type { Events } from '../../events.js'
import type { UsersTable } from '../../postgres/users.js'
import type { Departure } from '../../redis/departure.js'
import type { Rooms } from '../../redis/rooms.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import { createPanel, type PanelDeps } from '../admin/panel.js'
import type { Gate } from '../gate.js'
import type { Asked, Command } from '../people.js'
import { createRegistration } from '../registration.js'
import type { Say } from '../say.js'
import { createFind, type FindDeps } from './find.js'
import { createGated, createSubscribed } from './gated.js'
import { createHelp } from './help.js'
import { createNext } from './next.js'
import { createPrivacy } from './privacy.js'
import { createProfile } from './profile.js'
import { createStart } from './start.js'
import { createStop } from './stop.js'

export interface CommandDeps extends Omit<PanelDeps, 'store'> {
  readonly users: Pick<UsersTable, 'setGender' | 'setNickname' | 'setPendingCommand' | 'setMailings'> &
    PanelDeps['users']
  readonly departure: Departure
  readonly waitingSet: Pick<WaitingSet, 'find' | 'match' | 'whereabouts' | 'now'> & PanelDeps['waitingSet']
  readonly panelStore: PanelDeps['store']
  readonly rooms: Pick<Rooms, 'get' | 'close'>
  readonly gate: Pick<Gate, 'check'>
  readonly endBan: FindDeps['endBan']
  readonly say: Say
  readonly events: Pick<Events, 'registered'>
}

/** Everything that a person can ask for, put together: registration before gate, gate before the search. */
export const createCommands = (deps: CommandDeps) => {
  const { say } = deps
  const gated = createGated(deps)
  const bareFind = createFind(deps)
  const bareNext = createNext({ ...deps, find: bareFind })
  const gatedFind: Command = async (asked) => {
    await gated(bareFind, asked)
  }
  const registration = createRegistration({ users: deps.users, say, find: gatedFind, events: deps.events })

  const find: Command = async (asked) => {
    if (await registration.admits(asked, 'find')) await gatedFind(asked)
  }
  const stop = createStop(deps)
  const panel = createPanel({ ...deps, store: deps.panelStore })

  return {
    registration,
    subscribed: createSubscribed({ gate: deps.gate, find }),
    panel,
    /** Messages to many people: wanted or not. */
    setMailings: async ({ user, update }: Asked, on: boolean): Promise<void> => {
      if (await deps.users.setMailings(user, on, update)) await say(user, 'profile')
    },
    /** By the word behind the slash. */
    byName: {
      start: createStart({ registration, say }),
      find,
      next: async (asked) => {
        if (await registration.admits(asked, 'find')) await gated(bareNext, asked)
      },
      stop: async (asked) => {
        await registration.forget(asked)
        await stop(asked)
      },
      profile: createProfile({ registration, say }),
      help: createHelp(say),
      privacy: createPrivacy(say),
      admin: panel.command,
    } satisfies Record<string, Command>,
  }
}
export type Commands = ReturnType<typeof createCommands>
