import type { MessageEntity } from 'telegraf/types'
import { UsageError } from './failures.js'

/** A text and how its parts look, with offsets as Telegram counts them: in UTF-16 units. */
export interface Formatted {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** The tags of Telegram's HTML; a link has an address too. */
const TYPES = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  blockquote: 'blockquote',
  code: 'code',
  pre: 'pre',
} as const
type Tag = keyof typeof TYPES

const CHARACTERS: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' }
const PROTOCOLS = ['http:', 'https:', 'tg:']

const bad = (words: string) => new UsageError(`The text is no HTML that Telegram knows: ${words}`)

/** The entity that a tag begins, with the length still open. */
const entityOf = (token: string, offset: number): { name: string; entity: MessageEntity } => {
  const [, name = '', href] = /^<([a-z-]+)(?: href="([^"]*)")?>$/i.exec(token) ?? []
  const tag = name.toLowerCase()
  if (tag === 'a' && href !== undefined) {
    const url = withCharacters(href)
    if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) throw bad(`${token} leads nowhere.`)
    return { name: tag, entity: { type: 'text_link', offset, length: 0, url } }
  }
  if (!Object.hasOwn(TYPES, tag) || href !== undefined)
    throw bad(`there is no ${token}. There are <a href="…"> and ${Object.keys(TYPES).join(', ')}; a < itself is &lt;`)
  return { name: tag, entity: { type: TYPES[tag as Tag], offset, length: 0 } }
}

const withCharacters = (text: string): string => text.replace(/&(?:lt|gt|amp|quot);/g, (one) => CHARACTERS[one] ?? one)

/**
 * Reads Telegram's HTML as strictly as somebody needs it who cannot take back what is sent.
 * @throws UsageError for tags that do not exist, or are not closed in the order in which they were opened
 */
export const fromHtml = (html: string): Formatted => {
  let text = ''
  const entities: MessageEntity[] = []
  const open: { name: string; entity: MessageEntity }[] = []
  for (const [token] of html.matchAll(/<[^<>]*>|<|[^<]+/g)) {
    if (!token.startsWith('<')) text += withCharacters(token)
    else if (token.startsWith('</')) {
      const last = open.pop()
      if (last === undefined || `</${last.name}>` !== token.toLowerCase())
        throw bad(last === undefined ? `${token} closes nothing.` : `${token} stands where <${last.name}> is open.`)
      last.entity.length = text.length - last.entity.offset
    } else {
      const begun = entityOf(token, text.length)
      open.push(begun)
      entities.push(begun.entity)
    }
  }
  const last = open.pop()
  if (last !== undefined) throw bad(`<${last.name}> is not closed.`)
  return { text, entities: entities.filter(({ length }) => length > 0) }
}

const escaped = (text: string): string =>
  text.replace(/[<>&]/g, (one) => ({ '<': '&lt;', '>': '&gt;' })[one] ?? '&amp;')

/** What stands around a part; nothing around what Telegram finds by itself, such as a bare link. */
const tagsOf = (entity: MessageEntity): readonly [string, string] => {
  const attribute = (value: string) => `"${escaped(value).replaceAll('"', '&quot;')}"`
  // Telegraf's types are older than this.
  if ((entity.type as string) === 'expandable_blockquote') return ['<blockquote expandable>', '</blockquote>']
  if (entity.type === 'text_link') return [`<a href=${attribute(entity.url)}>`, '</a>']
  if (entity.type === 'text_mention') return [`<a href="tg://user?id=${entity.user.id}">`, '</a>']
  if (entity.type === 'custom_emoji') return [`<tg-emoji emoji-id=${attribute(entity.custom_emoji_id)}>`, '</tg-emoji>']
  if (entity.type === 'pre' && entity.language)
    return [`<pre><code class=${attribute(`language-${entity.language}`)}>`, '</code></pre>']
  const [tag] = Object.entries(TYPES).find(([, type]) => type === entity.type) ?? []
  return tag === undefined ? ['', ''] : [`<${tag}>`, `</${tag}>`]
}

/** The way back: a text with its entities as Telegram's HTML, in which `<`, `>` and `&` of the text are escaped. */
export const toHtml = ({ text, entities }: Formatted): string => {
  const part = (from: number, to: number, within: readonly MessageEntity[]): string => {
    const [first, ...others] = within
    if (first === undefined) return escaped(text.slice(from, to))
    const end = Math.min(to, first.offset + first.length)
    const [before, after] = tagsOf(first)
    return (
      escaped(text.slice(from, first.offset)) +
      before +
      part(
        first.offset,
        end,
        others.filter(({ offset }) => offset < end),
      ) +
      after +
      part(
        end,
        to,
        others.filter(({ offset }) => offset >= end),
      )
    )
  }
  const inOrder = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length)
  return part(0, text.length, inOrder)
}
