import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import { MESSAGE_FIELDS, OPTIONAL_FIELDS } from '../../src/mailboxes.js'
import { luaFile } from '../../src/redis/define-script.js'
import * as declared from '../../src/redis/scripts.js'
import { codeOf, keyVariables, readHeader, redisCalls, undeclared, withoutText } from '../support/lua-source.js'

const SCRIPTS = Object.values(declared)

/** Which mailbox a key stands for. `mailbox` alone is any of them: such a script moves messages without reading them. */
const MAILBOXES = new Map([
  ['roomMailbox', 'room'],
  ['courierMailbox', 'courier'],
  ['ledgerMailbox', 'ledger'],
  ['hostMailbox', 'host'],
])

/** Commands that touch no key. */
const KEYLESS = new Set(['TIME', 'INFO'])
/** Commands whose cost grows with the whole data set, or that a script cannot declare the keys of. */
const FORBIDDEN = /^(?:SCAN|KEYS|HSCAN|SSCAN|ZSCAN|HGETALL|HKEYS|HVALS|SMEMBERS|RANDOMKEY|FLUSH.*|EVAL.*|SORT)$/

describe('Lua scripts', () => {
  it('are the files in lua/, each declared once', () => {
    const files = readdirSync(new URL('.', luaFile('any'))).filter((file) => file.endsWith('.lua'))
    expect(SCRIPTS.map(({ name }) => `${name}.lua`).sort()).to.deep.equal(files.sort())
  })

  it('emit only types of messages that exist, and each mailbox its own', () => {
    const types = SCRIPTS.flatMap(({ lua }) => [...readHeader(lua).emits.values()].flatMap((one) => [...one]))
    expect(types).not.to.be.empty
    for (const type of types) expect(MESSAGE_FIELDS).to.have.property(type)
  })

  for (const script of SCRIPTS)
    describe(script.name, () => {
      const header = readHeader(script.lua)
      const code = codeOf(script.lua)
      const calls = redisCalls(code)
      const variables = keyVariables(code, script.keys)
      /** The keys that an argument can be; undefined when it is anything but a choice between keys. */
      const keysOf = (argument: string | undefined): string[] | undefined => {
        const direct = /^KEYS\[(\d+)\]$/.exec(argument ?? '')
        if (direct) return [script.keys[Number(direct[1]) - 1] ?? '']
        const within = variables.get(`${/^(\w+)\[[\w.]+\]$/.exec(argument ?? '')?.[1]}[]`)
        if (within) return within
        const chosen = /^\w+ and (\w+) or (\w+)$/.exec(argument ?? '')
        const found = (chosen?.slice(1) ?? [argument ?? '']).map((name) => variables.get(name))
        return found.includes(undefined) ? undefined : found.flatMap((keys) => keys ?? [])
      }

      it('has the name, keys and arguments of its declaration, in order', () => {
        const { name, keys, args, rest } = header
        expect({ name, keys, args, rest }).to.deep.equal({
          name: script.name,
          keys: [...script.keys],
          args: [...script.args],
          rest: script.rest,
        })
      })

      it('touches the keys it is given, all of them, and no others', () => {
        const touched = new Set<string>()
        for (const { command, args } of calls) {
          if (KEYLESS.has(command)) continue
          if (args[0]?.startsWith('unpack(KEYS, ')) {
            script.keys.forEach((key) => touched.add(key))
            continue
          }
          const keys = keysOf(args[0])
          expect(keys, `${command} ${args[0]}`).not.to.equal(undefined)
          keys?.forEach((key) => touched.add(key))
        }
        expect([...touched].sort()).to.deep.equal([...script.keys].sort())
      })

      it('announces what its header says, with every field of the message', () => {
        const emitted = new Map<string, Set<string>>()
        for (const { command, args } of calls.filter((call) => call.command === 'XADD')) {
          const [key] = keysOf(args[0]) ?? []
          const mailbox = MAILBOXES.get(key ?? '')
          if (args[2] !== "'type'" || mailbox === undefined) continue
          const fields = args.slice(2).filter((_, i) => i % 2 === 0)
          const type = (args[3] ?? '').replaceAll("'", '')
          const optional = (OPTIONAL_FIELDS[type] ?? []).map((field) => `'${field}'`)
          // An entry that only sets where the stream's ids go on, and is deleted in the same breath.
          if (code.includes(`XDEL', ledger, call('${command}'`)) continue
          const required = fields.filter((field) => !optional.includes(field))
          expect(required.map((field) => field.replaceAll("'", '')).sort(), type).to.deep.equal(
            ['type', ...(MESSAGE_FIELDS[type] ?? [])].sort(),
          )
          emitted.set(mailbox, (emitted.get(mailbox) ?? new Set()).add(type))
        }
        expect(emitted).to.deep.equal(header.emits)
      })

      it('replies with the tags of its header', () => {
        const tags = [...code.matchAll(/(?:return|=) (?:\{ )?\{ '([a-z_]+)'/g)].map((match) => match[1] ?? '')
        expect(tags).not.to.be.empty
        expect([...new Set(tags)].filter((tag) => !header.replies.has(tag))).to.deep.equal([])
        const written = [...code.matchAll(/'([a-z_]+)'/g)].map((match) => match[1] ?? '')
        expect([...header.replies].filter((tag) => !written.includes(tag))).to.deep.equal([])
      })

      it('scans nothing, builds no key, and uses no globals', () => {
        expect(calls.map(({ command }) => command).filter((command) => FORBIDDEN.test(command))).to.deep.equal([])
        expect(undeclared(code)).to.deep.equal([])
        expect(withoutText(code)).not.to.match(/\bKEYS\[[^\]]*\.\./)
      })

      it('reads no clock but that of Redis', () => {
        expect(code).not.to.match(/os\.(?:time|clock)/)
      })

      if (header.replies.has('rebuilding'))
        it('refuses before anything else while Redis is being rebuilt', () => {
          expect(calls[0]).to.deep.include({ command: 'EXISTS', args: ['epoch'] })
        })
    })

  describe('the reading of them', () => {
    it('sees globals, keys built by hand and fields', () => {
      expect(
        undeclared("local a = 1\nb = a\nlocal t = { c = 2 }\nt.d = string.len('e')\nfor i = 1, 2 do a = i end"),
      ).to.eql(['b'])
      const calls = redisCalls("redis.call('HSET', rooms, 'a,b', f(1, { 2, 3 }))")
      expect(calls).to.deep.equal([{ command: 'HSET', args: ['rooms', "'a,b'", 'f(1, { 2, 3 })'] }])
      expect(keyVariables('local one, two = KEYS[2], KEYS[1]', ['a', 'b'])).to.deep.equal(
        new Map([
          ['one', ['b']],
          ['two', ['a']],
        ]),
      )
    })
  })
})
