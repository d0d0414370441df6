import type { Locator, Page } from 'playwright-core'
import { expect } from 'chai'
import { shows, usePageStage, type PageStage, type PhonePart } from '../support/page-stage.js'
import { until } from '../support/until.js'

const tourOn = (page: Page) => page.getByRole('complementary', { name: 'Guided tour' })
const begins = async (tour: Locator) => {
  await tour.getByRole('button', { name: 'Show me' }).click()
  await shows(tour, 'Press Find as Ann')
}

/** The guided tour of the first visit, with the whole service behind it. */
describe('the tour of the sandbox page', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage((opened) => (stage = opened))

  it('shows a newcomer around: two people register, meet, talk, and one leaves', async () => {
    const { page, ann, ben, inside } = await stage.visit({ tour: true })
    const tour = tourOn(page)
    await begins(tour)
    await ann.chip('Find').click()
    await shows(inside.getByRole('list', { name: 'People who wait' }), 'Ann')
    await shows(tour, 'Now press Find as Ben')
    await shows(tour, 'Once both search, they become a pair')
    await page.reload()
    await shows(tour, /2 of 5.*Now press Find as Ben/s)
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
    await page.reload()
    await shows(tour, /5 of 5.*One of them leaves/s)
    await ben.choose('Leave the group')
    await shows(ann.toast, /The group “.+” is gone/)
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

  it('takes up the tour where two are in a room already, and shows the way back to it', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true })
    const tour = tourOn(page)
    const title = (phone: PhonePart) => phone.place.locator('.top h2')
    await begins(tour)
    await ann.chip('Find').click()
    await ben.chip('Find').click()
    await shows(tour, 'Both have the same link')
    await ann.enterKey().click()
    await ben.enterKey().click()
    await shows(tour, 'Write something')
    const group = (await title(ann).textContent()) ?? ''
    for (const phone of [ann, ben]) await phone.place.getByRole('button', { name: /Back to the chats/ }).click()
    await shows(title(ann), 'Chats')
    await tour.getByRole('button', { name: 'Skip the tour' }).click()
    await page.getByRole('button', { name: 'Tour' }).click()
    await tour.getByRole('button', { name: 'Show me' }).click()
    await shows(tour, 'Write something')
    for (const phone of [ann, ben]) await shows(title(phone), group)
    await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
    await shows(tour, 'Ann finds the group among the chats.')
    await ann.place.locator('.chat.tour-target', { hasText: group }).click()
    await ann.place.locator('.composer.tour-target').waitFor()
    await ann.write('Hello')
    await shows(tour, 'One of them leaves')
    await ben.choose('Leave the group')
    await shows(tour, 'That is all')
    await stage.settled()
  })

  it('guides on when the two do not meet at first: one stops, meets somebody else, gives the phone away', async () => {
    const carl = await stage.register('Carl')
    const { page, ann, ben } = await stage.visit({ tour: true })
    const tour = tourOn(page)
    await begins(tour)
    await ben.chip('Find').click()
    await shows(tour, 'Now press Find as Ann')
    await ben.chip('Stop').click()
    await shows(tour, /1 of 5.*Press Find as Ann/s)
    await ann.chip('Find').click()
    await shows(tour, 'Now press Find as Ben')
    await ann.chip('Stop').click()
    await shows(tour, /1 of 5.*Press Find as Ann/s)
    await carl.say('/find')
    await ann.chip('Find').click()
    await shows(tour, 'Ann has met somebody else')
    expect(await ann.chip('Stop').getAttribute('class')).to.include('tour-target')
    await ann.chip('Stop').click()
    await shows(tour, /1 of 5.*Press Find as Ann/s)
    await ben.giveTo('Carl')
    await shows(tour, 'Ben is not with us any more')
    await tour.getByRole('button', { name: 'End the tour' }).click()
    await stage.settled()
  })

  it('introduces each as somebody of their own', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true })
    await begins(tourOn(page))
    for (const [phone, gender] of [
      [ann, 'Gender: female'],
      [ben, 'Gender: male'],
    ] as const) {
      await phone.write('/profile')
      await shows(phone.log, gender)
    }
  })

  it('introduces somebody whose name the bot does not take, who gets one from the bot', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true })
    await ann.giveToNew('Maximiliana Wilhelmina <of Nowhere>')
    await tourOn(page).getByRole('button', { name: 'Show me' }).click()
    await shows(tourOn(page), 'Press Find as Maximiliana')
    await ann.chip('Find').click()
    await shows(tourOn(page), 'Now press Find as Ben')
    await ann.write('/stop')
    await shows(ben.log, 'Ben')
    await stage.settled()
  })

  it('leaves the line to write in on a narrow window, and marks the tab of the phone it points at', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true, viewport: { width: 390, height: 844 } })
    const tour = tourOn(page)
    const isWhole = async (phone: PhonePart) => {
      const box = await phone.place.locator('.composer').boundingBox()
      return box !== null && box.y + box.height <= 844
    }
    const ring = (name: string) =>
      page.evaluate<boolean>(`[...document.querySelectorAll('[role=tab]')]
        .some((tab) => tab.textContent.includes('${name}') && getComputedStyle(tab).outlineStyle === 'solid')`)
    await begins(tour)
    await until('the line is on the window', () => isWhole(ann))
    expect(await ring('Ann')).to.equal(false)
    await page.getByRole('tab', { name: 'Ben' }).click()
    await until('the tab is marked', () => ring('Ann'))
    await page.getByRole('tab', { name: 'Ann' }).click()
    await until('what is shown needs no mark', async () => !(await ring('Ann')))
    await ann.chip('Find').click()
    await shows(tour, 'Now press Find as Ben')
    await until('the other tab is marked', () => ring('Ben'))
    await until('the line is still on the window', () => isWhole(ann))
    await page.getByRole('tab', { name: 'Ben' }).click()
    await ben.chip('Find').click()
    await shows(tour, 'Let both enter')
    await until('the line is on the window of the other, too', () => isWhole(ben))
    await ben.write('/stop')
    await shows(tour, 'The room has ended')
    await stage.settled()
  })

  it('says that a room was lost before anybody was invited, and goes on when they search again', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true })
    const tour = tourOn(page)
    await begins(tour)
    await stage.people.fault({ surface: 'bot', method: 'createChatInviteLink', error: '400:Bad Request: no', times: 1 })
    await ann.chip('Find').click()
    await shows(tour, 'Now press Find as Ben')
    await ben.chip('Find').click()
    await shows(ben.log, 'Something broke on our side')
    await shows(tour, /The room has ended.*Not both came inside/s)
    await ann.chip('Find').click()
    await shows(tour, /2 of 5.*Now press Find as Ben/s)
    await ben.chip('Find').click()
    await shows(tour, 'Let both enter')
    await ann.write('/stop')
    await shows(tour, 'The room has ended')
    await stage.settled()
  })
})

