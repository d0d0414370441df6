import { expect } from 'chai'
import { openPageStage, shows, type PageStage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** The page in a real browser, with the whole service behind it. */
describe('the page of the sandbox', function () {
  this.timeout(60_000)
  let stage: PageStage

  before(async function () {
    const opened = await openPageStage()
    if (opened) stage = opened
    else this.skip()
  })
  afterEach(() => stage?.leave())
  after(() => stage?.close())

  it('shows a newcomer around: two people register, meet, talk, and one leaves', async () => {
    const { page, ann, ben, inside } = await stage.visit({ tour: true })
    const tour = page.getByRole('complementary', { name: 'Guided tour' })
    await tour.getByRole('button', { name: 'Show me' }).click()
    await shows(tour, 'Press Find as Ann')
    await ann.chip('Find').click()
    await shows(inside.getByRole('list', { name: 'People who wait' }), 'Ann')
    await shows(tour, 'Now press Find as Ben')
    await ben.chip('Find').click()
    await shows(tour, 'Let both enter')
    const inviting = inside.getByRole('list', { name: 'Rooms, Inviting' })
    await shows(inviting, /Ann is not inside yet/)
    await shows(inviting, /\d:\d\d/)
    await ann.enterKey().click()
    await shows(inviting, /Ann is inside/)
    await ben.enterKey().click()
    await shows(inside.getByRole('list', { name: 'Rooms, Open' }), /Ben is inside/)
    await shows(tour, 'Write something')
    await ann.write('Hello, whoever you are')
    await shows(ben.log, 'Hello, whoever you are')
    await ben.write('Somebody else')
    await shows(ann.log, 'Somebody else')
    await shows(tour, 'One of them leaves')
    await ben.choose('Leave the group')
    await shows(ann.toast, /is gone/)
    await shows(ann.log, 'Your partner has left')
    await shows(ben.log, 'You have left the room')
    await shows(inside.getByRole('list', { name: 'Last messages' }), 'closing')
    await shows(tour, 'That is all')
    await tour.getByRole('button', { name: 'Done' }).click()
    await page.reload()
    await shows(page.locator('#live'), 'Live')
    await page.getByRole('button', { name: 'Tour' }).waitFor()
    expect(await tour.isVisible(), 'it is for the first visit').to.equal(false)
    await stage.settled()
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
    await page.locator('#phone-b .open-link .row', { hasText: 'asks to join' }).first().click()
    await shows(ben.pending, /Waiting to be let in/)
    await shows(ben.toast, /You were not let in/)
    expect(await ben.pending.textContent()).to.equal('')
    await ann.enterKey().click()
    await ann.log.getByText('Dora was let in').waitFor()
    await ann.write('/stop')
    await shows(ann.toast, /is gone/)
    await stage.settled()
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
    expect(stage.sandbox.faults.list().map(({ error }) => error)).to.deep.equal(['429:3'])
    await stage.people.clearFaults()
    await until('the switch is off', async () => (await many.getAttribute('aria-checked')) === 'false')
  })
})

describe('the page of the sandbox when somebody does not come', function () {
  this.timeout(60_000)
  let stage: PageStage

  before(async function () {
    const opened = await openPageStage({ env: { ROOM_ENTRY_TIMEOUT: '3s' } })
    if (opened) stage = opened
    else this.skip()
  })
  afterEach(() => stage?.leave())
  after(() => stage?.close())

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
