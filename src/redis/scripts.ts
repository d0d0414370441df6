import { roomId } from '../ids.js'
import { defineScript } from './define-script.js'
import { countOf, either, faultsOf, findRepliesOf, maybe, oneOf, only, whileRebuilding } from './replies.js'

/**
 * Every script: its name, its keys, its arguments, and how its reply is read. The scripts themselves are in `lua/`, one
 * per transition; a test holds this table to their headers.
 */

// People
export const findScript = defineScript(
  'find',
  'epoch waiting first people waits stock groups rooms inviting roomMailbox ledgerMailbox paused',
  'nonce waitMaxMs prepareMs rematchAfterMs look ...',
  findRepliesOf,
)
export const stopSearchScript = defineScript(
  'stop-search',
  'epoch waiting first people waits courierMailbox ledgerMailbox',
  'user update ban until tell reason by',
  either('in_room', (reply) => ({ room: roomId(reply.text(0)) }), 'stopped', 'idle', 'stale', 'repeat'),
)
export const expireWaitsScript = defineScript(
  'expire-waits',
  'epoch waiting first people waits courierMailbox ledgerMailbox',
  'limit confirmMs',
  only('expired', (reply) => ({ asked: reply.number(0), ended: reply.number(1), nextAt: reply.number(2) })),
)
export const liftBanScript = defineScript(
  'lift-ban',
  'epoch people ledgerMailbox',
  'user over',
  oneOf('lifted', 'not_banned'),
)
export const forgetPersonScript = defineScript(
  'forget-person',
  'epoch people waiting first penalties',
  'user',
  oneOf('forgotten', 'busy'),
)
export const prunePeopleScript = defineScript(
  'prune-people',
  'epoch people waiting first waits penalties',
  'days ...',
  only('pruned', (reply) => ({ people: reply.number(0), penalties: reply.number(1) })),
)

// Rooms
export const readRoomScript = defineScript(
  'read-room',
  'epoch rooms',
  'room',
  maybe('room', (reply) => reply.text(0), 'gone'),
)
export const claimRoomScript = defineScript('claim-room', 'epoch rooms', 'room token claimMs', (reply) => {
  if (reply.tag === 'busy') return { tag: 'busy' as const, claimUntil: reply.number(0) }
  return either('room', () => ({ json: reply.text(0), now: reply.number(1) }), 'gone')(reply)
})
export const releaseRoomScript = defineScript(
  'release-room',
  'rooms roomMailbox',
  'room token',
  oneOf('released', 'again', 'lost'),
)
export const inviteRoomScript = defineScript(
  'invite-room',
  'epoch waits rooms inviting roomLease courierMailbox ledgerMailbox',
  'room version link entryMs',
  oneOf('invited', 'changed', 'gone'),
)
export const enterRoomScript = defineScript(
  'enter-room',
  'epoch rooms inviting open roomLease roomMailbox courierMailbox ledgerMailbox',
  'room user idleMs maxAgeMs',
  oneOf('entered', 'opened', 'already', 'stranger', 'closing', 'gone'),
)
export const dressRoomScript = defineScript(
  'dress-room',
  'epoch rooms courierMailbox',
  'room version',
  oneOf('dressed', 'changed', 'gone'),
)
export const renewRoomScript = defineScript(
  'renew-room',
  'epoch rooms open roomLease',
  'room chat idleMs maxAgeMs',
  oneOf('renewed', 'not_open'),
)
export const claimDeadlineScript = defineScript(
  'claim-deadline',
  'epoch inviting open closing roomMailbox',
  'room retryMs',
  oneOf('claimed', 'early', 'gone'),
)
export const closeRoomScript = defineScript(
  'close-room',
  'epoch people waiting first waits rooms inviting open closing penalties roomLease roomMailbox courierMailbox ledgerMailbox',
  'room version reason by update again closingMs waitMaxMs absent cooldownMs cooldownMaxMs forgetMs banUntil banReason bannedBy',
  either('closed', (reply) => ({ count: reply.number(0) }), 'closing', 'gone', 'changed', 'stale', 'repeat'),
)
export const finishRoomScript = defineScript(
  'finish-room',
  'epoch rooms closing roomLease groups stock hostMailbox ledgerMailbox',
  'room version group',
  oneOf('finished', 'changed', 'gone'),
)

// Groups
export const stockGroupScript = defineScript(
  'stock-group',
  'epoch groups stock lease ledgerMailbox',
  'chat host holding',
  oneOf('stocked', 'known', 'not_holder'),
)
export const countStockScript = defineScript('count-stock', 'epoch stock', '', countOf('stocked'))
export const locateGroupScript = defineScript(
  'locate-group',
  'epoch groups rooms',
  'chat',
  maybe('at', (reply) => ({ place: reply.text(0), json: reply.text(1) }), 'nowhere'),
)
export const retireGroupScript = defineScript(
  'retire-group',
  'epoch groups stock lease hostMailbox',
  'chat host holding',
  oneOf('retired', 'in_use', 'unknown', 'not_holder'),
)
export const disposeGroupScript = defineScript(
  'dispose-group',
  'epoch groups stock hostMailbox',
  'chat host seen',
  oneOf('disposing', 'changed'),
)
export const dropPlaceScript = defineScript(
  'drop-place',
  'epoch groups rooms',
  'chat seen',
  oneOf('dropped', 'changed'),
)
export const forgetGroupScript = defineScript(
  'forget-group',
  'epoch groups lease',
  'chat holding',
  oneOf('forgotten', 'in_use', 'unknown', 'not_holder'),
)
export const beginShortageScript = defineScript(
  'begin-shortage',
  'epoch shortage stock waits people courierMailbox',
  'at limit',
  oneOf('begun', 'known', 'stocked'),
)
export const endShortageScript = defineScript(
  'end-shortage',
  'epoch shortage waits people courierMailbox',
  'limit',
  oneOf('ended', 'none'),
)

