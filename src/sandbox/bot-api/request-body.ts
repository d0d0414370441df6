import type { IncomingMessage } from 'node:http'
import { badRequest, BotApiError } from './errors.js'

/** What a method was called with: JSON values, or strings where the body is a form. */
export type RawParameters = Record<string, unknown>

/** What the Bot API takes, files included. */
const maxBodyBytes = 50 * 1024 * 1024

/**
 * Reads the parameters of a call from the query string and a JSON, urlencoded or multipart body (the body wins).
 * Files of a multipart body arrive as their bytes. Throws 400 for what cannot be parsed, 413 for too much.
 */
export async function readParameters(request: IncomingMessage, url: URL): Promise<RawParameters> {
  const body = await readBody(request)
  const type = request.headers['content-type'] ?? ''
  const query = Object.fromEntries(url.searchParams)
  if (body.length === 0) return query
  if (type.startsWith('application/json')) return { ...query, ...parseJsonObject(body.toString()) }
  if (type.startsWith('multipart/form-data')) return { ...query, ...parseMultipart(body, type) }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) }
}

/** The whole body; throws when it is larger than the sandbox takes. */
export async function readBody(request: IncomingMessage, limit = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new BotApiError(413, 'Request Entity Too Large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseJsonObject(body: string): RawParameters {
  try {
    const value: unknown = JSON.parse(body)
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as RawParameters
  } catch {
    // Answered below, in the same words as a body that is JSON but no object.
  }
  throw badRequest("can't parse request body JSON object")
}

function parseMultipart(body: Buffer, type: string): RawParameters {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(type)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (!mark) throw badRequest("can't parse request body: no boundary")
  const parameters: RawParameters = {}
  for (const part of partsOf(body, `--${mark}`)) {
    const split = part.indexOf('\r\n\r\n')
    const head = part.toString('utf8', 0, Math.max(split, 0))
    const name = /\bname="([^"]*)"/.exec(head)?.[1]
    if (split < 0 || !name) continue
    const content = part.subarray(split + 4)
    parameters[name] = /\bfilename\*?=/.test(head) ? content : content.toString()
  }
  return parameters
}

/** What lies between the boundaries, without the line ends around it. */
function partsOf(body: Buffer, mark: string): Buffer[] {
  const parts: Buffer[] = []
  let from = body.indexOf(mark)
  while (from >= 0) {
    const next = body.indexOf(`\r\n${mark}`, from + mark.length)
    if (next < 0) break
    parts.push(body.subarray(from + mark.length + 2, next))
    from = next + 2
  }
  return parts
}
