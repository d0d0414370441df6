import type { FaultRule, Faults } from '../faults.js'
import { Denied } from '../world/denied.js'
import { BotApiError, tooManyRequests } from './errors.js'
import type { Parameters } from './parameters.js'
import { refusal } from './refusals.js'

const usual: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/**
 * What a rule's `error` answers: `429:7` (seconds), `403:Forbidden: …` (any code with its text), a code alone, or an
 * MTProto name, which becomes the text that the Bot API has for it.
 */
export function faultAnswer(error: string, method: string): BotApiError {
  const [, digits, text] = /^(\d{3})(?::\s*(.*))?$/s.exec(error) ?? []
  const code = Number(digits)
  if (!digits) return refusal(new Denied(error), method)
  if (code === 429) return tooManyRequests(/^\d+$/.test(text ?? '') ? Number(text) : 1)
  return new BotApiError(code, text || (usual[code] ?? 'Error'))
}

/** The rule that hits this call. A rule's `user` may be the bot, or the person whom the call concerns. */
export function takeFault(
  faults: Faults,
  method: string,
  botId: number,
  parameters: Parameters,
): FaultRule | undefined {
  const people = [parameters.integer('chat_id'), parameters.integer('user_id')]
  const named = people.find((id) => faults.list().some((rule) => rule.surface === 'bot' && rule.user === id && id))
  return faults.take('bot', method, named ?? botId)
}
