import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { createMetrics } from '../../src/metrics.js'

interface Source {
  readonly type: string
  readonly uid: string
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource: Source
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly fieldConfig: { readonly defaults: { readonly unit: string } }
  readonly targets: readonly { refId: string; datasource: Source; expr: string; legendFormat: string }[]
}
const dashboard = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')) as {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly templating: { readonly list: readonly { name: string; type: string; query: string }[] }
  readonly panels: readonly Panel[]
}
const { panels } = dashboard
const WIDTH = 24

/** What the service can say: what it counts, and what it reads when it is asked. */
const counted = createMetrics()
  .registry.getMetricsAsArray()
  .map(({ name }) => name)
const read = [...readFileSync('src/ops/gauges.ts', 'utf8').matchAll(/\bgauge\(\s*'(\w+)'/g)].map(
  ([, name]) => `visavis_${name}`,
)
const said = new Set([...counted, ...read])

describe('docs/grafana-dashboard.json', () => {
  it('is a dashboard that asks for its source when it is imported', () => {
    expect(dashboard).to.include({ uid: 'visavis', title: 'Visavis' })
    expect(dashboard.schemaVersion).to.be.at.least(36)
    expect(dashboard.templating.list).to.have.length(1)
    expect(dashboard.templating.list[0]).to.include({ name: 'source', type: 'datasource', query: 'prometheus' })
  })

  it('numbers its panels', () => {
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).to.equal(panels.length)
  })

  it('lays them side by side, within its width', () => {
    const taken = new Map<string, string>()
    for (const { title, gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `below ${title}`).to.equal(undefined)
          expect(x, title).to.be.within(0, WIDTH - 1)
          taken.set(`${x} ${y}`, title)
        }
  })

  for (const { title, type, datasource, fieldConfig, targets } of panels)
    it(`${title}: has a source, a unit, and asks for what there is`, () => {
      const source = { type: 'prometheus', uid: '${source}' }
      expect(type).to.be.oneOf(['stat', 'timeseries'])
      expect(fieldConfig.defaults.unit).to.be.oneOf(['short', 's', 'ops', 'percentunit'])
      expect(datasource).to.deep.equal(source)
      expect(targets).not.to.deep.equal([])
      expect(new Set(targets.map(({ refId }) => refId)).size).to.equal(targets.length)
      for (const target of targets) {
        expect(target.datasource).to.deep.equal(source)
        expect(target.legendFormat).not.to.equal('')
        for (const name of target.expr.match(/\bvisavis_\w+/g) ?? [])
          expect(said, target.expr).to.include(said.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))
        // A duration shows as one, and what counts up is shown as a rate, or where it is rare as what an hour brought.
        expect(fieldConfig.defaults.unit === 's').to.equal(/_seconds/.test(target.expr))
        expect(/_total|_bucket/.test(target.expr)).to.equal(/\b(rate|increase)\(/.test(target.expr))
      }
    })
})
