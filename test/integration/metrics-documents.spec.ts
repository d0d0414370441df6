import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { scrape } from '../support/scrape.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

/** What a document asks Prometheus for: names of metrics, with the values that it expects of labels. */
const asked = (text: string) => ({
  names: [...new Set(text.match(/(?<!@)\b(?:visavis|nodejs)_[a-z0-9_]+/g))],
  labels: [...text.matchAll(/(visavis_\w+)\{(\w+)=~?\\?"([\w|]+)\\?"/g)].flatMap(
    ([, name = '', label = '', values = '']) => values.split('|').map((value) => ({ name, label, value })),
  ),
})

describe('what the documents ask Prometheus for', () => {
  let stage: Stage
  let samples: Awaited<ReturnType<typeof scrape>>['samples']
  let names: ReadonlySet<string>
  before(async () => {
    stage = await openStage()
    const { opsUrl, parts } = await stage.startService()
    await stage.stocked(1)
    // What has labels, and has not happened, is not there yet.
    parts.events.difference({ kind: 'x', about: 'room', subject: 'x', words: '', repaired: true, dryRun: false })
    parts.events.botApiCalled('getMe', 1, 'telegram_rejected')
    parts.events.messageDone('host:1', Date.now())
    parts.events.reconciled(0, 0)
    parts.events.forgotten('rooms', 1)
    const text = await until('metrics are there', async () => {
      const answer = await scrape(opsUrl)
      samples = answer.samples
      const held = ['host', 'courier', 'ledger', 'cron'].every((lease) => answer.value('leases_held', { lease }) === 1)
      return held && answer.text
    })
    names = new Set([
      ...samples.map(({ name }) => name),
      ...[...text.matchAll(/^# TYPE (\w+)/gm)].map(([, n = '']) => n),
    ])
  })
  after(() => stage.close())

  for (const document of ['docs/operations.md', 'docs/deploy.md', 'docs/alarms.yml', 'docs/grafana-dashboard.json'])
    it(`${document} names metrics and labels that exist`, () => {
      const { names: wanted, labels } = asked(readFileSync(document, 'utf8'))
      expect(wanted).not.to.deep.equal([])
      expect(wanted.filter((name) => !names.has(name))).to.deep.equal([])
      const exists = ({ name, label, value }: (typeof labels)[number]) =>
        samples.some((sample) => sample.name === name && sample.labels[label] === value)
      expect(labels.filter((one) => !exists(one))).to.deep.equal([])
    })
})
