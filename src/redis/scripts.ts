import { VisavisError } from '../errors.js'
import { roomId, type RoomId } from '../ids.js'
import { defineScript, taggedReply, type TaggedReply } from './define-script.js'

/** Every script, its keys, its arguments and its replies. The scripts themselves are in `lua/`, one per transition. */

export type FindReply =
  | { tag: 'paired'; room: RoomId }
  | { tag: 'waiting'; count: number; already: boolean; noGroup: boolean; paused?: boolean }
  | { tag: 'in_room'; room: RoomId }
  | { tag: 'banned' | 'stale' | 'repeat' }

const findReply = (reply: TaggedReply): FindReply => {
  switch (reply.tag) {
    case 'paired':
    case 'in_room':
      return { tag: reply.tag, room: roomId(reply.text(0)) }
    case 'waiting':
      return {
        tag: 'waiting',
        count: reply.number(0),
        already: reply.text(1) === 'already',
        noGroup: reply.text(2) === 'no_group',
        ...(reply.text(2) === 'paused' ? { paused: true } : {}),
      }
    case 'banned':
    case 'stale':
    case 'repeat':
      return { tag: reply.tag }
    default:
      return reply.unexpected()
  }
}

/** For scripts whose reply is one of some tags and nothing else. */
const oneOf =
  <const Tag extends string>(...tags: readonly Tag[]) =>
  (reply: TaggedReply): Tag =>
    tags.find((tag) => tag === reply.tag) ?? reply.unexpected()

export const findScript = defineScript({
  name: 'find',
  keys: 'epoch waiting first people waits stock groups rooms inviting roomMailbox ledgerMailbox paused',
  args: 'nonce waitMaxMs prepareMs rematchAfterMs look',
  rest: true,
  reply: (reply): FindReply[] | { matched: number } => {
    const replies = (reply.raw as unknown[]).map((one) => taggedReply('find', one))
    if (replies[0]?.tag === 'matched') return { matched: replies[0].number(0) }
    return replies.map(findReply)
  },
})

export const stopSearchScript = defineScript({
  name: 'stop-search',
  keys: 'epoch waiting first people waits ledgerMailbox',
  args: 'user update ban',
  reply: (reply) => {
    if (reply.tag === 'in_room') return { tag: 'in_room' as const, room: roomId(reply.text(0)) }
    return { tag: oneOf('stopped', 'idle', 'stale', 'repeat')(reply) }
  },
})

export const liftBanScript = defineScript({
  name: 'lift-ban',
  keys: 'epoch people',
  args: 'user',
  reply: oneOf('lifted', 'not_banned'),
})

export const expireWaitsScript = defineScript({
  name: 'expire-waits',
  keys: 'epoch waiting first people waits courierMailbox ledgerMailbox',
  args: 'limit confirmMs',
  reply: (reply) => {
    if (reply.tag !== 'expired') return reply.unexpected()
    return { asked: reply.number(0), ended: reply.number(1), nextAt: reply.number(2) }
  },
})

export const readRoomScript = defineScript({
  name: 'read-room',
  keys: 'epoch rooms',
  args: 'room',
  reply: (reply): string | undefined => {
    if (reply.tag === 'room') return reply.text(0)
    return reply.tag === 'gone' ? undefined : reply.unexpected()
  },
})

export const claimRoomScript = defineScript({
  name: 'claim-room',
  keys: 'epoch rooms',
  args: 'room token claimMs',
  reply: (reply) => {
    if (reply.tag === 'room') return { tag: 'room' as const, json: reply.text(0), now: reply.number(1) }
    if (reply.tag === 'busy') return { tag: 'busy' as const, claimUntil: reply.number(0) }
    return { tag: oneOf('gone')(reply) }
  },
})

export const releaseRoomScript = defineScript({
  name: 'release-room',
  keys: 'rooms roomMailbox',
  args: 'room token',
  reply: oneOf('released', 'again', 'lost'),
})

