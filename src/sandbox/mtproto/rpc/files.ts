import { Denied } from '../../world/denied.js'
import { bytes, int, long, maybeText, object, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Uploads } from '../uploads.js'
import type { Call, Handlers } from './call.js'
import { writtenText } from './entities.js'
import { writeMessage } from './messages.js'

const MAX_SLICE = 1024 * 1024

const FILE_TYPES = {
  jpg: 'storage.fileJpeg',
  png: 'storage.filePng',
  gif: 'storage.fileGif',
  webp: 'storage.fileWebp',
} as const

/** upload.*, and messages with photos; of other files the world knows nothing. */
export const files = (uploads: Uploads): Handlers => {
  const save = (request: TlObject, call: Call): true => {
    uploads.save(call.me, long(request, 'file_id'), int(request, 'file_part'), bytes(request, 'bytes'))
    return true
  }
  const photoOf = (media: TlObject, call: Call): string => {
    if (media._ === 'inputMediaPhoto') return knownPhoto(object(media, 'id'), call, 'PHOTO_INVALID')
    if (media._ !== 'inputMediaUploadedPhoto') throw new Denied('MEDIA_INVALID')
    const file = object(media, 'file')
    const md5 = maybeText(file, 'md5_checksum')
    return call.world.photos.add(uploads.take(call.me, long(file, 'id'), int(file, 'parts'), md5))
  }

  return {
    'upload.saveFilePart': save,
    'upload.saveBigFilePart': save,

    'upload.getFile': (request, call) => {
      const location = object(request, 'location')
      if (location._ !== 'inputPhotoFileLocation') throw new Denied('LOCATION_INVALID')
      const photo = knownPhoto(location, call, 'LOCATION_INVALID')
      const [offset, limit] = [Number(long(request, 'offset')), int(request, 'limit')]
      if (offset < 0) throw new Denied('OFFSET_INVALID')
      if (limit < 1 || limit > MAX_SLICE) throw new Denied('LIMIT_INVALID')
      const content = call.world.photos.bytesOf(photo, text(location, 'thumb_size'))
      if (!content) throw new Denied('LOCATION_INVALID')
      const type = { _: FILE_TYPES[call.world.photos.extensionOf(photo)] }
      return { _: 'upload.file', type, mtime: 0, bytes: content.subarray(offset, offset + limit) }
    },

    'messages.sendMedia': (request, call) =>
      writeMessage(request, call, () => ({
        ...writtenText(request, call),
        photo: photoOf(object(request, 'media'), call),
      })),
  }
}

/** The photo that a client names by the id and hash that it was given. */
function knownPhoto(input: TlObject, call: Call, refusal: string): string {
  const id = long(input, 'id')
  const photo = BigInt.asUintN(64, id).toString(16).padStart(16, '0')
  if (long(input, 'access_hash') !== id || !call.world.photos.has(photo)) throw new Denied(refusal)
  return photo
}