// Leases
export const takeLeaseScript = defineScript('take-lease', 'lease', 'holder ttlMs attempt least', (reply) =>
  reply.tag === 'taken'
    ? { tag: 'taken' as const, holder: reply.text(0) }
    : only('held', () => ({ tag: 'held' as const, token: reply.text(0) }))(reply),
)
export const renewLeaseScript = defineScript('renew-lease', 'lease', 'holder token ttlMs', oneOf('renewed', 'lost'))
export const releaseLeaseScript = defineScript('release-lease', 'lease', 'holder token', oneOf('released', 'lost'))

// Mailboxes and alerts
export const finishMessageScript = defineScript('finish-message', 'mailbox', 'group ...', countOf('finished'))
export const postponeMessageScript = defineScript(
  'postpone-message',
  'mailbox later',
  'group entry delayMs attempts ...',
  oneOf('postponed', 'not_mine'),
)
export const deliverDueScript = defineScript(
  'deliver-due',
  'mailbox later',
  'limit',
  only('delivered', (reply) => ({ delivered: reply.number(0), nextAt: reply.number(1) })),
)
export const buryMessageScript = defineScript(
  'bury-message',
  'mailbox deadLetters',
  'group entry name attempts error ...',
  oneOf('buried', 'not_mine'),
)
export const retryLetterScript = defineScript(
  'retry-letter',
  'deadLetters mailbox',
  'entry name',
  oneOf('retried', 'gone', 'unreadable'),
)
export const raiseAlertScript = defineScript(
  'raise-alert',
  'epoch alerts courierMailbox',
  'cause args ...',
  oneOf('raised', 'known'),
)
export const resolveAlertScript = defineScript(
  'resolve-alert',
  'epoch alerts courierMailbox',
  'cause args ...',
  oneOf('resolved', 'unknown'),
)

// After a restart or a loss of Redis
export const doubtServerScript = defineScript(
  'doubt-server',
  'epoch suspended server',
  '',
  // That Redis is being rebuilt is an answer here, not a refusal.
  oneOf('known', 'suspended', 'rebuilding'),
)
export const resumeServerScript = defineScript('resume-server', 'epoch suspended', 'value', oneOf('resumed', 'changed'))
export const beginRebuildScript = defineScript(
  'begin-rebuild',
  'epoch rebuild suspended people waiting first waits rooms inviting open closing groups stock ledgerMailbox roomMailbox roomLater courierMailbox courierLater',
  'seen token ledgerMs stale',
  either('begun', (reply) => ({ floorMs: reply.text(0) }), 'changed'),
)
export const restoreBanScript = defineScript(
  'restore-ban',
  'epoch rebuild people',
  'token ...',
  whileRebuilding(countOf('restored')),
)
export const restoreWaitingScript = defineScript(
  'restore-waiting',
  'epoch rebuild waiting first people waits courierMailbox',
  'token waitMaxMs ...',
  whileRebuilding(countOf('restored')),
)
export const restoreRoomScript = defineScript(
  'restore-room',
  'epoch rebuild people rooms stage groups roomLease roomMailbox',
  'token room json leaseMs',
  whileRebuilding(oneOf('restored', 'conflict')),
)
export const restoreGroupScript = defineScript(
  'restore-group',
  'epoch rebuild groups stock hostMailbox',
  'token chat host place',
  whileRebuilding(oneOf('restored', 'known')),
)
export const loseRoomScript = defineScript(
  'lose-room',
  'epoch rebuild people waiting first rooms closing groups roomLease roomMailbox courierMailbox ledgerMailbox',
  'token room json closingMs tell',
  oneOf('lost', 'known'),
)
export const finishRebuildScript = defineScript(
  'finish-rebuild',
  'epoch rebuild paused',
  'value pausedBy',
  whileRebuilding(oneOf('finished')),
)

// Repairs
export const repairPeopleScript = defineScript(
  'repair-people',
  'epoch people waiting first waits rooms courierMailbox ledgerMailbox',
  'waitMaxMs dry ...',
  faultsOf,
)
export const repairRoomsScript = defineScript(
  'repair-rooms',
  'epoch people rooms inviting open closing groups stock roomMailbox',
  'dry ...',
  faultsOf,
)
export const repairGroupScript = defineScript(
  'repair-group',
  'epoch groups stock rooms hostMailbox',
  'dry chat host',
  maybe('fault', (reply) => reply.text(0), 'sound'),
)
export const announceScript = defineScript(
  'announce',
  'epoch people waiting first rooms groups ledgerMailbox',
  'what id host',
  oneOf('announced', 'nothing'),
)
