import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Faults } from '../../src/sandbox/faults.js'
import { createHttpSurface } from '../../src/sandbox/http.js'
import { toBotApiId } from '../../src/sandbox/world/chat-id.js'
import type { WorldEvent } from '../../src/sandbox/world/events.js'
import type { AdminRight } from '../../src/sandbox/world/rights.js'
import type { Chat } from '../../src/sandbox/world/types.js'
import { World } from '../../src/sandbox/world/world.js'
import { recordBotApi } from './bot-api-recorder.js'
import { faultsOfUpdate } from './bot-api-schema.js'

/** Every right that the service gives its bot. */
export const botRights: AdminRight[] = [
  'other',
  'change_info',
  'delete_messages',
  'ban_users',
  'invite_users',
  'pin_messages',
  'manage_ranks',
]

/** The sandbox's HTTP side alone: a world with a bot, the Bot API, the control API and the page on a free port. */
export async function startSandboxHttp() {
  const world = new World('test')
  const faults = new Faults()
  const bot = world.users.addBot('Helper', 'helper_bot')
  const surface = createHttpSurface({
    world,
    faults,
    mintAccount: (phone) => ({ session: `session of ${world.users.add({ firstName: 'Host', phone }).id}` }),
    unknownMtproto: () => ({}),
  })
  const recorder = recordBotApi(surface.handler)
  const server = createServer(recorder.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const token = bot.bot?.token ?? ''

  return {
    world,
    faults,
    bot,
    botApi: surface.botApi,
    root,
    token,
    /** Calls a Bot API method as a program without any library would. */
    async call(method: string, parameters: object = {}): Promise<BotApiAnswer> {
      const response = await fetch(`${root}/bot${token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
      })
      return (await response.json()) as BotApiAnswer
    },
    /** A person who has written to the bot. */
    person(firstName: string): number {
      const { id } = world.users.add({ firstName, languageCode: 'en' })
      world.dialogs.write(id, bot.id, { text: '/start' })
      return id
    },
    /** A group of a host account, with the bot as its administrator. */
    group(rights: AdminRight[] = botRights): { chat: Chat; chatId: number; hostId: number } {
      const hostId = world.users.add({ firstName: 'Host', phone: `7${world.users.byId.size}` }).id
      const chat = world.chats.create(hostId, { title: 'Room' })
      world.members.promote(chat.id, hostId, bot.id, rights)
      return { chat, chatId: toBotApiId(chat.id), hostId }
    },
    /** Resolves with the next event of the world for which `accept` is true. */
    event<K extends WorldEvent['kind']>(
      kind: K,
      accept: (event: Extract<WorldEvent, { kind: K }>) => boolean = () => true,
    ) {
      return new Promise<Extract<WorldEvent, { kind: K }>>((resolve) => {
        const listener = (event: WorldEvent) => {
          if (event.kind !== kind || !accept(event as Extract<WorldEvent, { kind: K }>)) return
          world.off('event', listener)
          resolve(event as Extract<WorldEvent, { kind: K }>)
        }
        world.on('event', listener)
      })
    },
    /** Throws when anything that was sent to a bot does not fit the published types of the Bot API. */
    async close(): Promise<void> {
      const state = surface.botApi.state(bot.id)
      const pending = state.queue.all()
      surface.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      const faults = [...recorder.faults(), ...pending.flatMap(faultsOfUpdate)]
      if (faults.length > 0) throw new Error(`not as the Bot API's types say:\n${faults.join('\n')}`)
    },
  }
}

export type SandboxHttp = Awaited<ReturnType<typeof startSandboxHttp>>

export interface BotApiAnswer {
  ok: boolean
  result?: unknown
  error_code?: number
  description?: string
  parameters?: { retry_after?: number }
}
