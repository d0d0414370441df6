import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { shows, usePageStage, type PageStage, type PhonePart } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** Whoever is let in never reads that they were not, however close together things happen. */
describe('the page of the sandbox while people enter', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage((opened) => (stage = opened))

  /** Keeps every word that the phones show at their top. */
  const recordToasts = (page: Page) =>
    page.evaluate(`
      window.said = []
      for (const toast of document.querySelectorAll('.toast'))
        new MutationObserver(() => toast.textContent && said.push(toast.textContent)).observe(toast, { childList: true })`)
  const refusals = (page: Page) => page.evaluate<string[]>(`said.filter((words) => words.includes('not let in'))`)
  const inside = (log: PhonePart['log'], name: string) => shows(log, `${name} was let in`)
  const newestKey = (one: PhonePart) => one.log.locator('.lines > li:last-child .keys .url')

  it('lets both in who press at the same moment', async () => {
    await Promise.all([stage.register('Kim'), stage.register('Leo')])
    const { page, ann, ben } = await stage.visit()
    await ann.giveTo('Kim')
    await ben.giveTo('Leo')
    await recordToasts(page)
    for (const delayMs of [0, 0, 20, 60, 120]) {
      await ann.chip('Find').click()
      await ben.chip('Find').click()
      await Promise.all([newestKey(ann).waitFor(), newestKey(ben).waitFor()])
      if (delayMs) await stage.people.fault({ surface: 'bot', method: 'approveChatJoinRequest', delayMs, times: 2 })
      await page.evaluate(
        `document.querySelectorAll('.lines > li:last-child .keys .url').forEach((key) => setTimeout(() => key.click()))`,
      )
      await Promise.all([inside(ann.log, 'Kim'), inside(ben.log, 'Leo')])
      await ann.write('/stop')
      await Promise.all([ann.chip('Find').waitFor(), ben.chip('Find').waitFor()])
      await shows(ben.toast, /The group “.+” is gone/)
      await stage.settled()
    }
    expect(await refusals(page)).to.deep.equal([])
  })

  it('does not take a view of the world from before the request for its refusal', async () => {
    const [nora] = await Promise.all([stage.register('Nora'), stage.register('Otto')])
    const { page, ann, ben } = await stage.visit()
    await ann.giveTo('Nora')
    await ben.giveTo('Otto')
    await recordToasts(page)
    await ann.chip('Find').click()
    await ben.chip('Find').click()
    await Promise.all([newestKey(ann).waitFor(), newestKey(ben).waitFor()])

    let release = () => {}
    const asked = new Promise<void>((resolve) => (release = resolve))
    let held = false
    await page.route('**/sandbox/state', async (route) => {
      const response = await route.fetch()
      if (!held) {
        held = true
        await asked
      }
      await route.fulfill({ response })
    })
    await stage.people.fault({ surface: 'bot', method: 'approveChatJoinRequest', delayMs: 500 })
    const { bot } = await stage.people.state()
    await stage.people.call('POST', `/users/${nora.id}/send`, { chat: bot.id, text: 'a change' })
    await until('an older view is under way', () => held)
    const answer = page.waitForResponse(/\/enter$/)
    await ann.enterKey().click()
    await (await answer).finished()
    release()
    await shows(ann.pending, /Waiting to be let in/)
    await inside(ann.log, 'Nora')
    await until('the request is forgotten', async () => (await ann.pending.textContent()) === '')
    expect(await refusals(page)).to.deep.equal([])
    await ann.write('/stop')
    await shows(ann.toast, /is gone/)
    await stage.settled()
  })
})
