import { z } from 'zod'
import type { FaultRule, Faults } from '../faults.js'
import { toBotApiId } from '../world/chat-id.js'
import { Denied } from '../world/denied.js'
import type { World } from '../world/world.js'
import { personBy } from './places.js'
import { ControlError } from './refusal.js'

const userBody = z.object({
  firstName: z.string().trim().min(1).max(64),
  lastName: z.string().max(64).optional(),
  username: z.string().optional(),
  languageCode: z.string().max(16).optional(),
})

/** A new person. */
export function createUser(world: World, body: unknown): { id: number } {
  const { username, ...person } = userBody.parse(body)
  return { id: world.users.add({ languageCode: 'en', ...person, username: username?.replace(/^@/, '') }).id }
}

const channelBody = z.object({
  username: z.string().min(1),
  title: z.string().min(1).max(128).optional(),
  members: z.array(z.coerce.number().int()).optional(),
  botAdmin: z.boolean().optional(),
})

/** Channels need an owner who is a person; one account keeps them all. */
const ownerPhone = '999000000001'

/** A public channel; the bot is its administrator unless told otherwise. */
export function createChannel(world: World, body: unknown): { id: number; username: string } {
  const { username: given, title, members = [], botAdmin = true } = channelBody.parse(body)
  const username = given.replace(/^@/, '')
  const people = members.map((userId) => personBy(world, userId))
  const owner = world.users.byPhone(ownerPhone) ?? world.users.add({ firstName: 'Channel owner', phone: ownerPhone })
  const chat = world.chats.create(owner.id, { title: title ?? username, type: 'channel', username })
  const bots = botAdmin ? world.users.bots() : []
  for (const bot of bots) world.members.promote(chat.id, owner.id, bot.id, ['other', 'invite_users', 'post_messages'])
  for (const person of people) world.members.joinPublic(chat.id, person.id)
  return { id: toBotApiId(chat.id), username }
}

const ruleFields = z.strictObject({
  surface: z.enum(['bot', 'mtproto']),
  method: z.string().min(1),
  user: z.coerce.number().int().optional(),
  skip: z.number().int().min(0).optional(),
  times: z.number().int().min(1).optional(),
  error: z.union([z.string(), z.number().int()]).transform(String).optional(),
  delayMs: z.number().min(0).optional(),
  wire: z.enum(['drop-before', 'drop-after', 'no-answer', 'duplicate']).optional(),
  afterEffect: z.boolean().optional(),
})

const ruleBody = ruleFields
  .refine(({ error, delayMs, wire }) => error !== undefined || delayMs || wire, {
    error: 'The rule would do nothing: give it an error, delayMs or wire.',
  })
  .refine(({ method, wire }) => (method !== 'update' && method !== 'ping') || wire, {
    error: 'Of update and ping only wire is heeded.',
  })

/** Adds a fault rule, given as `{rule}` or as itself. */
export function addFault(faults: Faults, body: unknown): { rules: readonly FaultRule[] } {
  const rule: unknown = body && typeof body === 'object' && 'rule' in body ? body.rule : body
  faults.add(ruleBody.parse(rule))
  return { rules: faults.list() }
}

const rulesBody = z.object({ rules: z.array(ruleBody) })

/** Puts the given rules in the place of all there are, in one step. */
export function replaceFaults(faults: Faults, body: unknown): { rules: readonly FaultRule[] } {
  const { rules } = rulesBody.parse(body)
  faults.clear()
  faults.add(...rules)
  return { rules: faults.list() }
}

/** Telegram's dates are seconds in 32 bits, which end in 2038. */
const farthestMs = 5 * 365 * 86_400_000
const clockBody = z.strictObject({ advanceMs: z.number().int().optional(), offsetMs: z.number().int().optional() })

/** Sets the world's clock `offsetMs` ahead of the real one, or moves it by `advanceMs`, back at most to the real one. */
export function moveClock(world: World, body: unknown): { clockOffsetMs: number } {
  const { advanceMs = 0, offsetMs = world.clockOffsetMs } = clockBody.parse(body)
  const wanted = offsetMs + advanceMs
  if (wanted > farthestMs) throw new ControlError(400, 'CLOCK_INVALID', 'The clock goes five years ahead at most.')
  world.setClock(wanted)
  return { clockOffsetMs: world.clockOffsetMs }
}

const accountBody = z.object({ phone: z.union([z.string(), z.number()]).transform(String) })

/** The phone number of the account for which a session is wanted. */
export const readPhone = (body: unknown): string => accountBody.parse(body).phone

const acceptBody = z.object({ link: z.string(), phone: accountBody.shape.phone })

/** Whose client scans which code: the link of a QR code (or only its token), and the account. Both must be there. */
export function readScan(world: World, body: unknown): { token: Buffer; userId: number } {
  const { link, phone } = acceptBody.parse(body)
  const token = /^(?:tg:\/\/login\/?\?token=)?([\w-]+)=*$/.exec(link)?.[1]
  if (token === undefined) throw new Denied('AUTH_TOKEN_INVALIDX')
  const user = world.users.byPhone(phone)
  if (!user) throw new Denied('PHONE_NUMBER_UNOCCUPIED')
  return { token: Buffer.from(token, 'base64url'), userId: user.id }
}
