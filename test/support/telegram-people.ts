import { until, type Patience } from './until.js'

export interface SeenButton {
  text: string
  data?: string
  url?: string
}
export interface SeenMessage {
  id: number
  from: number
  at: number
  text: string
  service?: string
  photo?: string
  buttons?: SeenButton[][]
}
export interface SeenChat {
  id: number
  type: 'private' | 'supergroup' | 'channel'
  title: string
}
export interface SandboxState {
  bot: { id: number; username: string }
  users: { id: number; firstName: string; blockedBot: boolean }[]
  chats: {
    id: number
    type: string
    title: string
    deleted: boolean
    owner: number
    members: { id: number; status: string }[]
    links: { link: string; revoked: boolean; createsJoinRequest: boolean }[]
    requests: number[]
  }[]
  unknown: { bot: Record<string, number>; mtproto: Record<string, number> }
}

/** What somebody waits to hear. */
type What = RegExp | ((message: SeenMessage) => boolean)

/** The sandbox's control API refused a call. */
export class RefusedBySandbox extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
  ) {
    super(`the sandbox answered ${status} ${error}`)
  }
}

/** Drives people on the local Telegram through the control API, as anybody outside would. */
export const createTelegramPeople = (root: string) => {
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${root}/sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Answer & { error?: string }
    if (!response.ok) throw new RefusedBySandbox(response.status, answer.error ?? '')
    return answer
  }
  const state = () => call<SandboxState>('GET', '/state')

  const create = async (firstName: string, options: { username?: string; languageCode?: string } = {}) => {
    const { id } = await call<{ id: number }>('POST', '/users', { firstName, ...options })
    const { bot } = await state()
    const messages = (chat = bot.id, after = 0) =>
      call<SeenMessage[]>('GET', `/users/${id}/messages?chat=${chat}&after=${after}`)
    let seen = 0

    const person = {
      id,
      bot: bot.id,
      firstName,
      chats: () => call<SeenChat[]>('GET', `/users/${id}/chats`),
      groups: async () => (await person.chats()).filter(({ type }) => type === 'supergroup'),
      messages,
      say: (text: string, chat = bot.id) => call<SeenMessage>('POST', `/users/${id}/send`, { chat, text }),
      send: (body: object) => call<SeenMessage>('POST', `/users/${id}/send`, { chat: bot.id, ...body }),
      press: (message: SeenMessage, data: string) =>
        call<{ answered: boolean; text?: string }>('POST', `/users/${id}/press`, {
          chat: bot.id,
          message: message.id,
          data,
        }),
      enter: (link: string) =>
        call<{ status: 'joined' | 'requested'; chat: number }>('POST', `/users/${id}/enter`, { link }),
      leave: (chat: number) => call<object>('POST', `/users/${id}/leave`, { chat }),
      block: (blocked: boolean) => call<object>('POST', `/users/${id}/block`, { bot: blocked }),

      /** The bot's next message that fits, counting from the last one that was waited for. */
      hears: async (what: What, patience?: Patience): Promise<SeenMessage> => {
        const fits = typeof what === 'function' ? what : (message: SeenMessage) => what.test(message.text)
        let heard: SeenMessage[] = []
        try {
          const found = await until(
            `${firstName} hears ${String(what)}`,
            async () => {
              heard = (await messages(bot.id, seen)).filter(({ from }) => from === bot.id)
              return heard.find(fits)
            },
            patience,
          )
          seen = found.id
          return found
        } catch (error) {
          const words = heard.map(({ text }) => `    ${text.replaceAll('\n', '\n    ')}`).join('\n')
          throw new Error(`${(error as Error).message}; heard since:\n${words || '    nothing'}`, { cause: error })
        }
      },
      /** Says something and waits for the answer. */
      ask: async (text: string, what: What): Promise<SeenMessage> => {
        await person.say(text)
        return person.hears(what)
      },
      /** Presses a button of what was heard; gives what appeared at the button. */
      tap: (message: SeenMessage, what: RegExp) => person.press(message, buttonOf(message, what).data ?? ''),
      /** Forgets what was said so far: `hears` looks only at what comes from now on. */
      forget: async () => {
        seen = (await messages()).at(-1)?.id ?? seen
      },
      /** The last thing the bot said. */
      lastHeard: async () => (await messages()).filter(({ from }) => from === bot.id).at(-1),
    }
    return person
  }

  return {
    state,
    create,
    call,
    channel: (username: string, members: number[] = []) =>
      call<{ id: number }>('POST', '/channels', { username, members }),
    fault: (rule: object) => call<object>('POST', '/faults', { rule }),
    clearFaults: () => call<object>('DELETE', '/faults'),
    /** Sets Telegram's clock so far ahead of the real one. */
    setClock: (offsetMs: number) => call<object>('POST', '/clock', { offsetMs }),
    mintAccount: (phone: string) => call<{ session: string }>('POST', '/accounts', { phone }),
  }
}
export type TelegramPeople = ReturnType<typeof createTelegramPeople>
export type TelegramPerson = Awaited<ReturnType<TelegramPeople['create']>>

/** The button of a message whose text or data fits. */
export const buttonOf = (message: SeenMessage, what: RegExp): SeenButton => {
  const buttons = (message.buttons ?? []).flat()
  const button = buttons.find(({ text, data }) => what.test(text) || (data !== undefined && what.test(data)))
  if (!button)
    throw new Error(`no button ${String(what)} under: ${message.text} [${buttons.map((b) => b.text).join('] [')}]`)
  return button
}
