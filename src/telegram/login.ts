import { Api } from 'telegram'
import type { GramjsConnection } from './gramjs-connection.js'
import {
  askUntilRight,
  logIn,
  withPassword,
  type AskPassword,
  type LoginResult,
  type LoginSettings,
} from './login-steps.js'

/** Asks the person at the terminal. `again` says why the last answer did not do. */
export interface LoginQuestions {
  phone(): Promise<string>
  code(again?: string): Promise<string>
  readonly password: AskPassword
}

const signIn = (
  connection: GramjsConnection,
  phoneNumber: string,
  phoneCodeHash: string,
  ask: LoginQuestions,
): Promise<Api.auth.TypeAuthorization> =>
  askUntilRight(['PHONE_CODE_INVALID', 'PHONE_CODE_EMPTY'], 'This is not the code.', async (again) => {
    const phoneCode = (await ask.code(again)).trim()
    return connection.invoke(new Api.auth.SignIn({ phoneNumber, phoneCodeHash, phoneCode }))
  })

/** Logs a user account in, asking for its phone number, code and (where set) password. Rejects as `logIn` does. */
export const loginHost = async (settings: LoginSettings & { ask: LoginQuestions }): Promise<LoginResult> => {
  const { apiId, apiHash, ask } = settings
  return logIn(settings, async (connection) => {
    const phoneNumber = (await ask.phone()).replace(/[^\d+]/g, '')
    const sent = await connection.invoke(
      new Api.auth.SendCode({ phoneNumber, apiId, apiHash, settings: new Api.CodeSettings({}) }),
    )
    if (sent instanceof Api.auth.SentCodeSuccess) return sent.authorization
    return withPassword(connection, ask.password, () => signIn(connection, phoneNumber, sent.phoneCodeHash, ask))
  })
}
