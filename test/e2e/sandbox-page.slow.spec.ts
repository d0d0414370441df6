import { expect } from 'chai'
import { shows, usePageStage, type PageStage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** The page in a real browser, with the whole service behind it. */
describe('the page of the sandbox', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage((opened) => (stage = opened))

  it('sends a photo with what was typed under it', async () => {
    const { ann, page } = await stage.visit()
    await ann.giveToNew('Paula')
    await ann.place.getByRole('combobox', { name: 'Message' }).fill('My <b>window</b>')
    await ann.place.getByRole('button', { name: 'Photo' }).click()
    await page.getByRole('menuitem', { name: 'A painted one' }).click()
    const message = ann.log.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'Photo' }) })
    await shows(message, 'My <b>window</b>')
    expect(await ann.place.getByRole('combobox', { name: 'Message' }).inputValue()).to.equal('')
  })

  it('turns a stranger with the link away', async () => {
    await Promise.all([stage.register('Dora'), stage.register('Emil')])
    const { page, ann, ben } = await stage.visit()
    await ann.giveTo('Dora')
    await ben.giveTo('Emil')
    await ann.chip('Find').click()
    await ben.chip('Find').click()
    await ann.enterKey().waitFor()
    await ben.giveToNew('Mallory')
    // Long enough for an eye.
    await stage.people.fault({ surface: 'bot', method: 'declineChatJoinRequest', delayMs: 1_000 })
    await ben.choose('Open a link…')
    await page.getByRole('dialog', { name: 'Open a link on Mallory’s phone' }).waitFor()
    await page.locator('#phone-b .open-link .row', { hasText: 'asks to join' }).first().click()
    await shows(ben.pending, /Waiting to be let in/)
    await shows(ben.toast, /You were not let in/)
    await until('nothing is waited for', async () => (await ben.pending.textContent()) === '')
    await ann.enterKey().click()
    await ann.log.getByText('Dora was let in').waitFor()
    await ann.write('/stop')
    await shows(ann.toast, /is gone/)
    await stage.settled()
  })

  it('makes people with a username, and gives a phone to whom it knows', async () => {
    const first = await stage.visit()
    await first.ann.place.locator('.person').click()
    await first.ann.place.getByLabel('First name of a new person').fill('Ann')
    await first.ann.place.getByLabel('Username of the new person').fill('@ann_of_the_page')
    await first.ann.place.getByRole('button', { name: 'New person' }).click()
    await first.ann.log.waitFor()
    const anns = async () => (await stage.people.state()).users.filter(({ firstName }) => firstName === 'Ann')
    const before = await anns()
    const second = await stage.visit()
    await second.ann.place.locator('.person').click()
    expect(await second.ann.place.getByLabel('First name of a new person').inputValue()).to.equal('')
    await shows(second.ann.place.locator('.people .row'), '@ann_of_the_page')
    await second.page.keyboard.press('Escape')
    await second.ann.place.getByRole('button', { name: 'Give it to Ann' }).click()
    await second.ann.log.waitFor()
    await shows(second.ann.place.locator('.person'), 'Ann')
    expect(await anns()).to.deep.equal(before)
  })

  it('shows markup in names and messages as text', async () => {
    const name = '<img src=x onerror=alert(1)>'
    const text = '<b>bold</b> <script>alert(2)</script> [x](javascript:alert(3)) &amp;'
    const { page, ann } = await stage.visit()
    await ann.giveToNew(name)
    await ann.write(text)
    await shows(ann.log, text)
    await shows(ann.place.locator('.person'), name)
    await shows(page.locator('#faults'), `${name} blocks the bot`)
    expect(await page.locator('main :is(img, script, [onerror])').count()).to.equal(0)
    expect(await ann.log.locator('b:not(.from)').count()).to.equal(0)
    const policy = (await fetch(`${stage.sandbox.http}/`)).headers.get('content-security-policy')
    expect(policy, 'no text can become markup').to.include("require-trusted-types-for 'script'; trusted-types 'none'")
  })

  it('does not show more groups than were wanted as a fault', async () => {
    const { page, inside } = await stage.visit()
    await page.route('**/sandbox/ops/live', async (route) => {
      const response = await route.fetch()
      const live = (await response.json()) as object
      await route.fulfill({ response, json: { ...live, stock: { size: 6, target: 5 } } })
    })
    await inside.getByRole('img', { name: '5 and 1 spare groups are ready' }).waitFor()
    await shows(inside.getByRole('heading', { name: /Groups in stock/ }), /5 and 1 spare/)
  })

  it('switches faults on and off, and shows what is left of them', async () => {
    const person = await stage.register('Flora')
    const { page, ann } = await stage.visit()
    await ann.giveTo('Flora')
    const block = page.getByRole('switch', { name: /Flora blocks the bot/ })
    await block.click()
    await until('the bot is blocked', async () =>
      (await stage.people.state()).users.some(({ id, blockedBot }) => id === person.id && blockedBot),
    )
    await page.getByRole('switch', { name: /Flora blocks the bot/, checked: true }).click()
    await page.getByRole('switch', { name: /Flora blocks the bot/, checked: false }).waitFor()
    const many = page.getByRole('switch', { name: /Too many requests/ })
    await many.click()
    await shows(many, '2 left')
    const flood = page.getByRole('switch', { name: /FLOOD_WAIT/ })
    await flood.click()
    await shows(flood, '1 left')
    await flood.click()
    await page.getByRole('switch', { name: /FLOOD_WAIT/, checked: false }).waitFor()
    const faults = () => stage.sandbox.faults.list().map(({ error }) => error)
    await until('only the first is left', () => faults().join() === '429:3')
    await stage.people.clearFaults()
    await until('the switch is off', async () => (await many.getAttribute('aria-checked')) === 'false')
  })
})

describe('the page of the sandbox when somebody does not come', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage((opened) => (stage = opened), { env: { ROOM_ENTRY_TIMEOUT: '6s' } })

  it('lets the room vanish from the phone of the one who came, and tells both', async () => {
    await Promise.all([stage.register('Gina'), stage.register('Hugo')])
    const { ann, ben, inside } = await stage.visit()
    await ann.giveTo('Gina')
    await ben.giveTo('Hugo')
    await ann.chip('Find').click()
    await ben.chip('Find').click()
    await ann.enterKey().click()
    await ann.log.getByText('Gina was let in').waitFor()
    await shows(ann.toast, /is gone/)
    await shows(ann.log, 'Your partner did not come in time')
    await shows(ben.log, 'You did not come in time')
    await shows(inside.getByRole('list', { name: 'Last messages' }), 'no show')
    await ben.enterKey().click()
    await shows(ben.toast, /no invite link|expired|no such chat/i)
    await stage.settled()
  })
})
