import bigInt from 'big-integer'
import { expect } from 'chai'
import { Api, type TelegramClient } from 'telegram'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { failureOf, firstChat, gramjs } from '../support/gramjs.js'
import { until } from '../support/until.js'

describe('groups in the sandbox with GramJS', () => {
  let sandbox: Sandbox
  let hostUser: User
  let alice: User
  let bot: User
  let host: TelegramClient
  let person: TelegramClient
  let room: Api.Channel

  const open = async (userId: number): Promise<TelegramClient> => {
    const client = gramjs(sandbox, sandbox.mintSession(userId))
    await client.connect()
    return client
  }
  const join = (link: string): Promise<Api.TypeUpdates> =>
    person.invoke(new Api.messages.ImportChatInvite({ hash: sandbox.world.invites.hashOf(link) }))
  const memberOf = (userId: number) =>
    sandbox.world.members.find(sandbox.world.chats.get(Number(room.id)), userId)?.status

  beforeEach(async () => {
    sandbox = await startSandbox()
    hostUser = sandbox.world.users.add({ firstName: 'Host', phone: '1' })
    alice = sandbox.world.users.add({ firstName: 'Alice', phone: '2' })
    bot = sandbox.world.users.addBot('Visavis', 'visavis_bot')
    host = await open(hostUser.id)
    person = await open(alice.id)
    const created = await host.invoke(new Api.channels.CreateChannel({ title: 'mark', about: '', megagroup: true }))
    room = firstChat(created)
  })

  afterEach(async () => {
    await Promise.all([host.destroy(), person.destroy()])
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('are made and prepared with the bot as administrator', async () => {
    expect(room.megagroup).to.equal(true)
    expect(room.creator).to.equal(true)
    await host.invoke(new Api.channels.TogglePreHistoryHidden({ channel: room, enabled: true }))
    const bannedRights = new Api.ChatBannedRights({
      inviteUsers: true,
      pinMessages: true,
      changeInfo: true,
      untilDate: 0,
    })
    await host.invoke(new Api.messages.EditChatDefaultBannedRights({ peer: room, bannedRights }))
    const found = await host.invoke(new Api.contacts.ResolveUsername({ username: 'visavis_bot' }))
    const adminRights = new Api.ChatAdminRights({ inviteUsers: true, banUsers: true, other: true })
    const userId = found.users[0] as Api.User
    await host.invoke(new Api.channels.EditAdmin({ channel: room, userId, adminRights, rank: '' }))
    expect(memberOf(bot.id)).to.equal('administrator')

    const full = await host.invoke(new Api.channels.GetFullChannel({ channel: room }))
    expect((full.fullChat as Api.ChannelFull).hiddenPrehistory).to.equal(true)
    const [chat] = await host.invoke(new Api.channels.GetChannels({ id: [room] })).then(({ chats }) => chats)
    expect((chat as Api.Channel).defaultBannedRights?.pinMessages).to.equal(true)
    const { users, participants } = (await host.invoke(
      new Api.channels.GetParticipants({
        channel: room,
        filter: new Api.ChannelParticipantsRecent(),
        offset: 0,
        limit: 100,
        hash: bigInt.zero,
      }),
    )) as Api.channels.ChannelParticipants
    expect(users.map((user) => Number(user.id))).to.have.members([hostUser.id, bot.id])
    expect(participants.map((participant) => participant.className)).to.have.members([
      'ChannelParticipantCreator',
      'ChannelParticipantAdmin',
    ])
  })

  it('take people in by link at once, or by request', async () => {
    const exported = (await host.invoke(
      new Api.messages.ExportChatInvite({ peer: room, requestNeeded: true }),
    )) as Api.ChatInviteExported
    expect(exported.link).to.match(/^https:\/\/t\.me\/\+[\w-]{16}$/)
    const seen: string[] = []
    host.addEventHandler((update: { className?: string }) => seen.push(update.className ?? ''))
    expect(await failureOf(join(exported.link))).to.equal('400 INVITE_REQUEST_SENT')
    expect(memberOf(alice.id)).to.equal(undefined)
    await until('the host hears of the request', () => seen.includes('UpdatePendingJoinRequests'))

    const importers = await host.invoke(
      new Api.messages.GetChatInviteImporters({
        peer: room,
        requested: true,
        offsetDate: 0,
        offsetUser: new Api.InputUserEmpty(),
        limit: 10,
      }),
    )
    const [asking] = importers.users
    await host.invoke(new Api.messages.HideChatJoinRequest({ peer: room, userId: asking as Api.User, approved: true }))
    expect(memberOf(alice.id)).to.equal('member')
    expect(await failureOf(join(exported.link))).to.equal('400 USER_ALREADY_PARTICIPANT')
    expect(seen).not.to.include('UpdateChannelParticipant')
  })

  it('refuse revoked links, and foreign access hashes', async () => {
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    await host.invoke(new Api.messages.EditExportedChatInvite({ peer: room, link, revoked: true }))
    expect(await failureOf(join(link))).to.equal('406 INVITE_HASH_EXPIRED')
    await host.invoke(new Api.messages.DeleteExportedChatInvite({ peer: room, link }))
    expect(await failureOf(person.invoke(new Api.channels.GetFullChannel({ channel: room })))).to.equal(
      '400 CHANNEL_INVALID',
    )
  })

  it('hide what was written before somebody came, and tell both sides what is written', async () => {
    await host.sendMessage(room, { message: 'before' })
    await host.invoke(new Api.channels.TogglePreHistoryHidden({ channel: room, enabled: true }))
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    const seen: string[] = []
    host.addEventHandler((update: { message?: { message?: string } }) => seen.push(update.message?.message ?? ''))
    const entered = firstChat(await join(link))
    await person.sendMessage(entered, { message: 'hello' })
    await until('the host reads it', () => seen.includes('hello'))
    const texts = async (client: TelegramClient, chat: Api.Channel): Promise<(string | undefined)[]> =>
      (await client.getMessages(chat, { limit: 10 })).map((message) => message.message)
    expect(await texts(person, entered)).to.deep.equal(['hello', undefined])
    expect(await texts(host, room)).to.include('before')

    await host.invoke(new Api.channels.DeleteHistory({ channel: room, maxId: 0, forEveryone: true }))
    expect(await texts(person, entered)).to.deep.equal([])
    expect(await texts(host, room)).to.deep.equal([undefined])
  })

  it('are emptied by anybody for themselves, and for everyone by those who may', async () => {
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    const entered = firstChat(await join(link))
    await host.sendMessage(room, { message: 'one' })
    const other = await open(alice.id)
    const told: Api.UpdateChannelAvailableMessages[] = []
    other.addEventHandler((update: Api.TypeUpdate) => {
      if (update.className === 'UpdateChannelAvailableMessages') told.push(update)
    })
    const clear = (client: TelegramClient, channel: Api.Channel, forEveryone: boolean, maxId = 0): Promise<unknown> =>
      client.invoke(new Api.channels.DeleteHistory({ channel, maxId, forEveryone }))
    const texts = async (client: TelegramClient, chat: Api.Channel): Promise<(string | undefined)[]> =>
      (await client.getMessages(chat, { limit: 10 })).map((message) => message.message)
    await clear(person, entered, false)
    await host.sendMessage(room, { message: 'two' })
    expect(await texts(person, entered)).to.deep.equal(['two'])
    expect(await texts(host, room)).to.include.members(['one', 'two'])
    await until('the other device hears of it', () => told.length === 1)
    const { availableMinId } = (await person.invoke(new Api.channels.GetFullChannel({ channel: entered })))
      .fullChat as Api.ChannelFull
    expect(told[0]?.availableMinId).to.equal(availableMinId)
    expect(await failureOf(clear(person, entered, true))).to.equal('400 CHAT_ADMIN_REQUIRED')
    await clear(host, room, true)
    expect(await texts(person, entered)).to.deep.equal([])
    await other.destroy()
  })

  it('have a primary link for each administrator, that only a new one replaces', async () => {
    const primary = async (): Promise<Api.ChatInviteExported> => {
      const { fullChat } = await host.invoke(new Api.channels.GetFullChannel({ channel: room }))
      return (fullChat as Api.ChannelFull).exportedInvite as Api.ChatInviteExported
    }
    const first = await primary()
    expect(first).to.include({ permanent: true, revoked: false })
    expect(Number(first.adminId)).to.equal(hostUser.id)
    expect((await primary()).link).to.equal(first.link)
    await host.invoke(new Api.messages.ExportChatInvite({ peer: room, title: 'another' }))
    expect((await primary()).link, 'others are made beside it').to.equal(first.link)

    const entered = firstChat(await join(first.link))
    const seen = await person.invoke(new Api.channels.GetFullChannel({ channel: entered }))
    expect((seen.fullChat as Api.ChannelFull).exportedInvite, 'members see none').to.equal(null)

    const next = (await host.invoke(
      new Api.messages.ExportChatInvite({ peer: room, legacyRevokePermanent: true }),
    )) as Api.ChatInviteExported
    expect(next.permanent).to.equal(true)
    expect((await primary()).link).to.equal(next.link)
    expect(await failureOf(join(first.link))).to.equal('406 INVITE_HASH_EXPIRED')
    const replaced = (await host.invoke(
      new Api.messages.EditExportedChatInvite({ peer: room, link: next.link, revoked: true }),
    )) as Api.messages.ExportedChatInviteReplaced
    expect((await primary()).link).to.equal((replaced.newInvite as Api.ChatInviteExported).link)
  })

  it('throw people out and take them back only after the ban is lifted', async () => {
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    const entered = firstChat(await join(link))
    const { users } = await host.invoke(new Api.channels.GetParticipant({ channel: room, participant: 'me' }))
    expect(users).to.have.length(1)
    const participant = (await host.getParticipants(room)).find((user) => Number(user.id) === alice.id)
    const ban = (viewMessages: boolean): Promise<unknown> =>
      host.invoke(
        new Api.channels.EditBanned({
          channel: room,
          participant: participant as Api.User,
          bannedRights: new Api.ChatBannedRights({ viewMessages, untilDate: 0 }),
        }),
      )
    await ban(true)
    expect(memberOf(alice.id)).to.equal('kicked')
    expect(await failureOf(person.sendMessage(entered, { message: 'x' }))).to.equal('406 CHANNEL_PRIVATE')
    expect(await failureOf(join(link))).to.equal('406 INVITE_HASH_EXPIRED')
    await ban(false)
    await join(link)
    expect(memberOf(alice.id)).to.equal('member')
  })

  it('slow down those who write, and tell who has made links', async () => {
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    const mine = firstChat(await join(link))
    const slow = (channel: Api.Channel, seconds: number, by = host) =>
      by.invoke(new Api.channels.ToggleSlowMode({ channel, seconds }))
    expect(await failureOf(slow(room, 7))).to.equal('400 SECONDS_INVALID')
    expect(await failureOf(slow(mine, 10, person))).to.equal('400 CHAT_ADMIN_REQUIRED')
    await slow(room, 10)
    await person.sendMessage(mine, { message: 'one' })
    person.floodSleepThreshold = 0
    expect(await failureOf(person.sendMessage(mine, { message: 'two' }))).to.match(/^420/)
    await host.sendMessage(room, { message: 'one' })
    await host.sendMessage(room, { message: 'two' })
    sandbox.world.advanceClock(10_000)
    await person.sendMessage(mine, { message: 'two' })

    const { admins } = await host.invoke(new Api.messages.GetAdminsWithInvites({ peer: room }))
    expect(admins.map((one) => [Number(one.adminId), one.invitesCount])).to.deep.equal([[hostUser.id, 1]])
    const asks = new Api.channels.ToggleJoinRequest({ channel: room, enabled: true })
    expect(await failureOf(host.invoke(asks))).to.equal('400 CHAT_PUBLIC_REQUIRED')
    const contacts = await host.invoke(new Api.contacts.GetContacts({ hash: bigInt(0) }))
    expect(contacts).to.have.property('savedCount', 0)
  })

  it('are gone for everyone once deleted', async () => {
    const { link } = (await host.invoke(new Api.messages.ExportChatInvite({ peer: room }))) as Api.ChatInviteExported
    const entered = firstChat(await join(link))
    const deleted = firstChat(await host.invoke(new Api.channels.DeleteChannel({ channel: room })))
    expect(deleted.className).to.equal('ChannelForbidden')
    expect(await failureOf(person.sendMessage(entered, { message: 'x' }))).to.equal('406 CHANNEL_PRIVATE')
    expect(await person.getDialogs({})).to.have.length(0)
    expect(await failureOf(host.invoke(new Api.channels.DeleteChannel({ channel: room })))).to.equal(
      '406 CHANNEL_PRIVATE',
    )
  })

  it('are listed page by page, more than fit one page', async () => {
    for (let number = 0; number < 130; number++) sandbox.world.chats.create(hostUser.id, { title: `g${number}` })
    const listed = await host.getDialogs({})
    expect(new Set(listed.map((dialog) => dialog.title)).size).to.equal(131)
  })

  it('carry private chats with the bot, buttons included', async () => {
    const { world } = sandbox
    await person.sendMessage('visavis_bot', { message: '/start' })
    world.dialogs.reply(alice.id, bot.id, {
      text: 'Hello',
      markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    })
    world.on('event', (event) => {
      if (event.kind === 'callback')
        world.callbacks.answer(event.id, bot.id, { text: `did ${event.data}`, alert: false })
    })
    const [message] = await person.getMessages('visavis_bot', { limit: 1 })
    expect(message?.message).to.equal('Hello')
    const answer = await message?.click({ i: 0 })
    expect(answer).to.include({ className: 'messages.BotCallbackAnswer', message: 'did go' })
  })
})
