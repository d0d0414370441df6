import type { Gate } from '../gate.js'
import type { Asked, Command } from '../people.js'
import type { Say } from '../say.js'

/** Lets a command run for subscribers only; the others are shown the channels. Gives whether it ran. */
export const createGated =
  ({ gate, say }: { gate: Pick<Gate, 'check'>; say: Say }) =>
  async (command: Command, asked: Asked): Promise<boolean> => {
    const answer = await gate.check(asked.user)
    if (answer.state === 'open') await command(asked)
    else if (answer.state === 'missing') await say(asked.user, 'gate', { channels: answer.channels })
    else await say(asked.user, 'gate_unavailable')
    return answer.state === 'open'
  }

/** *I have subscribed* was pressed. Gives a short text to show at the button when it does not look so. */
export const createSubscribed =
  ({ gate, find }: { gate: Pick<Gate, 'check'>; find: Command }) =>
  async (asked: Asked): Promise<'not_yet' | undefined> => {
    const answer = await gate.check(asked.user, { afresh: true })
    if (answer.state === 'missing') return 'not_yet'
    await find(asked)
    return undefined
  }
