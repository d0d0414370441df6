import { expect } from 'chai'
import { readVariables, unknownSettings, VARIABLES } from '../../src/config.js'

describe('settings that are none', () => {
  const meant: [string, string | undefined][] = [
    ['ROOM_ENTRYTIMEOUT', 'ROOM_ENTRY_TIMEOUT'],
    ['ROOM_ENTRY_TIMEOUTS', 'ROOM_ENTRY_TIMEOUT'],
    ['DATABSAE_URL', 'DATABASE_URL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['ROLE', 'ROLES'],
    ['admin_ids', 'ADMIN_IDS'],
    ['GROUP_LIMIT', undefined],
    ['RETENTION_USERS', undefined],
  ]
  for (const [name, setting] of meant)
    it(`include ${name}`, () => {
      const found = setting === undefined ? { name } : { name, meant: setting }
      expect(unknownSettings({ [name]: 'x' })).to.deep.equal([found])
    })

  it('do not include what is known, what is empty, and what others use', () => {
    const names = Object.keys(VARIABLES)
    expect(unknownSettings(Object.fromEntries(names.map((name) => [name, 'x'])))).to.deep.equal([])
    expect(unknownSettings({ ROOM_ENTRYTIMEOUT: '' })).to.deep.equal([])
    const others = ['PATH', 'HOME', 'PORT', 'API_KEY', 'HOSTNAME', 'REDIS_HOST', 'NODE_OPTIONS', 'LOGNAME', 'EDITOR']
    expect(unknownSettings(Object.fromEntries(others.map((name) => [name, 'x'])))).to.deep.equal([])
  })
})

describe('a setting that cannot be', () => {
  const wrong: [keyof typeof VARIABLES, string, string][] = [
    ['NODE_ENV', 'prod', 'must be one of development, production, test'],
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['GROUP_DISPOSAL', 'burn', 'must be one of delete, recycle'],
    ['GATE_ON_ERROR', 'ajar', 'must be one of open, closed'],
    [
      'REQUIRED_CHANNELS',
      '@news, t.me/more',
      'must be a comma-separated list of channels (@name or -100… id); "t.me/more" is none',
    ],
    ['ADMIN_IDS', '12,@boss', 'must be a comma-separated list of Telegram user ids; "@boss" is none'],
    ['ROLES', 'bot,cook', 'must be a comma-separated list of roles (bot, worker, host, cron); "cook" is none'],
  ]
  for (const [name, value, words] of wrong)
    it(`is told so, with what it can be: ${name}`, () => {
      expect(() => readVariables({ [name]: value }, [name])).to.throw(`${name} ${words}`)
    })
})

describe('CONTACT', () => {
  it('is one line, or nothing', () => {
    expect(readVariables({}, ['CONTACT']).CONTACT).to.equal(undefined)
    expect(readVariables({ CONTACT: '@ann_helps' }, ['CONTACT']).CONTACT).to.equal('@ann_helps')
    for (const CONTACT of ['a\nb', ' @ann', 'x'.repeat(101)])
      expect(() => readVariables({ CONTACT }, ['CONTACT']), CONTACT).to.throw(/CONTACT must be/)
  })
})
