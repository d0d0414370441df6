import { expect } from 'chai'
import { Telegraf } from 'telegraf'
import { startSandboxHttp, type SandboxHttp } from './sandbox-http.js'

export type Json = Record<string, unknown>
/** A message as the control API shows it to a person. */
export interface Seen {
  id: number
  from: number
  text: string
  service?: string
  buttons?: { text: string; data?: string; url?: string }[][]
  edited?: boolean
}

interface Opened {
  sandbox: SandboxHttp
  bot: Telegraf
}

/** A bot that greets, answers one button and lets everybody in who asks. */
const friendlyBot = ({ token, root }: SandboxHttp): Telegraf => {
  const bot = new Telegraf(token, { telegram: { apiRoot: root } })
  const keyboard = [
    [
      { text: 'Go', callback_data: 'go' },
      { text: 'Site', url: 'https://example.org/' },
    ],
  ]
  bot.start((context) => context.reply('Hello', { reply_markup: { inline_keyboard: keyboard } }))
  bot.action('go', async (context) => {
    await context.answerCbQuery('gone', { show_alert: true })
    await context.editMessageText('Went')
  })
  bot.on('chat_join_request', (context) => context.approveChatJoinRequest(context.from.id))
  return bot
}

/** For each test a sandbox with a bot that listens, and ways to ask its control API. `opened` is given both. */
export const useControlApi = (opened: (stage: Opened) => void) => {
  let sandbox: SandboxHttp
  let bot: Telegraf
  let running: Promise<void>
  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    bot = friendlyBot(sandbox)
    await new Promise<void>((resolve) => {
      running = bot.launch({ allowedUpdates: ['message', 'callback_query', 'chat_join_request'] }, resolve)
    })
    opened({ sandbox, bot })
  })
  afterEach(async () => {
    bot.stop()
    await running
    await sandbox.close()
  })

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.root}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Json }
  }
  const post = async (path: string, body: unknown = {}): Promise<Json> => {
    const answer = await call('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return answer.body
  }
  const get = async <T = Json>(path: string) => (await call('GET', path)).body as T
  return {
    call,
    post,
    get,
    person: async (firstName: string, extra: object = {}) =>
      (await post('users', { firstName, ...extra }))['id'] as number,
    messages: (user: number, chat: number, after = 0) =>
      get<Seen[]>(`users/${user}/messages?chat=${chat}&after=${after}`),
  }
}
