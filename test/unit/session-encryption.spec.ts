import { expect } from 'chai'
import { decryptSession, encryptSession } from '../../src/postgres/session-encryption.js'

const secret = 'a phrase that somebody chose'
const session = '1BQANOTEuMTA4LjU2LjEyMwG7'.repeat(12)

const failure = async (work: Promise<unknown>): Promise<{ code: string; message: string }> => {
  try {
    await work
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('should have failed')
}

describe('postgres/session-encryption', () => {
  it('gives back what it was given', async () => {
    const sealed = await encryptSession(session, '5001', secret)
    expect(sealed.includes(session.slice(0, 12))).to.equal(false)
    expect(await decryptSession(sealed, '5001', secret)).to.equal(session)
  })

  it('never makes the same bytes twice', async () => {
    const [one, other] = await Promise.all([
      encryptSession(session, '5001', secret),
      encryptSession(session, '5001', secret),
    ])
    expect(one.equals(other)).to.equal(false)
  })

  it('names SECRET_KEY when the key is another one, and repeats neither key nor session', async () => {
    const sealed = await encryptSession(session, '5001', secret)
    const error = await failure(decryptSession(sealed, '5001', 'another phrase, just as long'))
    expect(error.code).to.equal('session_unreadable')
    expect(error.message).to.include('SECRET_KEY')
    expect(error.message).not.to.include('phrase')
  })

  it('does not open for another account, nor after any byte was changed', async () => {
    const sealed = await encryptSession('short', '5001', secret)
    expect((await failure(decryptSession(sealed, '5002', secret))).code).to.equal('session_unreadable')
    const places = [0, 1, 17, 29, sealed.length - 1]
    for (const place of places) {
      const changed = Buffer.from(sealed)
      changed[place] = (changed[place] ?? 0) ^ 1
      expect((await failure(decryptSession(changed, '5001', secret))).code, `byte ${place}`).to.equal(
        'session_unreadable',
      )
    }
  })

  it('refuses what is too short to be a session', async () => {
    expect((await failure(decryptSession(Buffer.of(1, 2, 3), '5001', secret))).code).to.equal('session_unreadable')
    expect((await failure(decryptSession(Buffer.alloc(0), '5001', secret))).code).to.equal('session_unreadable')
  })
})
