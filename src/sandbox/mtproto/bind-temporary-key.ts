import { Denied } from '../world/denied.js'
import { decryptIge, oldMessageAes, sha1 } from './crypto.js'
import type { Server } from './server-parts.js'
import type { Session } from './session.js'
import { bytes, long } from './tl/fields.js'
import type { TlObject } from './tl/types.js'

const HEAD = 32

/**
 * Binds the temporary key that the session uses to a permanent key, so that it carries that key's login (perfect
 * forward secrecy). The client proves that it owns the permanent key by encrypting with it, in MTProto 1.0's way.
 */
export function bindTemporaryKey(server: Server, session: Session, request: TlObject): true {
  const temporary = session.key
  const permanent = server.keys.get(long(request, 'perm_auth_key_id'))
  const sealed = bytes(request, 'encrypted_message')
  if (!permanent || sealed.length < 24 + HEAD || sealed.readBigInt64LE(0) !== permanent.id) throw invalid()
  const messageKey = sealed.subarray(8, 24)
  const opened = decryptIge(sealed.subarray(24), oldMessageAes(permanent.key, messageKey))
  const end = HEAD + opened.readUInt32LE(HEAD - 4)
  if (!sha1(opened.subarray(0, end)).subarray(4).equals(messageKey)) throw invalid()
  const inner = server.codec.decodeObject(opened.subarray(HEAD, end))
  const fits =
    inner._ === 'bind_auth_key_inner' &&
    long(inner, 'nonce') === long(request, 'nonce') &&
    long(inner, 'temp_auth_key_id') === temporary.id &&
    long(inner, 'perm_auth_key_id') === permanent.id &&
    long(inner, 'temp_session_id') === session.id
  if (!fits) throw invalid()
  temporary.permanent = permanent
  server.sessions.of(temporary).delete(session.id)
  server.sessions.of(permanent).set(session.id, session)
  return true
}

const invalid = (): Denied => new Denied('ENCRYPTED_MESSAGE_INVALID')
