import bigInt from 'big-integer'
import { Api } from 'telegram'
import { userId as parseUserId, type ChatId, type UserId } from '../ids.js'
import { HostGroupGoneError, HostRejectedError, HostUnavailableError } from './errors.js'
import { GramjsConnection, type ConnectionSettings } from './gramjs-connection.js'
import { channelOfChat, listOwnedGroups, ownedGroup } from './gramjs-dialogs.js'
import { deleteHistory } from './gramjs-history.js'
import { liftBans, listMembers, removeOthers } from './gramjs-members.js'
import type { AccountStanding, AccountVerdict, BotIdentity, GroupRef, HostClient, OwnedGroup } from './host-client.js'

/** Exactly what the bot needs to hold a room: links, bans, deletions, the title, a pin. */
const BOT_RIGHTS = { inviteUsers: true, banUsers: true, deleteMessages: true, changeInfo: true, pinMessages: true }
/** `manage_ranks`: the right to give members tags (Bot API 9.5), younger than GramJS' schema. */
const MANAGE_TAGS_FLAG = 1 << 18
/** What ordinary members may not do, though Telegram lets them by default. */
const MEMBERS_MAY_NOT = { inviteUsers: true, pinMessages: true, changeInfo: true }

/** Setting what is already set is refused with …_NOT_MODIFIED: that is as good as done. */
const orAlready = async (call: Promise<unknown>): Promise<void> => {
  try {
    await call
  } catch (error) {
    if (!(error instanceof HostRejectedError) || !error.reason.endsWith('NOT_MODIFIED')) throw error
  }
}

/** The bot's rights, with the one that GramJS cannot name: its flag is set in the encoded object. */
class RightsWithTags extends Api.ChatAdminRights {
  override getBytes(): Buffer {
    const bytes = super.getBytes()
    // After the constructor's id come the flags.
    bytes.writeUInt32LE(bytes.readUInt32LE(4) | MANAGE_TAGS_FLAG, 4)
    return bytes
  }
}

class GramjsHostClient implements HostClient {
  private readonly connection: GramjsConnection
  private self: UserId | undefined
  private readonly hashes = new Map<ChatId, string>()
  private bot: { username: string; input: Api.InputUser } | undefined

  private config: { readonly hash: number; readonly frozen: AccountVerdict['frozen'] } = { hash: 0, frozen: null }

  constructor(settings: ConnectionSettings) {
    this.connection = new GramjsConnection(settings)
  }

  async connect(): Promise<void> {
    await this.connection.connect()
    this.self = parseUserId((await this.account()).id.toString())
  }

  close(): Promise<void> {
    return this.connection.close()
  }

  alive(): boolean {
    return this.self !== undefined && this.connection.alive()
  }

  me(): UserId {
    if (this.self === undefined) throw new HostUnavailableError('This client is not connected.')
    return this.self
  }

  async verdict(): Promise<AccountVerdict> {
    const frozen = await this.frozen()
    const { restricted = false, restrictionReason = [] } = await this.account()
    return {
      frozen,
      restrictions: restricted ? restrictionReason.map(({ platform, reason }) => ({ platform, reason })) : [],
    }
  }

  async standing(): Promise<AccountStanding> {
    const verdict = await this.verdict()
    const { authorizations } = await this.connection.invoke(new Api.account.GetAuthorizations())
    const login = authorizations.find(({ current }) => current)?.dateCreated
    return { ...verdict, loginAt: login === undefined || login === 0 ? null : login * 1_000 }
  }

  async createGroup(marker: string): Promise<OwnedGroup> {
    const answer = await this.connection.invoke(
      new Api.channels.CreateChannel({ title: marker, about: marker, megagroup: true }),
    )
    const chats = 'chats' in answer ? answer.chats : []
    const group = chats.map(ownedGroup).find((candidate) => candidate?.title === marker)
    if (group === undefined) throw new HostUnavailableError('channels.CreateChannel: the answer names no group.')
    this.hashes.set(group.chat, group.accessHash)
    return group
  }

  async findGroup(marker: string): Promise<OwnedGroup | undefined> {
    return (await this.ownGroups()).find(({ title }) => title === marker)
  }

  ownGroups(): Promise<OwnedGroup[]> {
    return listOwnedGroups(this.connection)
  }

  async description(group: GroupRef): Promise<string> {
    try {
      return await this.inGroup(group, async (channel) => {
        const { fullChat } = await this.connection.invoke(new Api.channels.GetFullChannel({ channel }))
        return fullChat.about
      })
    } catch (error) {
      if (error instanceof HostGroupGoneError) return ''
      throw error
    }
  }

