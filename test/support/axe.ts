import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What keeps people with a screen reader, or poor sight, from a page as it is now: axe-core's serious and critical
 * violations, each with where it is.
 */
export const barriersOn = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source)
  // What is still fading in has not its colours yet.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
    .map(({ finished }) => finished)).then(() => {})`)
  return page.evaluate<string[]>(`
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations
        .filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(({ target, any }) => [id, target, any[0]?.message].join(' '))))`)
}
