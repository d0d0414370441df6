import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Api } from 'telegram'
import { failureOf, gramjs } from '../support/gramjs.js'
import { createTelegramPeople } from '../support/telegram-people.js'

const portOf = (address: string): string => address.split(':')[1] ?? ''
const SNIPPETS = 'node_modules/.cache/visavis/snippets'

interface Ready {
  ready: true
  http: string
  mtproto: string
  publicKey: string
  botToken: string
}

describe('the sandbox as a program', function () {
  // Each test starts programs.
  this.timeout(90_000)
  let dataDir: string
  let running: ChildProcess | undefined
  const programs: ChildProcess[] = []

  const start = async (settings: Record<string, string> = {}): Promise<ChildProcess> => {
    const program = spawn(process.execPath, ['--import=tsx', 'src/sandbox/main.ts'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        SANDBOX_PORT: '0',
        SANDBOX_MTPROTO_PORT: '0',
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
  /** What a program has said up to and with these words. */
  const saidBy = (program: ChildProcess, end: string): Promise<string> =>
    new Promise((resolve) => {
      let said = ''
      program.stdout?.on('data', (data: Buffer) => {
        said += data.toString()
        if (said.includes(end)) resolve(said)
      })
    })
  /** Runs a program that stands where the packages can be found. */
  const run = async (name: string, source: string): Promise<ChildProcess> => {
    await mkdir(SNIPPETS, { recursive: true })
    const file = join(SNIPPETS, `${name}-${process.pid}.mjs`)
    await writeFile(file, source)
    const program = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
    programs.push(program)
    return program
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
    for (const program of programs.splice(0)) program.kill('SIGKILL')
    await rm(SNIPPETS, { recursive: true, force: true })
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

  it('says how any program can be pointed at it, in programs that run', async () => {
    const sandbox = await start({ SANDBOX_WATCH_STDIN: '0' })
    const said = await saidBy(sandbox, 'docs/sandbox.md')
    const { http } = JSON.parse(said.split('\n')[0] ?? '') as Ready
    const between = (head: string, end: string): string => said.split(head)[1]?.split(end)[0] ?? ''
    const [telegraf, account] = [
      await run('telegraf', between('A bot with Telegraf:', 'An account with GramJS:')),
      await run('gramjs', between('An account with GramJS:', 'More is in')),
    ]
    let printed = ''
    account.stdout?.on('data', (data: Buffer) => (printed += data.toString()))
    expect(await once(account, 'close')).to.deep.equal([0, null])
    expect(printed).to.match(/^My group$/m)

    const people = createTelegramPeople(http)
    const ann = await people.create('Ann')
    expect((await ann.ask('hello', /^You said/)).text).to.equal('You said: hello')
    telegraf.kill('SIGKILL')
  })

  it('calls its bot as one likes, and has the same key for the same seed', async () => {
    const first = await ready(
      await start({ SANDBOX_BOT_NAME: 'Helper', SANDBOX_BOT_USERNAME: 'helper_bot', DATA_DIR: '' }),
    )
    const me = await fetch(`${first.http}/bot${first.botToken}/getMe`)
    expect(((await me.json()) as { result: object }).result).to.include({
      first_name: 'Helper',
      username: 'helper_bot',
    })
    running?.kill('SIGKILL')
    const second = await ready(await start({ DATA_DIR: '' }))
    expect(second.publicKey).to.equal(first.publicKey)
  })

  it('speaks MTProto at the port that was asked for, and says so', async () => {
    const first = await start()
    const port = portOf((await ready(first)).mtproto)
    first.kill('SIGTERM')
    await once(first, 'close')
    const sandbox = await start({ SANDBOX_MTPROTO_PORT: port, SANDBOX_WATCH_STDIN: '0' })
    const said = await saidBy(sandbox, 'docs/sandbox.md')
    const at = JSON.parse(said.split('\n')[0] ?? '') as Ready
    expect(at.mtproto).to.equal(`127.0.0.1:${port}`)
    expect(said).to.match(new RegExp(`^MTProto: {2,}127\\.0\\.0\\.1:${port}$`, 'm'))
    expect(said).to.include(`// It answers at 127.0.0.1:${port}.`)
    const access = (await (await fetch(`${at.http}/sandbox/mtproto`)).json()) as { port: number }
    expect(access.port).to.equal(Number(port))
  })

  it('says in words why it cannot start', async () => {
    const { http, mtproto } = await ready(await start())
    const blocker = running
    const refusal = async (settings: Record<string, string>): Promise<string> => {
      const program = await start(settings)
      let said = ''
      program.stderr?.on('data', (data: Buffer) => (said += data.toString()))
      const [code] = (await once(program, 'close')) as [number]
      expect(code).to.equal(1)
      return said
    }
    for (const [setting, port] of [
      ['SANDBOX_PORT', new URL(http).port],
      ['SANDBOX_MTPROTO_PORT', portOf(mtproto)],
    ] as const) {
      expect(await refusal({ [setting]: port, DATA_DIR: '' })).to.include(`${setting} ${port} is taken`)
    }
    expect(await refusal({})).to.match(
      /^The sandbox cannot start: another sandbox \(process \d+\) keeps its state in .+ set DATA_DIR to another directory\n$/,
    )
    blocker?.kill('SIGKILL')
    if (blocker) await once(blocker, 'close')
    await ready(await start())
  })
})
