import { avatarOf, button, clockOf, element, hueOf } from './dom.js'

/** @import { Acts, Entity, Message } from './types.js' */

/** Telegram invitations, public names and groups that are opened inside the phone instead of in a browser. @type {(url: string) => boolean} */
export const isTelegramLink = (url) => /^(https?:\/\/)?(t|telegram)\.me\/.|^@[a-z]\w+$/i.test(url)
/** @type {(url: string) => boolean} */
export const isWebLink = (url) => /^https?:\/\//i.test(url) && URL.canParse(url)

/**
 * One message as a list item. `act` is what it and its parts do; `first` and `last` say whether it begins and ends a run
 * of messages by one sender, `group` whether several people write here.
 * @param {Message} message
 * @param {{ me: number | undefined, names: Map<number, string>, first: boolean, last: boolean, group: boolean, act: Acts }} as
 */
export function messageItem(message, { me, names, first, last, group, act }) {
  if (message.service)
    return element('li', { className: 'service' }, element('span', {}, message.text || message.service))
  const mine = message.from === me
  const sender = names.get(message.from) ?? 'Somebody'
  const bubble = element('div', { className: `bubble${looks(message)}` })
  if (mine) bubble.append(element('span', { className: 'aside' }, 'You: '))
  else if (first && group) bubble.append(colouredName(sender, message.from))
  else bubble.append(element('span', { className: 'aside' }, `${sender}: `))
  if (message.forwardedFrom !== undefined)
    bubble.append(
      element('small', { className: 'forwarded' }, `Forwarded from ${names.get(message.forwardedFrom) ?? 'somebody'}`),
    )
  if (message.photo) bubble.append(picture(message.photo, message.photoFile))
  const text = richText(message.text, message.entities ?? [], act)
  bubble.append(element('span', { className: 'said' }, ...text), stamp(message, mine), forwardKey(message, act))
  const kinds = [mine ? 'mine' : 'theirs', first && 'first', last && 'last', group && !mine && 'in-group']
  const item = element('li', { className: kinds.filter(Boolean).join(' ') }, bubble)
  if (group && !mine && last) item.prepend(avatarOf(sender, message.from))
  if (message.buttons?.length) item.append(keyboard(message, act))
  return item
}

/** @param {Message} message */
const looks = ({ sticker, photo, text }) => {
  if (sticker) return ' sticker'
  return photo && !text ? ' bare' : ''
}

/**
 * When it was said; for one's own messages also that Telegram has taken it.
 * @param {Message} message
 * @param {boolean} mine
 */
const stamp = ({ at, edited }, mine) =>
  element(
    'time',
    { dateTime: new Date(at).toISOString() },
    edited ? `edited ${clockOf(at)}` : clockOf(at),
    mine ? element('span', { className: 'tick', 'aria-hidden': 'true' }, '✓') : '',
  )

/**
 * @param {Message} message
 * @param {Acts} act
 */
const forwardKey = ({ id }, act) => {
  const key = button(
    { className: 'ghost round forward', title: 'Forward', tabIndex: -1, 'aria-haspopup': 'menu' },
    element('span', { 'aria-hidden': 'true' }, '↪'),
    // Short, since it is read out with each new message.
    element('span', { className: 'aside' }, ' Forward'),
  )
  key.onclick = () => act.forward(id, key)
  return key
}

/**
 * @param {string} name
 * @param {number} id
 */
function colouredName(name, id) {
  const made = element('b', { className: 'from' }, name)
  made.style.setProperty('--hue', String(hueOf(id)))
  return made
}

/**
 * A photo that is a file, or the landscape that its digits stand for: a sky between teal and pink.
 * @param {string} digits
 * @param {Message['photoFile']} [file]
 */
function picture(digits, file) {
  if (file) {
    const { url: src, width, height } = file
    return element('img', { className: 'picture', alt: 'Photo', src, width, height })
  }
  const made = element('span', { className: 'picture', role: 'img', 'aria-label': 'Photo' })
  made.style.setProperty('--hue', String(190 + (parseInt(digits.slice(0, 4), 16) % 150)))
  made.style.setProperty('--sun', `${15 + Math.round(parseInt(digits.slice(4, 6), 16) / 3.6)}%`)
  return made
}

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const tags = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'code',
  blockquote: 'q',
  expandable_blockquote: 'q',
  spoiler: 'mark',
}

/**
 * Text with its entities (Bot API shape), which may lie inside one another; offsets count UTF-16 units as strings do.
 * @param {string} text
 * @param {Entity[]} entities
 * @param {Acts} act
 * @returns {(string | HTMLElement)[]}
 */
function richText(text, entities, act) {
  const styled = entities.filter(({ type }) => tags[type] || type === 'text_link')
  const cuts = new Set([0, text.length])
  for (const { offset, length } of styled) cuts.add(offset).add(offset + length)
  const edges = [...cuts].filter((at) => at >= 0 && at <= text.length).sort((one, other) => one - other)
  return edges.slice(1).flatMap((end, index) => {
    const start = edges[index] ?? 0
    const part = text.slice(start, end)
    const around = styled.filter(({ offset, length }) => offset <= start && offset + length >= end)
    const link = around.find(({ type }) => type === 'text_link')
    const inner = link ? [linkTo(link.url ?? '', part, act)] : withLinks(part, act)
    return around.reduceRight((content, { type }) => {
      const tag = tags[type]
      return tag ? [element(tag, { className: type }, ...content)] : content
    }, inner)
  })
}

/**
 * @param {string} text
 * @param {Acts} act
 * @returns {(string | HTMLElement)[]}
 */
function withLinks(text, act) {
  return text.split(/(https?:\/\/[^\s<>"]+|(?<=^|\s)\/[a-z0-9_]+|(?<=^|\s)@[a-z]\w{3,})/gi).map((part) => {
    if (/^\/\w/.test(part)) return button({ className: 'link', onclick: () => act.command(part) }, part)
    if (/^@\w/.test(part)) return linkTo(`https://t.me/${part.slice(1)}`, part, act)
    return isWebLink(part) ? linkTo(part, part, act) : part
  })
}

/**
 * @param {string} url
 * @param {string} text
 * @param {Acts} act
 */
function linkTo(url, text, act) {
  if (isTelegramLink(url)) return button({ className: 'link', onclick: () => act.open(url) }, text)
  if (!isWebLink(url)) return text
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text)
}

/**
 * @param {Message} message
 * @param {Acts} act
 */
function keyboard(message, act) {
  const rows = (message.buttons ?? []).map((row) =>
    element(
      'div',
      {},
      ...row.map((key) => {
        const ended = key.url !== undefined && act.hasEnded(key.url)
        return button(
          {
            className: `${key.url ? 'url' : ''}${ended ? ' ended' : ''}`,
            onclick: () => (key.url ? act.open(key.url) : act.press(message, key)),
          },
          key.text,
          ended ? element('span', { className: 'aside' }, ', this invitation has ended') : '',
        )
      }),
    ),
  )
  return element('div', { className: 'keys', role: 'group', 'aria-label': 'Buttons of this message' }, ...rows)
}
