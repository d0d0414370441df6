import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runCli } from '../../src/cli/cli.js'
import { startOwnRedis } from './own-redis.js'
import { startProxy } from './proxy.js'
import { openStage } from './stage.js'
import { until } from './until.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The words of a command line, as a shell takes them apart. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

/** What an operator sees of a command: all that it prints, and how it ends. */
export interface Seen {
  readonly text: string
  readonly code: number
}

/** The service in a process of its own, with its log at hand. */
const startLogged = async (env: NodeJS.ProcessEnv, log: string[]) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface(stream).on('line', (line) => log.push(line))
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  const ready = once(child, 'message').then(([message]) => (message as { ops: string }).ops)
  const ops = await Promise.race([ready, gone])
  if (typeof ops !== 'string') throw new Error(`the service ended with ${ops}:\n${log.slice(-5).join('\n')}`)
  return {
    ops,
    gone,
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/**
 * A service as an operator has it before them: processes that log, a Redis that can be lost, a way to Postgres that can
 * be cut, and a terminal. Nothing is reconciled but by the command.
 */
export const openOperations = async (env: Readonly<Record<string, string>> = {}) => {
  const redis = await startOwnRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
  const stage = await openStage({
    redisUrl: redis.url,
    env: { LOG_LEVEL: 'info', RECONCILE_CRON: '0 0 1 1 *', REMATCH_AFTER: '0s', HOST_TIMEOUT: '8s', ...env },
  })
  const url = new URL(stage.env['DATABASE_URL'] ?? '')
  const postgres = await startProxy(Number(url.port))
  url.port = String(postgres.port)
  const shared: Record<string, string> = { ...stage.env, DATABASE_URL: url.href }
  const log: string[] = []
  const running: Awaited<ReturnType<typeof startLogged>>[] = []

  const start = async (changed: Readonly<Record<string, string>> = {}) => {
    const service = await startLogged({ ...shared, ...changed }, log)
    running.push(service)
    return service
  }

  const visavis = async (line: string, answers: readonly string[]): Promise<Seen> => {
    let text = ''
    const left = [...answers]
    const add = (more: string) => void (text += more)
    const code = await runCli(wordsOf(line), {
      env: shared,
      terminal: {
        out: add,
        note: add,
        columns: undefined,
        paint: (_, words) => words,
        ask: async (question) => {
          add(question)
          const answer = left.shift()
          if (answer === undefined) throw new Error(`nobody answers: ${question}`)
          return answer
        },
      },
    })
    return { text, code }
  }

  /** Runs a command line of the document. Throws for one that it does not know. */
  const run = async (line: string): Promise<Seen> => {
    const [, command] = /^visavis (.*)$/.exec(line) ?? []
    if (command !== undefined) return visavis(command, [])
    const [, given, piped] = /^printf '(.*)\\n' \| visavis (.*)$/.exec(line) ?? []
    if (given !== undefined && piped !== undefined) return visavis(piped, given.split('\\n'))
    const [, path] = /^curl -s 127\.0\.0\.1:8181(\/\S+)$/.exec(line) ?? []
    if (path !== undefined) {
      const response = await fetch(`${running.at(-1)?.ops ?? ''}${path}`)
      return { text: await response.text(), code: 0 }
    }
    const [, word] = /^journalctl -u visavis -o cat \| grep '?([^\s']+)'? \| tail -1$/.exec(line) ?? []
    if (word !== undefined) {
      const found = log.findLast((one) => one.includes(word))
      return { text: found ?? '', code: 0 }
    }
    throw new Error(`nobody knows how to run: ${line}`)
  }

  return {
    stage,
    redis,
    postgres,
    log,
    start,
    run,
    /** Further settings, for the services to come and for the command line. */
    settings: (more: Readonly<Record<string, string>>) => void Object.assign(shared, more),
    stocked: (count: number) =>
      until(`${count} in stock`, async () => (await stage.redis.scard(stage.keys.stock)) >= count, {
        withinMs: 40_000,
      }),
    /** Waits until nothing lies in any mailbox, and the ledger has written everything. */
    quiet: () =>
      until('the mailboxes are empty', async () => {
        const names = ['room', 'courier', 'ledger', 'host:1'] as const
        const lengths = await Promise.all(names.map((name) => stage.redis.xlen(stage.keys.mailbox(name))))
        return lengths.every((length) => length === 0)
      }),
    stopServices: async () => {
      await Promise.all(running.splice(0).map((service) => service.stop()))
    },
    close: async () => {
      await postgres.mend()
      // What an incident broke, and a failure left broken.
      if (stage.redis.status !== 'ready') await redis.restart()
      await stage.redis.config('SET', 'stop-writes-on-bgsave-error', 'no')
      await Promise.all(running.splice(0).map((service) => service.stop()))
      await stage.close()
      await postgres.close()
      await redis.stop()
    },
  }
}
export type Operations = Awaited<ReturnType<typeof openOperations>>
