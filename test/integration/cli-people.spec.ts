import { userInfo } from 'node:os'
import { expect } from 'chai'
import { bansTable } from '../../src/postgres/bans.js'
import { usersTable } from '../../src/postgres/users.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { within } from '../support/speed.js'

describe('cli about people', () => {
  let stage: CliStage
  const [ann, bob, cat] = [person(1), person(2), person(3)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  describe('users', () => {
    it('are found by a part of a name, in any case, and by id', async () => {
      await stage.register(ann, 'Ann_Smith', 'Blue Fox')
      await stage.register(bob, 'bob', 'Red_Hen_Smith')
      await stage.register(cat, 'cat', 'Белая Лиса 🦊')
      const found = async (words: string) =>
        (await stage.json<{ people: { user: string }[] }>(['users', 'find', words])).people.map(({ user }) => user)
      expect(await found('ann')).to.deep.equal([ann])
      expect(await found('lue FOX')).to.deep.equal([ann])
      expect(await found('лис')).to.deep.equal([cat])
      expect(await found('А 🦊')).to.deep.equal([cat])
      expect(await found('d_h')).to.deep.equal([bob])
      await stage.register(bob, 'bob', 'Red_Hen_Smith (*.[\\)')
      expect(await found('SMITH (*.[\\)')).to.deep.equal([bob])
      expect(await found('smith')).to.deep.equal([bob, ann])
      expect(await found('@smith'), 'usernames only').to.deep.equal([ann])
      expect(await found(bob)).to.deep.equal([bob])
      const nobody = await stage.run('users find b_b')
      expect([nobody.code, nobody.notes]).to.deep.equal([3, 'Nobody has "b_b" in a username or nickname.\n'])
      expect(await stage.lastAudit()).to.deep.include({ action: 'users find', details: { found: 0 } })
    })

    it('are found page by page', async () => {
      for (const [n, user] of [ann, bob, cat].entries()) await stage.register(user, `name${n}`, 'Fox')
      const page = (options: string) =>
        stage.json<{ total: number; offset: number; people: { user: string }[] }>(`users find fox ${options}`)
      const first = await page('--limit 2')
      expect(first).to.include({ total: 3, offset: 0 })
      const second = await page('--limit 2 --offset 2')
      expect([...first.people, ...second.people].map(({ user }) => user)).to.deep.equal([cat, bob, ann])
      expect((await stage.run('users find fox --limit 2')).out).to.contain(
        '… 2 of 3; more with: users find fox --offset 2',
      )
      for (const user of [ann, bob]) await usersTable(stage.db).setNickname(user, "Ann's Fox", 3)
      expect((await cli(['users', 'find', "n's f", '--limit', '1'], stage.env)).out).to.contain(
        String.raw`more with: users find 'n'\''s f' --offset 1`,
      )
      const after = await stage.run('users find fox --offset 3')
      expect([after.code, after.notes]).to.deep.equal([
        3,
        'Nobody after the first 3 has "fox" in a username or nickname.\n',
      ])
    })

    it('are named by @username as well as by id', async () => {
      await stage.register(ann, 'Ann_Smith', 'Blue Fox')
      await stage.register(bob, 'ann_smithson', 'Red Hen')
      await stage.live.find(ann)
      expect(await stage.json('users show @ann_smith')).to.include({ user: ann })
      expect(await stage.lastAudit()).to.deep.include({ action: 'users show', subject: ann })
      expect(await stage.json('waiting show @ANN_smith')).to.include({ user: ann })
      const who = new RegExp(`^@ann_smith was last the name of ${ann}  Blue Fox, seen \\S+ \\S+ UTC`)
      const done = async (line: string, ...answers: string[]) => {
        const { out, notes, questions } = await stage.run(`${line} --json`, ...answers)
        return { done: JSON.parse(out) as object, said: [notes, ...questions].join('') }
      }
      const removed = await done('waiting remove @ann_smith')
      expect(removed.done).to.include({ user: ann })
      expect(removed.said).to.match(who)
      const declined = await stage.run('users ban @ann_smith --reason spam', 'n')
      expect([declined.code, declined.notes]).to.deep.equal([1, 'Nothing was changed.\n'])
      expect(await bansTable(stage.db).list()).to.deep.equal([])
      const banned = await done('users ban @ann_smith --reason spam', 'y')
      expect(banned.done).to.include({ user: ann, known: true })
      expect(banned.said).to.match(who)
      const unbanned = await done('users unban @ann_smith')
      expect(unbanned.done).to.include({ user: ann })
      expect(unbanned.said).to.match(who)
      expect(await stage.json('users ban @ann_smith --reason spam --yes')).to.include({ user: ann })
      await stage.run(`users unban ${ann}`)
      expect(JSON.parse((await stage.run('users export @ann_smith')).out)).to.include({ user: ann })
      await stage.remember()
      const forgotten = await done('users forget @ann_smith', 'y')
      expect(forgotten.done).to.include({ user: ann, profile: true })
      expect(forgotten.said).to.match(who)
      for (const command of ['show', 'unban', 'export', 'forget', 'ban --reason spam']) {
        const { code, notes } = await stage.run(`users ${command} @ann_smith`)
        expect([code, notes], command).to.deep.equal([
          3,
          'Nobody has the username @ann_smith; part of a name is enough for: users find\n',
        ])
      }
      expect(await bansTable(stage.db).list()).to.deep.equal([])
    })

    it('are listed when several had a username, and nothing is done', async () => {
      await stage.register(ann, 'ann', 'Blue Fox')
      await stage.register(bob, 'Ann', 'Red Hen')
      const { code, notes } = await stage.run('users ban @ann --reason spam')
      expect(code).to.equal(1)
      expect(notes).to.match(/^@ann is or was the username of several people/)
      expect(notes.split('\n').slice(1, 3).join()).to.match(
        new RegExp(`^  ${bob}  Red Hen, seen .*,  ${ann}  Blue Fox`),
      )
      expect(await bansTable(stage.db).list()).to.deep.equal([])
      expect(await stage.lastAudit()).to.deep.include({ action: 'users find', details: { found: 2 } })
    })

    it('are shown with what they are doing now; the look is written down', async () => {
      await stage.register(ann, 'ann', 'Blue Fox')
      await stage.live.find(ann)
      const shown = await stage.json<{ profile: object; where: object }>(`users show ${ann}`)
      expect(shown.profile).to.include({ username: 'ann', nickname: 'Blue Fox', gender: null, reachable: true })
      expect(shown.where).to.include({ state: 'waiting', firstInLine: false })
      expect(await stage.lastAudit()).to.deep.include({
        actor: `cli:${userInfo().username}`,
        action: 'users show',
        subject: ann,
      })
      const { out } = await stage.run(`users show ${ann}`)
      expect(out).to.match(/^now +waiting for \d s$/m)
      expect((await stage.run(`users show ${cat}`)).code).to.equal(3)
    })

    it('get everything that is stored about them, and nothing about their partners', async () => {
      await stage.register(ann, 'ann', 'Blue Fox')
      const room = await stage.live.opened(ann, bob)
      await stage.remember()
      const { out, code } = await stage.run(`users export ${ann}`)
      expect(code).to.equal(0)
      const all = JSON.parse(out) as { profile: object; rooms: { room_id: string }[]; active: object }
      expect(all.profile).to.include({ username: 'ann', nickname: 'Blue Fox' })
      expect(all.rooms.map(({ room_id }) => room_id)).to.deep.equal([room.id])
      expect(all.active).to.include({ state: 'paired' })
      expect(JSON.stringify(all.rooms)).not.to.contain(bob)
      expect((await stage.run(`users export ${cat}`)).code).to.equal(3)
    })

    it('are forgotten after a question: the profile goes, past rooms become anonymous', async () => {
      await stage.register(ann, 'ann', 'Blue Fox')
      const room = await stage.live.opened(ann, bob)
      await stage.live.rooms.close(room.id, { reason: 'left', by: ann })
      await stage.live.rooms.finish(await stage.live.room(room.id), 'disposing')
      await stage.remember()
      const declined = await stage.run(`users forget ${ann}`, 'n')
      expect([declined.code, declined.notes]).to.deep.equal([1, 'Nothing was changed.\n'])

      const done = await stage.run(`users forget ${ann} --json`, 'yes')
      expect(JSON.parse(done.out)).to.deep.equal({ user: ann, profile: true, rooms: 1, banned: false })
      expect(await usersTable(stage.db).profile(ann)).to.equal(null)
      expect(await stage.live.record(ann)).to.equal(null)
      const row = await stage.db.one<object>('select a, b, ended_by as "by" from rooms')
      expect(row).to.deep.equal(room.a === ann ? { a: '-1', b: bob, by: '-1' } : { a: bob, b: '-2', by: '-2' })
      expect((await stage.run(`rooms show ${room.id}`)).out)
        .to.match(/forgotten/)
        .and.to.match(/^stage +closed; reason: left/m)
      expect((await stage.run(`users forget ${ann} --yes`)).code).to.equal(3)
    })

    it('are neither banned, let in again nor forgotten where that cannot be written down', async () => {
      await stage.register(ann, 'ann', 'Blue Fox')
      await stage.register(bob, 'bob', 'Red Hen')
      await stage.run(`users ban ${bob} --reason spam`)
      await stage.db.none('alter table audit rename to audit_elsewhere')
      try {
        for (const line of [`ban ${ann} --reason spam`, `unban ${bob}`, `forget ${ann} --yes`])
          expect((await stage.run(`users ${line}`)).code, line).to.equal(1)
      } finally {
        await stage.db.none('alter table audit_elsewhere rename to audit')
      }
      expect((await bansTable(stage.db).list()).map(({ user }) => user)).to.deep.equal([bob])
      expect(await stage.live.waitingSet.whereabouts(bob)).to.deep.equal({ state: 'banned' })
      expect(await usersTable(stage.db).profile(ann)).not.to.equal(null)
    })
  })

  it('answers within a second while 100,000 people are known and wait', async () => {
    await stage.db.none(`insert into users (user_id, username, nickname)
      select n, 'name' || n, 'nick' || n from generate_series(5000000001, 5000100009) as n`)
    const crowd = people(100_000)
    // A search that goes on is ended before its person is forgotten, which only a service can do.
    const idle = people(9, 100_001)
    await stage.everyoneWaits(crowd)
    for (const line of [
      'users find name50000999',
      'users find ick5',
      'users show @nameN',
      'users show N',
      'waiting show N',
      'waiting remove N',
      'users ban N --reason test',
      'users export N',
      'users forget N --yes',
    ]) {
      const { code, notes } = await within(1_000, line, () =>
        stage.run(line.replace('N', () => (line.includes('forget') ? idle : crowd).pop() ?? '')),
      )
      expect(code, line + notes).to.equal(0)
      await stage.remember()
    }
  })
})
