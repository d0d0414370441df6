import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VisavisError, wordsOf } from '../errors.js'
import { masked } from '../logger.js'

/** Looks at one thing that the service needs. Resolves with words about it; throws when it does not work. */
export type Check = () => Promise<string>

/** Names by which this machine calls itself. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Whether a request reaches a port of this machine alone by a name that somebody else has pointed here: then a page of
 * theirs asks, in somebody's browser.
 */
const byForeignName = ({ socket, headers }: IncomingMessage): boolean => {
  const isOwnPort = /^(::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '')
  const base = `http://${headers.host ?? ''}`
  return isOwnPort && !(URL.canParse(base) && OWN_NAMES.has(new URL(base).hostname))
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
/** How long a check may take before it counts as failed. */
const CHECK_MS = 3_000

const inTime = async <T>(look: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS / 1_000} s`)), CHECK_MS)
    })
    return await Promise.race([look(), late])
  } finally {
    clearTimeout(timer)
  }
}

const judged = async (check: Check): Promise<{ ok: boolean; words: string }> => {
  try {
    return { ok: true, words: await inTime(check) }
  } catch (error) {
    return { ok: false, words: masked(wordsOf(error)) }
  }
}

/**
 * The ops port: `GET /healthz` says that the process is alive, `GET /readyz` looks at everything that it needs, each
 * by name: 200 when all works, 503 otherwise; `GET /live` shows what is going on, for people who watch, and for no page
 * of somebody else's; `GET /metrics` is for Prometheus. Throws VisavisError when the port cannot be had.
 */
export const startOpsServer = async (options: {
  host: string
  port: number
  checks: Readonly<Record<string, Check>>
  live: () => Promise<object>
  /** The text that Prometheus reads. */
  metrics: () => Promise<string>
}): Promise<{ url: string; stop: () => Promise<void> }> => {
  const ready = async () => {
    const names = Object.keys(options.checks)
    const results = await Promise.all(Object.values(options.checks).map(judged))
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
    // Such as `//`, which would throw where nobody catches.
    if (!URL.canParse(request.url ?? '/', 'http://ops')) return answer(400, { error: 'not an address' })
    const { pathname } = new URL(request.url ?? '/', 'http://ops')
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'only GET' })
    if (pathname === '/healthz') return answer(200, { alive: true })
    if (pathname === '/readyz') return void ready().then((state) => answer(state.ready ? 200 : 503, state))
    if (pathname === '/live') {
      if (byForeignName(request)) return answer(403, { error: 'only by an address of this machine' })
      return void inTime(options.live).then(
        (view) => answer(200, view),
        (error: unknown) => answer(503, { error: masked(wordsOf(error)) }),
      )
    }
    if (pathname === '/metrics')
      return void inTime(options.metrics).then(
        (text) => {
          response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
          response.end(text)
        },
        (error: unknown) => answer(503, { error: masked(wordsOf(error)) }),
      )
    answer(404, { error: 'not found', try: ['/healthz', '/readyz', '/live', '/metrics'] })
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