export const inviteRoomScript = defineScript({
  name: 'invite-room',
  keys: 'epoch rooms inviting roomLease courierMailbox ledgerMailbox',
  args: 'room version link entryMs',
  reply: oneOf('invited', 'changed', 'gone'),
})

export const enterRoomScript = defineScript({
  name: 'enter-room',
  keys: 'epoch rooms inviting open roomLease roomMailbox courierMailbox ledgerMailbox',
  args: 'room user idleMs maxAgeMs',
  reply: oneOf('entered', 'opened', 'already', 'stranger', 'closing', 'gone'),
})

export const renewRoomScript = defineScript({
  name: 'renew-room',
  keys: 'epoch rooms open roomLease',
  args: 'room chat idleMs maxAgeMs',
  reply: oneOf('renewed', 'not_open'),
})

export const dressRoomScript = defineScript({
  name: 'dress-room',
  keys: 'epoch rooms courierMailbox',
  args: 'room version',
  reply: oneOf('dressed', 'changed', 'gone'),
})

export const closeRoomScript = defineScript({
  name: 'close-room',
  keys: 'epoch people waiting first waits rooms inviting open closing penalties roomLease roomMailbox courierMailbox ledgerMailbox',
  args: 'room version reason by update again closingMs waitMaxMs absent cooldownMs cooldownMaxMs forgetMs',
  reply: (reply) => {
    if (reply.tag === 'closed') return { tag: 'closed' as const, count: reply.number(0) }
    return { tag: oneOf('closing', 'gone', 'changed', 'stale', 'repeat')(reply) }
  },
})

export const finishRoomScript = defineScript({
  name: 'finish-room',
  keys: 'epoch rooms closing roomLease groups stock hostMailbox ledgerMailbox',
  args: 'room version group',
  reply: oneOf('finished', 'changed', 'gone'),
})

export const claimDeadlineScript = defineScript({
  name: 'claim-deadline',
  keys: 'epoch inviting open closing roomMailbox',
  args: 'room retryMs',
  reply: oneOf('claimed', 'early', 'gone'),
})

export const stockGroupScript = defineScript({
  name: 'stock-group',
  keys: 'epoch groups stock lease ledgerMailbox',
  args: 'chat host holding',
  reply: oneOf('stocked', 'known', 'not_holder'),
})

export const locateGroupScript = defineScript({
  name: 'locate-group',
  keys: 'epoch groups rooms',
  args: 'chat',
  reply: (reply): { place: string; json: string } | undefined => {
    if (reply.tag === 'at') return { place: reply.text(0), json: reply.text(1) }
    return reply.tag === 'nowhere' ? undefined : reply.unexpected()
  },
})

export const countStockScript = defineScript({
  name: 'count-stock',
  keys: 'epoch stock',
  args: '',
  reply: (reply) => (reply.tag === 'stocked' ? reply.number(0) : reply.unexpected()),
})

export const forgetGroupScript = defineScript({
  name: 'forget-group',
  keys: 'epoch groups lease',
  args: 'chat holding',
  reply: oneOf('forgotten', 'in_use', 'unknown', 'not_holder'),
})

export const retireGroupScript = defineScript({
  name: 'retire-group',
  keys: 'epoch groups stock lease hostMailbox',
  args: 'chat host holding',
  reply: oneOf('retired', 'in_use', 'unknown', 'not_holder'),
})

export const takeLeaseScript = defineScript({
  name: 'take-lease',
  keys: 'lease',
  args: 'holder ttlMs attempt least',
  reply: (reply) => {
    if (reply.tag === 'held') return { tag: 'held' as const, token: reply.text(0) }
    if (reply.tag === 'taken') return { tag: 'taken' as const, holder: reply.text(0) }
    return reply.unexpected()
  },
})

export const renewLeaseScript = defineScript({
  name: 'renew-lease',
  keys: 'lease',
  args: 'holder token ttlMs',
  reply: oneOf('renewed', 'lost'),
})

