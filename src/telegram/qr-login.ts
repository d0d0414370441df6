import { Api } from 'telegram'
import { systemClock, type Clock } from '../clock.js'
import {
  logIn,
  LoginError,
  withPassword,
  type AskPassword,
  type LoginResult,
  type LoginSettings,
} from './login-steps.js'

/** Nobody stands before a terminal for longer, and each code is another call. */
const PATIENCE_MS = 600_000
/** How long a code is shown when this machine's clock and Telegram's disagree about its end. */
const USUAL_LIFE_MS = 25_000
/** A clock that is ahead makes codes look short-lived, and asking for them in a hurry ends in FLOOD_WAIT. */
const SHORTEST_LIFE_MS = 5_000
const LONGEST_LIFE_MS = 120_000

const lifeMs = (expires: number): number => {
  const leftMs = expires * 1000 - Date.now()
  return leftMs > 0 && leftMs < LONGEST_LIFE_MS ? Math.max(leftMs, SHORTEST_LIFE_MS) : USUAL_LIFE_MS
}

/**
 * Logs a user account in by a QR code that one of its Telegram apps scans, asking for its password where one is set.
 * Rejects as `logIn` does.
 * @param show shows the link that the code stands for; called again with another one when it has expired
 * @param onScanned somebody has scanned it
 */
export const loginHostByQr = async ({
  ask,
  show,
  onScanned,
  clock = systemClock,
  ...settings
}: LoginSettings & {
  ask: { readonly password: AskPassword }
  show: (link: string) => void
  onScanned: () => void
  clock?: Clock
}): Promise<LoginResult> => {
  const { apiId, apiHash } = settings
  const startedAt = clock.now()
  let nap = new AbortController()
  let isScanned = false
  const wake = (): void => {
    if (!isScanned) onScanned()
    isScanned = true
    nap.abort()
  }
  return logIn({ ...settings, onScanned: wake }, (connection) =>
    withPassword(connection, settings, ask.password, async () => {
      for (;;) {
        if (clock.now() - startedAt > PATIENCE_MS)
          throw new LoginError('Nobody has scanned a code within 10 min. Start again.')
        const answer = await connection.invoke(new Api.auth.ExportLoginToken({ apiId, apiHash, exceptIds: [] }))
        if (answer instanceof Api.auth.LoginTokenSuccess) return answer.authorization
        if (answer instanceof Api.auth.LoginTokenMigrateTo) {
          await connection.moveTo(answer.dcId)
          const there = await connection.invoke(new Api.auth.ImportLoginToken({ token: answer.token }))
          if (there instanceof Api.auth.LoginTokenSuccess) return there.authorization
          // It was not accepted there: a new code, but not in a hurry, for it may be sent on again.
          await clock.wait(SHORTEST_LIFE_MS)
          continue
        }
        show(`tg://login?token=${Buffer.from(answer.token).toString('base64url')}`)
        // The notice may get lost; a code that was scanned is answered with the login when it is asked for again.
        await clock.wait(lifeMs(answer.expires), nap.signal)
        nap = new AbortController()
      }
    }),
  )
}
