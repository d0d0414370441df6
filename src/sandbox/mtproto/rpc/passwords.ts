import { randomBytes } from 'node:crypto'
import { Denied } from '../../world/denied.js'
import type { User } from '../../world/types.js'
import { GENERATOR, isSafePublic, PRIME } from '../diffie-hellman.js'
import { keptPassword, PasswordCheck, type Salts } from '../password-check.js'
import { bytes, long, maybeObject, object } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import type { Entering } from './entering.js'

const ALGORITHM = 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow'

/** Two-step verification: proving that one knows the password without telling it (SRP), setting it, and taking it away. */
export const passwords = ({ enter }: Entering): Handlers => ({
  'account.getPassword': (_request, call) => {
    const user = owner(call)
    const fresh = {
      _: 'account.password',
      new_algo: algorithm({ salt1: randomBytes(8), salt2: randomBytes(16) }),
      new_secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: randomBytes(8) },
      secure_random: randomBytes(256),
    }
    if (user.password === undefined) return fresh
    const kept = keptPassword(user.password, call.world.secret('password', user.id))
    const check = (call.session.key.holder.passwordCheck = new PasswordCheck(kept))
    const current = { current_algo: algorithm(kept), srp_B: check.publicValue, srp_id: check.id }
    return { ...fresh, ...current, has_password: true }
  },

  'auth.checkPassword': (request, call) => {
    const user = owner(call)
    requireProof(object(request, 'password'), call)
    return enter(call, user)
  },

  'account.updatePasswordSettings': (request, call) => {
    const user = call.world.users.get(call.me)
    if (user.password !== undefined) requireProof(object(request, 'password'), call)
    const settings = object(request, 'new_settings')
    const wanted = maybeObject(settings, 'new_algo')
    // Only a hint or an address for recovery, of which there are none here.
    if (!wanted) return true
    const hash = bytes(settings, 'new_password_hash')
    const isSet = wanted._ === ALGORITHM && hash.length > 0
    if (isSet && !(hash.length === PRIME.length && isSafePublic(hash))) throw new Denied('NEW_SETTINGS_INVALID')
    const hex = (name: string): string => bytes(wanted, name).toString('hex')
    const kept = isSet ? { salt1: hex('salt1'), salt2: hex('salt2'), verifier: hash.toString('hex') } : undefined
    call.world.users.setPassword(user.id, kept)
    call.session.key.holder.passwordCheck = undefined
    return true
  },
})

const algorithm = ({ salt1, salt2 }: Salts): TlObject => ({ _: ALGORITHM, salt1, salt2, g: GENERATOR, p: PRIME })

/** The client knows the password, or it is `PASSWORD_HASH_INVALID`. */
function requireProof(answer: TlObject, call: Call): void {
  const { passwordCheck } = call.session.key.holder
  if (answer._ !== 'inputCheckPasswordSRP') throw new Denied('PASSWORD_HASH_INVALID')
  if (!passwordCheck || passwordCheck.id !== long(answer, 'srp_id')) throw new Denied('SRP_ID_INVALID')
  if (!passwordCheck.proves(bytes(answer, 'A'), bytes(answer, 'M1'))) throw new Denied('PASSWORD_HASH_INVALID')
}

/** Whose password it is about: of the one who is logged in, or about to be. */
function owner(call: Call): User {
  const { userId, pendingUserId } = call.session.key.holder
  const id = userId ?? pendingUserId
  if (id === undefined) throw new Denied('AUTH_KEY_UNREGISTERED')
  return call.world.users.get(id)
}
