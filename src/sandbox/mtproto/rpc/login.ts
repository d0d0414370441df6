import { Denied } from '../../world/denied.js'
import { bytes, long, maybeText, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import type { Entering } from './entering.js'

/** The code that every login gets: the sandbox sends no messages to phones. */
export const LOGIN_CODE = '12345'

/** auth.*: logging in by code, or as a bot; logging out. */
export const login = ({ enter, enterUnlessPassword }: Entering, keysChanged: () => void): Handlers => {
  return {
    'auth.sendCode': (request, call) => sentCode(call, text(request, 'phone_number')),

    'auth.resendCode': (request, call) => {
      requireHash(request, call)
      return sentCode(call, text(request, 'phone_number'))
    },

    'auth.cancelCode': (request, call) => {
      requireHash(request, call)
      return true
    },

    'auth.signIn': (request, call) => {
      requireHash(request, call)
      const code = maybeText(request, 'phone_code')
      if (!code) throw new Denied('PHONE_CODE_EMPTY')
      if (code !== LOGIN_CODE) throw new Denied('PHONE_CODE_INVALID')
      const user = call.world.users.byPhone(text(request, 'phone_number'))
      if (!user) return { _: 'auth.authorizationSignUpRequired' }
      return enterUnlessPassword(call, user)
    },

    'auth.signUp': (request, call) => {
      requireHash(request, call)
      const phone = text(request, 'phone_number')
      if (call.world.users.byPhone(phone)) throw new Denied('PHONE_NUMBER_OCCUPIED')
      const [firstName, lastName] = [text(request, 'first_name'), text(request, 'last_name')]
      if (!firstName) throw new Denied('FIRSTNAME_INVALID')
      return enter(call, call.world.users.add({ firstName, lastName: lastName || undefined, phone, signedUp: true }))
    },

    // All data centres are this one; some clients carry their login to each of them.
    'auth.exportAuthorization': (_request, call) => {
      return { _: 'auth.exportedAuthorization', id: call.me, bytes: call.world.secret('exported login', call.me) }
    },

    'auth.importAuthorization': (request, call) => {
      const id = Number(long(request, 'id'))
      if (!bytes(request, 'bytes').equals(call.world.secret('exported login', id)))
        throw new Denied('AUTH_BYTES_INVALID')
      return enter(call, call.world.users.get(id))
    },

    'auth.importBotAuthorization': (request, call) => {
      const bot = call.world.users.byToken(text(request, 'bot_auth_token'))
      if (!bot) throw new Denied('ACCESS_TOKEN_INVALID')
      return enter(call, bot)
    },

    'auth.logOut': (_request, call) => {
      const key = call.session.key.holder
      key.userId = undefined
      key.pendingUserId = undefined
      keysChanged()
      return { _: 'auth.loggedOut' }
    },
  }
}

const hashFor = (call: Call, phone: string): string =>
  call.world.secret('login code', phone.replace(/\D/g, '')).toString('hex').slice(0, 18)

function requireHash(request: TlObject, call: Call): void {
  const expected = hashFor(call, text(request, 'phone_number'))
  if (text(request, 'phone_code_hash') !== expected) throw new Denied('PHONE_CODE_EXPIRED')
}

function sentCode(call: Call, phone: string): TlObject {
  if (!/^\+?[\d\s()-]{5,24}$/.test(phone)) throw new Denied('PHONE_NUMBER_INVALID')
  const type = { _: 'auth.sentCodeTypeApp', length: LOGIN_CODE.length }
  return { _: 'auth.sentCode', type, phone_code_hash: hashFor(call, phone), timeout: 120 }
}
