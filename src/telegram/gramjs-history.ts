import bigInt from 'big-integer'
import { Api } from 'telegram'
import { HostRejectedError } from './errors.js'
import type { GramjsConnection } from './gramjs-connection.js'

const PAGE = 100
/** Telegram deletes long histories in parts; each round asks again for what is left. */
const ROUNDS = 50

/** The group's first service message cannot always be deleted, and says nothing about people. */
const harmless = (message: Api.TypeMessage): boolean =>
  message instanceof Api.MessageEmpty ||
  (message instanceof Api.MessageService &&
    (message.action instanceof Api.MessageActionChannelCreate ||
      message.action instanceof Api.MessageActionHistoryClear))

const remaining = async (connection: GramjsConnection, peer: Api.InputPeerChannel): Promise<number[]> => {
  const page = await connection.invoke(
    new Api.messages.GetHistory({
      peer,
      offsetId: 0,
      offsetDate: 0,
      addOffset: 0,
      limit: PAGE,
      maxId: 0,
      minId: 0,
      hash: bigInt.zero,
    }),
  )
  if (page instanceof Api.messages.MessagesNotModified) return []
  return page.messages.filter((message) => !harmless(message)).map((message) => message.id)
}

/**
 * Deletes all messages for everyone and looks that none is left. Rejects with HostRejectedError (HISTORY_REMAINS)
 * when Telegram keeps some.
 */
export const deleteHistory = async (connection: GramjsConnection, channel: Api.InputChannel): Promise<void> => {
  const peer = new Api.InputPeerChannel({ channelId: channel.channelId, accessHash: channel.accessHash })
  let left = await remaining(connection, peer)
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    const before = left[0]
    await connection.invoke(new Api.channels.DeleteHistory({ channel, maxId: Math.max(...left), forEveryone: true }))
    left = await remaining(connection, peer)
    if (left.length > 0 && left[0] === before) {
      // Not touched by the whole: one by one.
      await connection.invoke(new Api.channels.DeleteMessages({ channel, id: left }))
      left = await remaining(connection, peer)
      if (left[0] === before) break
    }
  }
  if (left.length > 0) throw new HostRejectedError('clean', 'HISTORY_REMAINS')
}
