import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `startedAt` tells a process from a later one with the same number; it is empty where that cannot be seen. */
interface Holder {
  pid: number
  startedAt: string
}

/**
 * Takes the folder for this process until the function that it returns is called: two sandboxes would overwrite each
 * other's state. What a dead process has left does not count.
 * @throws Error naming the process that holds the folder, and what to do
 */
export function claimFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'lock')
  const own: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '' }
  while (!create(file, own)) {
    const holder = read(file)
    if (holder && startOf(holder.pid) === holder.startedAt)
      throw new Error(
        `another sandbox (process ${holder.pid}) keeps its state in ${folder}. ` +
          `Stop it first (Ctrl-C, or: kill ${holder.pid}), or set DATA_DIR to another directory`,
      )
    takeAway(file, holder)
  }
  return () => rmSync(file, { force: true })
}

function create(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

// Of two that find the same leftover one moves it away; should the other then catch the first one's claim, it puts it back.
function takeAway(file: string, holder: Holder | undefined): void {
  const leftover = `${file}.${process.pid}`
  try {
    renameSync(file, leftover)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = read(leftover)
  if (moved && moved.pid !== holder?.pid) renameSync(leftover, file)
  else rmSync(leftover, { force: true })
}

/** When a living process began, in ticks since the machine did; '' where that cannot be seen, undefined when it has ended. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    // The name in front may contain anything, also brackets.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return state === 'Z' || state === 'X' ? undefined : (fields[18] ?? '')
  } catch {
    return ''
  }
}
