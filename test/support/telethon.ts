import { spawn, spawnSync } from 'node:child_process'
import type { Sandbox } from '../../src/sandbox/sandbox.js'

/** The Python for which distributions package Telethon. */
const PYTHON = '/usr/bin/python3'
const PROGRAM = 'test/support/telethon.py'

/** Said when there is none. */
export const noTelethon =
  'The sandbox was not tried with Telethon: there is none for /usr/bin/python3 (install the package python3-telethon).'

/** Whether the Python of this machine has Telethon. */
export const hasTelethon = (): boolean => spawnSync(PYTHON, ['-I', '-c', 'import telethon']).status === 0

/** Plays a scenario of `telethon.py` against a sandbox; gives what it saw. Rejects with what it complained of. */
export async function tryTelethon(sandbox: Sandbox, scenario: string, code: string): Promise<Record<string, unknown>> {
  const program = spawn(PYTHON, ['-I', PROGRAM, scenario])
  const [host, port] = sandbox.mtproto.split(':')
  program.stdin.end(JSON.stringify({ host, port: Number(port), pem: sandbox.publicKey, code }))
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    program[stream].on('data', (data: Buffer) => (said[stream] += data.toString()))
  const ended = await new Promise((resolve) => program.once('close', resolve))
  const last = said.stdout.trim().split('\n').at(-1) ?? ''
  if (ended !== 0 || !last.startsWith('{')) throw new Error(`Telethon: ${said.stderr || said.stdout}`)
  return JSON.parse(last) as Record<string, unknown>
}
