import { expect } from 'chai'
import { Telegraf } from 'telegraf'
import { Api, type TelegramClient } from 'telegram'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { firstChat, gramjs } from '../support/gramjs.js'
import { until } from '../support/until.js'

interface Seen {
  id: number
  text: string
  buttons?: { text: string; data?: string; url?: string }[][]
}

describe('The sandbox as a whole: Telegraf, GramJS and two people by the control API', () => {
  let sandbox: Sandbox
  let host: TelegramClient
  let bot: Telegraf
  let running: Promise<void>

  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${sandbox.http}/sandbox/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    })
    const answer = await response.json()
    expect(response.status, JSON.stringify(answer)).to.equal(200)
    return answer as T
  }
  const person = async (firstName: string) => (await ask<{ id: number }>('users', { firstName })).id

  beforeEach(async () => {
    sandbox = await startSandbox()
    const token = sandbox.world.users.addBot('Visavis', 'visavis_bot').bot?.token ?? ''
    const { session } = await ask<{ session: string }>('accounts', { phone: '15550001' })
    host = gramjs(sandbox, session)
    await host.connect()
    bot = new Telegraf(token, { telegram: { apiRoot: sandbox.http } })
  })
  afterEach(async () => {
    bot.stop()
    await running
    await host.destroy()
    const { unknown } = await ask<{ unknown: unknown }>('state')
    expect(unknown).to.deep.equal({ bot: {}, mtproto: {} })
    await sandbox.close()
  })

  it('brings two people into a group that a host made, and takes it away again', async () => {
    const room = firstChat(
      await host.invoke(new Api.channels.CreateChannel({ title: 'mark', about: '', megagroup: true })),
    )
    const chatId = -1_000_000_000_000 - Number(room.id)
    const adminRights = new Api.ChatAdminRights({ inviteUsers: true, banUsers: true, changeInfo: true, other: true })
    const found = await host.invoke(new Api.contacts.ResolveUsername({ username: 'visavis_bot' }))
    const userId = found.users[0] as Api.User
    await host.invoke(new Api.channels.EditAdmin({ channel: room, userId, adminRights, rank: '' }))

    const removed: string[] = []
    bot.start(async (context) => {
      const { invite_link: url } = await context.telegram.createChatInviteLink(chatId, { creates_join_request: true })
      await context.reply('Enter', { reply_markup: { inline_keyboard: [[{ text: 'Enter the room', url }]] } })
    })
    bot.on('chat_join_request', async (context) => {
      await context.approveChatJoinRequest(context.from.id)
      await context.telegram.setChatTitle(chatId, 'Blue Heron & Red Fox')
    })
    bot.on('my_chat_member', (context) => {
      removed.push(context.myChatMember.new_chat_member.status)
    })
    running = bot.launch({ allowedUpdates: ['message', 'chat_join_request', 'my_chat_member'] })

    const people = [await person('Alice'), await person('Bob')] as const
    for (const one of people) {
      await ask(`users/${one}/send`, { chat: Number(userId.id), text: '/start' })
      const invitation = await until('an invitation', async () => {
        const seen = await ask<Seen[]>(`users/${one}/messages?chat=${Number(userId.id)}`)
        return seen.find((message) => message.buttons)
      })
      const link = invitation.buttons?.[0]?.[0]?.url
      expect(await ask(`users/${one}/enter`, { link })).to.deep.equal({ status: 'requested', chat: chatId })
      await until('being let in', async () =>
        (await ask<{ id: number }[]>(`users/${one}/chats`)).some(({ id }) => id === chatId),
      )
    }
    await ask(`users/${people[0]}/send`, { chat: chatId, text: 'Hello' })
    const seen = await ask<Seen[]>(`users/${people[1]}/messages?chat=${chatId}`)
    expect(seen.at(-1)).to.include({ text: 'Hello' })
    const titles = async () => (await host.getDialogs({})).map((dialog) => dialog.title)
    await until('the new title', async () => (await titles()).includes('Blue Heron & Red Fox'))

    await host.invoke(new Api.channels.DeleteChannel({ channel: room }))
    await until('the bot hearing of the end', () => removed.includes('left'))
    for (const one of people) {
      expect((await ask<{ id: number }[]>(`users/${one}/chats`)).map(({ id }) => id)).to.deep.equal([Number(userId.id)])
    }
  })
})
