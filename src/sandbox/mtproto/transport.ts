import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Cipher, Decipher } from 'node:crypto'
import type { Socket } from 'node:net'
import { framings, framingByTag, type Framing } from './framings.js'

/**
 * Cuts a TCP stream into MTProto packets, in whichever of Telegram's framings the client speaks: full, abridged,
 * intermediate or padded intermediate, each also obfuscated. The first bytes tell.
 */
export class Transport {
  private received = Buffer.alloc(0)
  private framing: Framing | undefined
  private decipher: Decipher | undefined
  private cipher: Cipher | undefined

  constructor(
    private readonly socket: Socket,
    private readonly onPacket: (packet: Buffer) => void,
  ) {
    socket.setNoDelay(true)
    socket.on('data', (data) => this.onData(data))
    // A reset connection is closed, and `close` is all that anybody listens for.
    socket.on('error', () => undefined)
  }

  send(packet: Buffer): void {
    if (this.socket.destroyed || !this.framing) return
    const frame = this.framing.wrap(packet)
    this.socket.write(this.cipher ? this.cipher.update(frame) : frame)
  }

  /** A transport error, as a bare negative number: 404 for an unknown auth key, 429 too much, 444 a wrong data centre. */
  sendError(code: number): void {
    const packet = Buffer.alloc(4)
    packet.writeInt32LE(-code)
    this.send(packet)
  }

  /** Closes when everything is sent. */
  end(): void {
    this.socket.end()
  }

  close(): void {
    this.socket.destroy()
  }

  private onData(data: Buffer): void {
    this.received = Buffer.concat([this.received, this.decipher ? this.decipher.update(data) : data])
    if (!this.framing && !this.detect()) return
    try {
      for (let next = this.framing?.unwrap(this.received); next; next = this.framing?.unwrap(this.received)) {
        this.received = this.received.subarray(next.length)
        this.onPacket(next.packet)
      }
    } catch {
      // Bytes that are no packet: the connection is of no use any more.
      this.close()
    }
  }

  private detect(): boolean {
    const start = this.received
    if (start[0] === 0xef) return this.speak(framings.abridged(), 1)
    if (start.length < 4) return false
    const byTag = framingByTag(start.readUInt32LE(0))
    if (byTag) return this.speak(byTag, 4)
    if (start.length < 8) return false
    // A full packet has its number, zero, in the second place; an obfuscated start never has.
    if (start.readUInt32LE(4) === 0) return this.speak(framings.full(), 0)
    return start.length >= 64 && this.deobfuscate(start)
  }

  private deobfuscate(start: Buffer): boolean {
    const forward = start.subarray(8, 56)
    const backward = Buffer.from(forward).reverse()
    this.decipher = createDecipheriv('aes-256-ctr', forward.subarray(0, 32), forward.subarray(32))
    this.cipher = createCipheriv('aes-256-ctr', backward.subarray(0, 32), backward.subarray(32))
    const opened = this.decipher.update(start)
    this.received = opened
    const framing = framingByTag(opened.readUInt32LE(56))
    if (framing) return this.speak(framing, 64)
    this.close()
    return false
  }

  private speak(framing: Framing, skip: number): boolean {
    this.framing = framing
    this.received = this.received.subarray(skip)
    return true
  }
}
