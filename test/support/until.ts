import { setTimeout as pause } from 'node:timers/promises'

export interface Patience {
  /** How long it may take. */
  withinMs?: number
  everyMs?: number
}

/**
 * Waits until a condition holds: anything but undefined, null and false, which it then gives.
 * @param what names the condition, for the error when it never holds
 * @throws Error after `withinMs` (default 10 s: the machine may be busy with others), with what the condition last threw as its cause
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 10 }: Patience = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const startedAt = performance.now()
  for (;;) {
    const lookedAt = performance.now()
    let failure: unknown
    try {
      const value = await condition()
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>
    } catch (error) {
      failure = error
    }
    if (performance.now() - startedAt > withinMs)
      throw new Error(`Not within ${withinMs} ms: ${what}`, failure === undefined ? {} : { cause: failure })
    // Looking, by many at once, must not keep a busy machine from what is looked for.
    await pause(Math.max(everyMs, 2 * (performance.now() - lookedAt)))
  }
}

/**
 * Waits until a list of complaints is empty, such as what the oracle finds.
 * @throws Error with the last complaints after `withinMs`
 */
export async function untilNone(
  what: string,
  complaints: () => Promise<readonly string[]>,
  patience: Patience = {},
): Promise<void> {
  let last: readonly string[] = []
  try {
    await until(what, async () => (last = await complaints()).length === 0, patience)
  } catch (error) {
    if (last.length === 0) throw error
    throw new Error(`${what}, but:\n  ${last.join('\n  ')}`, { cause: error })
  }
}
