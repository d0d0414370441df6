import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Codec, type LayeredDefinition } from './codec.js'
import { parseSchema, withBinaryStrings } from './schema.js'

const require = createRequire(import.meta.url)

/** A codec for all layers: the schema text inside the `telegram` package, and where other layers differ from it. */
export function loadCodec(): Codec {
  const { LAYER } = require('telegram/tl/AllTLObjects.js') as { LAYER: number }
  const codec = new Codec(withBinaryStrings(parseSchema(require('telegram/tl/schemaTl.js') as string)), LAYER)
  const own = parseSchema(require('telegram/tl/apiTl.js') as string)
  codec.add(own.map((definition) => ({ since: LAYER, definition })))
  codec.add(otherLayers(readFileSync(new URL('other-layers.tl', import.meta.url), 'utf8')))
  return codec
}

/** Schema text whose parts stand under a line `// layer N`. */
export function otherLayers(text: string): LayeredDefinition[] {
  return text.split(/^\/\/ layer /m).flatMap((part) => {
    const since = parseInt(part, 10)
    return parseSchema(part).map((definition) => ({ since, definition }))
  })
}
