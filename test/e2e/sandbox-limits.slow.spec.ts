import { expect } from 'chai'
import { Telegram } from 'telegraf'
import { Api, type TelegramClient } from 'telegram'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { toBotApiId } from '../../src/sandbox/world/chat-id.js'
import type { User } from '../../src/sandbox/world/types.js'
import { failureOf, firstChat, gramjs } from '../support/gramjs.js'

const DAY_MS = 24 * 3600 * 1000

describe('what Telegram allows, in the sandbox', () => {
  let sandbox: Sandbox
  let bot: User
  let hostUser: User

  const control = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${sandbox.http}/sandbox/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return (await response.json()) as Record<string, unknown>
  }
  const limit = (limits: object) => control('PUT', 'limits', limits)

  beforeEach(async () => {
    sandbox = await startSandbox()
    bot = sandbox.world.users.addBot('Visavis', 'visavis_bot')
    hostUser = sandbox.world.users.add({ firstName: 'Host', phone: '15550000' })
  })
  afterEach(() => sandbox.close())

  describe('to bots', () => {
    let telegram: Telegram
    const people: number[] = []

    /** The seconds after which Telegram wants to hear more. */
    const waitOf = async (call: Promise<unknown>): Promise<unknown> => {
      const error = (await call.then(
        () => undefined,
        (reason: unknown) => reason,
      )) as { code: number; parameters?: { retry_after: number } } | undefined
      return error?.code === 429 ? error.parameters?.retry_after : undefined
    }

    beforeEach(() => {
      telegram = new Telegram(bot.bot?.token ?? '', { apiRoot: sandbox.http })
      people.length = 0
      for (let number = 0; number < 4; number++) {
        const { id } = sandbox.world.users.add({ firstName: `P${number}` })
        sandbox.world.dialogs.write(id, bot.id, { text: '/start' })
        people.push(id)
      }
    })

    it('so many messages in a second, in all and to one person', async () => {
      await limit({ botPerSecond: 3, botPerChatPerSecond: 1 })
      const [one = 0, two = 0, three = 0, four = 0] = people
      await telegram.sendMessage(one, 'x')
      expect(await waitOf(telegram.sendMessage(one, 'y'))).to.equal(1)
      await telegram.sendMessage(two, 'x')
      await telegram.sendMessage(three, 'x')
      expect(await waitOf(telegram.sendMessage(four, 'x'))).to.equal(1)
      sandbox.world.advanceClock(1000)
      expect(await waitOf(telegram.sendMessage(one, 'y'))).to.equal(undefined)
    })

    it('so many messages to a group in a minute', async () => {
      await limit({ botPerGroupPerMinute: 2 })
      const group = sandbox.world.chats.create(hostUser.id, { title: 'Room' })
      sandbox.world.members.promote(group.id, hostUser.id, bot.id, ['other'])
      const chatId = toBotApiId(group.id)
      await telegram.sendMessage(chatId, '1')
      sandbox.world.advanceClock(20_000)
      await telegram.sendMessage(chatId, '2')
      expect(await waitOf(telegram.sendMessage(chatId, '3'))).to.be.within(39, 40)
      expect(await waitOf(telegram.sendMessage(people[0] ?? 0, 'to a person'))).to.equal(undefined)
      sandbox.world.advanceClock(40_000)
      expect(await waitOf(telegram.sendMessage(chatId, '3'))).to.equal(undefined)
    })
  })

  describe('to accounts', () => {
    let host: TelegramClient
    const create = (): Promise<Api.TypeUpdates> =>
      host.invoke(new Api.channels.CreateChannel({ title: 'Room', about: '', megagroup: true }))
    const appoint = async (group: Api.Channel): Promise<unknown> => {
      const found = await host.invoke(new Api.contacts.ResolveUsername({ username: 'visavis_bot' }))
      const adminRights = new Api.ChatAdminRights({ inviteUsers: true, other: true })
      const userId = found.users[0] as Api.User
      return host.invoke(new Api.channels.EditAdmin({ channel: group, userId, adminRights, rank: '' }))
    }

    beforeEach(async () => {
      host = gramjs(sandbox, sandbox.mintSession(hostUser.id))
      await host.connect()
    })
    afterEach(() => host.destroy())

    it('so many groups at a time: those that are left or deleted do not count', async () => {
      await limit({ chatsPerUser: 2 })
      const first = firstChat(await create())
      await create()
      expect(await failureOf(create())).to.equal('400 CHANNELS_TOO_MUCH')
      await host.invoke(new Api.channels.DeleteChannel({ channel: first }))
      const third = firstChat(await create())
      expect(await failureOf(create())).to.equal('400 CHANNELS_TOO_MUCH')
      await host.invoke(new Api.channels.LeaveChannel({ channel: third }))
      await create()
    })

    it('so many groups in a day, and so many at all', async () => {
      await limit({ creationsPerDay: 2, chatsPerUser: 3 })
      await create()
      await create()
      const error = (await create().catch((reason: unknown) => reason)) as { code: number; seconds: number }
      expect([error.code, Math.round(error.seconds / 60)]).to.deep.equal([420, 24 * 60])
      sandbox.world.advanceClock(DAY_MS)
      await create()
      expect(await failureOf(create())).to.equal('400 CHANNELS_TOO_MUCH')
      expect(await control('GET', 'limits')).to.include({ chatsPerUser: 3, botPerSecond: 0 })
    })

    it('no new administrators soon after a login', async () => {
      await limit({ freshLoginS: 3600 })
      await appoint(firstChat(await create()))
      await host.destroy()
      host = gramjs(sandbox)
      await host.connect()
      await host.start({
        phoneNumber: '15550000',
        phoneCode: async () => LOGIN_CODE,
        onError: async () => true,
      })
      const group = firstChat(await create())
      expect(await failureOf(appoint(group))).to.equal('406 FRESH_CHANGE_ADMINS_FORBIDDEN')
      sandbox.world.advanceClock(3_600_000)
      await appoint(group)
    })

    it('looking only, when frozen; no groups, when restricted; nothing, when banned or deleted', async () => {
      const judge = (verdict: object) => control('POST', `users/${hostUser.id}/judge`, verdict)
      expect(await judge({ frozen: true })).to.deep.include({ frozen: true, banned: false })
      expect(await failureOf(create())).to.equal('420 FROZEN_METHOD_INVALID')
      expect(await host.getDialogs({})).to.have.length(0)
      await judge({ frozen: false, restricted: true })
      expect(await failureOf(create())).to.equal('406 USER_RESTRICTED')
      await judge({ restricted: false, banned: true })
      expect(await failureOf(create())).to.equal('401 USER_DEACTIVATED_BAN')
      await judge({ banned: false })
      await create()
      await control('POST', `users/${hostUser.id}/delete-account`, {})
      expect(await failureOf(create())).to.equal('401 USER_DEACTIVATED')
    })

    it('nothing with a session that was ended elsewhere, until the next login', async () => {
      expect(await control('POST', `users/${hostUser.id}/revoke-sessions`, {})).to.deep.equal({ revoked: 1 })
      expect(await failureOf(create())).to.equal('401 SESSION_REVOKED')
      await host.start({ phoneNumber: '15550000', phoneCode: async () => LOGIN_CODE, onError: async () => true })
      await create()
    })

    it('no login without the password, once one is set', async () => {
      await control('POST', `users/${hostUser.id}/password`, { password: 'horse' })
      const other = gramjs(sandbox)
      await other.connect()
      const { phoneCodeHash } = await other.sendCode({ apiId: 1, apiHash: 'x' }, '15550000')
      const signIn = new Api.auth.SignIn({ phoneNumber: '15550000', phoneCodeHash, phoneCode: LOGIN_CODE })
      expect(await failureOf(other.invoke(signIn))).to.equal('401 SESSION_PASSWORD_NEEDED')
      await other.destroy()
    })
  })
})
