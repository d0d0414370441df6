/** The Bot API shows a supergroup or channel as this minus its MTProto id. */
const OFFSET = 1_000_000_000_000

/** MTProto channel id → Bot API chat id (`-100…`). */
export const toBotApiId = (channelId: number): number => -OFFSET - channelId

/** Bot API chat id (`-100…`) → MTProto channel id; undefined when it is not the id of a supergroup or channel. */
export const fromBotApiId = (chatId: number): number | undefined => (chatId < -OFFSET ? -chatId - OFFSET : undefined)