export const releaseLeaseScript = defineScript({
  name: 'release-lease',
  keys: 'lease',
  args: 'holder token',
  reply: oneOf('released', 'lost'),
})

export const finishMessageScript = defineScript({
  name: 'finish-message',
  keys: 'mailbox',
  args: 'group',
  rest: true,
  reply: (reply) => (reply.tag === 'finished' ? reply.number(0) : reply.unexpected()),
})

export const postponeMessageScript = defineScript({
  name: 'postpone-message',
  keys: 'mailbox later',
  args: 'group entry delayMs attempts',
  rest: true,
  reply: oneOf('postponed', 'not_mine'),
})

export const deliverDueScript = defineScript({
  name: 'deliver-due',
  keys: 'mailbox later',
  args: 'limit',
  reply: (reply) =>
    reply.tag === 'delivered' ? { delivered: reply.number(0), nextAt: reply.number(1) } : reply.unexpected(),
})

export const buryMessageScript = defineScript({
  name: 'bury-message',
  keys: 'mailbox deadLetters',
  args: 'group entry name attempts error',
  rest: true,
  reply: oneOf('buried', 'not_mine'),
})

export const retryLetterScript = defineScript({
  name: 'retry-letter',
  keys: 'deadLetters mailbox',
  args: 'entry name',
  reply: oneOf('retried', 'gone', 'unreadable'),
})

export const forgetPersonScript = defineScript({
  name: 'forget-person',
  keys: 'epoch people waiting first penalties',
  args: 'user',
  reply: oneOf('forgotten', 'busy'),
})

export const beginRebuildScript = defineScript({
  name: 'begin-rebuild',
  keys: 'epoch rebuild suspended people waiting first waits rooms inviting open closing groups stock ledgerMailbox roomMailbox roomLater courierMailbox courierLater',
  args: 'seen token ledgerMs stale',
  reply: (reply) =>
    reply.tag === 'begun' ? { tag: 'begun' as const, floorMs: reply.text(0) } : { tag: oneOf('changed')(reply) },
})

export const restoreWaitingScript = defineScript({
  name: 'restore-waiting',
  keys: 'epoch rebuild waiting first people waits courierMailbox',
  args: 'token waitMaxMs',
  rest: true,
  reply: (reply) => (reply.tag === 'restored' ? reply.number(0) : notRebuilding(reply)),
})

export const restoreRoomScript = defineScript({
  name: 'restore-room',
  keys: 'epoch rebuild people rooms stage groups roomLease roomMailbox',
  args: 'token room json leaseMs',
  reply: (reply) => (reply.tag === 'not_rebuilding' ? notRebuilding(reply) : oneOf('restored', 'conflict')(reply)),
})

export const restoreGroupScript = defineScript({
  name: 'restore-group',
  keys: 'epoch rebuild groups stock hostMailbox',
  args: 'token chat host place',
  reply: (reply) => (reply.tag === 'not_rebuilding' ? notRebuilding(reply) : oneOf('restored', 'known')(reply)),
})

export const restoreBanScript = defineScript({
  name: 'restore-ban',
  keys: 'epoch rebuild people',
  args: 'token',
  rest: true,
  reply: (reply) => (reply.tag === 'restored' ? reply.number(0) : notRebuilding(reply)),
})

export const finishRebuildScript = defineScript({
  name: 'finish-rebuild',
  keys: 'epoch rebuild paused',
  args: 'value pausedBy',
  reply: (reply) => (reply.tag === 'finished' ? 'finished' : notRebuilding(reply)),
})

export const doubtServerScript = defineScript({
  name: 'doubt-server',
  keys: 'epoch suspended server',
  args: '',
  // That Redis is being rebuilt is an answer here, not a refusal.
  reply: (reply) => (reply.tag === 'rebuilding' ? ('rebuilding' as const) : oneOf('known', 'suspended')(reply)),
})

export const resumeServerScript = defineScript({
  name: 'resume-server',
  keys: 'epoch suspended',
  args: 'value',
  reply: oneOf('resumed', 'changed'),
})

