/** A periodic job. Every file of this directory that ends in `-job` makes one. */
export interface Job {
  readonly name: string
  /** An expression of cron (with seconds, if it has six fields), or a pause between the end of one run and the next. */
  readonly schedule: string | { readonly everyMs: number }
  /** One run. What it throws is logged, and the next run comes all the same. */
  run(signal: AbortSignal): Promise<void>
}
