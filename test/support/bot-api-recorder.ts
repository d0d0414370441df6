import type { RequestListener } from 'node:http'
import { faultsOfAnswer } from './bot-api-schema.js'

/** Old names of methods. */
const aliases: Record<string, string> = { getChatMembersCount: 'getChatMemberCount', kickChatMember: 'banChatMember' }

/** Passes everything on to `handler` and keeps what the Bot API answers, to be checked against the published types. */
export function recordBotApi(handler: RequestListener): { handler: RequestListener; faults: () => string[] } {
  const answers: { method: string; body: string }[] = []
  return {
    handler: (request, response) => {
      const [, method] = /^\/bot[^/]+\/(?:test\/)?(\w+)/.exec(request.url ?? '') ?? []
      const end = response.end.bind(response) as (...given: unknown[]) => typeof response
      if (method)
        response.end = (...given: unknown[]) => {
          if (typeof given[0] === 'string') answers.push({ method: aliases[method] ?? method, body: given[0] })
          return end(...given)
        }
      handler(request, response)
    },
    faults: () => answers.flatMap(({ method, body }) => faultsOfCall(method, body)),
  }
}

function faultsOfCall(method: string, body: string): string[] {
  const { ok, result, error_code: code, description } = JSON.parse(body) as Record<string, unknown>
  if (ok === true) return faultsOfAnswer(method, result).map((fault) => `${method}: ${fault} in ${body.slice(0, 400)}`)
  return typeof code === 'number' && typeof description === 'string' ? [] : [`${method}: no proper error: ${body}`]
}