export const loseRoomScript = defineScript({
  name: 'lose-room',
  keys: 'epoch rebuild people waiting first rooms closing groups roomLease roomMailbox courierMailbox ledgerMailbox',
  args: 'token room json closingMs tell',
  reply: oneOf('lost', 'known'),
})

/** What is wrong with each person or room that was asked for, in order; '' for nothing. */
const faults = (reply: TaggedReply): string[] =>
  reply.tag === 'looked' ? (reply.raw as string[]).slice(1) : reply.unexpected()

export const repairPeopleScript = defineScript({
  name: 'repair-people',
  keys: 'epoch people waiting first waits rooms courierMailbox ledgerMailbox',
  args: 'waitMaxMs dry',
  rest: true,
  reply: faults,
})

export const repairRoomsScript = defineScript({
  name: 'repair-rooms',
  keys: 'epoch people rooms inviting open closing groups stock roomMailbox',
  args: 'dry',
  rest: true,
  reply: faults,
})

export const repairGroupScript = defineScript({
  name: 'repair-group',
  keys: 'epoch groups stock rooms hostMailbox',
  args: 'dry chat host',
  reply: (reply) => {
    if (reply.tag === 'sound') return undefined
    return reply.tag === 'fault' ? reply.text(0) : reply.unexpected()
  },
})

export const disposeGroupScript = defineScript({
  name: 'dispose-group',
  keys: 'epoch groups stock hostMailbox',
  args: 'chat host seen',
  reply: oneOf('disposing', 'changed'),
})

export const announceScript = defineScript({
  name: 'announce',
  keys: 'epoch people waiting first rooms groups ledgerMailbox',
  args: 'what id host',
  reply: oneOf('announced', 'nothing'),
})

export const prunePeopleScript = defineScript({
  name: 'prune-people',
  keys: 'epoch people waiting first waits penalties',
  args: 'days',
  rest: true,
  reply: (reply) =>
    reply.tag === 'pruned' ? { people: reply.number(0), penalties: reply.number(1) } : reply.unexpected(),
})

export const raiseAlertScript = defineScript({
  name: 'raise-alert',
  keys: 'epoch alerts courierMailbox',
  args: 'cause args',
  rest: true,
  reply: oneOf('raised', 'known'),
})

export const resolveAlertScript = defineScript({
  name: 'resolve-alert',
  keys: 'epoch alerts courierMailbox',
  args: 'cause args',
  rest: true,
  reply: oneOf('resolved', 'unknown'),
})

const notRebuilding = (reply: TaggedReply): never => {
  if (reply.tag !== 'not_rebuilding') return reply.unexpected()
  throw new VisavisError('not_rebuilding', 'Somebody else is rebuilding Redis, or has finished it.')
}

/** All of them, for the test of headers and for loading ahead. */
export const SCRIPTS = [
  findScript,
  stopSearchScript,
  liftBanScript,
  expireWaitsScript,
  raiseAlertScript,
  resolveAlertScript,
  readRoomScript,
  claimRoomScript,
  releaseRoomScript,
  inviteRoomScript,
  enterRoomScript,
  renewRoomScript,
  dressRoomScript,
  closeRoomScript,
  finishRoomScript,
  claimDeadlineScript,
  stockGroupScript,
  locateGroupScript,
  countStockScript,
  forgetGroupScript,
  retireGroupScript,
  takeLeaseScript,
  renewLeaseScript,
  releaseLeaseScript,
  finishMessageScript,
  postponeMessageScript,
  deliverDueScript,
  buryMessageScript,
  retryLetterScript,
  forgetPersonScript,
  doubtServerScript,
  resumeServerScript,
  beginRebuildScript,
  restoreWaitingScript,
  restoreRoomScript,
  restoreGroupScript,
  restoreBanScript,
  finishRebuildScript,
  loseRoomScript,
  repairPeopleScript,
  repairRoomsScript,
  repairGroupScript,
  disposeGroupScript,
  announceScript,
  prunePeopleScript,
] as const
