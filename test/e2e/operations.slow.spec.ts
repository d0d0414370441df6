import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { idsIn, readTranscripts, shapeOf, withIds, type Step, type Transcript } from '../support/console.js'
import { openOperations, type Operations, type Seen } from '../support/operations-stage.js'
import { INCIDENTS } from '../support/operations-incidents.js'
import { until } from '../support/until.js'

const DOCUMENT = 'docs/operations.md'
/** Writes what the commands print into the document, for a person to look at, instead of comparing. */
const REWRITES = process.env['UPDATE_DOCUMENTS'] === '1'
/** What only looks may be asked again until what happened meanwhile has arrived. */
const LOOKS =
  /^(curl|journalctl|visavis (status|doctor|queues|config|\w[\w-]* (list|show|check|peek|status|orphans)\b(?!.*--delete)))/
/** When rewriting: for as long things settle before a look. */
const SETTLE_MS = 1_500

const documentLines = readFileSync(DOCUMENT, 'utf8').split('\n')
const transcripts = readTranscripts(documentLines.join('\n'))
type Command = Extract<Step, { kind: 'command' }>

describe('the commands of docs/operations.md', function () {
  this.timeout(120_000)
  /** What was printed, by the line of its command. */
  const seenAt = new Map<number, { command: string; seen: Seen }>()
  let operations: Operations | undefined
  afterEach(async () => {
    await operations?.close()
    operations = undefined
  })
  after(() => {
    if (REWRITES) writeFileSync(DOCUMENT, rewritten())
  })

  const ids: { room?: string; entry?: string } = {}
  const follow = async (step: Command, run: Operations['run']) => {
    const command = withIds(step.text, ids)
    const expected = { shape: shapeOf(step.printed.join('\n')), code: step.code }
    let seen: Seen = { text: '', code: -1 }
    const look = async () => {
      seen = await run(command)
      return shapeOf(seen.text) === expected.shape && seen.code === expected.code
    }
    if (REWRITES) {
      if (LOOKS.test(command)) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      await look()
    } else if (LOOKS.test(command)) await until(command, look, { withinMs: 8_000, everyMs: 100 }).catch(() => undefined)
    else await look()
    Object.assign(ids, idsIn(seen.text))
    seenAt.set(step.line, { command, seen })
    if (!REWRITES)
      expect({ shape: shapeOf(seen.text), code: seen.code }, `$ ${command}\n${seen.text}`).to.deep.equal(expected)
  }

  const play = ({ heading, steps }: Transcript) =>
    it(`${heading}: are as they stand there`, async () => {
      const incident = INCIDENTS[heading]
      if (incident === undefined) throw new Error(`nobody knows how to bring about: ${heading}`)
      operations = await openOperations(incident.env)
      const scenes = await incident.begin(operations)
      for (const step of steps)
        if (step.kind === 'command') await follow(step, operations.run)
        else {
          const scene = scenes[step.words]
          if (scene === undefined) throw new Error(`nobody knows what this means: # ${step.words}`)
          await scene()
        }
      const played = steps.flatMap((step) => (step.kind === 'scene' ? [step.words] : []))
      expect(Object.keys(scenes)).to.deep.equal(played)
    })
  transcripts.forEach(play)

  it('tell of everything that can happen', () => {
    expect(transcripts.map(({ heading }) => heading)).to.deep.equal(Object.keys(INCIDENTS))
  })

  const rewritten = (): string => {
    const lines: string[] = []
    let old = false
    documentLines.forEach((text, line) => {
      const found = seenAt.get(line)
      if (text === '```' || text.startsWith('# ') || (text.startsWith('$ ') && text !== '$ echo $?')) old = false
      if (found === undefined) return void (old || lines.push(text))
      const { command, seen } = found
      const printed = seen.text.replace(/"at":"[^"]*"/g, '"at":"…"').trimEnd()
      lines.push(`$ ${command}`, ...(printed === '' ? [] : printed.split('\n')))
      if (seen.code !== 0) lines.push('$ echo $?', String(seen.code))
      old = true
    })
    return lines.join('\n')
  }
})
