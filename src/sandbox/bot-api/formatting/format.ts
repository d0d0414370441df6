import type { MessageEntity } from '../../world/types.js'
import type { User as ApiUser } from 'telegraf/types'
import { userOfLink } from '../../world/content.js'
import { settle, type FormattedText } from '../../world/found-entities.js'
import { badRequest } from '../errors.js'
import { readEntities } from './given.js'
import { parseHtml } from './html.js'
import { parseMarkdown } from './markdown.js'
import { parseMarkdownV2 } from './markdown-v2.js'

const parsers: Record<string, (text: string) => FormattedText> = {
  html: parseHtml,
  markdown: parseMarkdown,
  markdownv2: parseMarkdownV2,
}

/** How a person who is mentioned is shown; undefined for somebody whom the bot does not know. */
export type UserOf = (id: number) => ApiUser | undefined

const nobody: UserOf = () => undefined

/**
 * Turns a text with markup into plain text with entities; without a parse mode the given entities stand.
 * Commands, links, names and tags that the text itself contains are found as the server finds them.
 */
export function format(
  text: string,
  parseMode: string | undefined,
  given: unknown[] = [],
  userOf: UserOf = nobody,
): FormattedText {
  const mode = parseMode?.toLowerCase() || 'none'
  if (mode === 'none') return finish({ text, entities: readEntities(given, text, userOf) }, userOf)
  const parser = parsers[mode]
  if (!parser) throw badRequest('unsupported parse_mode')
  return finish(parser(text), userOf)
}

function finish({ text, entities }: FormattedText, userOf: UserOf): FormattedText {
  return settle({
    text,
    entities: entities.map((entity) => asMention(entity, userOf)).filter((entity) => entity !== undefined),
  })
}

/** A link `tg://user?id=…` mentions somebody, or is nothing at all. */
function asMention(entity: MessageEntity, userOf: UserOf): MessageEntity | undefined {
  const { offset, length, url } = entity
  const id = userOfLink(url)
  if (id === undefined) return entity
  const user = userOf(id)
  return user && { type: 'text_mention', offset, length, user }
}
