import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const lookEveryMs = 50

/** The command line of a living process, '' if it cannot be seen, or undefined when there is no such process. */
export function commandLine(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // A zombie has ended; only its parent has not looked yet.
    if (/^.*\) [ZX]/s.test(stat)) return undefined
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    const { status, stdout } = spawnSync('ps', ['-p', `${pid}`, '-o', 'command='], { encoding: 'utf8' })
    return status === 0 ? stdout : ''
  }
}

/**
 * Waits for a process whose number was read from a file.
 * @param expected what its command line contains: numbers are used again, and a stranger is not waited for
 * @returns whether it is gone
 */
export async function untilProcessEnds(pid: number, expected: RegExp, patienceMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    const command = commandLine(pid)
    if (command === undefined || (command !== '' && !expected.test(command))) return true
    if (Date.now() > giveUpAt) return false
    await delay(lookEveryMs)
  }
}
