import type { MessageEntity } from '../../world/types.js'
import type { FormattedText } from '../../world/found-entities.js'
import { byteOffset, cannotParse, isLink } from './entities.js'

interface Open {
  type: string
  kind: string
  start: number
  at: number
  language?: string
}

const closers: Record<string, string> = {
  Bold: '*',
  Underline: '__',
  Italic: '_',
  Strikethrough: '~',
  Spoiler: '||',
  Code: '`',
  Pre: '```',
  PreCode: '```',
  TextUrl: ']',
  CustomEmoji: ']',
}

const openers: [string, string, string][] = [
  ['```', 'Pre', 'pre'],
  ['`', 'Code', 'code'],
  ['__', 'Underline', 'underline'],
  ['_', 'Italic', 'italic'],
  ['*', 'Bold', 'bold'],
  ['~', 'Strikethrough', 'strikethrough'],
  ['||', 'Spoiler', 'spoiler'],
  ['![', 'CustomEmoji', 'custom_emoji'],
  ['[', 'TextUrl', 'text_link'],
]

const reserved = '_*[]()~`>#+-=|{}.!'

/** Parses MarkdownV2; throws "can't parse entities: …" for a reserved character that is not escaped or an entity left open. */
export function parseMarkdownV2(source: string): FormattedText {
  return new MarkdownReader(source).read()
}

class MarkdownReader {
  private text = ''
  private at = 0
  private quote: MessageEntity | undefined
  private readonly entities: MessageEntity[] = []
  private readonly open: Open[] = []

  constructor(private readonly source: string) {}

  read(): FormattedText {
    while (this.at < this.source.length) this.step()
    const left = this.open.at(-1)
    if (left) {
      const offset = byteOffset(this.source, left.at)
      throw cannotParse(`Can't find end of ${left.kind} entity at byte offset ${offset}`)
    }
    this.endQuote()
    return { text: this.text, entities: this.entities.filter((entity) => entity.length > 0) }
  }

  private step(): void {
    const current = this.source[this.at] ?? ''
    const following = this.source[this.at + 1]
    if (current === '\\' && following && following <= '~') return this.take(following, 2)
    const inside = this.open.at(-1)
    if (inside && this.source.startsWith(closers[inside.kind] ?? '', this.at) && this.closes(inside)) {
      return this.close(inside)
    }
    if (this.quote && this.endsExpandable()) {
      this.quote.type = 'expandable_blockquote'
      this.at += 2
      return
    }
    if (inside && ['Code', 'Pre', 'PreCode'].includes(inside.kind)) return this.take(current)
    if (current === '\n') {
      this.take(current)
      if (this.quote && this.source[this.at] !== '>') this.endQuote()
      return
    }
    if (current === '>' && (this.text === '' || this.text.endsWith('\n')) && this.source[this.at - 1] !== '\\') {
      this.quote ??= { type: 'blockquote', offset: this.text.length, length: 0 }
      this.at++
      return
    }
    const opener = openers.find(([mark]) => this.source.startsWith(mark, this.at))
    if (opener) return this.begin(...opener)
    if (reserved.includes(current)) {
      throw cannotParse(`Character '${current}' is reserved and must be escaped with the preceding '\\'`)
    }
    this.take(current)
  }

  /** `||` at the very end of a quotation folds it. */
  private endsExpandable(): boolean {
    const end = this.at + 2
    const goesOn = this.source[end] === '\n' && this.source[end + 1] === '>'
    return this.source.startsWith('||', this.at) && !goesOn && (this.source[end] ?? '\n') === '\n'
  }

  private take(character: string, consumed = 1): void {
    this.text += character
    this.at += consumed
  }

  /** A single underscore does not close italic where two begin or end an underline. */
  private closes(inside: Open): boolean {
    return inside.kind !== 'Italic' || this.source[this.at + 1] !== '_'
  }

  private begin(mark: string, kind: string, type: string): void {
    const opened: Open = { kind, type, start: this.text.length, at: this.at }
    this.at += mark.length
    if (kind === 'Pre') {
      const language = /^([^\s`]+)(?=\s)/.exec(this.source.slice(this.at))?.[1]
      if (language) {
        opened.language = language
        opened.kind = 'PreCode'
        this.at += language.length
      }
      this.at += /^\r?\n?/.exec(this.source.slice(this.at))?.[0].length ?? 0
    }
    this.open.push(opened)
  }

  private close(inside: Open): void {
    this.open.pop()
    this.at += closers[inside.kind]?.length ?? 1
    const entity: MessageEntity = {
      type: inside.type,
      offset: inside.start,
      length: this.text.length - inside.start,
      ...(inside.language ? { language: inside.language } : {}),
    }
    if (inside.kind === 'TextUrl') {
      const url = this.target() ?? this.text.slice(inside.start)
      if (!isLink(url)) return
      entity.url = url
    }
    if (inside.kind === 'CustomEmoji') {
      const id = /^tg:\/\/emoji\?id=(\d+)$/.exec(this.target() ?? '')?.[1]
      if (!id) throw cannotParse('Custom emoji URL must have a valid custom emoji identifier')
      entity.custom_emoji_id = id
    }
    this.entities.push(entity)
  }

  /** The `(…)` after a link text, unescaped. */
  private target(): string | undefined {
    if (this.source[this.at] !== '(') return undefined
    const begin = this.at++
    let url = ''
    while (this.at < this.source.length && this.source[this.at] !== ')') {
      if (this.source[this.at] === '\\') this.at++
      url += this.source[this.at++] ?? ''
    }
    if (this.source[this.at] !== ')') {
      throw cannotParse(`Can't find end of a URL at byte offset ${byteOffset(this.source, begin + 1)}`)
    }
    this.at++
    return url
  }

  private endQuote(): void {
    if (!this.quote) return
    const end = this.text.endsWith('\n') ? this.text.length - 1 : this.text.length
    this.entities.push({ ...this.quote, length: end - this.quote.offset })
    this.quote = undefined
  }
}
