import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { people } from '../support/live-state.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

describe('cli in a pipe', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  after(() => stage.close())

  /** Runs a command whose reader goes away after the first piece of what it prints. */
  const cutOff = (line: string) =>
    new Promise<{ code: number | null; signal: string | null; out: string; notes: string }>((resolve, reject) => {
      const { PATH, HOME } = process.env
      const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...line.split(' ')], {
        env: { ...stage.env, PATH, HOME },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let [out, notes] = ['', '']
      child.stdout.once('data', (data: Buffer) => {
        out = data.toString()
        child.stdout.destroy()
      })
      child.stderr.on('data', (data: Buffer) => (notes += data.toString()))
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal, out, notes }))
    })

  it('ends quietly when its reader has seen enough, also while it goes on and on', async () => {
    await stage.everyoneWaits(people(1_000))
    const ends = await Promise.all(['waiting list --limit 1000 --json', 'status --watch 1'].map(cutOff))
    for (const { out, ...end } of ends) {
      expect(out).not.to.equal('')
      expect(end).to.deep.equal({ code: 0, signal: null, notes: '' })
    }
  })
})
