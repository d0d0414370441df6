import { Denied } from '../../world/denied.js'
import type { AuthKey } from '../auth-keys.js'
import type { LoginToken, LoginTokens } from '../login-tokens.js'
import { bytes } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import type { Entering } from './entering.js'

/** The data centre that is home to accounts and clients that do not say which. */
const USUAL_DC = 2

/** auth.*LoginToken: logging in by a QR code, which a client of the account scans. */
export const qrLogin = (tokens: LoginTokens, { enterUnlessPassword }: Entering): Handlers => {
  const success = (call: Call, token: LoginToken, userId: number): TlObject => {
    // Used up when the client is inside.
    tokens.show(call.session.key.holder, token)
    return { _: 'auth.loginTokenSuccess', authorization: enterUnlessPassword(call, call.world.users.get(userId)) }
  }
  const waiting = ({ token, expiresAt }: LoginToken): TlObject => ({ _: 'auth.loginToken', expires: expiresAt, token })

  return {
    'auth.exportLoginToken': (_request, call) => {
      const key = call.session.key.holder
      const accepted = tokens.acceptedFor(key)
      if (accepted?.acceptedBy === undefined) return waiting(tokens.issue(key))
      const home = call.world.users.get(accepted.acceptedBy).dcId ?? USUAL_DC
      if (home !== (key.dcId ?? USUAL_DC)) return { _: 'auth.loginTokenMigrateTo', dc_id: home, token: accepted.token }
      return success(call, accepted, accepted.acceptedBy)
    },

    'auth.importLoginToken': (request, call) => {
      const token = tokens.find(bytes(request, 'token'))
      return token.acceptedBy === undefined ? waiting(token) : success(call, token, token.acceptedBy)
    },

    'auth.acceptLoginToken': (request, call) => {
      const { me, world } = call
      if (world.users.isBot(me)) throw new Denied('BOT_METHOD_INVALID')
      const { key } = tokens.accept(bytes(request, 'token'), me)
      return newcomer(key, world.now(), world.users.get(me).password !== undefined)
    },
  }
}

/** What the one who scanned is told of the client that comes in. */
const newcomer = (key: AuthKey, now: number, password_pending: boolean): TlObject => ({
  _: 'authorization',
  password_pending,
  hash: key.id,
  device_model: 'Unknown',
  platform: '',
  system_version: '',
  api_id: 1,
  app_name: 'Client',
  app_version: '',
  date_created: now,
  date_active: now,
  ip: '127.0.0.1',
  country: '',
  region: '',
})
