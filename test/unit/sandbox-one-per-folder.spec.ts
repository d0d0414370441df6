import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimFolder } from '../../src/sandbox/one-per-folder.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'

describe('the folder of a sandbox', () => {
  let folder: string
  const lock = () => join(folder, 'lock')
  const holder = async () => JSON.parse(await readFile(lock(), 'utf8')) as { pid: number; startedAt: string }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is one process’s at a time, which is named with what to do', async () => {
    const release = claimFolder(folder)
    expect(() => claimFolder(folder)).to.throw(
      `another sandbox (process ${process.pid}) keeps its state in ${folder}. ` +
        `Stop it first (Ctrl-C, or: kill ${process.pid}), or set DATA_DIR to another directory`,
    )
    release()
    expect(await readdir(folder)).to.deep.equal([])
    claimFolder(folder)()
  })

  it('is free when whoever held it is dead, or their number is somebody else’s by now', async () => {
    const child = spawn(process.execPath, ['--eval', ''])
    await once(child, 'exit')
    for (const left of [
      JSON.stringify({ pid: child.pid, startedAt: '' }),
      JSON.stringify({ pid: process.pid, startedAt: 'before' }),
      '{',
    ]) {
      await writeFile(lock(), left)
      const release = claimFolder(folder)
      expect((await holder()).pid).to.equal(process.pid)
      expect(await readdir(folder)).to.deep.equal(['lock'])
      release()
    }
  })

  it('is given back by a sandbox that closes, and by one that could not start', async () => {
    const first = await startSandbox({ dataDir: folder })
    const again = () =>
      startSandbox({ dataDir: folder }).then(
        () => 'started',
        (error: Error) => error.message,
      )
    expect(await again()).to.match(/^another sandbox/)
    await first.close()
    const blocker = await startSandbox()
    const port = Number(new URL(blocker.http).port)
    for (const setting of ['httpPort', 'mtprotoPort'])
      await startSandbox({ dataDir: folder, [setting]: port }).then(
        () => expect.fail('it started'),
        () => undefined,
      )
    await blocker.close()
    const second = await startSandbox({ dataDir: folder })
    await second.close()
  })
})
