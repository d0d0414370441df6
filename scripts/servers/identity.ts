import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { say } from './say.js'

/** The user that a server runs as; empty for "the one who runs this program". */
export type Identity = { uid?: number; gid?: number }

// Only root gets here, and root's own directories are often closed to others; these two are open by convention.
const sharedState = '/var/lib/visavis'
const sharedCache = '/var/cache/visavis'

/**
 * Postgres refuses to run as root. Root therefore lends it the name of a user without rights; a bare number does not do,
 * since initdb looks its user up in the list of users.
 */
export function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }))
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('Postgres does not run as root, and there is neither a user "postgres" nor "nobody" to run it as')
}

/** Whether that user can run this program, which a closed directory on the way to it prevents. */
export function canRun(identity: Identity, program: string): boolean {
  return spawnSync(program, ['--version'], { ...identity, cwd: '/', stdio: 'ignore' }).status === 0
}

function canEnter(identity: Identity, directory: string): boolean {
  return spawnSync('test', ['-w', directory], { ...identity, cwd: '/', stdio: 'ignore' }).status === 0
}

/**
 * A directory for the data of a server that runs under that identity, private to it.
 * Below a directory that the identity cannot pass, the given path becomes a link to a place that it can.
 */
export function ownedDirectory(identity: Identity, directory: string): string {
  mkdirSync(directory, { recursive: true })
  const real = realpathSync(directory)
  hand(identity, real)
  if (identity.uid === undefined || canEnter(identity, real)) return real
  mkdirSync(sharedState, { recursive: true, mode: 0o755 })
  const elsewhere = mkdtempSync(path.join(sharedState, `${path.basename(directory)}-`))
  hand(identity, elsewhere)
  // An empty directory is all that can be here: a server has never been able to write into it.
  rmSync(directory, { recursive: true })
  symlinkSync(elsewhere, directory)
  say(`root: ${directory} is closed to the user that the server runs as; its data is in ${elsewhere}`)
  return elsewhere
}

function hand({ uid, gid }: Identity, directory: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid)
  chmodSync(directory, 0o700)
}

/** A copy of a directory of programs in a place that every user can read; made once per path and date. */
export function readableCopy(directory: string): string {
  const identity = `${directory} ${statSync(path.join(directory, 'bin')).mtimeMs}`
  const copy = path.join(sharedCache, createHash('sha256').update(identity).digest('hex').slice(0, 16))
  if (existsSync(copy)) return copy
  mkdirSync(sharedCache, { recursive: true, mode: 0o755 })
  say(`root: copying ${path.basename(directory)} to ${copy}, where the user that the server runs as can read it`)
  const unfinished = mkdtempSync(`${copy}-`)
  cpSync(directory, unfinished, { recursive: true, verbatimSymlinks: true })
  chmodSync(unfinished, 0o755)
  renameSync(unfinished, copy)
  return copy
}
