import bigInt from 'big-integer'
import { Api } from 'telegram'
import { userId, type UserId } from '../ids.js'
import { HostRejectedError } from './errors.js'
import type { GramjsConnection } from './gramjs-connection.js'
import type { GroupMember } from './host-client.js'

const PAGE = 200
/** Somebody may come in while others are removed; more often than this is not a coincidence. */
const ROUNDS = 4

interface Participant extends GroupMember {
  readonly input: Api.InputPeerUser
}

const participantUser = (participant: Api.TypeChannelParticipant): bigInt.BigInteger | undefined => {
  if (participant instanceof Api.ChannelParticipantBanned || participant instanceof Api.ChannelParticipantLeft)
    return participant.peer instanceof Api.PeerUser ? participant.peer.userId : undefined
  return participant.userId
}

const listParticipants = async (
  connection: GramjsConnection,
  channel: Api.InputChannel,
  filter: Api.TypeChannelParticipantsFilter,
): Promise<Participant[]> => {
  const found = new Map<UserId, Participant>()
  for (let offset = 0; ; offset += PAGE) {
    const page = await connection.invoke(
      new Api.channels.GetParticipants({ channel, filter, offset, limit: PAGE, hash: bigInt.zero }),
    )
    if (!(page instanceof Api.channels.ChannelParticipants)) break
    for (const participant of page.participants) {
      const id = participantUser(participant)
      if (id === undefined) continue
      const seen = page.users.find((user) => user.id.equals(id))
      const accessHash = (seen instanceof Api.User ? seen.accessHash : undefined) ?? bigInt.zero
      const admin =
        participant instanceof Api.ChannelParticipantAdmin || participant instanceof Api.ChannelParticipantCreator
      const user = userId(id.toString())
      found.set(user, { user, admin, input: new Api.InputPeerUser({ userId: id, accessHash }) })
    }
    if (page.participants.length < PAGE) break
  }
  return [...found.values()]
}

/** Everybody who is in the group, the owner and bots included. */
export const listMembers = async (connection: GramjsConnection, channel: Api.InputChannel): Promise<GroupMember[]> => {
  const members = await listParticipants(connection, channel, new Api.ChannelParticipantsRecent())
  return members.map(({ user, admin }) => ({ user, admin }))
}

const setBan = (connection: GramjsConnection, channel: Api.InputChannel, participant: Api.InputPeerUser, on: boolean) =>
  connection.invoke(
    new Api.channels.EditBanned({
      channel,
      participant,
      bannedRights: new Api.ChatBannedRights({ ...(on ? { viewMessages: true } : {}), untilDate: 0 }),
    }),
  )

/** Removes everybody but these, until a look shows that nobody else is left. */
export const removeOthers = async (
  connection: GramjsConnection,
  channel: Api.InputChannel,
  keep: readonly UserId[],
): Promise<void> => {
  for (let round = 0; round < ROUNDS; round++) {
    const members = await listParticipants(connection, channel, new Api.ChannelParticipantsRecent())
    const others = members.filter(({ user }) => !keep.includes(user))
    if (others.length === 0) return
    for (const other of others) await setBan(connection, channel, other.input, true)
  }
  throw new HostRejectedError('removeOthers', 'MEMBERS_REMAIN')
}

/** Lifts every ban and restriction, until a look shows that none is left. */
export const liftBans = async (connection: GramjsConnection, channel: Api.InputChannel): Promise<void> => {
  for (let round = 0; round < ROUNDS; round++) {
    const banned = [
      ...(await listParticipants(connection, channel, new Api.ChannelParticipantsKicked({ q: '' }))),
      ...(await listParticipants(connection, channel, new Api.ChannelParticipantsBanned({ q: '' }))),
    ]
    if (banned.length === 0) return
    for (const person of banned) await setBan(connection, channel, person.input, false)
  }
  throw new HostRejectedError('liftBans', 'BANS_REMAIN')
}
