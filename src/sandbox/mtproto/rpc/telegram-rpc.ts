import { setTimeout as delay } from 'node:timers/promises'
import type { FaultRule, Faults } from '../../faults.js'
import { Denied } from '../../world/denied.js'
import type { World } from '../../world/world.js'
import { LoginTokens } from '../login-tokens.js'
import { rpcError } from '../rpc-calls.js'
import type { MtprotoServer } from '../server.js'
import type { RpcHandler, Served } from '../server-parts.js'
import type { Session } from '../session.js'
import { isObject, type Codec } from '../tl/codec.js'
import type { TlObject, TlValue } from '../tl/types.js'
import { Uploads } from '../uploads.js'
import { accounts } from './accounts.js'
import { Call, type Handlers } from './call.js'
import { callbacks } from './callbacks.js'
import { ChatLog } from './chat-log.js'
import { channels } from './channels.js'
import { dialogs } from './dialogs.js'
import { entering } from './entering.js'
import { files } from './files.js'
import { forwarding } from './forwarding.js'
import { help } from './help.js'
import { invites } from './invites.js'
import { login } from './login.js'
import { messages } from './messages.js'
import { participants } from './participants.js'
import { passwords } from './passwords.js'
import { qrLogin } from './qr-login.js'
import { reading } from './reading.js'
import { CollectedUpdates, UpdateBoxes } from './update-boxes.js'
import { UpdateFeed } from './update-feed.js'
import { updates } from './updates.js'
import { Views } from './views.js'

/** A rule's error `-429` is one of the transport: a bare number, after which the connection ends. */
function transportErrorOf(rule: FaultRule | undefined): number | undefined {
  return /^-\d{3}$/.test(rule?.error ?? '') ? Number(rule?.error?.slice(1)) : undefined
}

/** What may be called without being logged in. */
const OPEN = /^(auth\.|help\.|langpack\.|account\.getPassword$)/

/** What a frozen account may still do: look. */
const FOR_FROZEN = /^(auth|help|langpack|updates|users)\.|^account\.(get|updateStatus)|\.(get|check|resolve|read)[A-Z]/

/** The calls of Telegram that the sandbox knows: TL requests in, the world's answers out. */
export class TelegramRpc implements RpcHandler {
  readonly boxes = new UpdateBoxes()
  readonly loginTokens: LoginTokens
  private readonly chatLog: ChatLog
  private readonly feed: UpdateFeed
  private readonly handlers: Handlers

  /** `noteUnknown` is told what was called in vain; `server` is asked for when the server stands. */
  constructor(
    private readonly world: World,
    private readonly faults: Faults,
    private readonly codec: Codec,
    readonly noteUnknown: (what: string) => void,
    server: () => MtprotoServer,
    port: () => number,
  ) {
    this.chatLog = new ChatLog(world)
    this.feed = new UpdateFeed(world, this.boxes, server)
    this.loginTokens = new LoginTokens(world, (key, by) => this.feed.sendLoginToken(key, by))
    const keysChanged = (): void => server().onKeysChanged()
    const entrance = entering((key) => {
      this.loginTokens.use(key)
      keysChanged()
    })
    this.handlers = {
      ...help(port),
      ...login(entrance, keysChanged),
      ...passwords(entrance),
      ...qrLogin(this.loginTokens, entrance),
      ...accounts,
      ...updates,
      ...channels,
      ...participants,
      ...invites,
      ...messages,
      ...reading,
      ...files(new Uploads()),
      ...dialogs,
      ...forwarding,
      ...callbacks,
    }
  }

  async serve(request: TlObject, session: Session): Promise<Served> {
    const rule = this.faults.take('mtproto', request._, session.key.holder.userId)
    if (rule?.delayMs) await delay(rule.delayMs, undefined, { ref: false })
    if (rule?.wire === 'drop-before') return { answer: Buffer.alloc(0), wire: rule.wire }
    const transportError = transportErrorOf(rule)
    if (transportError !== undefined) return { answer: Buffer.alloc(0), transportError }
    try {
      if (rule?.error && !rule.afterEffect) throw new Denied(rule.error)
      const answer = this.codec.encode(this.inLayer(request, session, await this.call(request, session)), session.layer)
      if (rule?.error) throw new Denied(rule.error)
      return { answer, wire: rule?.wire }
    } catch (error) {
      if (!(error instanceof Denied)) this.noteUnknown(`${request._}: ${String(error)}`)
      return { answer: this.codec.encode(rpcError(error)), wire: rule?.wire }
    }
  }

  private call(request: TlObject, session: Session): TlValue | Promise<TlValue> {
    const { userId } = session.key.holder
    const user = userId === undefined ? undefined : this.world.users.byId.get(userId)
    const { isRevoked } = session.key.holder
    if (!user && !OPEN.test(request._)) throw new Denied(isRevoked ? 'SESSION_REVOKED' : 'AUTH_KEY_UNREGISTERED')
    if (user?.banned) throw new Denied('USER_DEACTIVATED_BAN')
    if (user?.deleted) throw new Denied('USER_DEACTIVATED')
    if (user?.frozen && !FOR_FROZEN.test(request._)) throw new Denied('FROZEN_METHOD_INVALID')
    const handler = this.handlers[request._]
    if (!handler) {
      this.noteUnknown(request._)
      throw new Denied('SANDBOX_METHOD_UNKNOWN')
    }
    const collected = new CollectedUpdates()
    const views = new Views(this.world, user?.id ?? 0)
    const call = new Call(this.world, this.boxes, this.chatLog, views, session, collected, user?.id)
    return this.feed.during(session, user?.id, collected, () => handler(request, call))
  }

  // What some methods return changed with the layers: handlers answer as the newest but one do.
  private inLayer(request: TlObject, session: Session, answer: TlValue): TlValue {
    const result = this.codec.definitionOf(request._, session.layer)?.result
    if (result === 'messages.ChatInviteJoinResult') return { _: 'messages.chatInviteJoinResultOk', updates: answer }
    if (!isObject(answer)) return answer
    if (result === 'Updates' && answer._ === 'messages.invitedUsers') return answer['updates']
    if (result === 'JSONValue' && answer._ === 'help.appConfig') return answer['config']
    return answer
  }
}
