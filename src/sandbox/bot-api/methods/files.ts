import { personOf, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { filePath } from '../file-download.js'
import { whyNoFileId } from '../photo-input.js'
import { fileView } from '../views/messages.js'

/** Files that were sent. */
export const fileMethods: Record<string, Method> = {
  /** Nobody here has a picture of themselves. */
  getUserProfilePhotos: (call) => {
    personOf(call)
    return { total_count: 0, photos: [] }
  },
  getFile: ({ world, parameters }) => {
    const fileId = parameters.text('file_id')
    if (!fileId) throw badRequest('file_id not specified')
    const found = world.photos.byFileId(fileId)
    if (found && world.photos.bytesOf(found.id, found.size.type))
      return { ...fileView(found.size), file_path: filePath(world, found.id, found.size.type) }
    throw badRequest(whyNoFileId(fileId) ? 'invalid file_id' : 'wrong file_id or the file is temporarily unavailable')
  },
}
