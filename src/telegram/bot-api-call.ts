import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Telegram } from 'telegraf'
import { classifyBotApiError } from './bot-api-errors.js'
import { TelegramError, type TelegramErrorCode } from './errors.js'

export const TELEGRAM_ROOT = 'https://api.telegram.org'

export interface BotApiOptions {
  token: string
  /** Root of the Bot API server; Telegram's own when absent. */
  apiRoot?: string | undefined
  /** Bounds every single call, from connecting to the last byte of the answer. */
  timeoutMs: number
  /** Hears of every call: how long it took, and what its failure means. */
  observe?: (method: string, tookMs: number, failure: TelegramErrorCode | undefined) => void
}

export type BotApiCall = <Answer>(method: string, payload?: Readonly<Record<string, unknown>>) => Promise<Answer>

/** The answer instead of the error, when the error has this meaning and its description matches. */
export const unless = async <Answer, Other>(
  call: Promise<Answer>,
  cases: readonly (readonly [RegExp | TelegramErrorCode, Other])[],
): Promise<Answer | Other> => {
  try {
    return await call
  } catch (error) {
    if (error instanceof TelegramError && !error.retryable)
      for (const [when, other] of cases)
        if (typeof when === 'string' ? error.code === when : when.test(error.description)) return other
    throw error
  }
}

/** Telegraf keeps connections alive for https only; the sandbox and a local Bot API server speak http. */
const keepAliveAgent = (apiRoot: string) =>
  apiRoot.startsWith('http://') ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true })

/**
 * Calls methods by name through Telegraf's client, which knows no timeout and only the methods of Bot API 7.1.
 * Rejects with TelegramError.
 */
export const botApiCall = (options: BotApiOptions): BotApiCall => {
  const apiRoot = options.apiRoot ?? TELEGRAM_ROOT
  const telegram = new Telegram(options.token, { apiRoot })
  telegram.options.agent = keepAliveAgent(apiRoot)
  const callApi = telegram.callApi.bind(telegram) as unknown as (
    method: string,
    payload: object,
    settings: { signal: AbortSignal },
  ) => Promise<unknown>

  return async <Answer>(method: string, payload: Readonly<Record<string, unknown>> = {}): Promise<Answer> => {
    const patience = new AbortController()
    const startedAt = performance.now()
    let failure: TelegramErrorCode | undefined
    const timer = setTimeout(() => patience.abort(), options.timeoutMs)
    try {
      return (await callApi(method, payload, { signal: patience.signal })) as Answer
    } catch (error) {
      const classified = classifyBotApiError(error, method, payload['chat_id'])
      failure = classified.code
      throw classified
    } finally {
      clearTimeout(timer)
      options.observe?.(method, performance.now() - startedAt, failure)
    }
  }
}
