import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultRule, Faults } from '../faults.js'
import { Denied } from '../world/denied.js'
import type { WorldEvent } from '../world/events.js'
import type { User } from '../world/types.js'
import type { World } from '../world/world.js'
import { BotState, type SavedBot } from './bot-state.js'
import type { Call, Method } from './call.js'
import { BotApiError } from './errors.js'
import { faultAnswer, takeFault } from './fault-answer.js'
import { serveFile } from './file-download.js'
import { allMethods, methodName } from './methods/index.js'
import { webhookDelivery } from './methods/updates.js'
import { Parameters } from './parameters.js'
import { refusal } from './refusals.js'
import { readParameters } from './request-body.js'
import { UpdateQueue, type QueuedUpdate } from './update-queue.js'
import { Updates } from './updates.js'

export interface BotApiOptions {
  world: World
  faults: Faults
}

/**
 * The number of a bot's first update. It follows the clock, ten a second, so that numbers go on growing after a
 * restart: what has seen larger ones before would take new updates for old.
 */
const firstUpdateId = (): number => 100_000_000 + Math.floor((Date.now() - Date.UTC(2026, 0)) / 100)

/** The Bot API over HTTP: `/bot<token>/<method>`. It translates; every rule is the world's. */
export class BotApi {
  /** Methods that were asked for and do not exist here, with how often. */
  readonly unknown: Record<string, number> = {}
  /** How often each method was called. */
  readonly calls: Record<string, number> = {}
  /** Called when there is something new to be kept besides what the world tells. */
  onChanged: () => void = () => undefined
  private readonly states = new Map<number, BotState>()
  private readonly methods: Record<string, Method>
  private readonly closing = new AbortController()
  private readonly listener: (event: WorldEvent) => void

  constructor(private readonly options: BotApiOptions) {
    const updates = new Updates(options.world, (botId, type, payload) => this.push(botId, type, payload))
    this.methods = allMethods((call, method, parameters) => this.runForWebhook(call, method, parameters))
    this.listener = (event) => updates.handle(event)
    options.world.on('event', this.listener)
  }

  /** What is kept for a bot: its updates, webhook and commands. */
  state(botId: number): BotState {
    const known = this.states.get(botId)
    if (known) return known
    const made = new BotState(new UpdateQueue(firstUpdateId()))
    this.states.set(botId, made)
    return made
  }

  /** What is kept for all bots, as plain JSON. */
  save(): [number, SavedBot][] {
    return [...this.states].map(([botId, state]) => [botId, state.save()])
  }

  /** Takes over what an earlier run left. */
  restore(saved: [number, SavedBot][]): void {
    const { world } = this.options
    for (const [botId, saving] of saved) {
      const bot = world.users.byId.get(botId)
      if (!bot) continue
      const state = this.state(botId)
      const call = { world, bot, state, parameters: new Parameters({}), signal: this.closing.signal }
      state.restore(
        saving,
        webhookDelivery(call, (...given) => this.runForWebhook(...given)),
      )
    }
  }

  /** Ends polls and deliveries. */
  close(): void {
    this.options.world.off('event', this.listener)
    for (const state of this.states.values()) state.webhook?.stop()
    this.closing.abort()
  }

