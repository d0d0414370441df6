import type { IncomingMessage } from 'node:http'
import { badRequest } from './errors.js'

/** What a method was called with: JSON values, or strings where the body is a form. */
export type RawParameters = Record<string, unknown>

/** The Bot API takes bodies up to 50 MB (photographs); the sandbox needs far less. */
const maxBodyBytes = 10 * 1024 * 1024

/**
 * Reads the parameters of a call from the query string and a JSON, urlencoded or multipart body (the body wins).
 * Files of a multipart body arrive as `{filename, size}`. Throws 400 for what cannot be parsed, 413 for too much.
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
    if (size > limit) throw badRequest('request body is too large')
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
  // Latin-1 keeps one character per byte, so that binary parts do not move the boundaries.
  for (const part of body.toString('latin1').split(`--${mark}`).slice(1, -1)) {
    const split = part.indexOf('\r\n\r\n')
    const head = part.slice(0, split)
    const content = part.slice(split + 4, part.endsWith('\r\n') ? -2 : undefined)
    const name = /name="([^"]*)"/.exec(head)?.[1]
    const filename = /filename="([^"]*)"/.exec(head)?.[1]
    if (split < 0 || !name) continue
    parameters[name] =
      filename === undefined ? Buffer.from(content, 'latin1').toString() : { filename, size: content.length }
  }
  return parameters
}
