import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type * as queries from '../../src/postgres/queries.js'
import { SQL_DIRECTORY } from '../../src/postgres/queries.js'

const files = async (): Promise<string[]> =>
  (await readdir(SQL_DIRECTORY, { recursive: true }))
    .filter((file) => file.endsWith('.sql') && !file.startsWith('migrations'))
    .sort()

describe('sql', () => {
  let declaredQueries: typeof queries.declaredQueries
  before(async () => {
    // All in the same way, so that they all meet in one instance of `queries`.
    const directory = new URL('../../src/postgres/', import.meta.url)
    const load = async (file: string): Promise<unknown> => import(new URL(file, directory).href)
    for (const file of await readdir(directory)) await load(file)
    declaredQueries = ((await load('queries.ts')) as typeof queries).declaredQueries
  })

  it('has a file for every query that is declared, and no other', async () => {
    expect((await files()).map((file) => file.replace(/\.sql$/, ''))).to.deep.equal([...declaredQueries.keys()].sort())
  })

  it('says at the top of every file what it does and how many rows it gives, as declared', async () => {
    for (const file of await files()) {
      const text = await readFile(SQL_DIRECTORY + file, 'utf8')
      const header = /^(?:-- .+\n)+/.exec(text)?.[0] ?? ''
      expect(header, file).to.match(/^-- [A-Z][^\n]{5,}/)
      const cardinality = /\n-- Gives (.+)\.\n$/.exec(header)?.[1]
      expect(cardinality, file).to.equal(declaredQueries.get(file.replace(/\.sql$/, '')))
    }
  })

  it('uses named parameters only', async () => {
    for (const file of await files()) {
      const text = await readFile(SQL_DIRECTORY + file, 'utf8')
      expect(text.match(/\$(?!<\w+>|<columns:raw>)[^ ]*/g), file).to.equal(null)
    }
  })
})
