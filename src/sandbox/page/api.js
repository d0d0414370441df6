/** The control API as functions; every failure is an Error whose message can be shown. */

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
  const response = await fetch(`/sandbox/${path}`, { method, ...sent })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.description || answer.error)
  return answer
}

/**
 * Calls `onChange` whenever the world has changed, and `onLive` with whether the connection stands.
 * @param {() => void} onChange
 * @param {(on: boolean) => void} onLive
 */
export function watch(onChange, onLive) {
  const source = new EventSource('/sandbox/events')
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let due
  source.addEventListener('change', () => {
    due ??= setTimeout(() => {
      due = undefined
      onChange()
    }, 40)
  })
  source.addEventListener('open', () => {
    onLive(true)
    onChange()
  })
  source.addEventListener('error', () => onLive(false))
}
