import type { ServerResponse } from 'node:http'
import type { WorldEvent } from '../world/events.js'
import type { World } from '../world/world.js'

/** How often the stream shows that the sandbox lives: the page misses it after a few. */
const heartbeatMs = 2_000

/** Server-sent events for the page: `change` with the kind of what happened, `alive` every two seconds, nothing more. */
export class EventStream {
  private readonly listeners = new Set<ServerResponse>()
  private readonly heartbeat = setInterval(() => this.send('event: alive\ndata: \n\n'), heartbeatMs)
  private readonly onEvent = (event: WorldEvent) => this.send(`event: change\ndata: ${event.kind}\n\n`)

  constructor(private readonly world: World) {
    this.heartbeat.unref()
    world.on('event', this.onEvent)
  }

  /** Keeps the response open until the other side hangs up. */
  attach(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('retry: 1000\n\n')
    this.listeners.add(response)
    response.on('close', () => this.listeners.delete(response))
  }

  close(): void {
    clearInterval(this.heartbeat)
    this.world.off('event', this.onEvent)
    for (const response of this.listeners) response.end()
  }

  private send(text: string): void {
    for (const response of this.listeners) response.write(text)
  }
}
