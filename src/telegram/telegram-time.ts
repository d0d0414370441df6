import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

/**
 * Telegram's own clock, which judges the dates that it is given: heard from the `Date` of every answer of this server.
 * Gives its time in milliseconds since 1970, behind by up to a second and the way of the answer; undefined before the
 * first answer, and of a server that does not say.
 */
export const hearTelegramTime = (apiRoot: string): (() => number | undefined) => {
  const { host } = new URL(apiRoot)
  let heard: { at: number; here: number } | undefined
  // Telegraf hands out what an answer says, never its headers.
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    if (request.getHeader('host') !== host) return
    const at = Date.parse(response.headers.date ?? '')
    if (!Number.isNaN(at)) heard = { at, here: performance.now() }
  })
  return () => heard && heard.at + performance.now() - heard.here
}
