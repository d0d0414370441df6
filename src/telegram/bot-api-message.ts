import type { MessageEntity } from 'telegraf/types'

export type Button = { text: string; data: string } | { text: string; url: string }
/** Rows of buttons under a message. */
export type Keyboard = readonly (readonly Button[])[]

export interface OutgoingMessage {
  text: string
  keyboard?: Keyboard | undefined
  entities?: readonly MessageEntity[] | undefined
  /** Keeps the message from being forwarded or saved. */
  protect?: boolean | undefined
  disableLinkPreview?: boolean | undefined
  /** Telegram's file_id of a photo, which the text then stands under. */
  photo?: string | undefined
}

/** Telegram's limits for a text, and for a text under a photo; the line that every broadcast ends with must fit in. */
const LONGEST = 4_096
const LONGEST_CAPTION = 1_024
const BROADCAST_ENDING = 160

/** How many characters the text of a broadcast may have. */
export const longestBroadcast = (photo: boolean): number => (photo ? LONGEST_CAPTION : LONGEST) - BROADCAST_ENDING

const keyboardOf = (keyboard: Keyboard | undefined) =>
  keyboard === undefined
    ? undefined
    : {
        inline_keyboard: keyboard.map((row) =>
          row.map((button) =>
            'url' in button
              ? { text: button.text, url: button.url }
              : { text: button.text, callback_data: button.data },
          ),
        ),
      }

/** The fields of sendPhoto that make up the message itself. */
export const photoBody = (message: OutgoingMessage & { photo: string }) => ({
  photo: message.photo,
  ...(message.text === '' ? {} : { caption: message.text }),
  ...(message.entities === undefined ? {} : { caption_entities: message.entities }),
  ...(message.keyboard === undefined ? {} : { reply_markup: keyboardOf(message.keyboard) }),
  ...(message.protect === true ? { protect_content: true } : {}),
})

/** The fields of sendMessage and editMessageText that make up the message itself. */
export const messageBody = (message: OutgoingMessage) => ({
  text: message.text,
  ...(message.entities === undefined ? {} : { entities: message.entities }),
  ...(message.keyboard === undefined ? {} : { reply_markup: keyboardOf(message.keyboard) }),
  ...(message.protect === true ? { protect_content: true } : {}),
  ...(message.disableLinkPreview === true ? { link_preview_options: { is_disabled: true } } : {}),
})
