import { createRequire } from 'node:module'
import { Codec } from './codec.js'
import { parseSchema, withBinaryStrings } from './schema.js'

const require = createRequire(import.meta.url)

// Flags that newer layers added to constructors whose ids stayed the same; Telegram understands them in any layer.
const LATER_FLAGS: Record<string, string> = {
  'chatAdminRights#': 'manage_direct_messages:flags.17?true manage_ranks:flags.18?true',
}

function withLaterFlags(schema: string): string {
  const lines = schema.split('\n').map((line) => {
    const known = Object.entries(LATER_FLAGS).find(([start]) => line.startsWith(start))
    return known ? line.replace(' = ', ` ${known[1]} = `) : line
  })
  return lines.join('\n')
}

/** A codec for the schema text that ships inside the `telegram` package. Other layers can be added to it. */
export function loadCodec(): Codec {
  const { LAYER } = require('telegram/tl/AllTLObjects.js') as { LAYER: number }
  const codec = new Codec(withBinaryStrings(parseSchema(require('telegram/tl/schemaTl.js') as string)))
  codec.addLayer(LAYER, parseSchema(withLaterFlags(require('telegram/tl/apiTl.js') as string)))
  return codec
}
