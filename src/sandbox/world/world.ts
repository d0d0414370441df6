import { createHmac } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Callbacks } from './callbacks.js'
import { Chats } from './chats.js'
import { Dialogs } from './dialogs.js'
import type { WorldEvent } from './events.js'
import { Invites } from './invites.js'
import { usualLimits } from './limits.js'
import { Members } from './members.js'
import { Messages } from './messages.js'
import { Pace } from './pace.js'
import type { Counters, Parts } from './parts.js'
import { BytesInMemory, Photos, type ByteStore } from './photos.js'
import { Users } from './users.js'

/**
 * The one model of Telegram that every surface reads and changes. It owns all rules; a refusal is a `Denied` with the
 * MTProto error name. Synchronous, and the same for the same seed: ids come from counters, secrets from HMAC(seed).
 */
export class World extends EventEmitter<{ event: [WorldEvent] }> implements Parts {
  readonly users: Users = new Users(this)
  readonly chats: Chats = new Chats(this)
  readonly members: Members = new Members(this)
  readonly invites: Invites = new Invites(this)
  readonly messages: Messages = new Messages(this)
  readonly dialogs: Dialogs = new Dialogs(this)
  readonly callbacks: Callbacks = new Callbacks(this)
  readonly pace: Pace = new Pace(this)
  readonly photos: Photos
  readonly limits = usualLimits()
  counters: Counters = { user: 5_000_000_000, chat: 2_400_000_000, secret: 0 }
  clockOffsetMs = 0

  /** @param bytes where the bytes of photos lie */
  constructor(
    readonly seed = 'sandbox',
    bytes: ByteStore = new BytesInMemory(),
  ) {
    super()
    this.photos = new Photos(this, bytes)
    this.setMaxListeners(0)
  }

  /** World time in milliseconds: the real clock plus the offset. */
  nowMs(): number {
    return Date.now() + this.clockOffsetMs
  }

  /** World time in whole Unix seconds. */
  now(): number {
    return Math.floor(this.nowMs() / 1000)
  }

  /** World time as HTTP's `Date` tells it. */
  httpDate(): string {
    return new Date(this.nowMs()).toUTCString()
  }

  /** Sets the world's clock so far ahead of the real one: links and bans expire earlier. It is never behind it. */
  setClock(offsetMs: number): void {
    this.clockOffsetMs = Math.max(0, offsetMs)
    this.tell({ kind: 'clock', offsetMs: this.clockOffsetMs })
  }

  /** Moves the world's clock forward, or back as far as the real one. */
  advanceClock(byMs: number): void {
    this.setClock(this.clockOffsetMs + byMs)
  }

  /** A secret that depends on nothing but the seed and the parts: 32 bytes. */
  secret(...parts: (string | number)[]): Buffer {
    return createHmac('sha256', this.seed).update(parts.join('|')).digest()
  }

  /** A secret that is new with each call, yet the same again for the same seed and history. */
  nextSecret(purpose: string): Buffer {
    return this.secret(purpose, ++this.counters.secret)
  }

  /** The access hash by which `viewer` may name this user or chat; another account's hash is worth nothing. */
  accessHash(viewerId: number, kind: 'user' | 'chat', id: number): bigint {
    return this.secret('access', viewerId, kind, id).readBigInt64LE(0)
  }

  tell(event: WorldEvent): void {
    this.emit('event', event)
  }
}
