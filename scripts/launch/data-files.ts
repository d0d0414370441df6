import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Where everything is while the product runs; read by the command line and by other programs. URLs may carry passwords. */
export type RunFile = {
  /** Of the launcher. */
  pid: number
  /** Of the sandbox page; null when Telegram itself is used. */
  sandbox: string | null
  ops: string
  redis: string
  database: string
}

const ownerOnly = 0o600

/** Writes DATA_DIR/run.json. It appears complete or not at all. */
export function writeRunFile(directory: string, content: RunFile): void {
  write(path.join(directory, 'run.json'), content)
}

/** Writes DATA_DIR/sandbox.json: what the service was given for the local Telegram, secrets included, for the command line. */
export function writeSandboxFile(directory: string, settings: Readonly<Record<string, string>>): void {
  write(path.join(directory, 'sandbox.json'), settings)
}

/** Removes both files: nothing runs (any more). */
export function removeRunFile(directory: string): void {
  for (const name of ['run.json', 'sandbox.json']) rmSync(path.join(directory, name), { force: true })
}

function write(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: ownerOnly })
  renameSync(`${file}.new`, file)
}

/** The key that host sessions of the sandbox are encrypted with: made once, and kept as long as they are. */
export function sandboxSecretKey(directory: string): string {
  const file = path.join(directory, 'secret-key')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const key = randomBytes(32).toString('base64')
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, `${key}\n`, { mode: ownerOnly, flag: 'wx' })
  return key
}
