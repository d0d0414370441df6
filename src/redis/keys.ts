import type { RoomId } from '../ids.js'
import type { MailboxName } from '../mailboxes.js'

/**
 * Every key of one deployment. All share one hash tag, so that they live in one slot of a cluster and one script may
 * touch them together; the prefix keeps several deployments on one server apart.
 */
export const createKeys = (prefix: string) => {
  const at = (name: string) => `{${prefix}}:${name}`
  return {
    /** STRING: stands while the live state is whole. Missing = rebuilding. */
    epoch: at('epoch'),
    /** STRING: the token of the rebuild under way, if one is. */
    rebuild: at('rebuild'),
    /** STRING: the epoch, while nobody has looked yet whether Redis came back from a restart with all its data. */
    suspended: at('suspended'),
    /** STRING: the run id of the Redis process that was looked at last. */
    server: at('server'),
    /** HASH user → `where|since|mark|recents`; where: '' idle, '+' idle and first in line next time, '!' banned, else the room. */
    people: at('people'),
    /** SET of users: the waiting set. */
    waiting: at('waiting'),
    /** SET of users: those who wait first in line. Nobody is in both. */
    first: at('first'),
    /** ZSET user → when to ask whether the person is still there, or when the search ends. */
    waits: at('waits'),
    /** HASH user → `count|until|at`: no-shows and the cooldown they earned. */
    penalties: at('penalties'),
    /** STRING: stands while an administrator has paused matching; who did. */
    paused: at('paused'),
    /** STRING: stands while no group is in stock and no host can make one: since when. */
    shortage: at('shortage'),
    /** STRING with a TTL: what a button of an administrator's panel does, and whose button it is (JSON). */
    panelButton: (token: string) => at(`panel-button:${token}`),
    /** STRING with a TTL: what an administrator's panel waits to be told. */
    panelQuestion: (admin: string) => at(`panel-question:${admin}`),
    /** HASH cause → the alert (JSON) that administrators were told of and that is not resolved. */
    alerts: at('alerts'),
    /** HASH room → the room's record (JSON). */
    rooms: at('rooms'),
    /** ZSETs room → deadline, one per stage; every room is in exactly one. */
    inviting: at('inviting'),
    open: at('open'),
    closing: at('closing'),
    /** STRING with a TTL, one per room: its expiry is the hint that the room's deadline has passed. */
    roomLease: (room: RoomId) => at(`room-lease:${room}`),
    roomLeasePrefix: at('room-lease:'),
    /** HASH chat → 'stock', the room that holds it, or 'disposing'. */
    groups: at('groups'),
    /** SET of `chat:host`: groups ready to hold a room. */
    stock: at('stock'),
    /** STREAM, one per actor. */
    mailbox: (name: MailboxName) => at(`mailbox:${name}`),
    /** ZSET of postponed messages of one mailbox. */
    later: (name: MailboxName) => at(`later:${name}`),
    /** STREAM of messages that failed their last attempt. */
    deadLetters: at('dead-letters'),
    /** STRING with a TTL: what an actor answered to an operator's question. */
    answer: (question: string) => at(`answer:${question}`),
    /** HASH instance → JSON: the processes that started; one without its lease is dead. */
    instances: at('instances'),
    /** STRING: written by those who look whether Redis takes changes. */
    probe: at('probe'),
    /** ZSET chat, or `*` for everybody → until when Telegram wants nothing to be sent there. */
    chatPauses: at('chat-pauses'),
    /** STRING: what the last run of the reconciler found (JSON). */
    reconciled: at('reconciled'),
    /** STRING: the same of the last run that found anything. */
    reconciledFound: at('reconciled-found'),
    /** STRING with a TTL: `holder:token:attempt`. */
    lease: (name: string) => at(`lease:${name}`),
  } as const
}
export type Keys = ReturnType<typeof createKeys>
