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
    const ids = [144, 148, 167, 189, 198, 204, 218, 227, 999].map((layer) => idOf('channel', layer))
    expect(ids).to.deep.equal([
      '8261ac61',
      '83259464',
      '8e87ccd8',
      'fe4478bd',
      'e00998b7',
      'fe685355',
      '1c32b11c',
      '1c32b11c',
      '1c32b11c',
    ])
    const documents = [144, 198].map((layer) => idOf('inputMediaUploadedDocument', layer))
    expect(documents).to.deep.equal(['5b38c6c1', '37c9330'])
    expect(idOf('peerUser', 1)).to.equal(idOf('peerUser', 227))
  })

  it('can all write what is read in any of them', () => {
    const channel = { _: 'channel', id: 5n, title: 'Room', photo: { _: 'chatPhotoEmpty' }, date: 1, access_hash: 7n }
    for (const layer of [144, 150, 167, 181, 189, 198, 216, 227])
      expect(codec.decode(codec.encode(channel, layer))).to.deep.equal(channel)
  })

  it('begin where the clients of distributions are: with 144', () => {
    expect([codec.knows(143), codec.knows(144)]).to.deep.equal([false, true])
    const required = codec.definitionOf('config', 144)?.fields.filter(({ flag }) => !flag) ?? []
    expect(required.map(({ name }) => name)).to.include.members(['saved_gifs_limit', 'pinned_infolder_count_max'])
  })

  it('leave out of lists what a layer has no word for yet', () => {
    const buttons = [
      { _: 'keyboardButtonCopy', text: 'Copy', copy_text: 'x' },
      { _: 'keyboardButtonUrl', text: 'Open', url: 'https://example.com' },
    ]
    const markup = { _: 'replyInlineMarkup', rows: [{ _: 'keyboardButtonRow', buttons }] }
    const namesIn = (layer: number): unknown => {
      const [row] = codec.decodeObject(codec.encode(markup, layer))['rows'] as unknown as { buttons: { _: string }[] }[]
      return row?.buttons.map(({ _ }) => _)
    }
    expect(namesIn(144)).to.deep.equal(['keyboardButtonUrl'])
    for (const layer of [193, 198, 227]) expect(namesIn(layer)).to.have.length(2)
    expect(() => codec.encode([{ _: 'keyboardButtonNowhere' }], 144)).to.throw('no constructor')
  })
})
