import { badRequest } from '../errors.js'
import { findEntities, type FormattedText, type TextEntity } from './entities.js'
import { parseHtml } from './html.js'
import { parseMarkdown } from './markdown.js'
import { parseMarkdownV2 } from './markdown-v2.js'

const parsers: Record<string, (text: string) => FormattedText> = {
  html: parseHtml,
  markdown: parseMarkdown,
  markdownv2: parseMarkdownV2,
}

/**
 * Turns a text with markup into plain text with entities; without a parse mode the given entities stand.
 * Commands, links, names and tags that the text itself contains are found as the server finds them.
 */
export function format(text: string, parseMode: string | undefined, given: TextEntity[] = []): FormattedText {
  if (!parseMode || parseMode.toLowerCase() === 'none') return finish({ text, entities: given })
  const parser = parsers[parseMode.toLowerCase()]
  if (!parser) throw badRequest('unsupported parse_mode')
  return finish(parser(text))
}

function finish({ text, entities }: FormattedText): FormattedText {
  const lead = text.length - text.trimStart().length
  const trimmed = text.trim()
  const kept = entities
    .map((entity) => {
      const start = Math.max(entity.offset - lead, 0)
      const end = Math.min(entity.offset - lead + entity.length, trimmed.length)
      return { ...entity, offset: start, length: end - start }
    })
    .filter((entity) => entity.length > 0)
  const all = [...kept, ...findEntities(trimmed, kept)]
  all.sort((one, other) => one.offset - other.offset || other.length - one.length)
  return { text: trimmed, entities: all }
}
