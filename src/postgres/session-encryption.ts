import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { VisavisError } from '../errors.js'

/**
 * A host's session is the whole account: it is stored encrypted, with AES-256-GCM under a key that scrypt derives from
 * SECRET_KEY and a salt of its own. The account's id is authenticated with it, so that a session copied into another
 * host's row does not open.
 *
 * Layout: version (1) · salt (16) · nonce (12) · tag (16) · text.
 */
const VERSION = 1
const SALT = 16
const NONCE = 12
const TAG = 16
const HEADER = 1 + SALT + NONCE + TAG
// About 50 ms and 16 MB: SECRET_KEY may be a phrase that a person chose.
const COST = { N: 2 ** 14, r: 8, p: 1 }

/** A stored session cannot be read: SECRET_KEY changed, or the data did. Only a new login helps. */
export class SessionEncryptionError extends VisavisError {
  constructor(message: string, cause?: unknown) {
    super('session_unreadable', message, { cause })
  }
}

const keyFor = (secret: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(secret.normalize('NFC'), salt, 32, COST, (error, key) => (error ? reject(error) : resolve(key))),
  )

/** Encrypts a session for the account `owner`. */
export const encryptSession = async (session: string, owner: string, secret: string): Promise<Buffer> => {
  const salt = randomBytes(SALT)
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', await keyFor(secret, salt), nonce, { authTagLength: TAG })
  cipher.setAAD(Buffer.from(owner))
  const text = Buffer.concat([cipher.update(session, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), salt, nonce, cipher.getAuthTag(), text])
}

/**
 * Opens what encryptSession made for the same owner.
 * @throws SessionEncryptionError when the key is another one or the data was changed
 */
export const decryptSession = async (sealed: Buffer, owner: string, secret: string): Promise<string> => {
  if (sealed[0] !== VERSION || sealed.length < HEADER)
    throw new SessionEncryptionError(
      'A stored session is in a format that this version does not know; run the newer version, or log the host in again.',
    )
  const salt = sealed.subarray(1, 1 + SALT)
  const nonce = sealed.subarray(1 + SALT, 1 + SALT + NONCE)
  const decipher = createDecipheriv('aes-256-gcm', await keyFor(secret, salt), nonce, { authTagLength: TAG })
  decipher.setAAD(Buffer.from(owner))
  decipher.setAuthTag(sealed.subarray(HEADER - TAG, HEADER))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEADER)), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new SessionEncryptionError(
      'A stored session does not open with this SECRET_KEY. Put back the key that it was stored with, or log the host in again.',
      error,
    )
  }
}
