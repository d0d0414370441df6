import { expect } from 'chai'
import { TelegramError as TelegrafError } from 'telegraf'
import { RPCMessageToError } from 'telegram/errors/index.js'
import { Api } from 'telegram'
import { classifyBotApiError } from '../../src/telegram/bot-api-errors.js'
import type { HostFloodError } from '../../src/telegram/errors.js'
import { classifyGramjsError } from '../../src/telegram/gramjs-errors.js'

const PERSON = 7_000_000_001
const GROUP = -1_002_400_000_001

describe('what errors of the Bot API mean', () => {
  const classify = (code: number, description: string, chat: number, parameters?: { retry_after: number }) =>
    classifyBotApiError(
      new TelegrafError({ error_code: code, description, ...(parameters ? { parameters } : {}) }),
      'sendMessage',
      chat,
    )

  const cases: [number, string, number, string][] = [
    [403, 'Forbidden: bot was blocked by the user', PERSON, 'telegram_forbidden'],
    [403, 'Forbidden: user is deactivated', PERSON, 'telegram_forbidden'],
    [403, "Forbidden: bot can't initiate conversation with a user", PERSON, 'telegram_forbidden'],
    [400, 'Bad Request: chat not found', PERSON, 'telegram_forbidden'],
    [400, 'Bad Request: chat not found', GROUP, 'telegram_gone'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', GROUP, 'telegram_gone'],
    [403, 'Forbidden: bot is not a member of the supergroup chat', GROUP, 'telegram_gone'],
    [403, 'Forbidden: the group chat was deleted', GROUP, 'telegram_gone'],
    [400, 'Bad Request: CHANNEL_PRIVATE', GROUP, 'telegram_gone'],
    [400, 'Bad Request: not enough rights to manage chat invite link', GROUP, 'telegram_rejected'],
    [400, 'Bad Request: user not found', GROUP, 'telegram_rejected'],
    [404, 'Not Found: method not found', GROUP, 'telegram_rejected'],
    [404, 'Not Found', GROUP, 'telegram_unauthorized'],
    [401, 'Unauthorized', PERSON, 'telegram_unauthorized'],
    [409, 'Conflict: terminated by other getUpdates request', PERSON, 'telegram_rejected'],
    [500, 'Internal Server Error', PERSON, 'telegram_unavailable'],
    [502, 'Bad Gateway', GROUP, 'telegram_unavailable'],
  ]
  for (const [code, description, chat, expected] of cases)
    it(`${code} ${description} (${chat > 0 ? 'person' : 'group'}): ${expected}`, () => {
      const error = classify(code, description, chat)
      expect(error).to.include({ code: expected, description, retryAfterMs: 0 })
      expect(error.retryable).to.equal(expected === 'telegram_unavailable')
    })

  it('429 says how long to wait', () => {
    const error = classify(429, 'Too Many Requests: retry after 7', PERSON, { retry_after: 7 })
    expect(error).to.include({ code: 'telegram_rate_limited', retryAfterMs: 7_000, retryable: true })
    expect(classify(429, 'Too Many Requests', PERSON).retryAfterMs).to.equal(1_000)
  })

  it('the network and timeouts leave open whether it happened; their words, which hold the token, are dropped', () => {
    const token = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const broken = Object.assign(new Error(`request to https://api.telegram.org/bot${token}/x failed`), {
      name: 'FetchError',
      code: 'ECONNRESET',
    })
    const error = classifyBotApiError(broken, 'sendMessage', PERSON)
    expect(error).to.include({ code: 'telegram_unavailable', retryable: true })
    expect(error.message).to.contain('ECONNRESET').and.not.contain(token)
    expect(JSON.stringify([error.cause ?? null, error.stack])).to.not.contain(token)
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' })
    expect(classifyBotApiError(aborted, 'getMe').message).to.equal('getMe: no answer in time')
  })
})

describe('what errors of GramJS mean', () => {
  const classify = (errorMessage: string, errorCode: number) =>
    classifyGramjsError(
      RPCMessageToError(new Api.RpcError({ errorMessage, errorCode }), new Api.updates.GetState()),
      'x.Y',
    )

  const cases: [string, number, string][] = [
    ['FLOOD_WAIT_14229', 420, 'host_flood'],
    ['FLOOD_PREMIUM_WAIT_5', 420, 'host_flood'],
    ['FRESH_CHANGE_ADMINS_FORBIDDEN', 406, 'host_flood'],
    ['USER_RESTRICTED', 406, 'host_quarantine'],
    ['FROZEN_METHOD_INVALID', 420, 'host_quarantine'],
    ['USER_DEACTIVATED', 401, 'host_quarantine'],
    ['USER_DEACTIVATED_BAN', 401, 'host_quarantine'],
    ['PEER_FLOOD', 400, 'host_quarantine'],
    ['AUTH_KEY_UNREGISTERED', 401, 'host_session'],
    ['AUTH_KEY_DUPLICATED', 406, 'host_session'],
    ['SESSION_REVOKED', 401, 'host_session'],
    ['CHANNELS_TOO_MUCH', 400, 'host_full'],
    ['CHANNEL_PRIVATE', 406, 'host_group_gone'],
    ['CHANNEL_INVALID', 400, 'host_group_gone'],
    ['CHAT_ADMIN_REQUIRED', 400, 'host_rejected'],
    ['RPC_CALL_FAIL', 500, 'host_unavailable'],
    ['Timeout', -503, 'host_unavailable'],
  ]
  for (const [name, code, expected] of cases)
    it(`${code} ${name}: ${expected}`, () => expect(classify(name, code).code).to.equal(expected))

  it('FLOOD_WAIT keeps its seconds', () =>
    expect((classify('FLOOD_WAIT_14229', 420) as HostFloodError).waitMs).to.equal(14_229_000))

  it('whatever is not understood counts as lost', () => {
    for (const odd of ['Maximum reconnection retries reached. Aborting!', new Error('Not connected'), undefined])
      expect(classifyGramjsError(odd, 'x.Y')).to.include({ code: 'host_unavailable', retryable: true })
  })
})
