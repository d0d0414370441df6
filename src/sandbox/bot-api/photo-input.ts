import { MAX_PHOTO_BYTES } from '../world/photos.js'
import type { Call } from './call.js'
import { badRequest } from './errors.js'
import { emojiOfSticker } from './stickers.js'

/** What Telegram fetches from an address for a photo: so much at most, in so long. */
const maxFetchedBytes = 5 * 1024 * 1024
const fetchPatienceMs = 5_000
const imageTypes = /^image\/(jpe?g|png|gif|webp)\b/

/**
 * The photo that a parameter gives: an upload (also by `attach://`), the file id of one that was sent, or an address to
 * fetch it from. Gives its id in the world; throws 400 in Telegram's words.
 */
export async function readPhoto(call: Call, name = 'photo'): Promise<string> {
  const { world, parameters } = call
  const given = parameters.text(name) ?? ''
  const upload = parameters.file(given.startsWith('attach://') ? given.slice('attach://'.length) : name)
  if (upload) return addUpload(call, upload)
  if (!given || given.startsWith('attach://')) throw badRequest(`there is no ${name} in the request`)
  // A dot is in no file id.
  if (given.includes('.')) return world.photos.add(await fetchImage(given, call.signal))
  const found = world.photos.byFileId(given)
  if (found) return found.id
  if (emojiOfSticker(given) !== undefined) throw badRequest("can't use file of type Sticker as Photo")
  throw badRequest(whyNoFileId(given) ?? 'wrong file identifier/HTTP URL specified')
}

function addUpload({ world }: Call, bytes: Buffer): string {
  if (bytes.length === 0) throw badRequest('file must be non-empty')
  if (bytes.length > MAX_PHOTO_BYTES) {
    const most = `the maximum size is ${MAX_PHOTO_BYTES} bytes`
    throw badRequest(`file of size ${bytes.length} bytes is too big for a photo; ${most}`)
  }
  return world.photos.add(bytes)
}

/** What is wrong with a file id as such; undefined when it could be one. */
export function whyNoFileId(text: string): string | undefined {
  const words = 'wrong remote file identifier specified'
  if (!/^[\w-]*$/.test(text)) return `${words}: Wrong character in the string`
  if (text.length % 4 === 1) return `${words}: Wrong string length`
  return /^(AgAC|CAAC)AgI/.test(text) ? undefined : `${words}: can't unserialize it`
}

async function fetchImage(address: string, hungUp: AbortSignal): Promise<Buffer> {
  const text = /^\w+:\/\//.test(address) ? address : `http://${address}`
  if (!URL.canParse(text) || !/^https?:/i.test(text)) throw badRequest('invalid file HTTP URL specified')
  const signal = AbortSignal.any([hungUp, AbortSignal.timeout(fetchPatienceMs)])
  let answer: Response
  let bytes: Buffer
  try {
    answer = await fetch(text, { signal })
    bytes = await readLimited(answer)
  } catch {
    throw badRequest('failed to get HTTP URL content')
  }
  if (!answer.ok) throw badRequest('failed to get HTTP URL content')
  if (!imageTypes.test(answer.headers.get('content-type') ?? '')) throw badRequest('wrong type of the web page content')
  return bytes
}

/** The body, unless it is larger than Telegram fetches. */
async function readLimited(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxFetchedBytes) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