  async prepareGroup(group: GroupRef, bot: BotIdentity): Promise<string> {
    await this.inGroup(group, (channel) =>
      orAlready(this.connection.invoke(new Api.channels.TogglePreHistoryHidden({ channel, enabled: true }))),
    )
    await this.inGroup(group, (channel) =>
      orAlready(
        this.connection.invoke(
          new Api.messages.EditChatDefaultBannedRights({
            peer: new Api.InputPeerChannel(channel),
            bannedRights: new Api.ChatBannedRights({ ...MEMBERS_MAY_NOT, untilDate: 0 }),
          }),
        ),
      ),
    )
    const userId = await this.resolveBot(bot)
    return this.inGroup(group, async (channel) => {
      const promote = (adminRights: Api.ChatAdminRights) =>
        orAlready(this.connection.invoke(new Api.channels.EditAdmin({ channel, userId, adminRights, rank: '' })))
      try {
        await promote(new RightsWithTags(BOT_RIGHTS))
      } catch (error) {
        if (!(error instanceof HostRejectedError)) throw error
        // A server that does not take that flag: tags are a nicety, the other rights are not.
        await promote(new Api.ChatAdminRights(BOT_RIGHTS))
      }
      return channel.accessHash.toString()
    })
  }

  members(group: GroupRef) {
    return this.inGroup(group, (channel) => listMembers(this.connection, channel))
  }

  removeOthers(group: GroupRef, keep: readonly UserId[]) {
    return this.inGroup(group, (channel) => removeOthers(this.connection, channel, keep))
  }

  liftBans(group: GroupRef) {
    return this.inGroup(group, (channel) => liftBans(this.connection, channel))
  }

  clean(group: GroupRef) {
    return this.inGroup(group, (channel) => deleteHistory(this.connection, channel))
  }

  setTitle(group: GroupRef, title: string) {
    return this.inGroup(group, (channel) =>
      orAlready(this.connection.invoke(new Api.channels.EditTitle({ channel, title }))),
    )
  }

  async deleteGroup(group: GroupRef): Promise<'deleted' | 'gone'> {
    try {
      await this.inGroup(group, (channel) => this.connection.invoke(new Api.channels.DeleteChannel({ channel })))
      return 'deleted'
    } catch (error) {
      if (error instanceof HostGroupGoneError) return 'gone'
      throw error
    } finally {
      this.hashes.delete(group.chat)
    }
  }

  /** Telegram sends its settings for this account only when they have changed: freezing is one of them. */
  private async frozen(): Promise<AccountVerdict['frozen']> {
    const answer = await this.connection.invoke(new Api.help.GetAppConfig({ hash: this.config.hash }))
    if (!(answer instanceof Api.help.AppConfig)) return this.config.frozen
    const entries = answer.config instanceof Api.JsonObject ? answer.config.value : []
    const told = (key: string): unknown => {
      const value = entries.find((entry) => entry.key === key)?.value
      return value !== undefined && 'value' in value ? value.value : undefined
    }
    const [since, until, appealUrl] = [told('freeze_since_date'), told('freeze_until_date'), told('freeze_appeal_url')]
    const frozen =
      typeof since === 'number' && since > 0
        ? {
            until: typeof until === 'number' ? until * 1_000 : null,
            appealUrl: typeof appealUrl === 'string' ? appealUrl : null,
          }
        : null
    this.config = { hash: answer.hash, frozen }
    return frozen
  }

  private async account(): Promise<Api.User> {
    const [me] = await this.connection.invoke(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }))
    if (!(me instanceof Api.User)) throw new HostUnavailableError('Telegram did not say whose session this is.')
    return me
  }

  /** With the access hash that is known; a missing or wrong one is looked up in the list of dialogs, once. */
  private async inGroup<Answer>(
    group: GroupRef,
    work: (channel: Api.InputChannel) => Promise<Answer>,
  ): Promise<Answer> {
    const known = this.hashes.get(group.chat) ?? group.accessHash
    const channel = (accessHash: string) =>
      new Api.InputChannel({ channelId: channelOfChat(group.chat), accessHash: bigInt(accessHash) })
    if (known !== undefined)
      try {
        return await work(channel(known))
      } catch (error) {
        if (!(error instanceof HostGroupGoneError)) throw error
      }
    const found = (await this.ownGroups()).find(({ chat }) => chat === group.chat)
    if (found === undefined) throw new HostGroupGoneError('messages.GetDialogs')
    // It is there: whatever Telegram meant, calling it gone would leave an orphan.
    if (found.accessHash === known) throw new HostRejectedError('channels', 'GROUP_REFUSED')
    this.hashes.set(group.chat, found.accessHash)
    return work(channel(found.accessHash))
  }

  /** Telegram counts lookups of usernames strictly: once per connection. */
  private async resolveBot(bot: BotIdentity): Promise<Api.InputUser> {
    if (this.bot?.username === bot.username) return this.bot.input
    const answer = await this.connection.invoke(new Api.contacts.ResolveUsername({ username: bot.username }))
    const found = answer.users.find((user) => user.id.toString() === bot.id)
    if (!(found instanceof Api.User) || found.accessHash === undefined)
      throw new HostRejectedError('contacts.ResolveUsername', 'BOT_NOT_FOUND')
    const input = new Api.InputUser({ userId: found.id, accessHash: found.accessHash })
    this.bot = { username: bot.username, input }
    return input
  }
}

/** A host's client over GramJS, not connected yet. */
export const createHostClient = (settings: ConnectionSettings): HostClient => new GramjsHostClient(settings)
