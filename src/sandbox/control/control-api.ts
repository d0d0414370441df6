import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BotApi } from '../bot-api/bot-api.js'
import { readBody } from '../bot-api/request-body.js'
import type { Faults } from '../faults.js'
import type { World } from '../world/world.js'
import { Activity } from './activity.js'
import { EventStream } from './event-stream.js'
import { OpsAddress } from './ops-address.js'
import { block, enter, leave, press, send } from './person-actions.js'
import { chatsOfPerson, messagesOfPerson } from './person-views.js'
import { personBy } from './places.js'
import { servePhoto } from './photo-file.js'
import { programsView } from './programs.js'
import { asControlError, ControlError } from './refusal.js'
import { stateView, type CallCounts } from './state.js'
import { judge, moveHome, setLimits, setPassword } from './telegram-rules.js'
import { addFault, createChannel, createUser, moveClock, readPhone, readScan, replaceFaults } from './world-actions.js'

export interface ControlOptions {
  world: World
  faults: Faults
  botApi: BotApi
  /** Makes (or finds) the account with this phone number and gives a session for it. */
  mintAccount: (phone: string) => { session: string } | Promise<{ session: string }>
  /** An account scans the QR code of a client that wants to log in. */
  acceptLogin?: (token: Buffer, userId: number) => void
  /** Ends all logins of a user; returns how many there were. */
  revokeSessions?: (userId: number) => number
  /** What an MTProto client has to know. */
  mtprotoAccess?: () => MtprotoAccess
  /** RPCs that the MTProto surface was asked for and does not know. */
  unknownMtproto: () => CallCounts
}

/** Where MTProto is spoken, and the RSA key to trust, in the forms that clients ask for. */
export interface MtprotoAccess {
  host: string
  port: number
  /** The fingerprint is a signed decimal, the modulus hexadecimal, the PEM of PKCS#1. */
  key: { fingerprint: string; modulus: string; exponent: number; pem: string }
}

type Route = (body: unknown) => unknown

/** The control API under `/sandbox/`: drives the world as people would, and shows it. JSON in, JSON out. */
export class ControlApi {
  private readonly events: EventStream
  private readonly activity: Activity
  private readonly ops = new OpsAddress()

  constructor(private readonly options: ControlOptions) {
    this.events = new EventStream(options.world)
    this.activity = new Activity(options.world)
  }

  close(): void {
    this.events.close()
    this.activity.close()
  }

  /** Serves a request; false when the address is not the control API's. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    if (!url.pathname.startsWith('/sandbox/')) return false
    const path = url.pathname.slice('/sandbox/'.length).replace(/\/$/, '')
    const method = request.method ?? 'GET'
    if (method === 'GET' && path === 'events') {
      this.events.attach(response)
      return true
    }
    try {
      const [, file] = /^files\/([0-9a-f]{16})$/.exec(path) ?? []
      if (method === 'GET' && file) {
        servePhoto(this.options.world, request, response, file)
        return true
      }
      const route = this.route(method, path, url)
      if (!route) throw new ControlError(404, 'NOT_FOUND', `There is no ${method} ${url.pathname}.`)
      reply(response, 200, await route(method === 'POST' || method === 'PUT' ? await readJson(request) : undefined))
    } catch (error) {
      const refused = asControlError(error) ?? new ControlError(500, 'INTERNAL', 'The sandbox failed.')
      reply(response, refused.status, { error: refused.error, description: refused.message })
    }
    return true
  }

  private route(method: string, path: string, { origin, searchParams }: URL): Route | undefined {
    const [, userId, what = ''] = /^users\/(\d+)\/([a-z-]+)$/.exec(path) ?? []
    if (userId) return this.personRoute(`${method} ${what}`, Number(userId), searchParams)
    const { world, faults, botApi, mintAccount, unknownMtproto } = this.options
    const routes: Record<string, Route> = {
      'GET state': () => ({ ...stateView(world, botApi, unknownMtproto()), ops: this.ops.known }),
      'POST users': (body) => createUser(world, body),
      'POST channels': (body) => createChannel(world, body),
      'GET faults': () => ({ rules: faults.list(), hits: faults.hits }),
      'POST faults': (body) => addFault(faults, body),
      'DELETE faults': () => {
        faults.clear()
        return { rules: faults.list() }
      },
      'PUT faults': (body) => replaceFaults(faults, body),
      'PUT ops': (body) => this.ops.tell(body),
      'GET ops/live': () => this.ops.live(),
      'GET programs': () => programsView(world, origin, this.options.mtprotoAccess?.()),
      'GET mtproto': () => this.options.mtprotoAccess?.() ?? {},
      'GET limits': () => world.limits,
      'PUT limits': (body) => setLimits(world, body),
      'POST clock': (body) => moveClock(world, body),
      'POST accounts': (body) => mintAccount(readPhone(body)),
      'POST accounts/accept': (body) => {
        const { token, userId } = readScan(world, body)
        this.options.acceptLogin?.(token, userId)
        return { accepted: userId }
      },
    }
    return routes[`${method} ${path}`]
  }

  private personRoute(what: string, userId: number, query: URLSearchParams): Route | undefined {
    const { world } = this.options
    const asPerson =
      (act: (world: World, userId: number, body: unknown) => unknown): Route =>
      (body) =>
        act(world, personBy(world, userId).id, body)
    const routes: Record<string, Route> = {
      'GET chats': asPerson(() => chatsOfPerson(world, this.activity, userId)),
      'GET messages': asPerson(() =>
        messagesOfPerson(world, userId, numberIn(query, 'chat'), numberIn(query, 'after', 0)),
      ),
      'POST send': asPerson(send),
      'POST press': asPerson(press),
      'POST enter': asPerson(enter),
      'POST leave': asPerson(leave),
      'POST block': asPerson(block),
      'POST judge': asPerson(judge),
      'POST move': asPerson(moveHome),
      'POST password': asPerson(setPassword),
      'POST revoke-sessions': () => ({ revoked: this.options.revokeSessions?.(userId) ?? 0 }),
      'POST delete-account': asPerson(() => {
        world.users.deleteAccount(userId)
        return { deleted: userId }
      }),
    }
    return routes[what]
  }
}

function numberIn(query: URLSearchParams, name: string, fallback?: number): number {
  const text = query.get(name)
  const value = text === null || text === '' ? fallback : Number(text)
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw new ControlError(400, 'QUERY_INVALID', `"${name}" must be a whole number.`)
  }
  return value
}

/** Only JSON is taken: a foreign page cannot send it without asking first, and is never allowed to. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ControlError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send Content-Type: application/json.')
  }
  const body = await readBody(request)
  try {
    return JSON.parse(body.toString() || '{}')
  } catch {
    throw new ControlError(400, 'BODY_INVALID', 'The body is no JSON.')
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
