import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VisavisError, wordsOf } from '../errors.js'
import { masked } from '../logger.js'

/** Looks at one thing that the service needs. Resolves with words about it; throws when it does not work. */
export type Check = () => Promise<string>

/** How long a check may take before it counts as failed. */
const CHECK_MS = 3_000

const within = async (check: Check): Promise<{ ok: boolean; words: string }> => {
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS / 1_000} s`)), CHECK_MS)
    })
    return { ok: true, words: await Promise.race([check(), late]) }
  } catch (error) {
    return { ok: false, words: masked(wordsOf(error)) }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The ops port: `GET /healthz` says that the process is alive, `GET /readyz` looks at everything that it needs, each
 * by name: 200 when all works, 503 otherwise. Throws VisavisError when the port cannot be had.
 */
export const startOpsServer = async (options: {
  host: string
  port: number
  checks: Readonly<Record<string, Check>>
}): Promise<{ url: string; stop: () => Promise<void> }> => {
  const ready = async () => {
    const names = Object.keys(options.checks)
    const results = await Promise.all(Object.values(options.checks).map(within))
    return {
      ready: results.every(({ ok }) => ok),
      checks: Object.fromEntries(names.map((name, index) => [name, results[index]])),
    }
  }
  const server: Server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    const { pathname } = new URL(request.url ?? '/', 'http://ops')
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'only GET' })
    if (pathname === '/healthz') return answer(200, { alive: true })
    if (pathname === '/readyz') return void ready().then((state) => answer(state.ready ? 200 : 503, state))
    answer(404, { error: 'not found', try: ['/healthz', '/readyz'] })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new VisavisError(
          'ops_port',
          `The ops port ${options.host}:${options.port} cannot be used (${wordsOf(error)}); set OPS_PORT to another, or to 0 for any.`,
        ),
      ),
    )
    server.listen(options.port, options.host, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
