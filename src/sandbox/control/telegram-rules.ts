import { z } from 'zod'
import type { Limits } from '../world/limits.js'
import type { World } from '../world/world.js'

const count = z.number().int().min(0).optional()

const limitsBody = z.strictObject({
  chatsPerUser: count,
  membersPerChat: count,
  botPerSecond: count,
  botPerChatPerSecond: count,
  botPerGroupPerMinute: count,
  creationsPerDay: count,
  freshLoginS: count,
  loginTokenS: z.number().int().min(1).optional(),
})

/** Changes Telegram's limits; what is not given stays. 0 switches a limit of time off. Gives all of them. */
export function setLimits(world: World, body: unknown): Limits {
  const given = Object.entries(limitsBody.parse(body)).filter(([, value]) => value !== undefined)
  Object.assign(world.limits, Object.fromEntries(given))
  world.tell({ kind: 'limits' })
  return world.limits
}

const verdictBody = z.strictObject({
  frozen: z.boolean().optional(),
  banned: z.boolean().optional(),
  restricted: z.boolean().optional(),
  restrictedOn: z.array(z.string()).optional(),
})

/** What Telegram thinks of an account. */
export function judge(world: World, userId: number, body: unknown) {
  const given = Object.entries(verdictBody.parse(body)).filter(([, value]) => value !== undefined)
  const {
    frozen = false,
    banned = false,
    restricted = false,
    restrictedOn = [],
  } = world.users.judge(userId, Object.fromEntries(given))
  return { id: userId, frozen, banned, restricted, restrictedOn }
}

const passwordBody = z.object({ password: z.string().min(1).nullable() })

/** Sets the password of two-step verification, or takes it away (null). */
export function setPassword(world: World, userId: number, body: unknown): { id: number; hasPassword: boolean } {
  const { password } = passwordBody.parse(body)
  world.users.setPassword(userId, password ?? undefined)
  return { id: userId, hasPassword: password !== null }
}

const homeBody = z.object({ dc: z.number().int().min(1).max(5) })

/** Moves the account to another data centre: a client that logs in by QR code is sent there. */
export function moveHome(world: World, userId: number, body: unknown): { id: number; dc: number } {
  const { dc } = homeBody.parse(body)
  world.users.moveHome(userId, dc)
  return { id: userId, dc }
}
