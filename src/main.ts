import { createApp } from './app/app.js'
import { readConfig, unknownSettings, unknownSettingWords } from './config.js'
import { ConfigError, VisavisError, wordsOf } from './errors.js'
import { createLogger } from './logger.js'

/**
 * The service: reads its settings, starts, says where it can be watched, and stops in order on SIGTERM or SIGINT, or
 * when the process that started it is gone.
 */
const main = async (): Promise<void> => {
  const config = readConfig(process.env)
  const logger = createLogger({ level: config.LOG_LEVEL, pretty: process.stdout.isTTY })
  for (const unknown of unknownSettings(process.env))
    logger.warn({ event: 'unknown_setting', name: unknown.name }, unknownSettingWords(unknown))
  const stopRequested = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
    process.once('disconnect', () => resolve('its starter is gone'))
  })
  const starting = createApp(config, logger)
  const app = await Promise.race([starting, stopRequested])
  if (typeof app === 'string') {
    // Asked to stop before it had begun: what is half started ends with the process, and leases run out by themselves.
    logger.info({ event: 'stopped', why: app }, 'Stopped while starting')
    process.exit(0)
  }
  process.send?.({ ready: true, ops: app.opsUrl })
  const why = await Promise.race([stopRequested, app.failed])
  logger.info({ event: 'stopping', why: String(why) }, 'Stopping')
  await app.stop()
  logger.info({ event: 'stopped' }, 'Stopped')
  // GramJS and Telegraf keep timers that nobody waits for.
  process.exit(why instanceof Error ? 1 : 0)
}

main().catch((error: unknown) => {
  // A mistake of the operator's gets words, a mistake of ours its stack.
  process.stderr.write(`${error instanceof VisavisError ? wordsOf(error) : String((error as Error)?.stack ?? error)}\n`)
  // What is missing may be there under a misspelled name.
  if (error instanceof ConfigError)
    for (const unknown of unknownSettings(process.env)) process.stderr.write(`${unknownSettingWords(unknown)}\n`)
  process.exit(1)
})
