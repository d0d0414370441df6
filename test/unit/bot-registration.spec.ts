import { expect } from 'chai'
import { ADMIN, ANNA, createBotStage } from '../support/bot-stage.js'

describe('registration', () => {
  it('stores a person at /start, asks gender, then nickname', async () => {
    const stage = createBotStage()
    await stage.write('/start')
    expect(stage.users.rows.get(ANNA)).to.include({ language: 'en', gender: null, nickname: null })
    await stage.press('gender:female')
    await stage.write('  Quiet   Fox ')
    expect(stage.notices()).to.deep.equal(['ask_gender', 'ask_nickname', 'registered'])
    expect(stage.users.rows.get(ANNA)).to.include({ gender: 'female', nickname: 'Quiet Fox' })
  })

  it('gives a nickname to whoever asks for one', async () => {
    const stage = createBotStage()
    await stage.write('/start')
    await stage.press('gender:other')
    await stage.press('name:auto')
    expect(stage.users.rows.get(ANNA)?.nickname).to.match(/^\w+ \w+$/)
    expect(stage.notices().at(-1)).to.equal('registered')
  })

  it('refuses a nickname with the reason, and goes on asking', async () => {
    const stage = createBotStage()
    await stage.write('/start')
    await stage.press('gender:male')
    for (const [text, reason] of [
      ['x', 'too_short'],
      ['y'.repeat(4096), 'too_long'],
      ['t.me/anna', 'link'],
    ] as const) {
      stage.told.length = 0
      await stage.write(text)
      expect(stage.told[0]).to.include({ notice: 'nickname_refused', args: JSON.stringify({ reason }) })
    }
    stage.told.length = 0
    await stage.send({ sticker: {} })
    await stage.send({ text: 'Anna', forward_origin: {}, forward_date: 1 })
    expect(stage.notices()).to.deep.equal(['ask_nickname', 'ask_nickname'])
    expect(stage.users.rows.get(ANNA)?.nickname).to.equal(null)
  })

  it('leads a command into registration and goes on with it afterwards', async () => {
    const stage = createBotStage()
    await stage.write('/find')
    await stage.press('gender:female')
    expect(stage.calls).to.deep.equal([])
    await stage.write('Fox')
    expect(stage.calls).to.deep.equal([`find ${ANNA}`])
    expect(stage.notices()).to.deep.equal(['ask_gender', 'ask_nickname', 'searching'])
    expect(stage.users.rows.get(ANNA)?.pendingCommand).to.equal(null)
  })

  it('/stop during registration forgets the command that was kept', async () => {
    const stage = createBotStage()
    await stage.write('/find')
    await stage.write('/stop')
    await stage.press('gender:female')
    await stage.write('Fox')
    expect(stage.calls).not.to.include(`find ${ANNA}`)
    expect(stage.notices().at(-1)).to.equal('registered')
  })

  it('begins where it stopped, with whatever comes', async () => {
    const stage = createBotStage()
    stage.users.register(ANNA, { gender: null, nickname: null })
    await stage.write('hello')
    stage.users.register(ANNA, { nickname: null })
    await stage.write('/start')
    expect(stage.notices()).to.deep.equal(['ask_gender', 'ask_nickname'])
  })

  it('goes on with /find after a crash between the last answer and the search', async () => {
    const stage = createBotStage()
    stage.users.register(ANNA, { pendingCommand: 'find' })
    await stage.write('Fox')
    expect(stage.calls).to.deep.equal([`find ${ANNA}`])
  })

  it('/start again shows the profile; both can be edited, and a command ends the editing', async () => {
    const stage = createBotStage()
    stage.users.register(ANNA)
    await stage.write('/start')
    await stage.press('edit:gender')
    await stage.press('gender:male')
    await stage.press('edit:name')
    await stage.write('New Name')
    expect(stage.notices()).to.deep.equal(['profile', 'ask_gender', 'profile', 'ask_nickname', 'profile'])
    expect(stage.users.rows.get(ANNA)).to.include({ gender: 'male', nickname: 'New Name', pendingCommand: null })

    await stage.press('edit:name')
    await stage.write('/find')
    await stage.write('just talking')
    expect(stage.users.rows.get(ANNA)?.nickname).to.equal('New Name')
    expect(stage.notices()).to.deep.equal(['ask_nickname', 'searching', 'not_understood'])
  })

  it('needs no registration for /help, /privacy, /stop and /admin', async () => {
    const stage = createBotStage()
    for (const command of ['/help', '/privacy', '/stop']) await stage.write(command)
    await stage.write('/admin', ADMIN)
    expect(stage.notices()).to.deep.equal(['help', 'privacy', 'nothing_to_stop', 'admin'])
  })

  it('does not begin, nor go on, for somebody who is banned: a ban outlives what was stored about its person', async () => {
    const stage = createBotStage()
    const bannedUntil = Infinity
    stage.users.register(ANNA, { gender: null, nickname: null, bannedUntil })
    for (const text of ['/start', '/find', '/next', '/profile', 'Fox']) await stage.write(text)
    for (const button of ['gender:female', 'name:auto']) await stage.press(button)
    expect(stage.notices()).to.deep.equal(Array(7).fill('banned'))
    expect(stage.users.rows.get(ANNA)).to.include({ gender: null, nickname: null, pendingCommand: null })
    stage.users.register(ANNA, { nickname: null, bannedUntil })
    for (const text of ['/start', 'Fox']) await stage.write(text)
    expect(stage.notices(), 'in the middle of it').to.deep.equal(['banned', 'banned'])
    expect(stage.users.rows.get(ANNA)?.nickname).to.equal(null)
    stage.users.register(ANNA, { gender: null, nickname: null })
    await stage.write('/start')
    expect(stage.notices()).to.deep.equal(['ask_gender'])
  })
})
