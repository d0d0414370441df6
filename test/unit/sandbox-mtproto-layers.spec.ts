import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCodec } from '../../src/sandbox/mtproto/tl/telegram-schema.js'

interface Schema {
  /** The layer. */
  l: number
  e: { name: string; id: number; kind: 'class' | 'method'; arguments: { name: string }[] }[]
}

const MTPROTO = 'src/sandbox/mtproto'
const readSchema = (): Schema =>
  JSON.parse(readFileSync('node_modules/@mtcute/core/tl/api-schema.json', 'utf8')) as Schema

/** Every TL name in the sandbox's source. */
function mentionedNames(): Set<string> {
  const files = (readdirSync(MTPROTO, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'))
  const text = files.map((name) => readFileSync(join(MTPROTO, name), 'utf8')).join('\n')
  return new Set([...text.matchAll(/'([\w.]+)'/g)].map(([, name = '']) => name))
}

describe('the layers of the sandbox', () => {
  const codec = loadCodec()
  const schema = readSchema()

  it('are those of a current client, for all that the sandbox reads or writes', () => {
    const mentioned = mentionedNames()
    const wanted = schema.e.filter(({ name }) => mentioned.has(name) && codec.definitionOf(name))
    expect(wanted.length).to.be.greaterThan(150)
    const described = wanted.map(({ name, id, arguments: fields }) => [name, id, fields.map((field) => field.name)])
    const known = wanted.map(({ name }) => {
      const { id, fields } = codec.definitionOf(name, schema.l) ?? { id: 0, fields: [] }
      return [name, id, fields.map((field) => field.name)]
    })
    expect(known).to.deep.equal(described)
  })

  it('each have their own form of what has changed', () => {
    const idOf = (name: string, layer: number): string | undefined => codec.definitionOf(name, layer)?.id.toString(16)
    const ids = [158, 167, 189, 198, 204, 218, 227, 999].map((layer) => idOf('channel', layer))
    expect(ids).to.deep.equal([
      '83259464',
      '8e87ccd8',
      'fe4478bd',
      'e00998b7',
      'fe685355',
      '1c32b11c',
      '1c32b11c',
      '1c32b11c',
    ])
    expect(idOf('peerUser', 1)).to.equal(idOf('peerUser', 227))
  })

  it('can all write what is read in any of them', () => {
    const channel = { _: 'channel', id: 5n, title: 'Room', photo: { _: 'chatPhotoEmpty' }, date: 1, access_hash: 7n }
    for (const layer of [150, 167, 181, 189, 198, 216, 227])
      expect(codec.decode(codec.encode(channel, layer))).to.deep.equal(channel)
  })
})
