import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { BotApi } from './bot-api/bot-api.js'
import { ControlApi, type ControlOptions } from './control/control-api.js'
import { servePage } from './page/page-files.js'

export type HttpSurfaceOptions = Omit<ControlOptions, 'botApi'>

/** Everything the sandbox says over HTTP. */
export interface HttpSurface {
  handler: RequestListener
  botApi: BotApi
  /** Ends polls, webhook deliveries and event streams; the server itself is the caller's. */
  close(): void
}

const localNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** The Bot API, the control API and the page on one port: a listener for an HTTP server that binds to this machine only. */
export function createHttpSurface(options: HttpSurfaceOptions): HttpSurface {
  const botApi = new BotApi(options)
  const control = new ControlApi({ ...options, botApi })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', options.world.httpDate())
    const url = addressOf(request)
    if (!url) return refuse(response, 403, 'FORBIDDEN', 'Only pages and programs of this machine are served.')
    if (await botApi.handle(request, response, url)) return
    if (await control.handle(request, response, url)) return
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && servePage(response, url.pathname)) return
    refuse(response, 404, 'NOT_FOUND', 'Not Found')
  }

  return {
    botApi,
    handler: (request, response) => {
      serve(request, response).catch(() => request.socket.destroy())
    },
    close: () => {
      control.close()
      botApi.close()
    },
  }
}

/**
 * The address asked for, or undefined when the request comes by a foreign name or from a foreign page: a name that
 * somebody else points to this machine must not open the sandbox to their page.
 */
function addressOf(request: IncomingMessage): URL | undefined {
  const base = `http://${request.headers.host ?? ''}`
  const { origin } = request.headers
  if (!URL.canParse(base) || !localNames.has(new URL(base).hostname)) return undefined
  if (origin !== undefined && origin !== new URL(base).origin) return undefined
  const path = request.url ?? '/'
  return URL.canParse(path, base) ? new URL(path, base) : undefined
}

/** Both shapes of a refusal at once: the Bot API's fields and the control API's. */
function refuse(response: ServerResponse, status: number, error: string, description: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ok: false, error_code: status, error, description }))
}
