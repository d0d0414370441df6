import type { QueuedUpdate, UpdateQueue } from './update-queue.js'

export interface WebhookTarget {
  url: string
  secretToken?: string
  /** Remembered and shown; updates go out one after the other, to the address itself. */
  maxConnections?: number
  ipAddress?: string
}

export interface WebhookDelivery {
  /** Seconds of the world, for `last_error_date`. */
  now: () => number
  /** Runs a method that the webhook put into its answer; its result is nobody's business, as with Telegram. */
  run: (method: string, parameters: Record<string, unknown>) => Promise<void>
  /** Pause before an update that was not accepted is sent again. */
  retryMs?: number
}

const requestTimeoutMs = 60_000

/** Sends a bot's updates to its webhook, one after the other; the next one goes out when the last was accepted. */
export class Webhook {
  lastError: { at: number; message: string } | undefined
  private readonly stopped = new AbortController()
  private sending = false
  private retry: NodeJS.Timeout | undefined

  constructor(
    readonly target: WebhookTarget,
    private readonly queue: UpdateQueue,
    private readonly delivery: WebhookDelivery,
  ) {
    queue.onPush(() => void this.send())
    void this.send()
  }

  stop(): void {
    this.queue.onPush(undefined)
    clearTimeout(this.retry)
    this.stopped.abort()
  }

  private async send(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      for (let update = this.queue.first(); update && !this.stopped.signal.aborted; update = this.queue.first()) {
        const answer = await this.deliver(update)
        if (this.stopped.signal.aborted) return
        if (this.queue.first() === update) this.queue.shift()
        await this.obey(answer)
      }
      this.sending = false
    } catch (error) {
      if (this.stopped.signal.aborted) return
      this.lastError = { at: this.delivery.now(), message: describe(error) }
      this.retry = setTimeout(() => {
        this.sending = false
        void this.send()
      }, this.delivery.retryMs ?? 500)
    }
  }

  private async deliver(update: QueuedUpdate): Promise<string> {
    const response = await fetch(this.target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.target.secretToken ? { 'x-telegram-bot-api-secret-token': this.target.secretToken } : {}),
      },
      body: JSON.stringify(update),
      signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(requestTimeoutMs)]),
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`Wrong response from the webhook: ${response.status} ${response.statusText}`)
    return answer
  }

  private async obey(answer: string): Promise<void> {
    const call = parseCall(answer)
    if (call) await this.delivery.run(call.method, call.parameters)
  }
}

function parseCall(answer: string): { method: string; parameters: Record<string, unknown> } | undefined {
  if (!answer.startsWith('{')) return undefined
  try {
    const { method, ...parameters } = JSON.parse(answer) as Record<string, unknown>
    return typeof method === 'string' ? { method, parameters } : undefined
  } catch {
    return undefined
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'Connection failed'
  const cause = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined
  if (cause === 'ECONNREFUSED') return 'Connection refused'
  if (error.name === 'TimeoutError') return 'Connection timed out'
  return error.message
}
