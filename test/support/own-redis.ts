import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startRedis } from '../../scripts/servers/redis.js'

/** A Redis server that one test has for itself: to flush it, to change its settings, to kill it. */
export type OwnRedis = {
  url: string
  port: number
  /** As in a crash. */
  kill: () => Promise<void>
  /** After `kill`: the same port and, where persistence is on, the same data. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Starts a Redis server for one test.
 * @param args more settings, such as `['--appendonly', 'yes', '--appendfsync', 'always']`; it keeps nothing by default
 */
export async function startOwnRedis(args: readonly string[] = []): Promise<OwnRedis> {
  const engine = process.env['TEST_ENGINE']
  if (engine !== undefined) {
    const { startRedisContainer } = await import('./containers.js')
    return startRedisContainer(engine, args)
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'visavis-redis-'))
  const start = (port?: number): ReturnType<typeof startRedis> =>
    startRedis({ directory, args: ['--appendonly', 'no', ...args], ...(port !== undefined && { port }) })
  let server = await start()
  const { url, port } = server
  return {
    url,
    port,
    kill: () => server.kill(),
    restart: async () => {
      server = await start(port)
    },
    stop: async () => {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
