import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Redis } from 'ioredis'
import { startRedis } from '../servers/redis.js'

/** The CPU time of the machine and of this measurement, in µs; the machine's only where /proc tells it. */
export interface CpuTimes {
  readonly serverUs: number
  readonly ownUs: number
  readonly machineUs: number | undefined
  readonly atUs: number
}

const TICK_US = 10_000

/** What all processes have used, by Linux's count; undefined elsewhere. */
const machineUs = (): number | undefined => {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (
      readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
    )
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return (user + nice + system + irq + softIrq) * TICK_US
  } catch {
    return undefined
  }
}

/** A server that the measurement has for itself: it keeps nothing, and is gone with the process. */
export const startBenchServer = async () => {
  const server = await startRedis({ args: ['--appendonly', 'no'] })
  const redis = new Redis(server.url, { protocol: 2 })
  const field = (info: string, name: string): string => new RegExp(`^${name}:(.*)\\r?$`, 'm').exec(info)?.[1] ?? ''

  return {
    redis,
    /** What was measured with. */
    about: async () => ({
      redis: field(await redis.info('server'), 'redis_version'),
      node: process.version,
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      persistence: 'appendonly no',
    }),
    /** The server's CPU is that of its main thread: scripts run nowhere else. */
    times: async (): Promise<CpuTimes> => {
      const info = await redis.info('cpu')
      const seconds = (name: string) => Number(field(info, name))
      const main = seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')
      const own = process.cpuUsage()
      return {
        serverUs: (main > 0 ? main : seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6,
        ownUs: own.user + own.system,
        machineUs: machineUs(),
        atUs: performance.now() * 1_000,
      }
    },
    /** How often the data set was changed since the start. */
    changes: async (): Promise<number> => Number(field(await redis.info('persistence'), 'rdb_changes_since_last_save')),
    stop: async () => {
      redis.disconnect()
      await server.stop()
    },
  }
}
export type BenchServer = Awaited<ReturnType<typeof startBenchServer>>

/** Which share of the machine others used between two instants; undefined where it cannot be known. */
export const foreignShare = (before: CpuTimes, after: CpuTimes): number | undefined => {
  if (before.machineUs === undefined || after.machineUs === undefined) return undefined
  const own = after.serverUs - before.serverUs + after.ownUs - before.ownUs
  return Math.max(0, (after.machineUs - before.machineUs - own) / ((after.atUs - before.atUs) * cpus().length))
}
