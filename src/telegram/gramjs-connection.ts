import { Api, Logger, TelegramClient } from 'telegram'
import { LogLevel } from 'telegram/extensions/Logger.js'
import { UpdateConnectionState } from 'telegram/network/index.js'
import { StringSession } from 'telegram/sessions/index.js'
import { HostSessionError, HostUnavailableError, type HostError } from './errors.js'
import { serverSocket, trustServerKey, type MtprotoEndpoint } from './gramjs-endpoint.js'
import { classifyGramjsError } from './gramjs-errors.js'

export interface ConnectionSettings {
  apiId: number
  apiHash: string
  /** A string session; '' for a new one. */
  session: string
  endpoint: MtprotoEndpoint
  /** Bounds connecting, and every call. */
  timeoutMs: number
  /** Logging in may move to another data centre, and so connect again; nothing else may. */
  mayReconnect?: boolean
  /** Telegram says that the QR code which this client shows was scanned. */
  onScanned?: () => void
}

/** Telegram's second data centre: what a login begins with. The port must fit a string session (at most 32767). */
const FIRST_DC = { id: 2, address: '149.154.167.51', port: 443 }

const updatesIn = (seen: unknown): readonly unknown[] => {
  if (seen instanceof Api.UpdateShort) return [seen.update]
  return seen instanceof Api.Updates ? seen.updates : []
}

const openSession = (text: string, on: { broken: () => void; scanned?: (() => void) | undefined }): StringSession => {
  const session = new StringSession(text)
  if (text === '') session.setDC(FIRST_DC.id, FIRST_DC.address, FIRST_DC.port)
  // GramJS would remember everybody it ever sees. Updates pass here, and its notices about the connection: `broken`
  // means that Telegram does not know this session's key, and that no answer will ever come.
  session.processEntities = (seen: unknown) => {
    if (seen instanceof UpdateConnectionState && seen.state === UpdateConnectionState.broken) on.broken()
    if (updatesIn(seen).some((update) => update instanceof Api.UpdateLoginToken)) on.scanned?.()
  }
  return session
}

/**
 * One GramJS client, used once. GramJS itself neither gives up on a call nor on a connection, and re-sends what was
 * not answered; so here every call has a timeout, and the first sign of trouble ends the client for good: all calls
 * in flight reject, and another one must be made.
 */
export class GramjsConnection {
  private readonly client: TelegramClient
  private readonly session: StringSession
  private readonly cutSockets: () => void
  private readonly inFlight = new Set<(error: HostError) => void>()
  private over: HostError | undefined
  private connected = false

  constructor(private readonly settings: ConnectionSettings) {
    if (settings.endpoint.publicKey !== undefined) trustServerKey(settings.endpoint.publicKey)
    this.session = openSession(settings.session, {
      broken: () => this.end(new HostSessionError('AUTH_KEY_UNKNOWN')),
      scanned: settings.onScanned,
    })
    const { Socket, destroyAll } = serverSocket(settings.endpoint, {
      once: settings.mayReconnect !== true,
      onClose: () => {
        if (settings.mayReconnect !== true)
          this.end(
            new HostUnavailableError(
              this.connected ? 'The connection to Telegram was lost.' : 'Telegram cannot be reached.',
            ),
          )
      },
    })
    this.cutSockets = destroyAll
    this.client = new TelegramClient(this.session, settings.apiId, settings.apiHash, {
      networkSocket: Socket,
      // GramJS drops leading zeros of what it draws and of the new key, so that about one handshake in 128 fails: a login, which begins with one, tries again.
      connectionRetries: settings.mayReconnect === true ? 3 : 1,
      // A drop rejects what is in flight instead of sending it again.
      reconnectRetries: -1,
      // A login is sent on to another data centre by trying again; anything else must not be sent twice.
      requestRetries: settings.mayReconnect === true ? 3 : 1,
      retryDelay: 0,
      // FLOOD_WAIT is an answer to act on, never something to sleep through in silence.
      floodSleepThreshold: 0,
      securityChecks: true,
      baseLogger: new Logger(LogLevel.NONE),
    })
    this.client.onError = async () => undefined
    // Entities are always given with their access hash here, so this cache would only grow.
    const cache = (this.client as unknown as { _entityCache: { add: (seen: unknown) => void } })._entityCache
    cache.add = () => undefined
  }

  alive(): boolean {
    return this.connected && this.over === undefined
  }

  /** Connects and shakes hands. Rejects with a host error. */
  async connect(): Promise<void> {
    const connected = await this.bounded('connect', () => this.client.connect())
    if (!connected) throw this.end(new HostUnavailableError('Telegram cannot be reached.'))
    this.connected = true
  }

  /** One request and its answer. Rejects with a host error; after HostUnavailableError this connection is over. */
  async invoke<Request extends Api.AnyRequest>(request: Request): Promise<Request['__response']> {
    return this.bounded(request.className, () => this.client.invoke(request))
  }

  /** Goes on at another data centre, under a new key. Only for a login, which may be sent there. */
  async moveTo(dcId: number): Promise<void> {
    const connected = await this.bounded('connect', () => this.client._switchDC(dcId))
    if (!connected) throw this.end(new HostUnavailableError('Telegram cannot be reached.'))
  }

  /** The session as text. It is a secret. */
  sessionText(): string {
    return this.session.save()
  }

  async close(): Promise<void> {
    this.end(new HostUnavailableError('The connection was closed.'))
  }

  private async bounded<Answer>(name: string, work: () => Promise<Answer>): Promise<Answer> {
    if (this.over instanceof HostSessionError) throw this.over
    if (this.over !== undefined) throw new HostUnavailableError(`${name}: ${this.over.message}`)
    let settle: ((error: HostError) => void) | undefined
    let timer: NodeJS.Timeout | undefined
    const trouble = new Promise<never>((_resolve, reject) => {
      settle = reject
      this.inFlight.add(reject)
      timer = setTimeout(
        () => this.end(new HostUnavailableError(`${name}: no answer within ${this.settings.timeoutMs} ms.`)),
        this.settings.timeoutMs,
      )
    })
    try {
      return await Promise.race([work(), trouble])
    } catch (error) {
      const understood = classifyGramjsError(error, name)
      // A lost answer may still be on its way, or be sent again: only the end of this client makes it certain.
      if (understood instanceof HostUnavailableError || understood instanceof HostSessionError) this.end(understood)
      throw understood
    } finally {
      clearTimeout(timer)
      if (settle) this.inFlight.delete(settle)
    }
  }

  private end(why: HostError): HostError {
    if (this.over !== undefined) return this.over
    this.over = why
    for (const reject of this.inFlight) reject(why)
    this.inFlight.clear()
    // Errors of a client that is thrown away say nothing new.
    void this.client.destroy().catch(() => undefined)
    this.cutSockets()
    return why
  }
}
