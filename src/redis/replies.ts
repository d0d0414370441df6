import { RebuildingError, VisavisError } from '../errors.js'
import { roomId, type RoomId } from '../ids.js'

/** How the replies of scripts are read: a tag, and what belongs to it. */

/** A reply as the scripts give it. */
export interface TaggedReply {
  readonly tag: string
  /** The part after the tag with this number (from 0), as text; throws when it is missing. */
  text(index: number): string
  number(index: number): number
  /** The reply itself, for scripts that reply with a list of replies. */
  readonly raw: unknown
  /** For a tag that the contract does not know. Throws RebuildingError, or VisavisError `script_reply`. */
  unexpected(): never
}

export const taggedReply = (script: string, raw: unknown): TaggedReply => {
  const parts = Array.isArray(raw) ? (raw as unknown[]) : [raw]
  const surprise = (what: string) =>
    new VisavisError('script_reply', `Script ${script} ${what}: ${JSON.stringify(raw)}`)
  const text = (index: number): string => {
    const part = parts[index + 1]
    if (typeof part !== 'string' && typeof part !== 'number') throw surprise(`lacks part ${index} of its reply`)
    return String(part)
  }
  return {
    tag: typeof parts[0] === 'string' ? parts[0] : '',
    text,
    number: (index) => Number(text(index)),
    raw,
    unexpected: () => {
      if (parts[0] === 'rebuilding') throw new RebuildingError()
      throw surprise('gave an unexpected reply')
    },
  }
}

/** One of some tags and nothing else. */
export const oneOf =
  <const Tag extends string>(...tags: readonly Tag[]) =>
  (reply: TaggedReply): Tag =>
    tags.find((tag) => tag === reply.tag) ?? reply.unexpected()

/** One tag, with what `read` takes from it. */
export const only =
  <Value>(tag: string, read: (reply: TaggedReply) => Value) =>
  (reply: TaggedReply): Value =>
    reply.tag === tag ? read(reply) : reply.unexpected()

/** One tag with a number. */
export const countOf = (tag: string) => only(tag, (reply) => reply.number(0))

/** One tag with what `read` takes from it; undefined for `without`. */
export const maybe =
  <Value>(tag: string, read: (reply: TaggedReply) => Value, without: string) =>
  (reply: TaggedReply): Value | undefined =>
    reply.tag === without ? undefined : only(tag, read)(reply)

/** One tag with what `read` takes from it, or one of `others` alone. */
export const either =
  <const Tag extends string, Value extends object, const Other extends string>(
    tag: Tag,
    read: (reply: TaggedReply) => Value,
    ...others: readonly Other[]
  ) =>
  (reply: TaggedReply): ({ tag: Tag } & Value) | { tag: Other } =>
    reply.tag === tag ? { tag, ...read(reply) } : { tag: oneOf(...others)(reply) }

/** For what only the one who rebuilds Redis may run. Throws VisavisError `not_rebuilding` for all others. */
export const whileRebuilding =
  <Value>(read: (reply: TaggedReply) => Value) =>
  (reply: TaggedReply): Value => {
    if (reply.tag !== 'not_rebuilding') return read(reply)
    throw new VisavisError('not_rebuilding', 'Somebody else is rebuilding Redis, or has finished it.')
  }

/** What is wrong with each person or room that was asked for, in order; '' for nothing. */
export const faultsOf = only('looked', (reply) => (reply.raw as string[]).slice(1))

/** What became of one person's `/find`. */
export type FindReply =
  | { tag: 'paired'; room: RoomId }
  | { tag: 'waiting'; count: number; already: boolean; noGroup: boolean; paused?: boolean }
  | { tag: 'in_room'; room: RoomId }
  | { tag: 'banned' | 'stale' | 'repeat' }

const findReplyOf = (reply: TaggedReply): FindReply => {
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
    default:
      return { tag: oneOf('banned', 'stale', 'repeat')(reply) }
  }
}

/** One reply per finder; with nobody, how many pairs were made. */
export const findRepliesOf = (reply: TaggedReply): FindReply[] | { matched: number } => {
  const replies = (reply.raw as unknown[]).map((one) => taggedReply('find', one))
  return replies[0]?.tag === 'matched' ? { matched: replies[0].number(0) } : replies.map(findReplyOf)
}
