import { z } from 'zod'
import { BotApiError } from '../bot-api/errors.js'
import { Denied } from '../world/denied.js'

/** An answer of the control API that is no success: 4xx, a name for programs and words for people. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    description: string,
  ) {
    super(description)
    this.name = 'ControlError'
  }
}

const words: Record<string, string> = {
  AUTH_TOKEN_ALREADY_ACCEPTED: 'Somebody has accepted this code already.',
  AUTH_TOKEN_EXPIRED: 'The code has expired; the client shows another one.',
  AUTH_TOKEN_INVALIDX: 'This is no login link that a client of this sandbox shows.',
  BOT_RESPONSE_TIMEOUT: 'The bot did not answer.',
  CHANNEL_INVALID: 'There is no such chat.',
  CHANNEL_PRIVATE: 'This person is not in that chat, or it is gone.',
  CHANNELS_TOO_MUCH: 'This person is in too many groups and channels.',
  CHAT_SEND_PHOTOS_FORBIDDEN: 'This person may not send photos there.',
  CHAT_SEND_PLAIN_FORBIDDEN: 'This person may not write there.',
  CHAT_SEND_STICKERS_FORBIDDEN: 'This person may not send stickers there.',
  CHAT_WRITE_FORBIDDEN: 'This person may not write there.',
  CONTACT_ID_INVALID: 'Nobody can block themselves.',
  FILE_ID_INVALID: 'There is no photo with this file id.',
  IMAGE_PROCESS_FAILED: 'This is no image that Telegram takes: JPEG, PNG, GIF and WebP are.',
  INPUT_USER_DEACTIVATED: 'That account is gone.',
  INVITE_HASH_EXPIRED: 'The link has expired.',
  INVITE_HASH_INVALID: 'This is no invite link.',
  MEDIA_CAPTION_TOO_LONG: 'What stands under a photo has at most 1024 characters.',
  MESSAGE_EMPTY: 'There is nothing to send.',
  MESSAGE_ID_INVALID: 'There is no such message, or it cannot be used for this.',
  MESSAGE_NOT_MODIFIED: 'The message reads like that already.',
  MESSAGE_TOO_LONG: 'The text is longer than 4096 characters.',
  PHOTO_INVALID_DIMENSIONS: 'The image is too large, or too long for its width.',
  PHOTO_SAVE_FILE_INVALID: 'A photo has at most 10 MB.',
  PHONE_NUMBER_UNOCCUPIED: 'There is no account with this phone number.',
  USER_ALREADY_PARTICIPANT: 'This person is in the chat already.',
  USER_ID_INVALID: 'There is no such person.',
  USER_NOT_PARTICIPANT: 'This person is not in that chat.',
  USERNAME_INVALID: 'A username has 3 to 32 letters, digits and underscores and begins with a letter.',
  USERNAME_OCCUPIED: 'The username is taken.',
  USER_IS_BLOCKED: 'This person was blocked there.',
  YOU_BLOCKED_USER: 'This person has blocked whom they write to; unblock them first.',
}

/** Brings whatever went wrong into the shape of the control API; undefined for errors that are nobody's fault but ours. */
export function asControlError(error: unknown): ControlError | undefined {
  if (error instanceof ControlError) return error
  if (error instanceof z.ZodError) return new ControlError(400, 'BODY_INVALID', z.prettifyError(error))
  if (error instanceof BotApiError) return new ControlError(error.code, 'BODY_INVALID', error.description)
  if (!(error instanceof Denied)) return undefined
  const status = error.code >= 400 && error.code < 500 ? error.code : 400
  return new ControlError(status, error.error, words[error.error] ?? `Telegram refuses: ${error.error}.`)
}
