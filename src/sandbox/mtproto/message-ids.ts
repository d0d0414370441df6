/**
 * The server's message ids: the real time in units of 2⁻³² s, always growing. They end in the bits 01 for an answer to
 * a message of the client and in 11 otherwise.
 */
export class MessageIds {
  private last = 0n

  next(answer: boolean): bigint {
    const nowMs = BigInt(Date.now())
    const now = ((nowMs << 32n) / 1000n) & ~3n
    this.last = now > this.last ? now : this.last + 4n
    return this.last | (answer ? 1n : 3n)
  }
}

const MAX_AGE_S = 300
const MAX_AHEAD_S = 30

/** What is wrong with a client's message id, as the code of a `bad_msg_notification`. */
export function faultOfClientId(messageId: bigint): 16 | 17 | 18 | undefined {
  const nowS = Math.floor(Date.now() / 1000)
  const atS = Number(messageId >> 32n)
  if (messageId & 3n) return 18
  if (atS < nowS - MAX_AGE_S) return 16
  return atS > nowS + MAX_AHEAD_S ? 17 : undefined
}
