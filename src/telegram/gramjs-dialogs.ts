import bigInt from 'big-integer'
import { Api } from 'telegram'
import { chatId, type ChatId } from '../ids.js'
import type { GramjsConnection } from './gramjs-connection.js'
import type { OwnedGroup } from './host-client.js'

/** Between a channel's bare MTProto id and the Bot API's `-100…`. */
const CHANNEL_OFFSET = 1_000_000_000_000n
export const chatOfChannel = (channel: bigInt.BigInteger | string): ChatId =>
  chatId(-(CHANNEL_OFFSET + BigInt(channel.toString())))
export const channelOfChat = (chat: ChatId): bigInt.BigInteger => bigInt((-BigInt(chat) - CHANNEL_OFFSET).toString())

/** A group as a chat object shows it; undefined when it is something else or this account does not own it. */
export const ownedGroup = (chat: Api.TypeChat): OwnedGroup | undefined =>
  chat instanceof Api.Channel && chat.megagroup === true && chat.creator === true && chat.accessHash !== undefined
    ? { chat: chatOfChannel(chat.id), accessHash: chat.accessHash.toString(), title: chat.title }
    : undefined

const PAGE = 100
/** An account is in at most 1000 groups and channels; the rest are private chats, newest first. */
const MOST_PAGES = 100

const peerKey = (peer: Api.TypePeer): string => {
  if (peer instanceof Api.PeerChannel) return `c${peer.channelId.toString()}`
  return peer instanceof Api.PeerChat ? `g${peer.chatId.toString()}` : `u${peer.userId.toString()}`
}

const inputPeer = (peer: Api.TypePeer, page: Api.messages.Dialogs | Api.messages.DialogsSlice): Api.TypeInputPeer => {
  if (peer instanceof Api.PeerChat) return new Api.InputPeerChat({ chatId: peer.chatId })
  if (peer instanceof Api.PeerChannel) {
    const chat = page.chats.find((known) => known.id.equals(peer.channelId))
    const accessHash = chat !== undefined && 'accessHash' in chat ? chat.accessHash : undefined
    return new Api.InputPeerChannel({ channelId: peer.channelId, accessHash: accessHash ?? bigInt.zero })
  }
  const user = page.users.find((known) => known.id.equals(peer.userId))
  const accessHash = user instanceof Api.User ? user.accessHash : undefined
  return new Api.InputPeerUser({ userId: peer.userId, accessHash: accessHash ?? bigInt.zero })
}

/** Where the next page begins: at the last dialog of this one that has a message. */
const nextPage = (page: Api.messages.DialogsSlice) => {
  for (const dialog of [...page.dialogs].reverse()) {
    const top = page.messages.find(
      (message) =>
        message.id === dialog.topMessage &&
        message.peerId !== undefined &&
        peerKey(message.peerId) === peerKey(dialog.peer),
    )
    if (top !== undefined && 'date' in top)
      return { offsetDate: top.date, offsetId: top.id, offsetPeer: inputPeer(dialog.peer, page) }
  }
  return undefined
}

/** Every group that this account owns, from its whole list of dialogs. */
export const listOwnedGroups = async (connection: GramjsConnection): Promise<OwnedGroup[]> => {
  const found = new Map<ChatId, OwnedGroup>()
  const seen = new Set<string>()
  let from: { offsetDate: number; offsetId: number; offsetPeer: Api.TypeInputPeer } = {
    offsetDate: 0,
    offsetId: 0,
    offsetPeer: new Api.InputPeerEmpty(),
  }
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await connection.invoke(new Api.messages.GetDialogs({ ...from, limit: PAGE, hash: bigInt.zero }))
    if (page instanceof Api.messages.DialogsNotModified) break
    for (const chat of page.chats) {
      const group = ownedGroup(chat)
      if (group !== undefined) found.set(group.chat, group)
    }
    const known = seen.size
    for (const dialog of page.dialogs) seen.add(peerKey(dialog.peer))
    if (page instanceof Api.messages.Dialogs || seen.size === known) break
    const next = nextPage(page)
    if (next === undefined) break
    from = next
  }
  return [...found.values()]
}
