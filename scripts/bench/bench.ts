// npm run bench -- [B1 B2 B3] [--json] [--rounds N]
// Measures what one find costs, on a Redis server of its own that is gone afterwards. See docs/performance.md.
import { parseArgs } from 'node:util'
import { benchFind } from './b1-find.js'
import { benchSize } from './b2-size.js'
import { benchExclusions } from './b3-exclusions.js'
import { startBenchServer } from './bench-server.js'
import { hasMissed, inJson, inWords, type Result } from './report.js'

const BENCHES = { B1: benchFind, B2: benchSize, B3: benchExclusions }
type Id = keyof typeof BENCHES

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '40' } },
})
const rounds = Number(values.rounds)
const isKnown = (id: string): id is Id => id in BENCHES
const ids = positionals.length === 0 ? Object.keys(BENCHES) : positionals.map((id) => id.toUpperCase())
const unknown = ids.filter((id) => !isKnown(id))
if (unknown.length > 0 || !Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('usage: npm run bench -- [B1] [B2] [B3] [--json] [--rounds N, 40 if left out]')
  process.exit(2)
}

const server = await startBenchServer()
try {
  const about = await server.about()
  if (!values.json) console.log(`${Object.values(about).join(' · ')}\n`)
  const results: Result[] = []
  for (const id of ids.filter(isKnown)) {
    const result = await BENCHES[id](server, rounds)
    results.push(result)
    if (!values.json) console.log(`${inWords(result)}\n`)
  }
  if (values.json) console.log(JSON.stringify({ about, results: results.map(inJson) }))
  process.exitCode = results.some(hasMissed) ? 1 : 0
} finally {
  await server.stop()
}
