/** The control API as functions; every failure is an Error whose message can be shown. */

export const get = (path) => call(path)
export const post = (path, body) => call(path, 'POST', body)
export const put = (path, body) => call(path, 'PUT', body)

async function call(path, method = 'GET', body = undefined) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`/sandbox/${path}`, { method, headers, body: JSON.stringify(body) })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.description || answer.error)
  return answer
}

/** Calls `onChange` whenever the world has changed, and `onLive` with whether the connection stands. */
export function watch(onChange, onLive) {
  const source = new EventSource('/sandbox/events')
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
