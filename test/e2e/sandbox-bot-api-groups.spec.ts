import { expect } from 'chai'
import { Telegram } from 'telegraf'
import { botRights, startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'
import { refusalOf } from '../support/telegraf-refusals.js'

describe('The sandbox Bot API: groups, by Telegraf', () => {
  let sandbox: SandboxHttp
  let telegram: Telegram
  let alice: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    telegram = new Telegram(sandbox.token, { apiRoot: sandbox.root })
    alice = sandbox.person('Alice')
  })
  afterEach(() => sandbox.close())

  const ask = (link: string, userId = alice) =>
    expect(() => sandbox.world.invites.join(userId, sandbox.world.invites.hashOf(link))).to.throw('INVITE_REQUEST_SENT')

  it('lets in by join request whom the bot approves, and nobody else', async () => {
    const { chatId } = sandbox.group()
    const expireDate = sandbox.world.now() + 180
    const link = await telegram.createChatInviteLink(chatId, { creates_join_request: true, expire_date: expireDate })
    expect(link).to.deep.include({
      creates_join_request: true,
      is_primary: false,
      is_revoked: false,
      expire_date: expireDate,
    })
    const stranger = sandbox.person('Stranger')
    ask(link.invite_link)
    ask(link.invite_link, stranger)
    await telegram.approveChatJoinRequest(chatId, alice)
    await telegram.declineChatJoinRequest(chatId, stranger)
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'member' })
    expect(await telegram.getChatMember(chatId, stranger)).to.deep.include({ status: 'left' })
    expect(await telegram.getChatMembersCount(chatId)).to.equal(3)
    expect(await refusalOf(telegram.approveChatJoinRequest(chatId, alice))).to.equal(
      'Bad Request: USER_ALREADY_PARTICIPANT',
    )
    expect(await refusalOf(telegram.approveChatJoinRequest(chatId, stranger))).to.equal(
      'Bad Request: HIDE_REQUESTER_MISSING',
    )

    const revoked = await telegram.revokeChatInviteLink(chatId, link.invite_link)
    expect(revoked.is_revoked).to.equal(true)
    expect(() => sandbox.world.invites.join(stranger, sandbox.world.invites.hashOf(link.invite_link))).to.throw(
      'INVITE_HASH_EXPIRED',
    )
  })

  it('refuses links that Telegram refuses', async () => {
    const { chatId, chat, hostId } = sandbox.group()
    const both = telegram.createChatInviteLink(chatId, { creates_join_request: true, member_limit: 1 })
    expect(await refusalOf(both)).to.equal(
      "Bad Request: member limit can't be specified for links requiring administrator approval",
    )
    const foreign = sandbox.world.invites.export(chat.id, hostId)
    const change = telegram.editChatInviteLink(chatId, sandbox.world.invites.link(foreign), { name: 'x' })
    expect(await refusalOf(change)).to.equal('Bad Request: not enough rights to manage chat invite link')
  })

  it('removes, bans and lets back', async () => {
    const { chatId, chat, hostId } = sandbox.group()
    sandbox.world.members.add(chat.id, hostId, alice)
    await telegram.callApi('kickChatMember' as 'banChatMember', { chat_id: chatId, user_id: alice })
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'kicked', until_date: 0 })
    await telegram.unbanChatMember(chatId, alice, { only_if_banned: true })
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'left' })

    sandbox.world.members.add(chat.id, hostId, alice)
    await telegram.unbanChatMember(chatId, alice, { only_if_banned: true })
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'member' })
    await telegram.unbanChatMember(chatId, alice)
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'left' })

    expect(await refusalOf(telegram.banChatMember(chatId, hostId))).to.equal("Bad Request: can't remove chat owner")
    expect(await refusalOf(telegram.banChatMember(chatId, sandbox.bot.id))).to.equal("Bad Request: can't restrict self")
    expect(await refusalOf(telegram.getChatMember(chatId, 4))).to.equal('Bad Request: PARTICIPANT_ID_INVALID')
  })

  it('restricts, promotes and tags', async () => {
    const { chatId, chat, hostId } = sandbox.group([...botRights, 'add_admins'])
    sandbox.world.members.add(chat.id, hostId, alice)
    await telegram.restrictChatMember(chatId, alice, { permissions: { can_send_photos: true } })
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({
      status: 'restricted',
      is_member: true,
      can_send_messages: true,
      can_send_photos: true,
      can_send_polls: false,
      can_invite_users: false,
    })
    await telegram.restrictChatMember(chatId, alice, { permissions: allPermissions })
    const tag = (text: string) => sandbox.call('setChatMemberTag', { chat_id: chatId, user_id: alice, tag: text })
    expect(await tag('Blue Heron')).to.deep.equal({ ok: true, result: true })
    expect(await telegram.getChatMember(chatId, alice)).to.deep.include({ status: 'member', tag: 'Blue Heron' })
    expect((await tag('much too long a tag')).description).to.equal('Bad Request: ADMIN_RANK_INVALID')
    expect((await tag('😀')).description).to.equal('Bad Request: ADMIN_RANK_EMOJI_NOT_ALLOWED')
    await telegram.promoteChatMember(chatId, alice, { can_pin_messages: true })
    await telegram.setChatAdministratorCustomTitle(chatId, alice, 'Pinner')
    const promoted = await telegram.getChatMember(chatId, alice)
    expect(promoted).to.deep.include({ status: 'administrator', can_pin_messages: true, custom_title: 'Pinner' })
    expect(promoted).to.deep.include({ can_be_edited: true, can_manage_chat: true, can_delete_messages: false })
    const administrators = await telegram.getChatAdministrators(chatId)
    expect(administrators.map(({ user }) => user.id)).to.have.members([hostId, sandbox.bot.id, alice])
  })

  it('changes what a group is called and what may be done in it', async () => {
    const { chatId } = sandbox.group()
    await telegram.setChatTitle(chatId, 'Blue Heron & Red Fox')
    await telegram.setChatTitle(chatId, 'Blue Heron & Red Fox')
    await telegram.setChatDescription(chatId, 'About it')
    expect(await refusalOf(telegram.setChatDescription(chatId, 'About it'))).to.equal(
      'Bad Request: chat description is not modified',
    )
    await telegram.setChatPermissions(chatId, { can_send_messages: true, can_send_other_messages: true })
    const chat = await telegram.getChat(chatId)
    expect(chat).to.deep.include({
      id: chatId,
      type: 'supergroup',
      title: 'Blue Heron & Red Fox',
      description: 'About it',
    })
    expect(chat).to.have.property('permissions').that.includes({
      can_send_messages: true,
      can_send_photos: true,
      can_invite_users: false,
      can_pin_messages: false,
      can_change_info: false,
    })
    const welcome = await telegram.sendMessage(chatId, 'Welcome')
    await telegram.pinChatMessage(chatId, welcome.message_id)
    expect(sandbox.world.chats.get(-chatId - 1e12).pinned).to.deep.equal([welcome.message_id])
    await telegram.unpinChatMessage(chatId, welcome.message_id)
    expect(sandbox.world.chats.get(-chatId - 1e12).pinned).to.deep.equal([])
  })

  it('gives each administrator a primary link, the bot its own', async () => {
    const { chatId, chat, hostId } = sandbox.group()
    const shown = async (): Promise<string | undefined> => {
      const { invite_link: link } = (await telegram.getChat(chatId)) as { invite_link?: string }
      return link
    }
    const first = await shown()
    expect(first).to.match(/^https:\/\/t\.me\/\+[\w-]{16}$/)
    expect(await shown()).to.equal(first)
    const hosts = sandbox.world.invites.primary(chat, hostId)
    expect(hosts?.revoked).to.equal(false)
    const next = await telegram.exportChatInviteLink(chatId)
    expect(next).not.to.equal(first)
    expect(await shown()).to.equal(next)
    expect(chat.invites.get(sandbox.world.invites.hashOf(first ?? ''))?.revoked).to.equal(true)
    expect(hosts?.revoked, 'what the bot does leaves the owner’s alone').to.equal(false)
    const powerless = sandbox.group(['other'])
    expect(await telegram.getChat(powerless.chatId)).not.to.have.property('invite_link')
  })

  it('says which right is missing', async () => {
    const { chatId, chat, hostId } = sandbox.group(['other'])
    sandbox.world.chats.setDefaultBanned(chat.id, hostId, ['invite_users', 'pin_messages', 'change_info'])
    sandbox.world.members.add(chat.id, hostId, alice)
    const { message_id: messageId } = await telegram.sendMessage(chatId, 'x')
    const words = {
      'to restrict/unrestrict chat member': telegram.banChatMember(chatId, alice),
      'to manage chat invite link': telegram.createChatInviteLink(chatId),
      'to manage chat join requests': telegram.approveChatJoinRequest(chatId, alice),
      'to manage pinned messages in the chat': telegram.pinChatMessage(chatId, messageId),
      'to change chat title': telegram.setChatTitle(chatId, 'x'),
      'to set chat description': telegram.setChatDescription(chatId, 'x'),
      'to change chat permissions': telegram.setChatPermissions(chatId, {}),
    }
    for (const [right, call] of Object.entries(words)) {
      expect(await refusalOf(call)).to.equal(`Bad Request: not enough rights ${right}`)
    }
    const first = sandbox.world.messages.send(chat.id, alice, { text: 'mine' })
    expect(await refusalOf(telegram.deleteMessage(chatId, first.id))).to.equal("Bad Request: message can't be deleted")
  })

  it('tells apart chats that are unknown, left, lost and gone', async () => {
    const { world, bot } = sandbox
    const unknown = world.chats.create(alice, { title: 'Elsewhere' })
    const send = (chatId: number) => refusalOf(telegram.sendMessage(chatId, 'x'))
    expect(await send(-1e12 - unknown.id)).to.equal('Bad Request: chat not found')
    const left = sandbox.group()
    await telegram.leaveChat(left.chatId)
    expect(await send(left.chatId)).to.equal('Forbidden: bot is not a member of the supergroup chat')
    const kicked = sandbox.group()
    world.members.ban(kicked.chat.id, kicked.hostId, bot.id, ['view_messages'])
    expect(await send(kicked.chatId)).to.equal('Forbidden: bot was kicked from the supergroup chat')
    const deleted = sandbox.group()
    world.chats.delete(deleted.chat.id, deleted.hostId)
    expect(await send(deleted.chatId)).to.equal('Forbidden: bot was kicked from the supergroup chat')
    expect(await refusalOf(telegram.getChatMember(deleted.chatId, alice))).to.equal(
      'Forbidden: bot was kicked from the supergroup chat',
    )
  })

  it('shows who subscribes to a channel only to its administrators', async () => {
    const { world, bot } = sandbox
    const owner = world.users.add({ firstName: 'Owner' }).id
    const channel = world.chats.create(owner, { title: 'News', type: 'channel', username: 'news_here' })
    expect(await telegram.getChat('@news_here')).to.deep.include({ type: 'channel', username: 'news_here' })
    expect(await refusalOf(telegram.getChatMember('@news_here', alice))).to.equal(
      'Bad Request: member list is inaccessible',
    )
    const write = () => refusalOf(telegram.sendMessage('@news_here', 'x'))
    expect(await write()).to.equal('Forbidden: bot is not a member of the channel chat')
    world.members.promote(channel.id, owner, bot.id, ['other'])
    expect(await write()).to.equal('Bad Request: need administrator rights in the channel chat')
    expect(await telegram.getChatMember('@news_here', alice)).to.deep.include({ status: 'left' })
    world.members.joinPublic(channel.id, alice)
    expect(await telegram.getChatMember('@NEWS_here', alice)).to.deep.include({ status: 'member' })
  })
})

const allPermissions = {
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_change_info: true,
  can_invite_users: true,
  can_pin_messages: true,
  can_manage_topics: true,
  can_edit_tag: true,
}
