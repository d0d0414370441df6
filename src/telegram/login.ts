import { Api } from 'telegram'
import { HostRejectedError } from './errors.js'
import type { GramjsConnection } from './gramjs-connection.js'
import {
  askUntilRight,
  logIn,
  noAccount,
  withPassword,
  WRONG_NUMBER,
  type AskPassword,
  type LoginResult,
  type LoginSettings,
} from './login-steps.js'

/** Asks the person at the terminal. `again` says why the last answer did not do. */
export interface LoginQuestions {
  phone(again?: string): Promise<string>
  code(again?: string): Promise<string>
  readonly password: AskPassword
}

const WRONG_CODE = 'This is not the code.'
/** No number is shorter: nobody needs to be asked. */
const LEAST_DIGITS = 5

const signIn = (
  connection: GramjsConnection,
  settings: LoginSettings,
  phoneNumber: string,
  phoneCodeHash: string,
  ask: LoginQuestions,
): Promise<Api.auth.TypeAuthorization> =>
  askUntilRight(settings, { PHONE_CODE_INVALID: WRONG_CODE, PHONE_CODE_EMPTY: WRONG_CODE }, async (again) => {
    const phoneCode = (await ask.code(again)).trim()
    return connection.invoke(new Api.auth.SignIn({ phoneNumber, phoneCodeHash, phoneCode }))
  })

/** Logs a user account in, asking for its phone number, code and (where set) password. Rejects as `logIn` does. */
export const loginHost = async (settings: LoginSettings & { ask: LoginQuestions }): Promise<LoginResult> => {
  const { apiId, apiHash, ask } = settings
  return logIn(settings, (connection) =>
    askUntilRight(settings, WRONG_NUMBER, async (again) => {
      const phoneNumber = (await ask.phone(again)).replace(/[^\d+]/g, '')
      if (phoneNumber.replace('+', '').length < LEAST_DIGITS)
        throw new HostRejectedError('auth.sendCode', 'PHONE_NUMBER_INVALID')
      const sent = await connection.invoke(
        new Api.auth.SendCode({ phoneNumber, apiId, apiHash, settings: new Api.CodeSettings({}) }),
      )
      if (sent instanceof Api.auth.SentCodeSuccess) return sent.authorization
      const answer = await withPassword(connection, settings, ask.password, () =>
        signIn(connection, settings, phoneNumber, sent.phoneCodeHash, ask),
      )
      if (answer instanceof Api.auth.AuthorizationSignUpRequired) throw noAccount()
      return answer
    }),
  )
}
