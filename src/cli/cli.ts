import { addBroadcast } from './broadcast.js'
import { addCompletion } from './completion.js'
import { addConfig } from './config.js'
import { addDeadLetters } from './dead-letters.js'
import { addDoctor } from './doctor.js'
import { addGroups } from './groups.js'
import { addHosts } from './hosts.js'
import { addMailboxes } from './mailboxes.js'
import { addMatching } from './matching.js'
import { addMigrate } from './migrate.js'
import { addQueues } from './queues.js'
import { addReconcile } from './reconcile.js'
import { addRooms } from './rooms.js'
import { addStatus } from './status.js'
import { addUsers } from './users.js'
import { addWaiting } from './waiting.js'
import { runProgram, type AddCommand, type Surroundings } from './program.js'
import * as servers from './servers.js'

/** Every command, in the order of the help. */
export const COMMANDS: readonly AddCommand[] = [
  addStatus,
  addDoctor,
  addQueues,
  addWaiting,
  addMatching,
  addUsers,
  addRooms,
  addMailboxes,
  addDeadLetters,
  addReconcile,
  addGroups,
  addHosts,
  addBroadcast,
  addMigrate,
  addConfig,
  addCompletion,
]

/** Runs one command, whichever it is. The program itself loads only what that command works with: `main.ts`. */
export const runCli = (args: readonly string[], surroundings: Surroundings): Promise<number> =>
  runProgram(args, surroundings, { commands: COMMANDS, servers: async () => servers })
