/** The control API as functions; every failure is an Error whose message can be shown. */

/** How long nothing may be heard from the sandbox, which says every two seconds that it lives. */
const silentMs = 7_000

/** Nobody answers at all. */
export class Away extends Error {
  constructor() {
    super('The sandbox does not answer.')
  }
}

/**
 * What comes back is as `types.d.ts` says; whoever asks says what it is.
 * @typedef {any} Answer
 */

/** @type {(path: string) => Promise<Answer>} */
export const get = (path) => call(path)
/** @type {(path: string, body: object) => Promise<Answer>} */
export const post = (path, body) => call(path, 'POST', body)
/** @type {(path: string, body: object) => Promise<Answer>} */
export const put = (path, body) => call(path, 'PUT', body)

/**
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
async function call(path, method = 'GET', body) {
  const sent = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/sandbox/${path}`, { method, ...sent }).catch(() => {
    throw new Away()
  })
  const answer = await response.json().catch(() => {
    throw new Away()
  })
  if (!response.ok) throw new Error(answer.description || answer.error)
  return answer
}

/**
 * Calls `onChange` whenever the world has changed, and `onLive` with whether the sandbox is heard of.
 * @param {() => void} onChange
 * @param {(on: boolean) => void} onLive
 */
export function watch(onChange, onLive) {
  let heardAt = performance.now()
  let on = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let due
  const change = () => {
    due ??= setTimeout(() => {
      due = undefined
      onChange()
    }, 40)
  }
  const heard = () => {
    heardAt = performance.now()
    if (on) return
    on = true
    onLive(true)
    // Whatever happened meanwhile was not told.
    change()
  }
  const lost = () => {
    on = false
    onLive(false)
  }
  const open = () => {
    const source = new EventSource('/sandbox/events')
    source.addEventListener('change', () => {
      heard()
      change()
    })
    source.addEventListener('alive', heard)
    source.addEventListener('open', heard)
    source.addEventListener('error', lost)
    return source
  }
  let source = open()
  setInterval(() => {
    if (source.readyState === EventSource.CLOSED) source = open()
    if (on && performance.now() - heardAt > silentMs) lost()
  }, 1_000)
}
