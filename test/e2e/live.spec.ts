import { get } from 'node:http'
import { expect } from 'chai'
import type { LiveView } from '../../src/ops/live.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

type Live = Awaited<ReturnType<LiveView['read']>>

describe('what operators see of the live state', () => {
  let stage: Stage
  let ops: string
  const live = async (): Promise<Live> => (await (await fetch(`${ops}/live`)).json()) as Live

  before(async () => {
    stage = await openStage()
    ops = (await stage.startService()).opsUrl
    await stage.stocked(2)
  })
  after(() => stage.close())

  it('shows who waits, the rooms with their deadlines, stock, hosts and the last messages, by ids only', async () => {
    const [ann, ben] = [await stage.register('Annabella'), await stage.register('Benedict')]
    await ann.say('/find')
    const waiting = await until('she waits', async () => {
      const view = await live()
      return view.waiting.count === 1 && view
    })
    expect(waiting.waiting.people).to.have.lengthOf(1)
    expect(waiting.waiting.people[0]).to.include({ user: String(ann.id), firstInLine: false })
    expect(waiting.hosts).to.have.lengthOf(1)
    expect(waiting.hosts?.[0]).to.deep.include({ host: '1', label: '+1…0', status: 'active', budget: 500 })
    expect(waiting.stock.target).to.equal(3)

    await ben.say('/find')
    await Promise.all([stage.invitation(ann), stage.invitation(ben)])
    const invited = await until('a room has its invitation', async () => {
      const view = await live()
      return view.rooms.counts.inviting === 1 && view.messages.some(({ type }) => type === 'invited') && view
    })
    const [room] = invited.rooms.list
    expect(room?.people.map(({ user }) => user)).to.have.members([String(ann.id), String(ben.id)])
    expect(room?.deadlineInMs).to.be.within(1, 180_000)
    const types = invited.messages.map(({ mailbox, type }) => `${mailbox} ${type}`)
    expect(types).to.include.members(['room look', 'ledger paired', 'courier notice'])
    const shown = JSON.stringify(invited)
    for (const secret of ['t.me', 'Annabella', 'Benedict']) expect(shown).not.to.include(secret)
    await ben.say('/stop')
    await stage.settled()
  })

  it('is for no page of anybody else', async () => {
    const answer = await fetch(`${ops}/live`, { headers: { origin: 'https://elsewhere.example' } })
    expect(answer.headers.get('access-control-allow-origin')).to.equal(null)
    const status = await new Promise<number | undefined>((resolve) =>
      get(`${ops}/live`, { headers: { host: 'rebound.example' } }, (response) => resolve(response.statusCode)),
    )
    expect(status).to.equal(403)
  })

  it('answers an address that is none, and lives on', async () => {
    expect((await fetch(`${ops}//`)).status).to.equal(400)
    expect((await fetch(`${ops}/healthz`)).status).to.equal(200)
  })
})
