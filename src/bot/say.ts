import type { UserId } from '../ids.js'
import type { MailboxMessages } from '../mailboxes.js'
import type { NoticeArgs, NoticeName } from './notices/index.js'

/** Puts a message in a mailbox. */
export type Tell = <Mailbox extends 'courier' | 'room'>(
  mailbox: Mailbox,
  message: MailboxMessages[Mailbox],
) => Promise<unknown>

type Args<Name extends NoticeName> =
  Record<string, never> extends NoticeArgs<Name> ? [args?: NoticeArgs<Name>] : [args: NoticeArgs<Name>]

/** Has the courier say something to a person. */
export type Say = <Name extends NoticeName>(to: UserId, notice: Name, ...args: Args<Name>) => Promise<void>

export const createSay =
  (tell: Tell): Say =>
  async (to, notice, ...[args]) => {
    await tell('courier', { type: 'notice', to, notice, args: JSON.stringify(args ?? {}) })
  }
