import { readFileSync } from 'node:fs'
import { expect } from 'chai'

const rules = readFileSync('docs/alarms.yml', 'utf8')
const tried = readFileSync('docs/alarms.test.yml', 'utf8')
const operations = readFileSync('docs/operations.md', 'utf8')

/** As GitHub makes them: what a link to a heading looks like. */
const anchors = [...operations.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-'),
)
const alarms = rules
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((text) => ({ name: text.split('\n')[0] ?? '', text }))
const sorted = (names: Iterable<string>) => [...new Set(names)].sort()

describe('docs/alarms.yml', () => {
  it('has alarms, each once', () => {
    expect(alarms).to.have.length.greaterThan(10)
    expect(sorted(alarms.map(({ name }) => name))).to.have.length(alarms.length)
  })

  for (const { name, text } of alarms)
    it(`${name} says in words what is wrong, how bad it is, and which run-book helps`, () => {
      expect(text).to.match(/summary: \S.{10,}/)
      expect(text).to.match(/severity: (page|warn) /)
      expect(anchors).to.include(/runbook: operations\.md#(\S+)/.exec(text)?.[1])
    })

  it('is what docs/operations.md speaks of, and nothing else', () => {
    const spoken = operations.match(/\bVisavis[A-Z]\w+/g) ?? []
    expect(sorted(spoken)).to.deep.equal(sorted(alarms.map(({ name }) => name)))
  })

  it('is tried as a whole: each alarm rings there', () => {
    const rung = [...tried.matchAll(/\{alertname="(\w+)"\}/g)].map(([, name = '']) => name)
    expect(sorted(rung)).to.deep.equal(sorted(alarms.map(({ name }) => name)))
  })
})
