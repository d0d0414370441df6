/*
 * Stickers are nothing but the emoji that they stand for: the file id of one holds it, so whoever was sent a sticker can
 * send it on.
 */

const FILE_ID = /^CAACAgI([\w-]+)$/

export const stickerFileId = (emoji: string): string => `CAACAgI${Buffer.from(emoji).toString('base64url')}`

/** The emoji of the sticker with this file id; undefined when it is none. */
export const emojiOfSticker = (fileId: string): string | undefined => {
  const [, encoded] = FILE_ID.exec(fileId) ?? []
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString()
}
