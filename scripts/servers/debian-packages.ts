import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { onPath } from './find-program.js'
import { say } from './say.js'

const commandTimeoutMs = 300_000

/** The packages that `apt-get -s install` says it would install. */
export function packagesToInstall(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap((match) => match[1] ?? [])
}

/**
 * Unpacks the first of these packages that there is, with what it depends on and the system lacks, into a directory. It takes
 * no rights, changes nothing on the system and starts no service: apt-get only downloads, and into directories of ours.
 * @returns whether the directory is there now
 */
export function fetchDebian(packages: readonly string[], target: string): boolean {
  if (process.platform !== 'linux' || !onPath('apt-get') || !onPath('dpkg-deb')) return false
  mkdirSync(path.dirname(target), { recursive: true })
  const work = mkdtempSync(`${target}-`)
  try {
    if (!packages.some((name) => downloadAndUnpack(name, work))) return false
    // Another process may have been faster. A finished directory appears at once or not at all.
    rmSync(target, { recursive: true, force: true })
    renameSync(path.join(work, 'root'), target)
    return true
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function downloadAndUnpack(name: string, work: string): boolean {
  // First with the lists of the system, then, where these are missing or outdated, with fresh ones of our own.
  return [systemLists, ownLists].some((lists) => {
    const apt = lists(work)
    const simulation = apt('-s', '--no-install-recommends', 'install', name)
    if (simulation.status !== 0) return false
    const wanted = [...new Set([name, ...packagesToInstall(simulation.stdout)])]
    say(`downloading ${wanted.join(', ')} for this user only; nothing is installed`)
    if (apt('download', ...wanted).status !== 0) return false
    const files = readdirSync(work).filter((file) => file.endsWith('.deb'))
    return files.length > 0 && files.every((file) => run('dpkg-deb', ['-x', file, 'root'], work).status === 0)
  })
}

type Apt = (...args: string[]) => SpawnSyncReturns<string>

function systemLists(work: string): Apt {
  mkdirSync(path.join(work, 'cache/archives/partial'), { recursive: true })
  // Without locks and without a change of user, or apt-get wants to be root.
  const options = [`Dir::Cache=${work}/cache`, 'Debug::NoLocking=1', `APT::Sandbox::User=${userInfo().username}`]
  return (...args) => run('apt-get', [...options.flatMap((option) => ['-o', option]), ...args], work)
}

function ownLists(work: string): Apt {
  const directory = path.join(work, 'lists')
  mkdirSync(path.join(directory, 'partial'), { recursive: true })
  const apt = systemLists(work)
  const withLists: Apt = (...args) => apt('-o', `Dir::State::Lists=${directory}`, ...args)
  if (readdirSync(directory).length === 1) {
    say('reading package lists for this user only')
    withLists('update')
  }
  return withLists
}

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: commandTimeoutMs,
    env: { ...process.env, LC_ALL: 'C' },
  })
}
