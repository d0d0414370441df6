import type { RequestListener } from 'node:http'
import type { Faults } from './faults.js'
import type { World } from './world/world.js'

/** How often each method was called that the sandbox does not have. Tests assert that there is none. */
export interface UnknownCalls {
  bot: Record<string, number>
  mtproto: Record<string, number>
}

/** What the HTTP surface (Bot API, control API, page) is made of. */
export interface HttpSurfaceParts {
  world: World
  faults: Faults
  unknown: UnknownCalls
  /** A minted string session for the account with this phone number, which is made when there is none. */
  mintAccount: (phone: string) => string
  /** What `save` gave before the last stop: plain JSON. */
  saved?: unknown
  /** To be called when `save` would give something new although nothing happened in the world. */
  changed?: () => void
}

export interface HttpSurface {
  handler: RequestListener
  close(): void | Promise<void>
  /** What must outlive a restart (queues of updates, their numbering), as plain JSON. */
  save?(): unknown
}
