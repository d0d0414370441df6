import { Api } from 'telegram'
import { computeCheck } from 'telegram/Password.js'
import { VisavisError } from '../errors.js'
import { userId, type UserId } from '../ids.js'
import { HostFloodError, HostQuarantineError, HostRejectedError } from './errors.js'
import { GramjsConnection } from './gramjs-connection.js'
import type { MtprotoEndpoint } from './gramjs-endpoint.js'

/** Asks the person at the terminal. `again` says why the last answer did not do. */
export interface LoginQuestions {
  phone(): Promise<string>
  code(again?: string): Promise<string>
  /** The two-step verification password; `hint` is what its owner wrote down. */
  password(hint: string, again?: string): Promise<string>
}

export interface LoginResult {
  /** The string session. It is a secret. */
  session: string
  userId: UserId
  /** The phone number with its middle masked. */
  phoneLabel: string
}

/** The login did not succeed; the words say why and what to do. */
export class LoginError extends VisavisError {
  constructor(words: string) {
    super('login', words)
  }
}

const ATTEMPTS = 3

/** Refusals of Telegram that a person can do something about. */
const WORDS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID:
    'Telegram does not know this phone number; write it with the country code, such as +4915112345678.',
  PHONE_NUMBER_BANNED: 'Telegram has banned this phone number.',
  PHONE_CODE_EXPIRED: 'The code has expired; start again to get a new one.',
  PHONE_PASSWORD_FLOOD: 'Too many attempts to log in; try again tomorrow.',
  API_ID_INVALID: 'API_ID and API_HASH do not belong together; see https://my.telegram.org.',
  API_ID_PUBLISHED_FLOOD: 'This API_ID is publicly known and blocked; create your own on https://my.telegram.org.',
}

/** `+491511234567` → `+49…67`. */
export const maskedPhone = (phone: string): string => {
  const digits = phone.replace(/\D/g, '')
  return `+${digits.slice(0, 2)}…${digits.slice(-2)}`
}

/** Repeats a question while the answer is refused as `wrong`, a few times. */
const askUntilRight = async <Answer>(
  wrong: readonly string[],
  words: string,
  attempt: (again: string | undefined) => Promise<Answer>,
): Promise<Answer> => {
  for (let tries = 1; ; tries++)
    try {
      return await attempt(tries === 1 ? undefined : words)
    } catch (error) {
      if (!(error instanceof HostRejectedError) || !wrong.includes(error.reason)) throw error
      if (tries === ATTEMPTS) throw new LoginError(`${words} Start again.`)
    }
}

const checkPassword = async (connection: GramjsConnection, ask: LoginQuestions): Promise<Api.auth.TypeAuthorization> =>
  askUntilRight(['PASSWORD_HASH_INVALID'], 'This is not the password.', async (again) => {
    // Its parameters hold for one attempt only.
    const parameters = await connection.invoke(new Api.account.GetPassword())
    const password = await computeCheck(parameters, await ask.password(parameters.hint ?? '', again))
    return connection.invoke(new Api.auth.CheckPassword({ password }))
  })

const signIn = async (
  connection: GramjsConnection,
  phoneNumber: string,
  phoneCodeHash: string,
  ask: LoginQuestions,
): Promise<Api.auth.TypeAuthorization> => {
  try {
    return await askUntilRight(['PHONE_CODE_INVALID', 'PHONE_CODE_EMPTY'], 'This is not the code.', async (again) => {
      const phoneCode = (await ask.code(again)).trim()
      return connection.invoke(new Api.auth.SignIn({ phoneNumber, phoneCodeHash, phoneCode }))
    })
  } catch (error) {
    if (error instanceof HostRejectedError && error.reason === 'SESSION_PASSWORD_NEEDED')
      return checkPassword(connection, ask)
    throw error
  }
}

/**
 * Logs a user account in, asking for its phone number, code and (where set) password. Rejects with LoginError in words
 * for the person at the terminal, or with a host error when Telegram cannot be reached.
 */
export const loginHost = async (options: {
  apiId: number
  apiHash: string
  endpoint: MtprotoEndpoint
  timeoutMs: number
  ask: LoginQuestions
}): Promise<LoginResult> => {
  const { apiId, apiHash, ask } = options
  const connection = new GramjsConnection({ ...options, session: '', mayReconnect: true })
  try {
    await connection.connect()
    const phoneNumber = (await ask.phone()).replace(/[^\d+]/g, '')
    const sent = await connection.invoke(
      new Api.auth.SendCode({ phoneNumber, apiId, apiHash, settings: new Api.CodeSettings({}) }),
    )
    const answer =
      sent instanceof Api.auth.SentCodeSuccess
        ? sent.authorization
        : await signIn(connection, phoneNumber, sent.phoneCodeHash, ask)
    if (!(answer instanceof Api.auth.Authorization))
      throw new LoginError('There is no Telegram account with this phone number; create one in a Telegram app first.')
    return {
      session: connection.sessionText(),
      userId: userId(answer.user.id.toString()),
      phoneLabel: maskedPhone(phoneNumber),
    }
  } catch (error) {
    if (error instanceof HostRejectedError || error instanceof HostQuarantineError)
      throw new LoginError(WORDS[error.reason] ?? `Telegram refused: ${error.reason}.`)
    if (error instanceof HostFloodError)
      throw new LoginError(`Telegram asks to wait ${Math.ceil(error.waitMs / 60_000)} min before another login.`)
    throw error
  } finally {
    await connection.close()
  }
}
