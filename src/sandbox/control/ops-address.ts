import { z } from 'zod'
import { ControlError } from './refusal.js'

const local = new Set(['127.0.0.1', 'localhost', '[::1]'])
const patienceMs = 4_000

const body = z.object({
  /** Null: nothing is to be read any more. */
  url: z
    .url({ protocol: /^http$/ })
    .refine((text) => local.has(new URL(text).hostname), { error: 'must be an address of this machine' })
    .nullable(),
})

/**
 * Where the program under test shows its inner life to operators, if it does: the page reads it from here, since
 * browsers let no page read another port. The sandbox itself makes nothing of it.
 */
export class OpsAddress {
  private url: string | undefined

  get known(): boolean {
    return this.url !== undefined
  }

  /** Takes `{url}`, an `http://` address of this machine. */
  tell(given: unknown): { url: string | null } {
    const { url } = body.parse(given)
    this.url = url === null ? undefined : new URL(url).origin
    return { url: this.url ?? null }
  }

  /** What `GET /live` answers there. */
  async live(): Promise<unknown> {
    if (this.url === undefined) throw new ControlError(404, 'OPS_UNKNOWN', 'Nobody has said where to look.')
    try {
      const answer = await fetch(`${this.url}/live`, {
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return await answer.json()
    } catch {
      throw new ControlError(502, 'OPS_SILENT', 'The service does not answer.')
    }
  }
}
