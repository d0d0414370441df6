/** Telegram's limits, by number. 0 switches one off; those of time are off until somebody wants them. */
export interface Limits {
  /** Groups and channels that an account may be in. */
  chatsPerUser: number
  membersPerChat: number
  /** Messages a bot may send: in all in a second, to one chat in a second, to one group in a minute. */
  botPerSecond: number
  botPerChatPerSecond: number
  botPerGroupPerMinute: number
  /** Groups and channels that an account may create in a day. */
  creationsPerDay: number
  /** For so many seconds after its login a session may not appoint administrators. */
  freshLoginS: number
  /** How long the token of a QR code is good for. */
  loginTokenS: number
}

export const usualLimits = (): Limits => ({
  chatsPerUser: 500,
  membersPerChat: 200_000,
  botPerSecond: 0,
  botPerChatPerSecond: 0,
  botPerGroupPerMinute: 0,
  creationsPerDay: 0,
  freshLoginS: 0,
  loginTokenS: 30,
})
