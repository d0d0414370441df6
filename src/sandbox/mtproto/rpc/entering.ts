import { Denied } from '../../world/denied.js'
import type { User } from '../../world/types.js'
import type { AuthKey } from '../auth-keys.js'
import type { TlObject } from '../tl/types.js'
import type { Call } from './call.js'

/** The last step of every login, whichever way the client has shown that it may. `onEntered` is told whose key it was. */
export const entering = (onEntered: (key: AuthKey) => void) => {
  const enter = (call: Call, user: User): TlObject => {
    const key = call.session.key.holder
    if (user.banned) throw new Denied('PHONE_NUMBER_BANNED')
    key.userId = user.id
    key.loginAt = call.world.now()
    key.isRevoked = false
    key.pendingUserId = undefined
    key.passwordCheck = undefined
    onEntered(key)
    // The caller was nobody when the call began.
    const self = { ...call.views.user(user), self: true, phone: user.phone }
    return { _: 'auth.authorization', user: { ...self, access_hash: call.world.accessHash(user.id, 'user', user.id) } }
  }

  return {
    /** Logs the caller's key in as this account. */
    enter,
    /** The same, unless the account has a password: then that comes next (SESSION_PASSWORD_NEEDED). */
    enterUnlessPassword: (call: Call, user: User): TlObject => {
      if (user.password === undefined) return enter(call, user)
      call.session.key.holder.pendingUserId = user.id
      throw new Denied('SESSION_PASSWORD_NEEDED')
    },
  }
}
export type Entering = ReturnType<typeof entering>
