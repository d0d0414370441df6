/** The middle of some numbers; NaN of none. */
export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** A median, and the interval that holds it with 95 %. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 1_000

/** Estimates the median of what was measured, by drawing from it again and again (a bootstrap). */
export const estimate = (numbers: readonly number[]): Estimate => {
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(numbers.map(() => numbers[Math.floor(Math.random() * numbers.length)] ?? NaN)),
  ).sort((a, b) => a - b)
  const at = (share: number) => medians[Math.floor(share * (RESAMPLES - 1))] ?? NaN
  return { median: median(numbers), low: at(0.025), high: at(0.975) }
}
