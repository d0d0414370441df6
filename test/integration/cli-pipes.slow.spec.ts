import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
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

  it('fails where what it prints cannot be written, and says so', function () {
    if (!existsSync('/dev/full')) {
      console.info('      left out: there is no /dev/full here')
      this.skip()
    }
    const full = openSync('/dev/full', 'w')
    try {
      const { PATH, HOME } = process.env
      for (const line of ['--help', 'waiting list --json']) {
        const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...line.split(' ')], {
          env: { ...stage.env, PATH, HOME },
          stdio: ['ignore', full, 'pipe'],
          encoding: 'utf8',
        })
        expect(stderr).to.match(/^The output could not be written: ENOSPC.*\n$/)
        expect(status).to.equal(1)
      }
    } finally {
      closeSync(full)
    }
  })
})
