import type { MessageEntity } from '../../world/types.js'
import type { FormattedText } from '../../world/found-entities.js'
import { byteOffset, cannotParse, isLink } from './entities.js'

const marks: Record<string, string> = { '*': 'bold', _: 'italic', '`': 'code', '```': 'pre', '[': 'text_link' }

/** Parses the legacy Markdown: no nesting, and only `_ * ` [` can be escaped. Throws when an entity is left open. */
export function parseMarkdown(source: string): FormattedText {
  const entities: MessageEntity[] = []
  let text = ''
  let at = 0
  while (at < source.length) {
    const current = source[at] ?? ''
    const following = source[at + 1] ?? ''
    if (current === '\\' && '_*`['.includes(following || '-')) {
      text += following
      at += 2
      continue
    }
    const mark = source.startsWith('```', at) ? '```' : current
    const type = marks[mark]
    if (!type) {
      text += current
      at++
      continue
    }
    const end = source.indexOf(mark === '[' ? ']' : mark, at + mark.length)
    if (end < 0) throw cannotParse(`Can't find end of the entity starting at byte offset ${byteOffset(source, at)}`)
    const inner = source.slice(at + mark.length, end)
    const entity: MessageEntity = { type, offset: text.length, length: inner.length }
    at = end + mark.length
    text += inner
    if (mark === '[') {
      const target = /^\(([^)]*)\)/.exec(source.slice(at))
      at += target?.[0].length ?? 0
      const url = target?.[1] ?? inner
      if (!isLink(url)) continue
      entity.url = url
    }
    if (entity.length > 0) entities.push(entity)
  }
  return { text, entities }
}
