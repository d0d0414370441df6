import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Post {
  headers: IncomingHttpHeaders
  body: string
}

/**
 * Stands before several replicas of a webhook, as a load balancer does: each update goes to the next one. While it holds
 * back it accepts updates without passing them on, so that they can be released in another order.
 */
export const openWebhookRelay = async () => {
  let replicas: readonly string[] = []
  let turn = 0
  let held: Post[] | undefined

  const pass = async ({ headers, body }: Post, to = replicas[turn++ % replicas.length] ?? ''): Promise<number> => {
    const secret = headers['x-telegram-bot-api-secret-token']
    const response = await fetch(to, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(typeof secret === 'string' && { 'x-telegram-bot-api-secret-token': secret }),
      },
      body,
    })
    return response.status
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const post = { headers: request.headers, body: Buffer.concat(chunks).toString() }
      if (held) {
        held.push(post)
        response.end()
        return
      }
      pass(post).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(502).end(),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates`,
    /** The addresses behind it. */
    forwardTo: (urls: readonly string[]) => (replicas = urls),
    hold: () => (held = []),
    heldBack: () => held?.length ?? 0,
    /** Passes on what was held back, newest first and each to another replica; gives the statuses. */
    releaseBackwards: async (): Promise<number[]> => {
      const posts = (held ?? []).toReversed()
      held = undefined
      const statuses: number[] = []
      for (const post of posts) statuses.push(await pass(post))
      return statuses
    },
    /** Passes on what was held back to every replica at the same time. */
    releaseEverywhere: async (): Promise<number[]> => {
      const posts = held ?? []
      held = undefined
      return Promise.all(posts.flatMap((post) => replicas.map((replica) => pass(post, replica))))
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
export type WebhookRelay = Awaited<ReturnType<typeof openWebhookRelay>>
