import { z } from 'zod'
import { toBotApiId } from '../world/chat-id.js'
import { forwardOf } from '../world/content.js'
import { Denied } from '../world/denied.js'
import type { Chat, MessageContent, MessagePlace } from '../world/types.js'
import type { World } from '../world/world.js'
import { messageBy, targetBy, theBot } from './places.js'
import { seenMessage, type SeenMessage } from './person-views.js'

const id = z.coerce.number().int()

const sendBody = z.object({
  chat: id,
  /** The message, or what stands under a photo. */
  text: z.string().optional(),
  /** Sends a photo: `true` for a painted one, a `data:` address with its bytes, or the file id of one that was sent. */
  photo: z.union([z.boolean(), z.string()]).optional(),
  /** Sends a sticker instead of a text: `true`, or the emoji it stands for. */
  sticker: z.union([z.boolean(), z.string()]).optional(),
  /** Changes this message of the person's instead of sending one. */
  edit: id.optional(),
  /** Forwards a message that the person sees, from where they see it. */
  forward: z.object({ chat: id, message: id }).optional(),
  /** Whose message it is said to be that the person forwards. */
  forwardFrom: id.optional(),
  replyTo: id.optional(),
})

/** A person writes to the bot, to somebody, to themselves or in a group. Gives the message as they see it. */
export function send(world: World, userId: number, body: unknown): SeenMessage {
  const given = sendBody.parse(body)
  const { chat, edit, text } = given
  const target = targetBy(world, chat)
  if (edit !== undefined) return seenMessage(world, userId, change(world, userId, chat, edit, text))
  const content = contentOf(world, userId, given)
  if ('user' in target) {
    const message = world.dialogs.write(userId, target.user.id, content)
    return seenMessage(world, userId, { dialog: world.dialogs.between(userId, target.user.id), message })
  }
  const message = world.messages.send(target.chat.id, userId, content)
  return seenMessage(world, userId, { chat: target.chat, message })
}

function contentOf(world: World, userId: number, given: z.output<typeof sendBody>): MessageContent {
  const { text = '', photo, sticker, forward, forwardFrom, replyTo } = given
  if (forward) return forwardOf(messageBy(world, userId, targetBy(world, forward.chat), forward.message))
  return {
    ...(sticker ? { sticker: sticker === true ? '👋' : sticker } : { text }),
    ...(photo && { photo: photo === true ? world.photos.paint() : photoOf(world, photo) }),
    ...(forwardFrom !== undefined && { forwarded: { at: world.now(), userId: world.users.get(forwardFrom).id } }),
    replyTo,
  }
}

/** The photo with this file id, or the one whose bytes stand in a `data:` address. */
function photoOf(world: World, given: string): string {
  const data = /^data:[^,]*;base64,(.*)$/s.exec(given)?.[1]
  if (data !== undefined) return world.photos.add(Buffer.from(data, 'base64'))
  const found = world.photos.byFileId(given)
  if (!found) throw new Denied('FILE_ID_INVALID')
  return found.id
}

function change(world: World, userId: number, chat: number, messageId: number, text: string | undefined): MessagePlace {
  const place = messageBy(world, userId, targetBy(world, chat), messageId)
  if ('dialog' in place) world.dialogs.edit(place.dialog, userId, messageId, { text })
  else world.messages.edit(place.chat.id, userId, messageId, { text })
  return place
}

const pressBody = z.object({
  chat: id,
  message: id,
  data: z.string(),
  waitMs: z.number().min(0).max(30_000).optional(),
})

/** A person presses a callback button. Gives the bot's answer; `answered: false` when none came in time (5 s). */
export async function press(
  world: World,
  userId: number,
  body: unknown,
): Promise<{ answered: boolean; text?: string; alert?: boolean; url?: string }> {
  const { chat, message, data, waitMs = 5_000 } = pressBody.parse(body)
  const { answer } = world.callbacks.press(userId, messageBy(world, userId, targetBy(world, chat), message), data)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), waitMs)))
  const given = await Promise.race([answer, late])
  clearTimeout(timer)
  if (!given) return { answered: false }
  const { text, alert, url } = given
  return { answered: true, ...(text && { text }), ...(alert && { alert }), ...(url && { url }) }
}

const enterBody = z.object({ link: z.string().min(1) })

/** A person opens a link: an invitation, `t.me/<name>` of a public chat, or a name, a bot's with `?start=`. */
export function enter(world: World, userId: number, body: unknown): { status: 'joined' | 'requested'; chat: number } {
  const { link } = enterBody.parse(body)
  const name = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(?!joinchat\/|\+|c\/)@?(\w+)|^@(\w+)$/i.exec(link)
  const username = name?.[1] ?? name?.[2]
  if (username) return enterPublic(world, userId, username, link)
  const hash = world.invites.hashOf(link)
  let chat: Chat | undefined
  try {
    chat = world.invites.find(hash).chat
    world.invites.join(userId, hash)
    return { status: 'joined', chat: toBotApiId(chat.id) }
  } catch (error) {
    const requested = error instanceof Denied && error.error === 'INVITE_REQUEST_SENT'
    if (!requested || !chat) throw error
    return { status: 'requested', chat: toBotApiId(chat.id) }
  }
}

function enterPublic(world: World, userId: number, username: string, link: string) {
  const status = 'joined' as const
  const chat = world.chats.byUsername(username)
  if (chat) return { status, chat: toBotApiId(world.members.joinPublic(chat.id, userId).id) }
  const user = world.users.byUsername(username)
  if (!user) throw new Denied('USERNAME_NOT_OCCUPIED')
  const start = /[?&]start=([\w-]*)/.exec(link)?.[1]
  if (user.bot && start !== undefined) world.dialogs.write(userId, user.id, { text: `/start ${start}`.trim() })
  return { status, chat: user.id }
}

const leaveBody = z.object({ chat: id })

/** A person leaves a group or channel. */
export function leave(world: World, userId: number, body: unknown): { left: number } {
  const target = targetBy(world, leaveBody.parse(body).chat)
  if ('user' in target) throw new Denied('CHANNEL_INVALID')
  return { left: toBotApiId(world.members.leave(target.chat.id, userId).id) }
}

const blockBody = z.union([z.object({ bot: z.boolean() }), z.object({ user: id, blocked: z.boolean() })])

/** A person blocks the bot or somebody, or lets them write again. */
export function block(world: World, userId: number, body: unknown): { blocked: boolean } {
  const given = blockBody.parse(body)
  const [other, blocked] = 'bot' in given ? [theBot(world).id, given.bot] : [given.user, given.blocked]
  world.dialogs.block(userId, other, blocked)
  return { blocked }
}
