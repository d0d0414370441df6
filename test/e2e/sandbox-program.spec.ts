import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Api } from 'telegram'
import { failureOf, gramjs } from '../support/gramjs.js'

interface Ready {
  ready: true
  http: string
  mtproto: string
  publicKey: string
  botToken: string
}

describe('the sandbox as a program', () => {
  let dataDir: string
  let running: ChildProcess | undefined

  const start = async (settings: Record<string, string> = {}): Promise<ChildProcess> => {
    const program = spawn(process.execPath, ['--import=tsx', 'src/sandbox/main.ts'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        SANDBOX_PORT: '0',
        DATA_DIR: dataDir,
        SANDBOX_WATCH_STDIN: '1',
        ...settings,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    running = program
    return program
  }
  const ready = async (program: ChildProcess): Promise<Ready> => {
    if (!program.stdout) throw new Error('no output')
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string]
    return JSON.parse(line) as Ready
  }
  const account = async (at: Ready): Promise<string> => {
    const response = await fetch(`${at.http}/sandbox/accounts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ phone: '15550000' }),
    })
    return ((await response.json()) as { session: string }).session
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  })

  afterEach(async () => {
    running?.kill('SIGKILL')
    await rm(dataDir, { recursive: true })
  })

  it('says where it is, keeps everything, and ends when its starter is gone', async () => {
    const first = await start()
    const before = await ready(first)
    expect(before.botToken).to.match(/^\d+:[\w-]{35}$/)
    const session = await account(before)
    const host = gramjs(before, session)
    await host.connect()
    await host.invoke(new Api.channels.CreateChannel({ title: 'Kept', about: '', megagroup: true }))
    await host.destroy()
    first.stdin?.destroy()
    expect(await once(first, 'exit')).to.deep.equal([0, null])

    const second = await start()
    const after = await ready(second)
    expect([after.botToken, after.publicKey]).to.deep.equal([before.botToken, before.publicKey])
    const again = gramjs(after, session)
    await again.connect()
    expect((await again.getDialogs({})).map((dialog) => dialog.title)).to.deep.equal(['Kept'])
    expect(await failureOf(again.invoke(new Api.messages.CheckChatInvite({ hash: 'none' })))).to.equal(
      '400 INVITE_HASH_INVALID',
    )
    await again.destroy()
    second.kill('SIGTERM')
    expect(await once(second, 'exit')).to.deep.equal([0, null])
  })

  it('says in words why it cannot start', async () => {
    const blocked = new URL((await ready(await start())).http).port
    const blocker = running
    const program = await start({ SANDBOX_PORT: blocked })
    let said = ''
    program.stderr?.on('data', (data: Buffer) => (said += data.toString()))
    const [code] = (await once(program, 'close')) as [number]
    blocker?.kill('SIGKILL')
    expect(code).to.equal(1)
    expect(said).to.include(`SANDBOX_PORT ${blocked} is taken`)
  })
})
