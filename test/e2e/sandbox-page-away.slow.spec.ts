import { expect } from 'chai'
import { shows, usePageStage, type PageStage } from '../support/page-stage.js'
import { startProxy, type Proxy } from '../support/proxy.js'
import { until } from '../support/until.js'

/** What the page says when somebody it needs has stopped. */
describe('the page of the sandbox when things stop', function () {
  this.timeout(120_000)
  let stage: PageStage
  let way: Proxy

  usePageStage(async (opened) => {
    stage = opened
    await stage.register('Nell')
    way = await startProxy(Number(new URL(stage.sandbox.http).port))
  })
  after(() => way?.close())

  const visit = async () => {
    const visited = await stage.visit({ port: way.port })
    await visited.ann.giveTo('Nell')
    await shows(visited.page.locator('#world'), 'listens')
    return { ...visited, live: visited.page.locator('#live'), world: visited.page.locator('#world') }
  }

  it('has the last messages of the mailboxes at the first look', async () => {
    const { inside } = await visit()
    const messages = inside.getByRole('list', { name: 'Last messages' })
    await shows(messages.getByRole('listitem'), 'stocked')
  })

  it('says so in words when the sandbox is gone, stops the clocks, and goes on when it is back', async () => {
    const { ann, inside, live, world } = await visit()
    await ann.chip('Find').click()
    const timer = inside.locator('.people-row .timer')
    await timer.waitFor()
    await way.cut()
    await shows(live, 'does not answer')
    await shows(inside.locator('.trouble'), /The sandbox does not answer\. All this is as of \d\d:\d\d:\d\d/)
    await shows(world, /^As of \d\d:\d\d/)
    expect(await world.textContent()).not.to.include('listens')
    const held = await timer.textContent()
    await ann.write('Is anybody there?')
    await shows(ann.toast, 'The sandbox does not answer.')
    expect(await ann.place.getByRole('combobox', { name: 'Message' }).inputValue()).to.equal('Is anybody there?')
    await until('a second has passed', () =>
      timer.page().evaluate(`performance.now() > (window.then ??= performance.now()) + 1500`),
    )
    expect(await timer.textContent()).to.equal(held)
    await way.mend()
    await shows(live, 'Live')
    await shows(world, 'listens')
    await until('the clock goes on', async () => (await timer.textContent()) !== held)
    expect(await inside.locator('.trouble').textContent()).to.equal('')
    await ann.write('/stop')
    await stage.settled()
  })

  it('notices that the sandbox hangs, and shows that a message is not taken yet', async () => {
    const { ann, live } = await visit()
    way.block()
    await ann.write('/privacy')
    await shows(ann.place.locator('.unsent'), 'not taken yet')
    await shows(live, 'does not answer')
    await way.mend()
    await shows(live, 'Live')
    await shows(ann.log, 'What is stored')
    await until('nothing is under way', async () => (await ann.place.locator('.unsent').textContent()) === '')
  })

  it('shows what was, in grey, when the service does not answer', async () => {
    const { ann, inside, page, world } = await visit()
    await page.route('**/sandbox/ops/live', (route) =>
      route.fulfill({ status: 502, json: { error: 'OPS_SILENT', description: 'The service does not answer.' } }),
    )
    await shows(inside.locator('.trouble'), /The service does not answer\. All this is as of/)
    await page.locator('#inside.stale').waitFor()
    // As that of a process that stands still, its poll for updates stays open.
    await shows(world, 'is not listening')
    await shows(ann.place.locator('.sub'), 'bot, not running')
    await page.unroute('**/sandbox/ops/live')
    await until('it is as it was', async () => (await page.locator('#inside.stale').count()) === 0)
    await shows(world, 'listens')
  })
})