describe('the tour of the sandbox page when somebody does not come', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage((opened) => (stage = opened), { env: { ROOM_ENTRY_TIMEOUT: '4s', NO_SHOW_COOLDOWN: '1h' } })

  it('goes on by itself when they search again, and takes somebody else for whoever may not', async () => {
    const { page, ann, ben } = await stage.visit({ tour: true })
    const tour = tourOn(page)
    await begins(tour)
    for (let missed = 0; ; missed++) {
      await ann.chip('Find').click()
      await shows(tour, 'Now press Find as Ben')
      await ben.chip('Find').click()
      if (missed === 2) break
      await shows(tour, 'Let both enter')
      await ann.place.locator('.lines > li:last-child .keys .url').click()
      await shows(tour, /The room has ended.*Not both came inside/s)
    }
    await shows(tour, /Ben cannot search now.*You can search again in/s)
    await page.reload()
    await shows(tour, 'Ben cannot search now')
    await tour.getByRole('button', { name: 'Somebody else' }).click()
    await shows(tour, 'Now press Find as Cleo')
    await shows(ben.place.locator('.person'), 'Cleo')
    await ben.chip('Find').click()
    await shows(tour, 'Let both enter')
    await ann.write('/stop')
    await shows(tour, 'The room has ended')
    await tour.getByRole('button', { name: 'Go on' }).click()
    await shows(tour, 'Press Find as Ann')
    await tour.getByRole('button', { name: 'Skip the tour' }).click()
    expect(await tour.isVisible()).to.equal(false)
    await page.reload()
    await shows(page.locator('#live'), 'Live')
    await page.getByRole('button', { name: 'Tour' }).waitFor()
    expect(await tour.isVisible()).to.equal(false)
    await stage.settled()
  })
})
