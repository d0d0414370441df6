import type { ChatJoinRequest, ChatMemberUpdated } from 'telegraf/types'
import { chatId, userId } from '../ids.js'
import type { UsersTable } from '../postgres/users.js'
import type { Departure } from '../redis/departure.js'
import type { Gate } from './gate.js'
import type { Tell } from './say.js'

export interface MembershipDeps {
  readonly tell: Tell
  readonly gate: Pick<Gate, 'changed'>
  readonly users: Pick<UsersTable, 'setReachable'>
  readonly departure: Departure
}

/** Who came, went, asked to come in: told to the room actor, which asks Telegram what is true now. */
export const createMemberships = ({ tell, gate, users, departure }: MembershipDeps) => ({
  joinRequest: async ({ chat, from }: ChatJoinRequest): Promise<void> => {
    // A required channel may take join requests too; those are for its own administrators.
    if (chat.type === 'supergroup')
      await tell('room', { type: 'join-request', chat: chatId(chat.id), user: userId(from.id) })
  },

  member: async ({ chat, new_chat_member: { user } }: ChatMemberUpdated): Promise<void> => {
    if (chat.type === 'channel') gate.changed({ id: chatId(chat.id), username: chat.username }, userId(user.id))
    else if (chat.type === 'supergroup')
      await tell('room', { type: 'member', chat: chatId(chat.id), user: userId(user.id) })
  },

  /** Something happened to the bot itself. */
  bot: async ({ chat, from, new_chat_member: { status } }: ChatMemberUpdated, update: number): Promise<void> => {
    switch (chat.type) {
      case 'channel':
        gate.changed({ id: chatId(chat.id), username: chat.username })
        return
      case 'supergroup':
        await tell('room', { type: 'bot-rights', chat: chatId(chat.id) })
        return
      case 'private': {
        // Blocking the bot takes the person out of everything.
        const user = userId(from.id)
        await users.setReachable(user, status !== 'kicked')
        if (status === 'kicked') await departure(user, { reason: 'blocked_bot', update })
        // Back again: what stands on the screen from before is over.
        else await tell('courier', { type: 'notice', to: user, notice: 'stopped', args: '{}' })
        return
      }
      case 'group':
        return
    }
  },
})
export type Memberships = ReturnType<typeof createMemberships>
