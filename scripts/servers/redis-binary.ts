import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fetchDebian } from './debian-packages.js'
import { isProgram, onPath, pathDirectories, programsIn } from './find-program.js'
import { say } from './say.js'

/** A Redis server that can be started here. */
export type RedisBinary = {
  command: string
  env?: NodeJS.ProcessEnv
  version: string
  /** Where it was found, in words. */
  source: string
}

type Candidate = Omit<RedisBinary, 'version'>

/** The service's scripts use commands of this version (and of every Valkey). */
export const oldestRedis = [7, 0] as const

const serverNames = ['redis-server', 'valkey-server']
const toolNames = ['redis-check-rdb', 'valkey-check-rdb']
const usualDirectories = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/redis/bin',
  '/opt/homebrew/opt/valkey/bin',
  '/usr/local/opt/redis/bin',
  '/snap/bin',
  '/home/linuxbrew/.linuxbrew/bin',
]

/** Where downloads are kept between runs. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const fallback = process.platform === 'darwin' ? 'Library/Caches' : '.cache'
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), fallback), 'visavis')
}

/** @param output of `redis-server --version` */
export function redisVersion(output: string): { version: string; isRecent: boolean } | undefined {
  const match = /v=?(\d+)\.(\d+)\.(\d+)/.exec(output)
  if (!match) return undefined
  const [major, minor] = [Number(match[1]), Number(match[2])]
  const isRecent = major > oldestRedis[0] || (major === oldestRedis[0] && minor >= oldestRedis[1])
  return { version: match.slice(1).join('.'), isRecent }
}

/**
 * A Redis server of this machine, or one fetched for this user alone: nothing is installed and no service is started,
 * except on macOS, where Homebrew installs it.
 * @throws Error that says what a person can do
 */
export function findOrFetchRedis(): RedisBinary {
  const rejected: string[] = []
  const use = (candidates: Iterable<Candidate>): RedisBinary | undefined => {
    for (const candidate of candidates) {
      const { stdout, status } = spawnSync(candidate.command, ['--version'], {
        encoding: 'utf8',
        env: { ...process.env, ...candidate.env },
      })
      const found = status === 0 ? redisVersion(stdout) : undefined
      if (found?.isRecent) return { ...candidate, version: found.version }
      rejected.push(`${candidate.command} (${found ? `version ${found.version} is too old` : 'does not run'})`)
    }
    return undefined
  }
  const downloads = path.join(cacheDirectory(), `redis-${process.arch}`)
  return (
    use(localCandidates()) ??
    use(extracted(downloads)) ??
    (fetchDebian(['redis-tools', 'valkey-tools'], downloads) ? use(extracted(downloads)) : undefined) ??
    (brewInstall() ? use(localCandidates()) : undefined) ??
    noRedis(rejected)
  )
}

function* localCandidates(): Generator<Candidate> {
  const own = process.env['REDIS_SERVER_BIN']
  if (own !== undefined && own !== '') yield { command: own, source: 'REDIS_SERVER_BIN' }
  for (const command of programsIn(pathDirectories(), serverNames)) yield { command, source: 'PATH' }
  for (const command of programsIn(usualDirectories, serverNames)) yield { command, source: path.dirname(command) }
  for (const tool of programsIn([...pathDirectories(), ...usualDirectories], toolNames)) {
    yield { command: serverLink(tool, path.join(cacheDirectory(), 'links')), source: 'redis-tools' }
  }
}

// Debian's redis-server is a link to redis-check-rdb of redis-tools: one program that looks at the name it is called by.
function serverLink(tool: string, directory: string): string {
  const link = path.join(directory, path.basename(tool).replace('check-rdb', 'server'))
  if (isProgram(link) && readlinkSync(link) === tool) return link
  mkdirSync(directory, { recursive: true })
  // In one step, since other processes may be about to do the same.
  const unfinished = `${link}.${process.pid}`
  symlinkSync(tool, unfinished)
  renameSync(unfinished, link)
  return link
}

function* extracted(directory: string): Generator<Candidate> {
  for (const tool of programsIn([path.join(directory, 'usr/bin')], toolNames)) {
    const libraries = path.join(directory, 'usr/lib')
    const own = readdirSync(libraries, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const searched = [...own.map((entry) => path.join(libraries, entry.name)), process.env['LD_LIBRARY_PATH'] ?? '']
    yield {
      command: serverLink(tool, path.join(directory, 'links')),
      env: { LD_LIBRARY_PATH: searched.filter((entry) => entry !== '').join(':') },
      source: `downloaded to ${directory}`,
    }
  }
}

function brewInstall(): boolean {
  if (process.platform !== 'darwin' || !onPath('brew')) return false
  say('brew install redis')
  const env = { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1' }
  return spawnSync('brew', ['install', 'redis'], { stdio: ['ignore', 2, 2], env }).status === 0
}

function noRedis(rejected: readonly string[]): never {
  const installs: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'brew install redis',
    win32: 'work in WSL: there is no Redis for Windows',
    linux: 'sudo apt-get install redis-tools   (or: dnf install redis, pacman -S redis, apk add redis)',
  }
  throw new Error(
    [
      `No Redis ${oldestRedis.join('.')} or newer was found here, and none could be fetched. Do one of these:`,
      '  - set REDIS_URL to a running server, or REDIS_SERVER_BIN to a redis-server program',
      '  - start Docker (the tests then use it), or: docker run -d -p 127.0.0.1:6379:6379 redis:7, and set REDIS_URL',
      `  - ${installs[process.platform] ?? 'install Redis'}`,
      ...rejected.map((text) => `  looked at: ${text}`),
    ].join('\n'),
  )
}
