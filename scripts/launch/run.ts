import type { StdioOptions } from 'node:child_process'
import path from 'node:path'
import { readConfig } from '../../src/config.js'
import { root } from '../bootstrap.mjs'
import { startPostgres } from '../servers/postgres.js'
import { startRedis } from '../servers/redis.js'
import { removeRunFile, sandboxSecretKey, writeRunFile, writeSandboxFile } from './data-files.js'
import { claimDirectory, type Claim } from './one-per-directory.js'
import { makePlan, sandboxDefaults, withoutEmpty, type Plan } from './plan.js'
import { readyMessage, startProgram, unlessEnded } from './program.js'
import { showOps, startSandbox } from './sandbox.js'
import { stopRequested } from './stop-request.js'
import { Undo } from './undo.js'
import { sandboxNotice, whereToLook } from './words.js'

type Run = {
  plan: Plan
  env: NodeJS.ProcessEnv
  claim: Claim
  undo: Undo
  /** Ends the run because a part of it has ended by itself. */
  end: (words: string, code: number) => void
}
type LocalTelegram = { http: string; serviceEnv: Record<string, string> }
type Servers = { REDIS_URL: string; DATABASE_URL: string }

const serviceStopMs = 15_000

/**
 * Runs the product until somebody wants it to stop or a part of it ends, and stops what is left.
 * @returns the exit code: 0 after an orderly stop, that of the service if it ended by itself
 */
export async function run(env: NodeJS.ProcessEnv): Promise<number> {
  const undo = new Undo()
  try {
    return await Promise.race([stopRequested(), launch(env, undo)])
  } catch (error) {
    console.error(`[start] ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await undo.run()
  }
}

/** @returns when a part of what it started has ended by itself: the exit code */
async function launch(env: NodeJS.ProcessEnv, undo: Undo): Promise<number> {
  const plan = makePlan(env, root)
  refuseBadSettings(plan, env)
  const claim = await claimDirectory(plan.dataDirectory)
  await undo.add(claim.release)
  removeRunFile(plan.dataDirectory)
  if (plan.telegram === 'sandbox') console.log(sandboxNotice)
  return new Promise((resolve, reject) => {
    const end = (words: string, code: number): void => {
      // While stopping, everything ends, and that is no news.
      if (undo.isRunning) return
      console.error(`[start] ${words}; stopping the rest`)
      resolve(code)
    }
    startAll({ plan, env, claim, undo, end }).catch(reject)
  })
}

async function startAll(run: Run): Promise<void> {
  const servers = await startServers(run)
  const sandbox = run.plan.telegram === 'sandbox' ? await startLocalTelegram(run, servers) : undefined
  await startService(run, servers, sandbox)
}

// The service judges its settings itself. Asking the same code beforehand saves starting servers for nothing; what is going to
// be filled in later is taken for granted here.
function refuseBadSettings({ telegram, startsRedis, startsDatabase }: Plan, env: NodeJS.ProcessEnv): void {
  const fromSandbox = { BOT_TOKEN: `1:${'x'.repeat(35)}`, API_ID: '1', API_HASH: 'x', SECRET_KEY: 'x'.repeat(32) }
  readConfig({
    ...(telegram === 'sandbox' && { ...sandboxDefaults, ...fromSandbox }),
    ...withoutEmpty(env),
    ...(startsRedis && { REDIS_URL: 'redis://127.0.0.1' }),
    ...(startsDatabase && { DATABASE_URL: 'postgres://127.0.0.1' }),
  })
}

async function startServers({ plan, env, undo, end }: Run): Promise<Servers> {
  const inData = (name: string): { directory: string } => ({ directory: path.join(plan.dataDirectory, name) })
  const [redis, postgres] = await Promise.all([
    plan.startsRedis ? startRedis(inData('redis')) : undefined,
    plan.startsDatabase ? startPostgres(inData('postgres')) : undefined,
  ])
  for (const [name, server] of Object.entries({ Redis: redis, Postgres: postgres })) {
    if (server === undefined) continue
    await undo.add(server.stop)
    void server.gone.then(() => end(`${name} ended by itself`, 1))
  }
  return {
    REDIS_URL: redis?.url ?? env['REDIS_URL'] ?? '',
    DATABASE_URL: postgres?.url ?? env['DATABASE_URL'] ?? '',
  }
}

async function startLocalTelegram({ plan, env, claim, undo, end }: Run, servers: Servers): Promise<LocalTelegram> {
  const sandbox = await startSandbox('src/sandbox/main.ts', { ...env, DATA_DIR: plan.dataDirectory }, claim)
  await undo.add(sandbox.stop)
  void sandbox.program.ended.then(({ words }) => end(`The sandbox ${words}`, 1))
  const secretKey = env['SECRET_KEY'] || sandboxSecretKey(plan.dataDirectory)
  // The client library that it loads is not needed where Telegram is the real one.
  const { ensureSandboxHost } = await import('./sandbox-host.js')
  await ensureSandboxHost(sandbox, servers.DATABASE_URL, secretKey)
  return { http: sandbox.http, serviceEnv: { ...sandbox.serviceEnv, SECRET_KEY: secretKey } }
}

async function startService(run: Run, servers: Servers, sandbox: LocalTelegram | undefined): Promise<void> {
  const { plan, claim, undo, end } = run
  const settings = { ...(sandbox && sandboxDefaults), ...withoutEmpty(run.env), ...sandbox?.serviceEnv, ...servers }
  const env = { ...settings, DATA_DIR: plan.dataDirectory }
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc']
  const service = startProgram('src/main.ts', env, stdio, new URL('end-with-launcher.mjs', import.meta.url))
  claim.note(service.pid)
  await undo.add(() => service.stop(() => service.process.kill('SIGTERM'), serviceStopMs))
  void service.ended.then(({ words, code }) => end(`The service ${words}`, code || 1))
  const ready = await unlessEnded(service, readyMessage(service))
  if (ready === undefined) return
  const { REDIS_URL: redis, DATABASE_URL: database } = servers
  const content = { pid: process.pid, sandbox: sandbox?.http ?? null, ops: ready.ops, redis, database }
  await undo.add(() => removeRunFile(plan.dataDirectory))
  if (sandbox) await showOps(sandbox, ready.ops)
  if (sandbox) writeSandboxFile(plan.dataDirectory, { ...asGiven(sandboxDefaults, settings), ...sandbox.serviceEnv })
  writeRunFile(plan.dataDirectory, content)
  console.log(whereToLook(content))
}

/** What became of defaults: each as it was given, or as somebody else has set it. */
function asGiven(defaults: Readonly<Record<string, string>>, settings: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, settings[name] ?? value]))
}
