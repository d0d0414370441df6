import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { commandLine, untilProcessEnds } from '../servers/until-process-ends.js'

/** The right to use a data directory, held by one launcher at a time. */
export type Claim = {
  /** Notes a child, so that the next launcher can wait for it if this one is killed. */
  note: (child: number) => void
  release: () => void
}

type Record = { pid: number; children: number[] }

const childPatienceMs = 20_000
const launcher = /start\.mjs/
const children = /node/

/**
 * Claims a data directory. What a killed launcher has left behind is waited for: its children are on their way out, and still
 * hold ports and files.
 * @throws Error naming the process when another launcher uses the directory
 */
export async function claimDirectory(directory: string): Promise<Claim> {
  mkdirSync(directory, { recursive: true })
  const file = path.join(directory, 'launcher.json')
  const record: Record = { pid: process.pid, children: [] }
  for (;;) {
    if (create(file, record)) break
    const holder = read(file)
    if (holder !== undefined && isLauncher(holder.pid))
      throw new Error(
        `Visavis already runs on ${directory} (process ${holder.pid}). Stop it first (Ctrl-C, or: kill ${holder.pid}), or set DATA_DIR to another directory.`,
      )
    await takeAway(file, holder)
  }
  return {
    note: (child) => {
      record.children.push(child)
      replace(file, record)
    },
    release: () => rmSync(file, { force: true }),
  }
}

// The number of a dead process may belong to a stranger by now, or in a container to ourselves.
function isLauncher(pid: number): boolean {
  if (pid === process.pid) return false
  const command = commandLine(pid)
  return command !== undefined && (command === '' || launcher.test(command))
}

async function takeAway(file: string, holder: Record | undefined): Promise<void> {
  for (const child of holder?.children ?? []) {
    if (await untilProcessEnds(child, children, childPatienceMs)) continue
    console.error(`[start] process ${child} of the launcher before does not end by itself; killing it`)
    process.kill(child, 'SIGKILL')
  }
  // Of two who find the same leftover one moves it away; what the other one then meets is the first one's claim.
  const leftover = `${file}.${process.pid}`
  try {
    renameSync(file, leftover)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = read(leftover)
  if (moved !== undefined && moved.pid !== holder?.pid && isLauncher(moved.pid)) renameSync(leftover, file)
  else rmSync(leftover, { force: true })
}

function create(file: string, record: Record): boolean {
  try {
    writeFileSync(file, JSON.stringify(record), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function replace(file: string, record: Record): void {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, JSON.stringify(record))
  renameSync(unfinished, file)
}

function read(file: string): Record | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record
  } catch {
    return undefined
  }
}
