import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { runScript } from '../../src/redis/define-script.js'
import { buryMessageScript } from '../../src/redis/scripts.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

describe('cli about messages', () => {
  let stage: CliStage
  const [ann, bob] = [person(1), person(2)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  /** Buries a message of a mailbox with the words of its error, as the consumer does; gives the entry in the dead letters. */
  const buryFor = async (error: string, name: 'courier' | 'room' | 'ledger', fields: string[]): Promise<string> => {
    const { redis, keys } = stage.live
    const mailbox = keys.mailbox(name)
    await redis.xgroup('CREATE', mailbox, 'actors', '0', 'MKSTREAM').catch(() => undefined)
    await redis.xadd(mailbox, '*', ...fields)
    const read = await redis.xreadgroup('GROUP', 'actors', 'me', 'COUNT', 1, 'STREAMS', mailbox, '>')
    const entry = read?.[0]?.[1]?.[0]?.[0] ?? ''
    const args = { group: 'actors', entry, name, attempts: 8, error }
    await runScript(redis, buryMessageScript, { mailbox, deadLetters: keys.deadLetters }, args, fields)
    return (await redis.xrevrange(keys.deadLetters, '+', '-', 'COUNT', 1))[0]?.[0] ?? ''
  }
  const bury = (name: 'courier' | 'room', ...fields: string[]) => buryFor('Bad Request: no luck', name, fields)
  const letters = () => stage.live.redis.xlen(stage.live.keys.deadLetters)

  describe('dead-letters', () => {
    it('shows what failed, newest first, but not what was in it', async () => {
      expect((await stage.run('dead-letters list')).out).to.equal('There are no dead letters.\n')
      for (const link of ['https://t.me/+first', 'https://t.me/+second'])
        await buryFor(`no luck with ${link}`, 'ledger', ['type', 'invited', 'room', 'abcdef', 'link', link])
      const { total, letters: shown } = await stage.json<{ total: number; letters: object[] }>(
        'dead-letters list --limit 1',
      )
      expect(total).to.equal(2)
      expect(shown).to.have.length(1)
      expect(shown[0]).to.include({ mailbox: 'ledger', type: 'invited', attempts: 8 })
      expect(shown[0]).to.include({ error: 'no luck with https://t.me/<link>' })
      const { out } = await cli(['dead-letters', 'list', '--limit', '1'], stage.env, { columns: 80 })
      expect(out).to.contain('… 1 of 2 dead letters').and.not.to.contain('second')
    })

    it('shows one without what is in it', async () => {
      const entry = await bury('courier', 'type', 'notice', 'to', ann, 'notice', 'found', 'args', '{"a":"secret"}')
      const shown = await stage.json<object>(`dead-letters show ${entry}`)
      expect(shown).to.include({
        entry,
        mailbox: 'courier',
        type: 'notice',
        attempts: 8,
        error: 'Bad Request: no luck',
      })
      expect(JSON.stringify(shown)).not.to.contain('secret')
      expect((await stage.run(`dead-letters show ${entry}`)).out).to.match(/^error +Bad Request: no luck$/m)
    })

    it('puts one back into its mailbox as it was, once', async () => {
      const fields = ['type', 'notice', 'to', ann, 'notice', 'found', 'args', '{"room":"abcdef"}']
      const entry = await bury('courier', ...fields)
      await bury('courier', 'type', 'notice', 'to', bob, 'notice', 'stopped', 'args', '{}')
      expect(await stage.json(`dead-letters retry ${entry}`)).to.deep.equal({
        retried: 1,
        unreadable: 0,
        audited: true,
      })
      expect(await stage.live.mailbox('courier')).to.deep.equal([
        { attempts: '0', type: 'notice', to: ann, notice: 'found', args: '{"room":"abcdef"}' },
      ])
      expect(await letters()).to.equal(1)
      expect((await auditTable(stage.db).newest(1))[0]).to.deep.include({
        action: 'dead-letters retry',
        subject: entry,
      })
      const again = await stage.run(`dead-letters retry ${entry}`)
      expect([again.code, again.notes]).to.deep.equal([3, `There is no dead letter ${entry}; see: dead-letters list\n`])
      expect(await stage.live.mailbox('courier')).to.have.length(1)
    })

    it('puts back or throws away all of them after a question, but not what nobody can read', async () => {
      for (const user of [ann, bob]) await bury('room', 'type', 'look', 'room', `room${user}`)
      await stage.live.redis.xadd(stage.live.keys.deadLetters, '*', 'mailbox', 'nobody', 'message', '[]')
      const declined = await stage.run('dead-letters retry --all', '')
      expect([declined.code, declined.questions]).to.deep.equal([1, ['Retry 3 dead letters? [y/N] ']])
      expect(await letters()).to.equal(3)
      expect(await stage.json('dead-letters retry --all --yes')).to.include({ retried: 2, unreadable: 1 })
      expect((await stage.live.mailbox('room')).map(({ room }) => room)).to.deep.equal([`room${ann}`, `room${bob}`])
      expect(await stage.json('dead-letters discard --all --yes')).to.include({ discarded: 1 })
      expect(await letters()).to.equal(0)
      expect((await stage.run('dead-letters discard --all')).out).to.equal('There are no dead letters.\n')
    })

    for (const line of ['retry', 'discard 1-0 --all', 'show here'])
      it(`answers "dead-letters ${line}" in words and with 2`, async () => {
        const { code, notes } = await stage.run(`dead-letters ${line}`)
        expect(notes).to.match(/give either an entry or --all|An entry looks like/)
        expect(code).to.equal(2)
      })
  })

  describe('mailboxes', () => {
    it('are listed, and looked into without taking anything out or showing a link', async () => {
      const room = await stage.live.invited(ann, bob)
      const { mailboxes } = await stage.json<{ mailboxes: { mailbox: string; length: number }[] }>('mailboxes list')
      expect(mailboxes.map(({ mailbox }) => mailbox)).to.deep.equal(['room', 'courier', 'ledger'])
      const before = await stage.live.mailbox('ledger')
      const peeked = await stage.json<{ total: number; messages: { type: string; about: object }[] }>(
        'mailboxes peek ledger',
      )
      expect(peeked.total).to.equal(before.length)
      expect(peeked.messages.map(({ type }) => type)).to.include.members(['paired', 'invited'])
      expect(peeked.messages.find(({ type }) => type === 'invited')?.about).to.deep.equal({ room: room.id })
      expect(JSON.stringify(peeked)).not.to.contain('t.me')
      expect(await stage.live.mailbox('ledger')).to.deep.equal(before)
      expect((await stage.run('mailboxes peek ledger --limit 1')).out).to.contain(`… 1 of ${before.length}`)
    })

    it('say who has taken a message', async () => {
      const { redis, keys } = stage.live
      await stage.live.pair(ann, bob)
      await redis.xgroup('CREATE', keys.mailbox('room'), 'actors', '0')
      await redis.xreadgroup('GROUP', 'actors', 'worker-1', 'COUNT', 1, 'STREAMS', keys.mailbox('room'), '>')
      const { messages } = await stage.json<{ messages: { takenBy: string }[] }>('mailboxes peek room')
      expect(messages.map(({ takenBy }) => takenBy)).to.deep.equal(['worker-1'])
    })

    it('that do not exist are wrong usage, or not found', async () => {
      expect((await stage.run('mailboxes peek nobody')).code).to.equal(2)
      const { redis, keys } = stage.live
      expect(await stage.run('mailboxes peek host:99')).to.include({
        code: 3,
        notes: 'There is no host 99; see: hosts list\n',
      })
      // It was told something, and then removed.
      await redis.xadd(keys.mailbox('host:99'), '*', 'type', 'fill')
      expect(await stage.run('mailboxes peek host:99')).to.include({ code: 3, out: '' })
      const known = await hostsTable(stage.db, CLI_SECRET).add({
        phoneLabel: '+49…1',
        userId: userId(7_000_000_001),
        session: 's',
      })
      expect(await stage.run(`mailboxes peek host:${known}`)).to.include({
        code: 0,
        out: `The mailbox host:${known} is empty.\n`,
      })
      expect((await stage.run('mailboxes peek courier')).out).to.equal('The mailbox courier is empty.\n')
    })
  })
})