  /** Serves a call; false when the address is not the Bot API's. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const [, file, token, path = ''] = /^(\/file)?\/bot([^/]+)(?:\/(?:test\/)?(.*))?$/.exec(url.pathname) ?? []
    if (!token) return false
    const asked = /^(\w+)\/?$/.exec(path)?.[1] ?? ''
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, this.closing.signal])
    try {
      const parameters = new Parameters(await readParameters(request, url))
      const bot = this.botBy(decodeURIComponent(token))
      if (file) {
        serveFile(this.options.world, response, path)
        return true
      }
      if (!asked) throw new BotApiError(404, 'Not Found')
      const result = await this.serve({ bot, parameters, signal }, asked)
      if (result === 'hang-up') request.socket.destroy()
      else if (result !== 'silence') this.answer(response, 200, { ok: true, result: result.value })
    } catch (error) {
      const failure = asFailure(error, asked)
      const { code, description, parameters } = failure
      this.answer(response, code, { ok: false, error_code: code, description, ...(parameters && { parameters }) })
    }
    return true
  }

  private answer(response: ServerResponse, code: number, body: unknown): void {
    if (response.destroyed || response.headersSent) return
    // The time of the answer: a long poll was asked a while ago.
    const headers = { 'content-type': 'application/json', date: this.options.world.httpDate() }
    response.writeHead(code, headers).end(JSON.stringify(body))
  }

  private botBy(token: string): User {
    const bot = this.options.world.users.byToken(token)
    if (bot) return bot
    throw /^\d+:[\w-]+$/.test(token) ? new BotApiError(401, 'Unauthorized') : new BotApiError(404, 'Not Found')
  }

  private async serve(
    { bot, parameters, signal }: Pick<Call, 'bot' | 'parameters' | 'signal'>,
    asked: string,
  ): Promise<'hang-up' | 'silence' | { value: unknown }> {
    const name = methodName(this.methods, asked)
    this.calls[name] = (this.calls[name] ?? 0) + 1
    const call: Call = { world: this.options.world, bot, state: this.state(bot.id), parameters, signal }
    const fault = takeFault(this.options.faults, name, bot.id, parameters)
    if (fault?.delayMs) await pause(fault.delayMs, undefined, { signal }).catch(() => undefined)
    if (fault?.wire === 'drop-before') return 'hang-up'
    const refused = fault?.error === undefined ? undefined : faultAnswer(fault.error, name)
    if (refused && !fault?.afterEffect) throw refused
    const value = await this.run(call, name, fault)
    if (refused) throw refused
    if (fault?.wire === 'drop-after') return 'hang-up'
    return fault?.wire === 'no-answer' ? 'silence' : { value }
  }

  private async run(call: Call, name: string, fault?: FaultRule): Promise<unknown> {
    const method = Object.hasOwn(this.methods, name) ? this.methods[name] : undefined
    if (!method) {
      this.unknown[name] = (this.unknown[name] ?? 0) + 1
      throw new BotApiError(404, 'Not Found: method not found')
    }
    const value = await method(call)
    this.onChanged()
    if (fault?.wire !== 'duplicate') return value
    // Updates arrive twice; any other call is carried out twice, as when a network repeats it.
    if (name === 'getUpdates') return (value as QueuedUpdate[]).flatMap((update) => [update, update])
    await this.again(method, call)
    return value
  }

  private async again(method: Method, call: Call): Promise<void> {
    try {
      await method(call)
    } catch {
      // The answer to the repetition never arrives anywhere.
    }
  }

  private async runForWebhook(call: Call, asked: string, parameters: Record<string, unknown>): Promise<void> {
    const { signal } = this.closing
    const again = { bot: call.bot, parameters: new Parameters(parameters), signal }
    // Nobody reads the result of a method in a webhook's answer, nor its errors.
    await this.serve(again, asked).catch(() => undefined)
  }

  private push(botId: number, type: string, payload: unknown): void {
    const { faults } = this.options
    const queue = this.state(botId).queue
    const faulty = queue.wants(type) && faults.list().some((rule) => rule.surface === 'bot' && rule.method === 'update')
    const wire = faulty ? faults.take('bot', 'update', botId)?.wire : undefined
    queue.push(type, payload, wire === 'duplicate' ? 2 : wire === 'drop-before' ? 0 : 1)
  }
}

function asFailure(error: unknown, method: string): BotApiError {
  if (error instanceof BotApiError) return error
  if (error instanceof Denied) return refusal(error, method)
  return new BotApiError(500, `Internal Server Error: ${error instanceof Error ? error.message : 'unknown'}`)
}
