import type { Limits } from './limits.js'
import type { KnownPhoto } from './photos.js'
import type { Chat, Dialog, DialogMessage, Invite, JoinRequest, Member, MessageContent, User } from './types.js'
import type { Counters } from './parts.js'
import type { World } from './world.js'

/** A chat whose maps are lists. */
export type ChatSnapshot = Omit<Chat, 'members' | 'invites' | 'requests' | 'readUpTo'> & {
  members: Member[]
  invites: Invite[]
  requests: JoinRequest[]
  readUpTo: [number, number][]
}

/** A private chat from a time when there were none but with bots. */
interface DialogWithBot extends Omit<Dialog, 'peerId' | 'messages'> {
  botId: number
  messages: (Omit<DialogMessage, 'peerMessageId'> & { botMessageId: number })[]
}

/** The world as plain JSON. */
export interface WorldSnapshot {
  version: 1
  seed: string
  clockOffsetMs: number
  counters: Counters
  users: User[]
  chats: ChatSnapshot[]
  dialogs: (Dialog | DialogWithBot)[]
  lastMessageIds: [number, number][]
  /** Absent in a snapshot from before limits were kept. */
  limits?: Limits
  /** Absent in a snapshot from before photos were kept. */
  photos?: [string, KnownPhoto | null][]
}

/** Everything as plain JSON, for `restoreWorld`. Unanswered callbacks are not part of it. */
export function snapshotWorld(world: World): WorldSnapshot {
  return {
    version: 1,
    seed: world.seed,
    clockOffsetMs: world.clockOffsetMs,
    counters: { ...world.counters },
    users: [...world.users.byId.values()],
    chats: [...world.chats.byId.values()].map((chat) => ({
      ...chat,
      members: [...chat.members.values()],
      invites: [...chat.invites.values()],
      requests: [...chat.requests.values()],
      readUpTo: [...chat.readUpTo],
    })),
    dialogs: world.dialogs.all(),
    lastMessageIds: [...world.dialogs.lastMessageIds],
    limits: { ...world.limits },
    photos: world.photos.save(),
  }
}

/** Replaces everything in the world. A snapshot of another seed is refused: its secrets would not fit. */
export function restoreWorld(world: World, snapshot: WorldSnapshot): void {
  if (snapshot.seed !== world.seed) throw new Error('the snapshot belongs to another seed')
  const plain = structuredClone(snapshot)
  world.clockOffsetMs = plain.clockOffsetMs
  world.counters = plain.counters
  Object.assign(world.limits, plain.limits)
  world.photos.restore(plain.photos ?? paintedIn(plain))
  world.users.byId.clear()
  for (const user of plain.users) world.users.byId.set(user.id, user)
  world.chats.byId.clear()
  for (const chat of plain.chats)
    world.chats.byId.set(chat.id, {
      ...chat,
      members: new Map(chat.members.map((member) => [member.userId, member])),
      invites: new Map(chat.invites.map((invite) => [invite.hash, invite])),
      requests: new Map(chat.requests.map((request) => [request.userId, request])),
      readUpTo: new Map(chat.readUpTo),
    })
  world.dialogs.clear()
  for (const dialog of plain.dialogs) world.dialogs.put('botId' in dialog ? ofToday(dialog) : dialog)
  for (const [accountId, last] of plain.lastMessageIds) world.dialogs.lastMessageIds.set(accountId, last)
}

function ofToday({ botId, messages, ...dialog }: DialogWithBot): Dialog {
  return {
    ...dialog,
    peerId: botId,
    messages: messages.map(({ botMessageId, ...message }) => ({ ...message, peerMessageId: botMessageId })),
  }
}

/** Photos of a time when all of them were painted and none were written down. */
function paintedIn({ chats, dialogs }: WorldSnapshot): [string, null][] {
  const messages = [...chats, ...dialogs].flatMap((place): readonly MessageContent[] => place.messages)
  return messages.flatMap(({ photo }): [string, null][] => (photo === undefined ? [] : [[photo, null]]))
}
