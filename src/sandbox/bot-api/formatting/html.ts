import type { MessageEntity } from '../../world/types.js'
import type { FormattedText } from '../../world/found-entities.js'
import { byteOffset, cannotParse, isLink } from './entities.js'

const types: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }

interface OpenTag {
  name: string
  attributes: Record<string, string>
  start: number
}

/**
 * Parses Telegram's HTML: only its own tags, four named character references, and every tag closed in order.
 * Throws "can't parse entities: …" with the byte offset, worded as Telegram words it.
 */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = []
  const open: OpenTag[] = []
  let text = ''
  let at = 0
  while (at < source.length) {
    const next = source.slice(at).search(/[<&]/)
    if (next !== 0) {
      const end = next < 0 ? source.length : at + next
      text += source.slice(at, end)
      at = end
    } else if (source[at] === '&') {
      const reference = characterAt(source, at)
      text += reference.character
      at += reference.length
    } else if (source[at + 1] === '/') {
      at = closeTag(source, at, open, (tag) => addEntity(entities, tag, text))
    } else {
      const { tag, end } = openTag(source, at, text.length)
      open.push(tag)
      at = end
    }
  }
  const left = open.at(-1)
  if (left) throw cannotParse(`Can't find end tag corresponding to start tag "${left.name}"`)
  return { text, entities: entities.map(withoutOwnLanguage) }
}

/** A language is a matter of whole blocks: of `code` alone it says nothing. */
function withoutOwnLanguage({ language, ...entity }: MessageEntity): MessageEntity {
  return entity.type === 'pre' && language !== undefined ? { ...entity, language } : entity
}

function characterAt(source: string, at: number): { character: string; length: number } {
  const match = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot));?/i.exec(source.slice(at))
  const code = match?.[1] ? Number(match[1]) : match?.[2] ? parseInt(match[2], 16) : undefined
  const character = match?.[3] ? named[match[3].toLowerCase()] : code && code <= 0x10ffff && String.fromCodePoint(code)
  return match && character ? { character, length: match[0].length } : { character: '&', length: 1 }
}

function openTag(source: string, at: number, start: number): { tag: OpenTag; end: number } {
  const offset = byteOffset(source, at)
  const name = (/^[^\s>]*/.exec(source.slice(at + 1))?.[0] ?? '').toLowerCase()
  let position = at + 1 + name.length
  if (position >= source.length) throw cannotParse(`Unclosed start tag at byte offset ${offset}`)
  if (!types[name]) throw cannotParse(`Unsupported start tag "${name}" at byte offset ${offset}`)
  const attributes: Record<string, string> = {}
  for (;;) {
    position += /^\s*/.exec(source.slice(position))?.[0].length ?? 0
    if (position >= source.length) throw cannotParse(`Unclosed start tag "${name}" at byte offset ${offset}`)
    if (source[position] === '>') break
    const match = /^([^\s=>]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']*))?/.exec(source.slice(position))
    const key = match?.[1]
    if (!key) throw cannotParse(`Empty attribute name in the tag "${name}" at byte offset ${offset}`)
    attributes[key.toLowerCase()] = unquote(match[2] ?? '')
    position += match[0].length
  }
  if (name === 'span' && attributes['class'] !== 'tg-spoiler') {
    throw cannotParse(`Tag "span" must have class "tg-spoiler" at byte offset ${offset}`)
  }
  return { tag: { name, attributes, start }, end: position + 1 }
}

function unquote(value: string): string {
  const bare = /^["']/.test(value) ? value.slice(1, -1) : value
  return bare.replace(/&[#\w]+;?/g, (reference) => {
    const { character, length } = characterAt(reference, 0)
    return character + reference.slice(length)
  })
}

function closeTag(source: string, at: number, open: OpenTag[], done: (tag: OpenTag) => void): number {
  const offset = byteOffset(source, at)
  const tag = open.pop()
  if (!tag) throw cannotParse(`Unexpected end tag at byte offset ${offset}`)
  const end = source.indexOf('>', at)
  if (end < 0) throw cannotParse(`Unclosed end tag at byte offset ${offset}`)
  const name = source
    .slice(at + 2, end)
    .trim()
    .toLowerCase()
  if (name && name !== tag.name) {
    throw cannotParse(`Unmatched end tag at byte offset ${offset}, expected "</${tag.name}>", found "</${name}>"`)
  }
  done(tag)
  return end + 1
}

function addEntity(entities: MessageEntity[], { name, attributes, start }: OpenTag, text: string): void {
  const entity: MessageEntity = { type: types[name] ?? name, offset: start, length: text.length - start }
  if (entity.length === 0) return
  if (name === 'a') {
    const url = attributes['href'] || text.slice(start)
    if (!isLink(url)) return
    entity.url = url
  }
  if (name === 'tg-emoji') entity.custom_emoji_id = attributes['emoji-id'] ?? ''
  if (name === 'blockquote' && 'expandable' in attributes) entity.type = 'expandable_blockquote'
  if (name === 'code' && attributes['class']?.startsWith('language-')) entity.language = attributes['class'].slice(9)
  // <pre><code class="language-x"> is one block with a language.
  const inner = entities.at(-1)
  if (name === 'pre' && inner?.type === 'code' && inner.offset === start && inner.length === entity.length) {
    if (inner.language) entity.language = inner.language
    entities.pop()
  }
  entities.push(entity)
}
