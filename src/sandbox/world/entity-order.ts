import type { MessageEntity } from './types.js'

const styles = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler']
const quotes = ['blockquote', 'expandable_blockquote']
const code = ['pre', 'code']
/** Which comes first of two that cover the same stretch. */
const rank = [...quotes, ...code, 'text_link', 'text_mention']

/** Whether entities of this type contain nothing but styles: code, links, mentions. */
export const isWhole = (type: string): boolean => !styles.includes(type) && !quotes.includes(type)

const rankOf = (type: string): number => {
  if (styles.includes(type)) return rank.length + 1 + styles.indexOf(type)
  return rank.includes(type) ? rank.indexOf(type) : rank.length
}

/** The order in which Telegram lists entities: by where they begin, the longer first. */
export const inOrder = (entities: MessageEntity[]): MessageEntity[] =>
  entities.toSorted(
    (one, other) => one.offset - other.offset || other.length - one.length || rankOf(one.type) - rankOf(other.type),
  )

/**
 * Brings entities into the form in which Telegram keeps them: quotations do not nest, code and links contain none of
 * their kind, and styles of one type are joined where they touch and end where code begins.
 */
export function arrange(entities: MessageEntity[]): MessageEntity[] {
  const all = inOrder(entities)
  const quoted = withoutOverlaps(all.filter(({ type }) => quotes.includes(type)))
  const whole = withoutOverlaps(all.filter(({ type }) => isWhole(type)))
  const blocks = whole.filter(({ type }) => code.includes(type))
  const styled = styles.flatMap((type) => cutAround(joined(all.filter((entity) => entity.type === type)), blocks))
  return inOrder([...quoted, ...whole, ...styled])
}

const endOf = ({ offset, length }: MessageEntity): number => offset + length

function withoutOverlaps(sorted: MessageEntity[]): MessageEntity[] {
  let end = 0
  return sorted.filter((entity) => {
    if (entity.offset < end) return false
    end = endOf(entity)
    return true
  })
}

function joined(sorted: MessageEntity[]): MessageEntity[] {
  const joint: MessageEntity[] = []
  for (const entity of sorted) {
    const last = joint.at(-1)
    if (last && entity.offset <= endOf(last)) last.length = Math.max(endOf(last), endOf(entity)) - last.offset
    else joint.push({ ...entity })
  }
  return joint
}

function cutAround(styled: MessageEntity[], blocks: MessageEntity[]): MessageEntity[] {
  return blocks.reduce(
    (pieces, block) =>
      pieces.flatMap((piece) => {
        const before = { ...piece, length: Math.min(endOf(piece), block.offset) - piece.offset }
        const start = Math.max(piece.offset, endOf(block))
        const after = { ...piece, offset: start, length: endOf(piece) - start }
        return [before, after].filter(({ length }) => length > 0)
      }),
    styled,
  )
}
