import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { expect } from 'chai'
import { readVariables, VARIABLES } from '../../src/config.js'

const FILE = fileURLToPath(new URL('../../.env.example', import.meta.url))
const lines = readFileSync(FILE, 'utf8').split('\n')
const names = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]

/** Every setting that the file shows, in use (`NAME=`) or commented out (`# NAME=value`), with the lines before it. */
const shown = lines.flatMap((line, index) => {
  const [, comment, name = '', value = ''] = /^(# )?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? []
  return name === '' ? [] : [{ name, value, commented: comment !== undefined, index }]
})

/** What a variable is when nothing is set; undefined when it has to be set. */
const whenAbsent = (name: keyof typeof VARIABLES): unknown => VARIABLES[name].safeParse(undefined).data

describe(path.basename(FILE), () => {
  it('shows every variable of the code once, and no others', () => {
    expect(shown.map(({ name }) => name).sort()).to.deep.equal([...names].sort())
  })

  for (const name of names)
    it(`says what ${name} is when it is not set`, () => {
      const { value, commented } = shown.find((one) => one.name === name) ?? { value: '', commented: false }
      if (commented) {
        expect(whenAbsent(name), 'has a default').not.to.equal(undefined)
        expect(VARIABLES[name].parse(value)).to.deep.equal(whenAbsent(name))
      } else {
        expect(value).to.equal('')
        const fallback = whenAbsent(name)
        // A list of nothing, or of all roles, is said in words.
        expect(fallback === undefined || Array.isArray(fallback), 'has no default to show').to.equal(true)
      }
    })

  it('has words above every setting, or above the ones that it stands with', () => {
    for (const { name, index } of shown) {
      let above = index - 1
      while (shown.some((one) => one.index === above)) above--
      expect(lines[above], `the line above ${name}`).to.match(/^# \S.{20,}/)
    }
  })

  it('changes nothing when it is used as it is', () => {
    const env = parseEnv(readFileSync(FILE, 'utf8'))
    expect(Object.values(env).filter((value) => value !== '')).to.deep.equal([])
    const optional = names.filter((name) => VARIABLES[name].safeParse(undefined).success)
    expect(readVariables(env, optional)).to.deep.equal(readVariables({}, optional))
  })
})
