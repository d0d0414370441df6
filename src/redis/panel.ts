import { randomBytes } from 'node:crypto'
import type { UserId } from '../ids.js'
import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'

/** How long the buttons of a panel work, and how long a panel waits to be told something. */
const BUTTON_TTL_S = 24 * 60 * 60
const QUESTION_TTL_S = 10 * 60

interface Kept<Action> {
  readonly admin: UserId
  readonly action: Action
  /** What it does was done. */
  readonly used?: true
}

/**
 * What stands behind the buttons of an administrator's panel: a button carries a random word and nothing else, and the
 * word is worth something only to the administrator whom it was made for. `Action` is anything that JSON keeps.
 */
export const createPanelStore = <Action extends object>(redis: RedisClient, keys: Keys) => ({
  /** A word for each action, in order. */
  issue: async (admin: UserId, actions: readonly Action[]): Promise<string[]> => {
    const tokens = actions.map(() => randomBytes(12).toString('base64url'))
    await Promise.all(
      actions.map((action, index) =>
        redis.set(keys.panelButton(tokens[index] ?? ''), JSON.stringify({ admin, action }), 'EX', BUTTON_TTL_S),
      ),
    )
    return tokens
  },
  /** What the word stands for; undefined when it is too old, forged, or somebody else's. */
  recall: async (admin: UserId, token: string): Promise<Action | undefined> => {
    const json = await redis.get(keys.panelButton(token))
    if (json === null) return undefined
    const kept = JSON.parse(json) as Kept<Action>
    return kept.admin === admin ? kept.action : undefined
  },
  /** Uses up a word for something that is done once. False when it was used before: exactly one caller wins. */
  use: async (admin: UserId, token: string, action: Action): Promise<boolean> => {
    const used = JSON.stringify({ admin, action, used: true } satisfies Kept<Action>)
    // Somebody who presses the same button again is still told what became of it.
    const before = await redis.set(keys.panelButton(token), used, 'EX', BUTTON_TTL_S, 'XX', 'GET')
    return before !== null && (JSON.parse(before) as Kept<Action>).used !== true
  },
  /** What the word was used for failed: it is good again. */
  giveBack: async (admin: UserId, token: string, action: Action): Promise<void> =>
    void (await redis.set(
      keys.panelButton(token),
      JSON.stringify({ admin, action } satisfies Kept<Action>),
      'EX',
      BUTTON_TTL_S,
    )),
  /** The administrator's next message answers this. */
  ask: async (admin: UserId, question: Action): Promise<void> =>
    void (await redis.set(keys.panelQuestion(admin), JSON.stringify(question), 'EX', QUESTION_TTL_S)),
  /** What the administrator was asked, if anything; it is asked no more. */
  asked: async (admin: UserId): Promise<Action | undefined> => {
    const json = await redis.getdel(keys.panelQuestion(admin))
    return json === null ? undefined : (JSON.parse(json) as Action)
  },
})
export type PanelStore<Action extends object> = ReturnType<typeof createPanelStore<Action>>
