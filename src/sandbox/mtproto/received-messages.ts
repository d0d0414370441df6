/** Bits of a message's state in `msgs_state_info`. */
export const MessageState = {
  /** Older than what is remembered. */
  forgotten: 1,
  notReceived: 2,
  /** Newer than anything received. */
  tooHigh: 3,
  received: 4,
  acknowledged: 8,
  processing: 32,
  answered: 64,
} as const

const MAX_REMEMBERED = 500
/** A number so far beyond the others is a mistake; taken for true it would make all later ones too low. */
const MAX_SEQUENCE_LEAP = 2 * 1024

interface Remembered {
  sequence: number
  /** Whether it was acknowledged at once, as everything with content is. */
  acknowledged: boolean
  answer?: Buffer
}

/** The latest messages of a session's client, with their answers: one that comes twice is answered alike. */
export class ReceivedMessages {
  private readonly byId = new Map<bigint, Remembered>()
  private forgottenUpTo = 0n
  private highest = 0n
  private highestSequence: number | undefined

  has(id: bigint): boolean {
    return this.byId.has(id)
  }

  /** What keeps a new message from being taken, as the code of a `bad_msg_notification`. */
  faultOf(id: bigint, sequence: number): 20 | 32 | 33 | undefined {
    // Too old to tell whether it was received before.
    if (id <= this.forgottenUpTo) return 20
    if (sequence > (this.highestSequence ?? sequence) + MAX_SEQUENCE_LEAP) return 33
    for (const [other, { sequence: theirs }] of this.byId) {
      const isOdd = sequence % 2 === 1
      if (other < id && (theirs > sequence || (theirs === sequence && isOdd))) return 32
      if (other > id && (theirs < sequence || (theirs === sequence && isOdd))) return 33
    }
    return undefined
  }

  add(id: bigint, sequence: number): void {
    this.byId.set(id, { sequence, acknowledged: sequence % 2 === 1 })
    if (id > this.highest) this.highest = id
    this.highestSequence = Math.max(this.highestSequence ?? sequence, sequence)
    for (const oldest of this.byId.keys()) {
      if (this.byId.size <= MAX_REMEMBERED) return
      this.byId.delete(oldest)
      if (oldest > this.forgottenUpTo) this.forgottenUpTo = oldest
    }
  }

  answerTo(id: bigint): Buffer | undefined {
    return this.byId.get(id)?.answer
  }

  answered(id: bigint, answer: Buffer): void {
    const message = this.byId.get(id)
    if (message) message.answer = answer
  }

  /** The state of a message as `msgs_state_info` tells it. */
  stateOf(id: bigint, isProcessing: boolean): number {
    const message = this.byId.get(id)
    if (!message) {
      if (id > this.highest) return MessageState.tooHigh
      return id <= this.forgottenUpTo ? MessageState.forgotten : MessageState.notReceived
    }
    const { received, acknowledged, processing, answered } = MessageState
    const flags = [message.acknowledged && acknowledged, isProcessing && processing, message.answer && answered]
    return flags.reduce<number>((state, flag) => state | (typeof flag === 'number' ? flag : 0), received)
  }
}
