import { expect } from 'chai'
import type { Command } from 'commander'
import { COMMANDS } from '../../src/cli/cli.js'
import { createContext } from '../../src/cli/context.js'
import { createProgram } from '../../src/cli/program.js'
import { EXAMPLES } from '../../src/cli/examples.js'
import { EXIT } from '../../src/cli/failures.js'
import { cli } from '../support/cli.js'
import { readCliDocument, sectionsOf } from '../support/cli-document.js'

const { opening, sections } = readCliDocument()
const nobody = {
  out: () => undefined,
  note: () => undefined,
  columns: undefined,
  paint: (_: unknown, text: string) => text,
  ask: () => Promise.reject(new Error('nobody answers')),
}
const program = createProgram(
  createContext({}, nobody, () => import('../../src/cli/servers.js')),
  COMMANDS,
)

/** Every command that does something: not `rooms`, but `rooms list`. */
const leavesOf = (command: Command, chain: readonly string[] = []): [string, Command][] =>
  command.commands.length === 0
    ? [[chain.join(' '), command]]
    : command.commands.flatMap((sub) => leavesOf(sub, [...chain, sub.name()]))
const leaves = leavesOf(program)

const flagsIn = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])]

describe('docs/cli.md', () => {
  for (const [name, command] of leaves)
    it(`tells every flag of ${name}`, () => {
      const found = sectionsOf(name, sections)
      expect(found, 'has a section').not.to.deep.equal([])
      const told = flagsIn(found.map(({ text }) => text).join('\n'))
      const flags = command.options.flatMap(({ long }) => long ?? []).filter((long) => long !== '--json')
      expect(flags.filter((flag) => !told.includes(flag))).to.deep.equal([])
    })

  it('tells no flag and no command that does not exist', () => {
    for (const { commands, text } of sections) {
      const known = leaves.filter(([name]) => commands.some((one) => one === name || one.startsWith(`${name} `)))
      expect(known, commands.join()).not.to.deep.equal([])
      const flags = known.flatMap(([, command]) => command.options.flatMap(({ long }) => long ?? []))
      expect(
        flagsIn(text).filter((flag) => !flags.includes(flag)),
        commands.join(),
      ).to.deep.equal([])
      for (const command of commands.filter((one) => one.includes(' ')))
        expect(
          leaves.some(([name]) => command === name || command.startsWith(`${name} `)),
          command,
        ).to.equal(true)
    }
  })

  it('tells every exit code, as the help does', async () => {
    const told = [...opening.matchAll(/^\| (\d) +\|/gm)].map(([, code]) => Number(code))
    expect(told).to.deep.equal(Object.values(EXIT))
    const { out } = await cli(['--help'], {})
    const [, line = ''] = /^Exit codes: (.*)$/m.exec(out) ?? []
    expect(line.match(/\d/g)?.map(Number)).to.deep.equal(Object.values(EXIT))
  })

  it('says that every command takes --json; completion is for the shell', () => {
    expect(opening).to.include('Every command takes `--json`')
    const without = leaves.filter(([, command]) => !command.options.some(({ long }) => long === '--json'))
    expect(without.map(([name]) => name)).to.deep.equal(['completion'])
  })
})

describe("the command line's examples", () => {
  for (const command of program.commands.map((one) => one.name()))
    it(`${command} has some in its help, of commands and options that there are`, async () => {
      const { out } = await cli([command, '--help'], {})
      expect(EXAMPLES[command]).not.to.equal(undefined)
      for (const example of EXAMPLES[command] ?? []) {
        expect(out)
          .to.match(/^Examples:$/m)
          .and.include(`cli -- ${example}\n`)
        const [, leaf] = leaves.find(([name]) => example === name || example.startsWith(`${name} `)) ?? []
        expect(leaf, example).not.to.equal(undefined)
        const flags = [...(leaf?.options ?? [])].flatMap(({ long }) => long ?? [])
        expect(flags, example).to.include.members(flagsIn(example.replace(/".*?"/g, '')))
      }
    })
})
