import type { MailboxName, MessageOf } from '../mailboxes.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'

/** The fields of a message as a stream entry takes them. */
export const fieldsOf = (message: object): string[] => Object.entries(message).flatMap(([k, v]) => [k, String(v)])

/** Puts messages in mailboxes from outside of a script: for what the world says (a join request) and for the courier. */
export const createTell =
  (redis: RedisClient, keys: Keys) =>
  async <Name extends MailboxName>(mailbox: Name, message: MessageOf<Name>): Promise<void> => {
    await redis.xadd(keys.mailbox(mailbox), '*', ...fieldsOf(message))
  }
export type Tell = ReturnType<typeof createTell>
