import type { Message } from 'telegraf/types'
import { userId, type UserId } from '../../ids.js'

/** Whom an administrator means: an account, or whoever fits these words. `refused`: the notice that says why nobody. */
export type Meant =
  { readonly user: UserId } | { readonly words: string } | { readonly refused: 'admin_hidden' | 'admin_no_person' }

/** No name is longer, however many code units its characters have. */
const LONGEST = 200

const textOf = (message: Message): string => ('text' in message ? message.text.trim() : '')

/** A forwarded message means whoever wrote it; any other one an id, an @username, or a part of a name. */
export const meantBy = (message: Message): Meant => {
  const origin = 'forward_origin' in message ? message.forward_origin : undefined
  if (origin?.type === 'user') return { user: userId(origin.sender_user.id) }
  if (origin?.type === 'hidden_user') return { refused: 'admin_hidden' }
  const words = textOf(message)
  if (origin || words === '' || words === '@' || words.length > LONGEST) return { refused: 'admin_no_person' }
  return { words }
}

/** The words as an id, if they are one. */
export const idIn = (words: string): UserId | null => (/^[1-9]\d{0,15}$/.test(words) ? userId(words) : null)

const LONGEST_REASON = 200

/** Why somebody is excluded, as an administrator wrote it; undefined when it cannot be a reason. */
export const reasonIn = (message: Message): string | undefined => {
  const words = textOf(message)
  return words === '' || words.length > LONGEST_REASON ? undefined : words
}
