// Loaded only where a container engine answers: testcontainers takes seconds to load.
import { PostgreSqlContainer } from '@testcontainers/postgresql'
import { RedisContainer } from '@testcontainers/redis'
import { Redis } from 'ioredis'
import { getContainerRuntimeClient, Wait } from 'testcontainers'
import { freePort } from '../../scripts/servers/ports.js'
import type { OwnRedis } from './own-redis.js'

const redisImage = process.env['REDIS_IMAGE'] ?? 'redis:7-alpine'
const postgresImage = process.env['POSTGRES_IMAGE'] ?? 'postgres:16-alpine'
const startWithinMs = 30_000
const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']

/**
 * Starts the servers that are missing, and returns their addresses.
 * @throws Error when an image cannot be had, or a container does not start
 */
export async function startContainers(
  engine: string,
  missing: { redis: boolean; database: boolean },
): Promise<{ redis?: string; database?: string; stop: () => Promise<unknown> }> {
  const startedAt = performance.now()
  useEngine(engine)
  const started: { stop(options: { timeout: number }): Promise<unknown> }[] = []
  const stop = (): Promise<unknown> => Promise.all(started.map((container) => container.stop({ timeout: 0 })))
  const keep = async <T extends (typeof started)[number]>(starting: Promise<T>): Promise<T> => {
    const container = await starting
    started.push(container)
    return container
  }
  const redisStarting = missing.redis ? keep(redisContainer([]).start()) : Promise.resolve(undefined)
  const postgresStarting = missing.database ? keep(postgresContainer().start()) : Promise.resolve(undefined)
  // Both are waited for even when one fails: what did start has to be stopped.
  await Promise.allSettled([redisStarting, postgresStarting])
  const [redis, postgres] = await Promise.all([redisStarting, postgresStarting]).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  console.log(`[tests] containers by ${engine} in ${Math.round(performance.now() - startedAt)} ms`)
  return {
    ...(redis && { redis: redis.getConnectionUrl() }),
    ...(postgres && { database: postgres.getConnectionUri() }),
    stop,
  }
}

/** A Redis container for one test. It keeps its port, and its files, when it is killed and started again. */
export async function startRedisContainer(engine: string, args: readonly string[]): Promise<OwnRedis> {
  useEngine(engine)
  const port = await freePort()
  const container = await redisContainer(args).withExposedPorts({ container: 6379, host: port }).start()
  const client = await getContainerRuntimeClient()
  const handle = client.container.getById(container.getId())
  const url = container.getConnectionUrl()
  return {
    url,
    port,
    kill: async () => void (await handle.kill()),
    restart: async () => {
      await handle.start()
      const redis = new Redis(url)
      // It tries again by itself until the server answers.
      redis.on('error', () => undefined)
      await redis.ping()
      redis.disconnect()
    },
    stop: async () => void (await container.stop({ timeout: 0 })),
  }
}

// testcontainers reads the address of the engine from here, and does not know all the places that were searched.
function useEngine(engine: string): void {
  process.env['DOCKER_HOST'] ??= engine
}

function redisContainer(args: readonly string[]): RedisContainer {
  return new RedisContainer(redisImage)
    .withCommand(['redis-server', '--protected-mode', 'no', '--save', '', '--appendonly', 'no', ...args])
    .withStartupTimeout(startWithinMs)
}

function postgresContainer(): PostgreSqlContainer {
  return new PostgreSqlContainer(postgresImage)
    .withCommand(['postgres', ...careless.flatMap((setting) => ['-c', setting])])
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(startWithinMs)
}
