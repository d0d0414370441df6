import { Api } from 'telegram'
import { computeCheck } from 'telegram/Password.js'
import { VisavisError } from '../errors.js'
import { userId, type UserId } from '../ids.js'
import { HostFloodError, HostQuarantineError, HostRejectedError } from './errors.js'
import { GramjsConnection } from './gramjs-connection.js'
import type { MtprotoEndpoint } from './gramjs-endpoint.js'

/** Asks the person at the terminal for the two-step verification password; `hint` is what its owner wrote down, `again` says why the last answer did not do. */
export type AskPassword = (hint: string, again?: string) => Promise<string>

/** As whom, and where, an account is logged in. */
export interface LoginSettings {
  readonly apiId: number
  readonly apiHash: string
  readonly endpoint: MtprotoEndpoint
  /** Bounds each answer of Telegram, not of the person. */
  readonly timeoutMs: number
  /** How many answers to one question may be wrong before the login ends; 1 where nobody can be asked again. */
  readonly attempts?: number
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
const WORDS = {
  PHONE_NUMBER_INVALID:
    'Telegram does not know this phone number; write it with the country code, such as +4915112345678.',
  PHONE_NUMBER_UNOCCUPIED: 'There is no Telegram account with this phone number; create one in a Telegram app first.',
  PHONE_NUMBER_BANNED: 'Telegram has banned this phone number.',
  PHONE_NUMBER_FLOOD: 'Too many codes were asked for with this phone number; try again tomorrow.',
  PHONE_CODE_EXPIRED: 'The code has expired; start again to get a new one.',
  PHONE_PASSWORD_FLOOD: 'Too many attempts to log in; try again tomorrow.',
  USER_DEACTIVATED: 'This account was deleted.',
  USER_DEACTIVATED_BAN: 'Telegram has banned this account.',
  AUTH_TOKEN_EXPIRED: 'The QR code had expired; start again.',
  API_ID_INVALID: 'API_ID and API_HASH do not belong together; see https://my.telegram.org.',
  API_ID_PUBLISHED_FLOOD: 'This API_ID is publicly known and blocked; create your own on https://my.telegram.org.',
} as const satisfies Readonly<Record<string, string>>

/** A number that was typed wrong: another one may be asked for. */
export const WRONG_NUMBER = {
  PHONE_NUMBER_INVALID: WORDS.PHONE_NUMBER_INVALID,
  PHONE_NUMBER_UNOCCUPIED: WORDS.PHONE_NUMBER_UNOCCUPIED,
} as const

/** `+491511234567` → `+49…67`. */
export const maskedPhone = (phone: string): string => {
  const digits = phone.replace(/\D/g, '')
  return `+${digits.slice(0, 2)}…${digits.slice(-2)}`
}

const waitInWords = (ms: number): string => {
  const minutes = Math.ceil(ms / 60_000)
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}

/** What Telegram says where nobody has the number, which it answers a login with in another way. */
export const noAccount = (): HostRejectedError => new HostRejectedError('auth.signIn', 'PHONE_NUMBER_UNOCCUPIED')

/**
 * Repeats a question while its answer is wrong, a few times.
 * @param wrong why an answer is wrong, for each reason of Telegram that means so
 */
export const askUntilRight = async <Answer>(
  { attempts = ATTEMPTS }: Pick<LoginSettings, 'attempts'>,
  wrong: Readonly<Record<string, string>>,
  attempt: (again: string | undefined) => Promise<Answer>,
): Promise<Answer> => {
  let again: string | undefined
  for (let tries = 1; ; tries++)
    try {
      return await attempt(again)
    } catch (error) {
      again = error instanceof HostRejectedError ? wrong[error.reason] : undefined
      if (again === undefined) throw error
      if (tries >= attempts) throw new LoginError(`${again} Start again.`)
    }
}

const checkPassword = async (
  connection: GramjsConnection,
  settings: LoginSettings,
  ask: AskPassword,
): Promise<Api.auth.TypeAuthorization> =>
  askUntilRight(settings, { PASSWORD_HASH_INVALID: 'This is not the password.' }, async (again) => {
    // Its parameters hold for one attempt only.
    const parameters = await connection.invoke(new Api.account.GetPassword())
    const password = await computeCheck(parameters, await ask(parameters.hint ?? '', again))
    return connection.invoke(new Api.auth.CheckPassword({ password }))
  })

/** Does the first step of a login, and asks for the password where Telegram wants one after it. */
export const withPassword = async (
  connection: GramjsConnection,
  settings: LoginSettings,
  ask: AskPassword,
  step: () => Promise<Api.auth.TypeAuthorization>,
): Promise<Api.auth.TypeAuthorization> => {
  try {
    return await step()
  } catch (error) {
    if (error instanceof HostRejectedError && error.reason === 'SESSION_PASSWORD_NEEDED')
      return checkPassword(connection, settings, ask)
    throw error
  }
}

/**
 * A login on a connection of its own, however it is done. Rejects with LoginError in words for the person at the
 * terminal, or with a host error when Telegram cannot be reached.
 * @param onScanned somebody has scanned the QR code that this client shows
 */
export const logIn = async (
  settings: LoginSettings & { onScanned?: () => void },
  steps: (connection: GramjsConnection) => Promise<Api.auth.TypeAuthorization>,
): Promise<LoginResult> => {
  const connection = new GramjsConnection({ ...settings, session: '', mayReconnect: true })
  try {
    await connection.connect()
    const answer = await steps(connection)
    if (!(answer instanceof Api.auth.Authorization)) throw noAccount()
    const id = answer.user.id.toString()
    const phone = answer.user instanceof Api.User ? answer.user.phone : undefined
    return {
      session: connection.sessionText(),
      userId: userId(id),
      phoneLabel: phone === undefined ? `…${id.slice(-2)}` : maskedPhone(phone),
    }
  } catch (error) {
    if (error instanceof HostRejectedError || error instanceof HostQuarantineError)
      throw new LoginError(
        (WORDS as Readonly<Record<string, string>>)[error.reason] ?? `Telegram refuses the login: ${error.reason}.`,
      )
    if (error instanceof HostFloodError)
      throw new LoginError(`Telegram asks to wait ${waitInWords(error.waitMs)} before another login.`)
    throw error
  } finally {
    await connection.close()
  }
}
