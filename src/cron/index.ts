import cron, { type ScheduledTask } from 'node-cron'
import { systemClock, type Clock } from '../clock.js'
import { RebuildingError, wordsOf } from '../errors.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import type { Job } from './job.js'

export type { Job } from './job.js'

/** Whether an expression of cron can be scheduled. */
export const isCronExpression = (text: string): boolean => cron.validate(text)

/** Jobs that run until they are stopped. */
export interface RunningCron {
  /** Starts no further run; resolves when those under way have ended. */
  stop(): Promise<void>
}

/**
 * Runs periodic jobs, for the holder of the lease `cron` only: `start` when it is taken, `stop` before it can pass to
 * another. A job never overlaps with itself, and no error ends its schedule.
 */
export const createCron = (deps: {
  jobs: readonly Job[]
  logger: Logger
  events: Pick<Events, 'jobFailed'>
  clock?: Clock
}) => {
  const { jobs, logger, events, clock = systemClock } = deps

  /** Jobs whose last run failed: while Postgres is away, one line is enough. */
  const failing = new Set<Job>()
  const attempt = async (job: Job, signal: AbortSignal): Promise<void> => {
    try {
      await job.run(signal)
      if (failing.delete(job)) logger.info({ event: 'job_recovered', job: job.name }, 'A periodic job works again')
    } catch (error) {
      if (signal.aborted) return
      // A rebuild is under way: all jobs but the rebuild itself wait for it.
      if (error instanceof RebuildingError) return logger.debug({ event: 'job_waits', job: job.name }, wordsOf(error))
      events.jobFailed(job.name, error, failing.has(job))
      failing.add(job)
    }
  }

  /** node-cron's own words (a run that was late, one left out) are of interest to developers. */
  const words = (text: string | Error) => logger.debug({ event: 'cron', words: wordsOf(text) }, 'node-cron')
  const cronLogger = { info: words, warn: words, error: words, debug: words }

  return {
    /** Throws when an expression of cron is wrong. */
    start: (): RunningCron => {
      const stopping = new AbortController()
      const { signal } = stopping
      const underWay = new Set<Promise<void>>()
      const tracked = (work: Promise<void>): Promise<void> => {
        underWay.add(work)
        return work.finally(() => underWay.delete(work))
      }
      const tasks: ScheduledTask[] = []
      const repeat = async (job: Job, everyMs: number) => {
        while (!signal.aborted) {
          await attempt(job, signal)
          await clock.wait(everyMs, signal)
        }
      }
      for (const job of jobs) {
        if (typeof job.schedule !== 'string') void tracked(repeat(job, job.schedule.everyMs))
        else
          tasks.push(
            cron.schedule(job.schedule, () => (signal.aborted ? undefined : tracked(attempt(job, signal))), {
              name: job.name,
              noOverlap: true,
              logger: cronLogger,
            }),
          )
      }
      return {
        stop: async () => {
          stopping.abort()
          for (const task of tasks) await task.destroy()
          await Promise.all(underWay)
        },
      }
    },
  }
}
export type Cron = ReturnType<typeof createCron>
