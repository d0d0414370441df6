import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { canRun, ownedDirectory, readableCopy, unprivileged, type Identity } from './identity.js'
import { onFreePort } from './ports.js'
import { findPostgres, type PostgresBinaries } from './postgres-binary.js'
import { defaultPatienceMs, type LocalServer, type LocalServerOptions } from './redis.js'
import { say } from './say.js'
import { supervise } from './supervise.js'
import { untilProcessEnds } from './until-process-ends.js'

const user = 'postgres'

/**
 * Starts a Postgres server, and makes its data directory first where there is none. With a directory the data is as safe as
 * Postgres makes it, without one it is fast and thrown away with the server.
 * @throws Error when there is no Postgres, or another process still uses the directory
 */
export async function startPostgres(options: LocalServerOptions = {}): Promise<LocalServer> {
  const { directory, port, args = [], patienceMs = defaultPatienceMs } = options
  const startedAt = performance.now()
  const identity = unprivileged()
  const { bin, major, source } = reachable(findPostgres(), identity)
  const isKept = directory !== undefined
  const base = isKept ? path.join(directory, `${major}`) : mkdtempSync(path.join(tmpdir(), 'visavis-postgres-'))
  const data = path.join(ownedDirectory(identity, base), 'data')
  await untilReleased(data, patienceMs)
  initialise(bin, data, identity)
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200']
  return onFreePort(async (freePort) => {
    const switches = [...settings, ...(isKept ? [] : careless)].flatMap((setting) => ['-c', setting])
    const server = await supervise({
      name: 'Postgres',
      command: path.join(bin, 'postgres'),
      args: ['-D', data, '-p', `${freePort}`, ...switches, ...args],
      ready: /database system is ready to accept connections/,
      // The pattern above is English.
      env: { LC_ALL: 'C' },
      identity,
    })
    say(`Postgres ${major} (${source}) on 127.0.0.1:${freePort} in ${Math.round(performance.now() - startedAt)} ms`)
    return {
      ...server,
      url: `postgres://${user}@127.0.0.1:${freePort}/postgres`,
      port: freePort,
      stop: async () => {
        await server.stop()
        if (!isKept) rmSync(base, { recursive: true, force: true })
      },
    }
  }, port)
}

function reachable(found: PostgresBinaries, identity: Identity): PostgresBinaries {
  if (identity.uid === undefined || canRun(identity, path.join(found.bin, 'postgres'))) return found
  return { ...found, bin: path.join(readableCopy(path.dirname(found.bin)), 'bin'), source: `${found.source}, copied` }
}

function initialise(bin: string, data: string, identity: Identity): void {
  if (existsSync(data)) return
  // An initdb that was killed leaves something that looks complete and is not; so it only gets its name when it is done.
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  // Without --no-sync a slow disk takes many seconds. Only a crash of the whole machine in the first moments would show.
  const options = ['-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const { status, stderr, error } = spawnSync(path.join(bin, 'initdb'), ['-D', unfinished, ...options], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (status !== 0) throw new Error(`initdb could not make ${data}: ${error?.message ?? stderr.trim()}`)
  renameSync(unfinished, data)
}

// Postgres locks its directory itself, and gives up at once when somebody else has it. The one before may still be on its
// way out, so that is waited for.
async function untilReleased(data: string, patienceMs: number): Promise<void> {
  const file = path.join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!(await untilProcessEnds(pid, /postgres/, patienceMs)))
    throw new Error(`Another Postgres (process ${pid}) uses ${data}. Stop it, or set DATA_DIR or DATABASE_URL.`)
}
