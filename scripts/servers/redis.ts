import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findOrFetchRedis } from './redis-binary.js'
import { onFreePort } from './ports.js'
import { say } from './say.js'
import { supervise } from './supervise.js'
import { untilProcessEnds } from './until-process-ends.js'

/** A server on 127.0.0.1 that this process has started, and that ends with it. */
export type LocalServer = {
  url: string
  port: number
  /** Of the supervising process. */
  pid: number
  gone: Promise<void>
  /** Orderly, and removes data that was not meant to stay. */
  stop: () => Promise<void>
  /** As in a crash; the data stays. */
  kill: () => Promise<void>
}

export type LocalServerOptions = {
  /** Where data is kept. Without it the data is thrown away with the server. */
  directory?: string
  /** Any free one if left out. */
  port?: number
  /** More of the server's own arguments. */
  args?: readonly string[]
  /** How long to wait for a server that still uses the directory. */
  patienceMs?: number
}

export const defaultPatienceMs = 15_000

/**
 * Starts a Redis server. With a directory it writes down every second what changed, without one it keeps nothing.
 * @throws Error when there is no Redis, or another process still uses the directory
 */
export async function startRedis(options: LocalServerOptions = {}): Promise<LocalServer> {
  const { directory, port, args = [], patienceMs = defaultPatienceMs } = options
  const startedAt = performance.now()
  const binary = findOrFetchRedis()
  const data = directory ?? mkdtempSync(path.join(tmpdir(), 'visavis-redis-'))
  mkdirSync(data, { recursive: true })
  await untilReleased(data, patienceMs)
  const persistence =
    directory === undefined ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', 'everysec']
  return onFreePort(async (freePort) => {
    const common = ['--port', `${freePort}`, '--bind', '127.0.0.1', '--daemonize', 'no', '--dir', data, '--save', '']
    const server = await supervise({
      name: 'Redis',
      command: binary.command,
      args: [...common, '--pidfile', pidFile(data), ...persistence, ...args],
      ready: /Ready to accept connections/,
      ...(binary.env && { env: binary.env }),
    })
    const { version, source } = binary
    say(`Redis ${version} (${source}) on 127.0.0.1:${freePort} in ${Math.round(performance.now() - startedAt)} ms`)
    return {
      ...server,
      url: `redis://127.0.0.1:${freePort}`,
      port: freePort,
      stop: async () => {
        await server.stop()
        if (directory === undefined) rmSync(data, { recursive: true, force: true })
      },
    }
  }, port)
}

const pidFile = (data: string): string => path.join(data, 'redis.pid')

// Redis does not lock its directory: two servers that append to the same file would ruin it. The one before may still be
// on its way out.
async function untilReleased(data: string, patienceMs: number): Promise<void> {
  const file = pidFile(data)
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8'))
  if (!(await untilProcessEnds(pid, /redis|valkey/, patienceMs)))
    throw new Error(`Another Redis (process ${pid}) uses ${data}. Stop it, or set DATA_DIR or REDIS_URL.`)
  rmSync(file, { force: true })
}
