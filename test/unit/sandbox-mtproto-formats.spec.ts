import { expect } from 'chai'
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { sha1 } from '../../src/sandbox/mtproto/crypto.js'
import { framingByTag, framings, type Framing } from '../../src/sandbox/mtproto/framings.js'
import { RsaKey } from '../../src/sandbox/mtproto/rsa-key.js'
import { UnknownConstructor } from '../../src/sandbox/mtproto/tl/codec.js'
import { loadCodec } from '../../src/sandbox/mtproto/tl/telegram-schema.js'
import type { TlObject } from '../../src/sandbox/mtproto/tl/types.js'

describe('TL in the sandbox', () => {
  const codec = loadCodec()
  const again = (object: TlObject): unknown => codec.decode(codec.encode(object))

  it('writes and reads what the schema describes', () => {
    const message = {
      _: 'message',
      id: 7,
      out: true,
      peer_id: { _: 'peerChannel', channel_id: 5_000_000_001n },
      date: 1_700_000_000,
      message: 'schön 🦊'.repeat(40),
      entities: [{ _: 'messageEntityTextUrl', offset: 0, length: 3, url: 'https://example.org' }],
    }
    expect(again(message)).to.deep.equal(message)
  })

  it('reads and writes bare vectors, raw numbers and lists', () => {
    const salts = {
      _: 'future_salts',
      req_msg_id: -1n,
      now: 1,
      salts: [{ _: 'future_salt', valid_since: 1, valid_until: 2, salt: 3n }],
    }
    expect(again(salts)).to.deep.equal(salts)
    expect(codec.decode(codec.encode([true, false]))).to.deep.equal([true, false])
  })

  it('understands rights that came after its layer', () => {
    const rights = { _: 'chatAdminRights', ban_users: true, manage_ranks: true }
    expect(again(rights)).to.deep.equal(rights)
  })

  it('says what is missing or unknown', () => {
    expect(() => codec.encode({ _: 'peerUser' })).to.throw('peerUser.user_id is required')
    expect(() => codec.encode({ _: 'nothing' })).to.throw('no constructor nothing')
    expect(() => codec.decode(Buffer.from('deadbeef', 'hex'))).to.throw(UnknownConstructor, '0xefbeadde')
    expect(() => codec.decode(codec.encode({ _: 'peerUser', user_id: 1 }).subarray(0, 8))).to.throw(RangeError)
  })
})

describe('framings of the sandbox', () => {
  const kinds: [string, () => Framing | undefined][] = [
    ['full', framings.full],
    ['abridged', framings.abridged],
    ['intermediate', () => framingByTag(0xeeeeeeee)],
    ['padded intermediate', () => framingByTag(0xdddddddd)],
  ]
  for (const [name, make] of kinds)
    it(`${name}: packets come out of the stream as they went in, however it is cut`, () => {
      const [sender, receiver] = [make(), make()]
      const packets = [Buffer.alloc(24, 1), Buffer.alloc(4000, 2), Buffer.alloc(508, 3)]
      const stream = Buffer.concat(packets.map((packet) => sender?.wrap(packet) ?? Buffer.alloc(0)))
      const found: Buffer[] = []
      let buffer = Buffer.alloc(0)
      for (let at = 0; at < stream.length; at += 7) {
        buffer = Buffer.concat([buffer, stream.subarray(at, at + 7)])
        for (let next = receiver?.unwrap(buffer); next; next = receiver?.unwrap(buffer)) {
          found.push(next.packet)
          buffer = Buffer.from(buffer.subarray(next.length))
        }
      }
      // Padding stays behind a packet; what is inside knows its own length.
      expect(found.map((packet, index) => packet.subarray(0, packets[index]?.length))).to.deep.equal(packets)
    })

  it('full: a damaged packet is noticed', () => {
    const packet = framings.full().wrap(Buffer.alloc(24))
    packet[10] = 1
    expect(() => framings.full().unwrap(packet)).to.throw('bad checksum')
  })
})

describe('the RSA key of the sandbox', () => {
  const key = new RsaKey('test')
  const data = Buffer.from('a secret of the handshake, padded with chance')
  const encrypt = (message: Buffer): Buffer =>
    publicEncrypt({ key: key.publicKey, padding: constants.RSA_NO_PADDING }, message)

  it('opens what older clients encrypt: a hash, the data, and padding', () => {
    const packed = Buffer.concat([sha1(data), data])
    const message = Buffer.concat([Buffer.alloc(1), packed, randomBytes(255 - packed.length)])
    expect(key.open(encrypt(message), () => data.length)).to.deep.equal(data)
    expect(key.open(encrypt(message), () => data.length + 1)).to.equal(undefined)
  })

  it('follows from the seed, or is the one that was kept', () => {
    const other = new RsaKey('another')
    expect(other.publicKey).not.to.equal(key.publicKey)
    expect(new RsaKey('test', other.toPem()).publicKey).to.equal(other.publicKey)
    // Written down, since a key that follows from the seed is the same in every process.
    expect(key.fingerprint.toString()).to.equal('2293921327995367337')
    const { n = '' } = createPublicKey(key.publicKey).export({ format: 'jwk' })
    expect(Buffer.from(n, 'base64url')).to.have.length(256)
  })

  it('opens nothing else', () => {
    expect(key.open(encrypt(Buffer.concat([Buffer.alloc(1), randomBytes(255)])), () => 10)).to.equal(undefined)
    expect(key.open(Buffer.alloc(12), () => 10)).to.equal(undefined)
  })
})
