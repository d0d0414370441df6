import { randomBytes } from 'node:crypto'
import { Denied } from '../../world/denied.js'
import type { User } from '../../world/types.js'
import { GENERATOR, PRIME } from '../diffie-hellman.js'
import { PasswordCheck, saltsOf, type Salts } from '../password-check.js'
import { bytes, long, maybeText, object, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import type { Entering } from './entering.js'

/** The code that every login gets: the sandbox sends no messages to phones. */
export const LOGIN_CODE = '12345'

/** auth.*: logging in by code and, where one is set, by password; logging out. */
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
      return enter(call, call.world.users.add({ firstName, lastName: lastName || undefined, phone }))
    },

    'account.getPassword': (_request, call) => {
      const key = call.session.key.holder
      const user = owner(call)
      const algorithm = ({ salt1, salt2 }: Salts): TlObject => {
        const name = 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow'
        return { _: name, salt1, salt2, g: GENERATOR, p: PRIME }
      }
      const fresh = {
        _: 'account.password',
        new_algo: algorithm({ salt1: randomBytes(8), salt2: randomBytes(16) }),
        new_secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: randomBytes(8) },
        secure_random: randomBytes(256),
      }
      if (user.password === undefined) return fresh
      const salts = saltsOf(call.world.secret('password', user.id), user.password)
      const check = (key.passwordCheck = new PasswordCheck(user.password, salts))
      const current = { current_algo: algorithm(salts), srp_B: check.publicValue, srp_id: check.id }
      return { ...fresh, ...current, has_password: true }
    },

    'auth.checkPassword': (request, call) => {
      const key = call.session.key.holder
      const user = owner(call)
      const answer = object(request, 'password')
      if (answer._ !== 'inputCheckPasswordSRP') throw new Denied('PASSWORD_HASH_INVALID')
      if (!key.passwordCheck || key.passwordCheck.id !== long(answer, 'srp_id')) throw new Denied('SRP_ID_INVALID')
      if (!key.passwordCheck.proves(bytes(answer, 'A'), bytes(answer, 'M1'))) throw new Denied('PASSWORD_HASH_INVALID')
      return enter(call, user)
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

/** Whose password it is about: of the one who is logged in, or about to be. */
function owner(call: Call): User {
  const { userId, pendingUserId } = call.session.key.holder
  const id = userId ?? pendingUserId
  if (id === undefined) throw new Denied('AUTH_KEY_UNREGISTERED')
  return call.world.users.get(id)
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
