import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const FILE = fileURLToPath(new URL('../../docs/cli.md', import.meta.url))
/** What is shown as it is stored, with the names of the database's columns. */
const AS_STORED = ['users export']

/** What docs/cli.md says of some commands, under one heading. */
export interface Section {
  /** `rooms close`, `hosts park`; with the alternatives of `a|b` as so many commands. */
  readonly commands: readonly string[]
  readonly text: string
  /** The examples of what `--json` prints. */
  readonly examples: readonly object[]
}

/** `hosts park <host> --for 2h` → `hosts park`; `matching pause|resume` → both. */
const commandsIn = (code: string): string[] => {
  const words = code.split(' ')
  const end = words.findIndex((word) => !/^[a-z|-]+$/.test(word) || word.startsWith('-'))
  const [last = '', ...rest] = words.slice(0, end < 0 ? words.length : end).reverse()
  return last.split('|').map((one) => [...rest.reverse(), one].join(' '))
}

const codesIn = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

const sectionOf = (part: string): Section => {
  const [heading = ''] = part.split('\n', 1)
  const examples = [...part.matchAll(/^```json\n(.*?)^```/gms)].map(([, json = '']) => JSON.parse(json) as object)
  return { commands: codesIn(heading).flatMap(commandsIn), text: part, examples }
}

/** The whole document: what stands before the first command, and the sections. */
export const readCliDocument = (): { opening: string; sections: readonly Section[] } => {
  const [opening = '', ...parts] = readFileSync(FILE, 'utf8').split(/^## /m)
  return { opening, sections: parts.map(sectionOf) }
}

/** The sections about one command (`rooms close` has two). */
export const sectionsOf = (command: string, sections: readonly Section[]): Section[] =>
  sections.filter(({ commands }) => commands.some((one) => one === command || one.startsWith(`${command} `)))

/** The names of all fields in some JSON, those of objects in objects too. */
const fieldsIn = (json: unknown): string[] => {
  if (Array.isArray(json)) return json.flatMap(fieldsIn)
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([name, value]) => [name, ...fieldsIn(value)])
}

/** The names that some sections tell, and those that they refer to (`hosts` as in `hosts list`). */
const namesIn = (found: readonly Section[], sections: readonly Section[]): Set<string> => {
  const referred = found.flatMap(({ text }) => codesIn(text).flatMap((code) => sectionsOf(code, sections)))
  return new Set(
    [...found, ...referred].flatMap(({ text, examples }) => [
      ...fieldsIn(examples),
      ...codesIn(text).flatMap((code) => code.match(/\w+/g) ?? []),
    ]),
  )
}

let document: ReturnType<typeof readCliDocument> | undefined

/**
 * Holds what a command printed with `--json` to docs/cli.md: each field is told there, and where there is one example
 * for one command, what it shows first was printed.
 */
export const expectAsDocumented = (args: readonly string[], printed: object): void => {
  document ??= readCliDocument()
  const { sections } = document
  const words = args.filter((arg) => /^[a-z][a-z-]*$/.test(arg))
  const command = [words.slice(0, 2).join(' '), words[0] ?? ''].find((one) => sectionsOf(one, sections).length > 0)
  expect(command, `docs/cli.md has no section for: ${words.join(' ')}`).not.to.equal(undefined)
  const found = sectionsOf(command ?? '', sections)
  const names = namesIn(found, sections)
  const fields = AS_STORED.includes(command ?? '') ? Object.keys(printed) : fieldsIn(printed)
  const untold = [...new Set(fields)].filter((name) => !names.has(name))
  expect(untold, `fields of ${command} that docs/cli.md does not tell`).to.deep.equal([])
  const [example, ...others] = found.flatMap(({ examples }) => examples)
  const isOnlyOne = found.length === 1 && found[0]?.commands.length === 1 && others.length === 0
  if (isOnlyOne && example !== undefined)
    expect(printed, `what docs/cli.md shows of ${command}`).to.include.keys(Object.keys(example))
}
