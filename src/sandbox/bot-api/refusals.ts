import type { Denied } from '../world/denied.js'
import { badRequest, BotApiError, forbidden, tooManyRequests } from './errors.js'

/** What the Bot API says for the world's error names. Names that are not here are passed on as they are. */
const texts: Record<string, BotApiError> = {
  CHANNEL_INVALID: badRequest('chat not found'),
  // The bot can find a public channel without being inside.
  CHANNEL_PRIVATE: forbidden('bot is not a member of the channel chat'),
  PEER_ID_INVALID: badRequest('chat not found'),
  USER_ID_INVALID: badRequest('user not found'),
  USER_IS_BLOCKED: forbidden('bot was blocked by the user'),
  INPUT_USER_DEACTIVATED: forbidden('user is deactivated'),
  CHAT_WRITE_FORBIDDEN: badRequest('not enough rights to send text messages to the chat'),
  CHAT_SEND_PHOTOS_FORBIDDEN: badRequest('not enough rights to send photos to the chat'),
  CHAT_SEND_PLAIN_FORBIDDEN: badRequest('not enough rights to send text messages to the chat'),
  CHAT_SEND_STICKERS_FORBIDDEN: badRequest('not enough rights to send stickers to the chat'),
  MEDIA_CAPTION_TOO_LONG: badRequest('message caption is too long'),
  MESSAGE_EMPTY: badRequest('message text is empty'),
  MESSAGE_TOO_LONG: badRequest('message is too long'),
  MESSAGE_NOT_MODIFIED: badRequest(
    'message is not modified: specified new message content and reply markup are exactly the same as a current ' +
      'content and reply markup of the message',
  ),
  MESSAGE_AUTHOR_REQUIRED: badRequest("message can't be edited"),
  MESSAGE_DELETE_FORBIDDEN: badRequest("message can't be deleted"),
  QUERY_ID_INVALID: badRequest('query is too old and response timeout expired or query ID is invalid'),
  CHAT_TITLE_EMPTY: badRequest('title must be non-empty'),
  CHAT_ABOUT_TOO_LONG: badRequest('chat description is too long'),
  CHAT_ABOUT_NOT_MODIFIED: badRequest('chat description is not modified'),
  USER_ADMIN_INVALID: badRequest('user is an administrator of the chat'),
  USER_CREATOR: badRequest("can't remove chat owner"),
}

/** The right that a method misses, in the Bot API's words. */
const missingRight: [RegExp, string][] = [
  [/^(un)?(ban|restrict)/i, ' to restrict/unrestrict chat member'],
  [/InviteLink$/, ' to manage chat invite link'],
  [/JoinRequest$/, ' to manage chat join requests'],
  [/^(un)?pin/i, ' to manage pinned messages in the chat'],
  [/^setChatTitle$/, ' to change chat title'],
  [/^setChatDescription$/, ' to set chat description'],
  [/^setChatPermissions$/, ' to change chat permissions'],
  [/^setChatAdministratorCustomTitle$/, ' to change custom title of the user'],
]

/** What a refused `MESSAGE_ID_INVALID` was looked for, by method. */
const missingMessage: [RegExp, string][] = [
  [/^edit/, 'message to edit not found'],
  [/^delete/, 'message to delete not found'],
  [/^unpin/, 'message to unpin not found'],
  [/^pin/, 'message to pin not found'],
  [/^copy/, 'message to copy not found'],
  [/^forward/, 'message to forward not found'],
]

const wording = (list: [RegExp, string][], method: string): string | undefined =>
  list.find(([pattern]) => pattern.test(method))?.[1]

/** Translates a refusal by the world into the answer that the Bot API gives for this method. */
export function refusal(denied: Denied, method: string): BotApiError {
  const { error } = denied
  const wait = /^(?:FLOOD|SLOWMODE)_WAIT_(\d+)$/.exec(error)
  if (wait) return tooManyRequests(Number(wait[1]))
  if (error === 'CHAT_ADMIN_REQUIRED') return badRequest(`not enough rights${wording(missingRight, method) ?? ''}`)
  if (error === 'MESSAGE_ID_INVALID') return badRequest(wording(missingMessage, method) ?? 'message not found')
  const text = texts[error]
  if (text) return new BotApiError(text.code, text.description)
  return denied.code === 403 ? forbidden(error) : badRequest(error)
}
