// Makes node_modules match package-lock.json before anything else runs. It is the first thing that every npm script
// executes, so it may use nothing but Node's own modules, and it costs about a millisecond when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/**
 * @typedef {Record<string, {version?: string, integrity?: string, link?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[]}>} Packages
 */

const oldestNode = /** @type {const} */ ([20, 19])
const lockPatienceMs = 10 * 60_000
const lockStaleMs = 60_000

/**
 * @param {string} version as in `process.versions.node`
 * @returns {string | undefined} what is wrong with this Node, in words
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantMajor, wantMinor] = oldestNode
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return undefined
  return `Node ${version} is too old: version ${wantMajor}.${wantMinor} or newer is needed (https://nodejs.org).`
}

/**
 * What an installation depends on: the lock file, and the platform that binary packages were chosen for.
 * @param {string | Buffer} lockFile content of package-lock.json
 * @param {string} platform
 * @returns {string} a hash
 */
export function lockStamp(lockFile, platform) {
  return createHash('sha256').update(lockFile).update('\0').update(platform).digest('hex')
}

/**
 * npm hands its settings to scripts as `npm_*` variables; an inner npm would take settings of the outer call, such as
 * `--omit=dev` or `--ignore-scripts`, for its own. Only what is needed to reach the registry stays.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function installEnv(env) {
  const network =
    /^npm_config_(.*registry|cache|userconfig|globalconfig|prefix|(https_?|http_?|no_?)?proxy|cafile|ca)$/i
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'NODE_ENV' && (!/^npm_/i.test(name) || network.test(name))),
  )
}

/**
 * Installs the dependencies if the last installation is not the one that package-lock.json asks for. Ends the process
 * with a clear text when that is impossible.
 */
export function bootstrap() {
  const problem = nodeProblem(process.versions.node)
  if (problem !== undefined) fail(problem)

  const stampFile = path.join(root, 'node_modules', '.bootstrap-stamp')
  const wanted = lockStamp(
    readFileSync(path.join(root, 'package-lock.json')),
    `${process.platform}-${process.arch}-${process.versions.modules}`,
  )
  const done = () => readText(stampFile) === wanted
  if (done()) return

  const release = takeLock(path.join(root, '.bootstrap-lock'))
  try {
    if (done()) return
    const status = installedAlready() ? 0 : npmCi()
    if (status !== 0) {
      release()
      fail(
        `npm ci ended with code ${status ?? 'unknown'}; its own messages are above. ` +
          'Usual reasons: no way to the npm registry, or a package.json that does not match package-lock.json.',
      )
    }
    mkdirSync(path.dirname(stampFile), { recursive: true })
    writeFileSync(stampFile, wanted)
  } finally {
    release()
  }
}

/**
 * Whether what is installed is what the lock file wants, as after `npm ci` by hand: then there is no need to repeat it.
 * @param {Packages} wanted the `packages` of package-lock.json
 * @param {Packages} installed those of node_modules/.package-lock.json, npm's own record
 * @returns {boolean}
 */
export function sameInstallation(wanted, installed) {
  /** @param {Packages[string] | undefined} entry */
  const identity = (entry) => entry && [entry.version, entry.integrity, entry.link].join(' ')
  const names = new Set([...Object.keys(wanted), ...Object.keys(installed)])
  names.delete('')
  return [...names].every((name) => {
    const want = wanted[name]
    const have = installed[name]
    if (want && !have) return foreign(want)
    return identity(want) === identity(have)
  })
}

/**
 * Packages for other platforms are in the lock file and never on the disk.
 * @param {Packages[string]} entry
 */
function foreign({ os, cpu, libc }) {
  return os?.includes(process.platform) === false || cpu?.includes(process.arch) === false || libc !== undefined
}

function installedAlready() {
  try {
    /** @param {string} file */
    const packages = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages
    const installed = packages('node_modules/.package-lock.json')
    return sameInstallation(packages('package-lock.json'), installed)
  } catch {
    return false
  }
}

/** @returns {number | null} the exit code */
function npmCi() {
  console.error('[bootstrap] installing dependencies (npm ci)')
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  // stdout belongs to the command that is about to run; npm's progress goes to stderr.
  const options = { cwd: root, stdio: /** @type {any} */ (['ignore', 2, 2]), env: installEnv(process.env) }
  const cli = process.env['npm_execpath']
  const byNode = cli !== undefined && /npm-cli\.c?js$/.test(cli)
  const result = byNode
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  if (result.error) console.error(`[bootstrap] npm could not be started: ${result.error.message}`)
  return result.status
}

/**
 * Two commands started at once must not install over each other. The holder touches nothing while npm runs, so the
 * age of the lock says nothing; whether its process lives does.
 * @param {string} file
 * @returns {() => void} gives the lock back
 */
function takeLock(file) {
  const giveUpAt = Date.now() + lockPatienceMs
  let told = false
  for (;;) {
    try {
      const fd = openSync(file, 'wx')
      writeFileSync(fd, String(process.pid))
      closeSync(fd)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (abandoned(file)) {
      rmSync(file, { force: true })
      continue
    }
    if (!told) console.error('[bootstrap] waiting for another installation to finish')
    told = true
    if (Date.now() > giveUpAt)
      fail(`another installation holds ${file} for too long; delete the file if none is running.`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}

/** @param {string} file */
function abandoned(file) {
  const pid = Number(readText(file))
  // An empty file was created a moment ago and its owner is about to write into it, or was killed in between.
  if (!Number.isInteger(pid) || pid <= 0) return ageMs(file) > lockStaleMs
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/** @param {string} file */
function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  console.error(`[bootstrap] ${text}`)
  process.exit(1)
}
