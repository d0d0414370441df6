/** Builds an element; children are text or elements, never markup. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** A colour and a letter that stay the same for a name. */
export function paintAvatar(avatar, name, id) {
  avatar.textContent = [...name.trim()][0]?.toUpperCase() ?? '?'
  avatar.style.setProperty('--hue', String((Math.abs(Number(id)) * 47) % 360))
}

/** Telegram invitations, public names and groups that are opened inside the phone instead of in a browser. */
export const isTelegramLink = (url) => /^(https?:\/\/)?t\.me\//.test(url)

/** One message as a list item. `act` offers command(text), open(url) and press(message, button). */
export function messageItem(message, { me, names, act }) {
  if (message.service) return element('li', { className: 'service' }, message.text || message.service)
  const mine = message.from === me
  const bubble = element('div', { className: 'bubble' })
  if (!mine) bubble.append(element('b', {}, names.get(message.from) ?? 'Somebody'))
  bubble.append(...richText(message.text, act))
  const at = new Date(message.at)
  const clock = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  bubble.append(element('time', { dateTime: at.toISOString() }, message.edited ? `edited ${clock}` : clock))
  const item = element('li', { className: mine ? 'mine' : '' }, bubble)
  if (message.buttons?.length) item.append(keyboard(message, act))
  return item
}

function richText(text, act) {
  return text.split(/(https?:\/\/[^\s<>"]+|(?<=^|\s)\/[a-z0-9_]+)/gi).map((part) => {
    if (/^\/\w/.test(part)) {
      return element('button', { type: 'button', className: 'link', onclick: () => act.command(part) }, part)
    }
    if (!/^https?:/.test(part)) return part
    if (isTelegramLink(part)) {
      return element('button', { type: 'button', className: 'link', onclick: () => act.open(part) }, part)
    }
    return element('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part)
  })
}

function keyboard(message, act) {
  const rows = message.buttons.map((row) =>
    element(
      'div',
      {},
      ...row.map((button) =>
        element(
          'button',
          {
            type: 'button',
            className: button.url ? 'url' : '',
            onclick: () => (button.url ? act.open(button.url) : act.press(message, button)),
          },
          button.text,
        ),
      ),
    ),
  )
  return element('div', { className: 'keys' }, ...rows)
}
