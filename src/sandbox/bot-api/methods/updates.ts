import { isIP } from 'node:net'
import type { Call, Method } from '../call.js'
import { badRequest, conflict } from '../errors.js'
import { updateKinds } from '../update-queue.js'
import { Webhook, type WebhookDelivery } from '../webhook.js'

/** Runs a method on behalf of a webhook's answer. */
export type RunForWebhook = (call: Call, method: string, parameters: Record<string, unknown>) => Promise<void>

const webhookPorts = ['', '80', '88', '443', '8443']
const usualConnections = 40
const maxBatch = 100
const longestPollS = 50

/** A list with anything but texts in it changes nothing; one in which nothing is known stands for the usual kinds. */
function rememberAllowed({ parameters, state }: Call): void {
  const allowed = parameters.list('allowed_updates')
  if (!allowed?.every((type) => typeof type === 'string')) return
  const named = new Set(allowed.map((type) => type.toLowerCase()))
  state.queue.allow(updateKinds.filter((kind) => named.has(kind)))
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw badRequest('invalid webhook URL specified')
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  // Telegram takes HTTPS only; on this machine there are no certificates, so plain HTTP is fine to itself, at any port.
  if (local && /^https?:$/.test(url.protocol)) return url.href
  if (url.protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
  if (webhookPorts.includes(url.port)) return url.href
  throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
}

function setWebhook(call: Call, run: RunForWebhook): true {
  const { parameters, state } = call
  const url = parameters.text('url') ?? ''
  const secretToken = parameters.text('secret_token')
  if (secretToken && secretToken.length > 256) throw badRequest('secret token is too long')
  if (secretToken && !/^[\w-]+$/.test(secretToken)) throw badRequest('secret token contains unallowed characters')
  const ipAddress = parameters.text('ip_address')
  if (ipAddress && !isIP(ipAddress)) throw badRequest('bad webhook: Invalid IP address specified')
  const maxConnections = parameters.bounded('max_connections', usualConnections, 1, 100)
  const named = { ...(secretToken && { secretToken }), ...(ipAddress && { ipAddress }) }
  const target = url && { url: readUrl(url), maxConnections, ...named }
  state.webhook?.stop()
  state.webhook = undefined
  rememberAllowed(call)
  if (parameters.flag('drop_pending_updates')) state.queue.drop()
  if (!target) return true
  state.queue.interrupt('terminated by setWebhook request')
  state.webhook = new Webhook(target, state.queue, webhookDelivery(call, run))
  return true
}

/** How a bot's webhook is served: `call` is on whose behalf it runs what the webhook answers. */
export const webhookDelivery = (call: Call, run: RunForWebhook): WebhookDelivery => ({
  now: () => call.world.now(),
  run: (method, given) => run(call, method, given),
})

function webhookInfo({ state }: Call) {
  const { webhook, queue } = state
  return {
    url: webhook?.target.url ?? '',
    has_custom_certificate: false,
    pending_update_count: queue.pending,
    ...(webhook && { max_connections: webhook.target.maxConnections ?? usualConnections }),
    ...(webhook?.target.ipAddress && { ip_address: webhook.target.ipAddress }),
    ...(webhook?.lastError && {
      last_error_date: webhook.lastError.at,
      last_error_message: webhook.lastError.message,
    }),
    ...(queue.allowed && { allowed_updates: queue.allowed }),
  }
}

/** How updates reach the bot: by polling or by webhook, never both. */
export const updateMethods = (run: RunForWebhook): Record<string, Method> => ({
  getUpdates: async (call) => {
    const { parameters, state, signal } = call
    if (state.webhook) {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    }
    rememberAllowed(call)
    return state.queue.poll({
      offset: parameters.integer('offset') ?? 0,
      limit: parameters.bounded('limit', maxBatch, 1, maxBatch),
      timeoutMs: parameters.bounded('timeout', 0, 0, longestPollS) * 1000,
      signal,
    })
  },
  setWebhook: (call) => setWebhook(call, run),
  deleteWebhook: ({ parameters, state }) => {
    state.webhook?.stop()
    state.webhook = undefined
    if (parameters.flag('drop_pending_updates')) state.queue.drop()
    return true
  },
  getWebhookInfo: webhookInfo,
})
