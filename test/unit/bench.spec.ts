import { expect } from 'chai'
import type { BenchServer } from '../../scripts/bench/bench-server.js'
import { hasMissed, inJson, inWords, type Result } from '../../scripts/bench/report.js'
import { measure, type Candidate } from '../../scripts/bench/slices.js'
import { estimate, median } from '../../scripts/bench/statistics.js'

describe('the bench', () => {
  it('knows the middle, and an interval around it', () => {
    expect(median([3, 1, 2])).to.equal(2)
    expect(median([4, 1, 2, 3])).to.equal(2.5)
    expect(estimate([5, 5, 5])).to.deep.equal({ median: 5, low: 5, high: 5 })
    const { low, median: middle, high } = estimate([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(low).to.be.lessThan(middle)
    expect(high).to.be.greaterThan(middle)
  })

  /** A server whose clock goes on by what the candidates cost; others use this much of the machine. */
  const pretend = (foreign: number) => {
    let [cost, machine, at] = [0, 0, 0]
    // To ask for the time costs something too.
    const times = async () => ({ serverUs: (cost += 3), ownUs: 0, machineUs: machine, atUs: at })
    const order: string[] = []
    const candidate = (name: string, costUs: number): Candidate => ({
      name,
      parts: 2,
      run: async () => {
        order.push(name)
        cost += costUs * 10
        at += 1_000_000
        machine += foreign * 1_000_000 * 64
        return 10
      },
    })
    return { server: { times } as unknown as BenchServer, candidate, order }
  }

  it('measures forward and backward in turn, slice beside slice, without what the measuring costs', async () => {
    const { server, candidate, order } = pretend(0)
    const measured = await measure(server, [candidate('a', 100), candidate('b', 400)], 2)
    expect(order.join('')).to.equal('aabb' + 'aabb' + 'bbaa')
    expect(measured.cpuUs.get('a')).to.equal(100)
    expect(measured.ratio('a', 'b')).to.deep.equal({ median: 0.25, low: 0.25, high: 0.25 })
    expect(measured.quiet).to.equal(2)
  })

  const resultOf = async (foreign: number, sameCost: number, target: { atLeast?: number; atMost?: number }) => {
    const { server, candidate } = pretend(foreign)
    const measured = await measure(server, [candidate('a', 100), candidate('b', 400), candidate('again', sameCost)], 20)
    const line = { what: 'a ÷ b', ...measured.ratio('a', 'b'), ...target }
    const result: Result = { id: 'B0', what: 'x', lines: [line], same: measured.ratio('again', 'a'), measured }
    return result
  }
  const verdict = (result: Result) => inJson(result).lines[0]?.verdict

  it('says whether a target is reached', async () => {
    expect(verdict(await resultOf(0, 100, { atLeast: 0.2 }))).to.equal('reached')
    expect(verdict(await resultOf(0, 100, { atMost: 0.3 }))).to.equal('reached')
    const missed = await resultOf(0, 100, { atLeast: 0.3 })
    expect(verdict(missed)).to.equal('missed')
    expect(hasMissed(missed)).to.equal(true)
    expect(inWords(missed)).to.match(/a ÷ b +0\.25 +0\.25 – 0\.25 +≥ 0\.3 +missed/)
  })

  it('gives no verdict when the same thing twice was not the same, or others were too busy', async () => {
    for (const result of [await resultOf(0, 130, { atLeast: 0.3 }), await resultOf(1, 100, { atLeast: 0.3 })]) {
      expect(verdict(result)).to.equal('no verdict')
      expect(hasMissed(result)).to.equal(false)
    }
  })
})
