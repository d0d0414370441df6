import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { unprivileged } from '../../scripts/servers/identity.js'
import { freePort } from '../../scripts/servers/ports.js'
import { startPostgres } from '../../scripts/servers/postgres.js'
import { startRedis, type LocalServer } from '../../scripts/servers/redis.js'
import { startServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'

/** The start of a service that is not to start: what it said. */
const refusal = (env: NodeJS.ProcessEnv): Promise<string> =>
  startServiceProcess(env).then(
    async (service) => {
      await service.stop()
      throw new Error('it started')
    },
    (error: unknown) => String(error),
  )

/** An authority of its own, and servers that it vouches for, as deploy.md has it. */
describe('TLS to Redis and Postgres', function () {
  this.timeout(60_000)
  let directory: string
  let stage: Stage
  const servers: LocalServer[] = []
  let env: Record<string, string>
  let port: number
  const file = (name: string) => path.join(directory, name)

  before(async function () {
    if (spawnSync('openssl', ['version']).status !== 0) {
      console.log('[tests] skipped: TLS to Redis and Postgres needs openssl to make certificates')
      return this.skip()
    }
    directory = mkdtempSync(path.join(tmpdir(), 'visavis-tls-'))
    chmodSync(directory, 0o755)
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=an authority', '-days', '2')
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=servers of a test')
    writeFileSync(file('names'), 'subjectAltName=DNS:localhost\n')
    const signed = ['-in', 'server.csr', '-out', 'server.crt', '-extfile', 'names', '-days', '2']
    openssl('x509', '-req', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', ...signed)
    // Postgres takes no key that others may read, and may run as another user.
    copyFileSync(file('server.key'), file('postgres.key'))
    chmodSync(file('postgres.key'), 0o600)
    const { uid, gid } = unprivileged()
    if (uid !== undefined && gid !== undefined) chownSync(file('postgres.key'), uid, gid)

    port = await freePort()
    const tls = ['--tls-cert-file', file('server.crt'), '--tls-key-file', file('server.key')]
    const redis = await startRedis({
      args: ['--tls-port', `${port}`, ...tls, '--tls-ca-cert-file', file('ca.crt'), '--tls-auth-clients', 'no'],
    })
    servers.push(redis)
    const settings = ['ssl=on', `ssl_cert_file=${file('server.crt')}`, `ssl_key_file=${file('postgres.key')}`]
    const postgres = await startPostgres({ args: settings.flatMap((setting) => ['-c', setting]) })
    servers.push(postgres)
    stage = await openStage({ redisUrl: redis.url })
    env = {
      ...stage.env,
      LOG_LEVEL: 'info',
      REDIS_URL: `rediss://localhost:${port}`,
      DATABASE_URL: `${postgres.url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full`,
    }
  })
  after(async () => {
    await stage?.close()
    for (const server of servers) await server.stop()
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  })

  it('the service runs, and believes the authority of NODE_EXTRA_CA_CERTS', async () => {
    const service = await startServiceProcess({ ...env, NODE_EXTRA_CA_CERTS: file('ca.crt') })
    const told = (await stage.redis.client('LIST')) as string
    await service.stop()
    expect(told).to.contain(`laddr=127.0.0.1:${port} `)
  })

  it('without it the service does not start, and says whose certificate it does not know', async () => {
    expect(await refusal(env)).to.contain("Postgres' certificate cannot be verified")
    const onlyRedis = { ...env, DATABASE_URL: stage.env['DATABASE_URL'] }
    expect(await refusal(onlyRedis)).to.match(/^Redis is not answering.*certificate/m)
  })

  it('a certificate for another name is refused', async () => {
    const byAddress = { ...env, NODE_EXTRA_CA_CERTS: file('ca.crt'), REDIS_URL: `rediss://127.0.0.1:${port}` }
    expect(await refusal(byAddress)).to.match(/^Redis is not answering.*does not match certificate/m)
  })

  it('sslmode=no-verify believes anybody', async () => {
    const careless = (env['DATABASE_URL'] ?? '').replace('verify-full', 'no-verify')
    await (await startServiceProcess({ ...stage.env, DATABASE_URL: careless })).stop()
  })
})
