import { expect } from 'chai'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { hasTelethon, noTelethon, tryTelethon } from '../support/telethon.js'

describe('the sandbox with Telethon, a client in another language and of an older layer', function () {
  this.timeout(120_000)
  let sandbox: Sandbox

  const play = (scenario: string): Promise<Record<string, unknown>> => tryTelethon(sandbox, scenario, LOGIN_CODE)

  before(function () {
    if (hasTelethon()) return
    process.stdout.write(`${noTelethon}\n`)
    this.skip()
  })
  beforeEach(async () => {
    sandbox = await startSandbox()
    sandbox.world.users.addBot('Visavis', 'visavis_bot')
  })
  afterEach(async () => {
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('signs up, logs in over every transport and with a password that it sets itself', async () => {
    expect(await play('logins')).to.deep.equal({
      'signed up': 'Host',
      transports: Array.from({ length: 4 }, () => '15550000'),
      'wrong code': 'PhoneCodeInvalidError',
      'right code': 'SessionPasswordNeededError',
      'wrong password': 'PasswordHashInvalidError',
      'right password': 'Host',
      again: true,
      'logged out': true,
    })
  })

  it('makes a group, lets people in by request or link, bans and frees them, and deletes it', async () => {
    expect(await play('rooms')).to.deep.equal({
      invitation: ['Room', true],
      asked: ['InviteRequestSentError', 'InviteRequestSentError'],
      asking: ['Alice', 'Carl'],
      'asking then': [],
      full: ['About', 3],
      people: [
        ['Host', 'ChannelParticipantCreator'],
        ['Visavis', 'ChannelParticipantAdmin'],
        ['Alice', 'ChannelParticipant'],
      ],
      admins: ['Host', 'Visavis'],
      restricted: 'ChatWriteForbiddenError',
      banned: 'InviteHashExpiredError',
      kicked: ['Alice'],
      added: 'Updates',
      deleted: 'ChannelPrivateError',
      left: [],
    })
  })

  it('writes with styles, replies, edits, pins, searches and deletes', async () => {
    expect(await play('messages')).to.deep.equal({
      entities: ['MessageEntityBold', 'MessageEntityUrl'],
      'replied to': 'ONE',
      newest: ['four', 'three'],
      all: ['ONE', 'two', 'three', 'four'],
      found: ['three'],
      'by Alice': ['two', 'ONE'],
      pinned: 'ONE',
      gone: null,
      left: [],
    })
  })

  it('writes to oneself and to others, who answer, read, forward, delete and block', async () => {
    expect(await play('private')).to.deep.equal({
      saved: ['Hello', true, ['Hello']],
      heard: [
        ['hello', true, 'Ann'],
        ['hi', 'hello'],
        ['read', true],
      ],
      dialog: ['Ann', 'Hello', 1],
      theirs: ['Hello', 'hi', 'HELLO'],
      unread: 0,
      left: ['Hello', 'hi'],
      blocked: ['UserIsBlockedError', 'YouBlockedUserError'],
    })
  })

  it('sends a photo, finds it and gets it back', async () => {
    expect(await play('photos')).to.deep.equal({ caption: 'Look', size: [60, 40], found: true, same: true })
  })

  it('hears what happens, and after a break what it missed', async () => {
    expect(await play('updates')).to.deep.equal({
      live: ['hello', 'edited HELLO', 'deleted'],
      differences: [true, 'ChannelDifference'],
      'after the break': ['while away', 'after'],
    })
  })

  it('works without asyncio', async () => {
    expect(await play('sync')).to.deep.equal({ dialogs: ['Room'], me: 'Host' })
  })
})
