import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Node looks for files that an `--env-file` names anywhere in its command line, up to a `--`. */
describe('cli --env-file', () => {
  let directory: string
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: { cli: string }
  }
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const [, ...words] = scripts.cli.split(' ')
    const { PATH, HOME } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, [...words, ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH, HOME, DATA_DIR: directory, ...env },
    })
    return { code: status, out: stdout, notes: stderr }
  }

  it('that does not exist, given to npm run cli, is wrong usage, in our own words with the next step', () => {
    const missing = path.join(directory, 'missing.env')
    const { code, out, notes } = run(['--env-file', missing, 'status'])
    expect(notes).to.equal(
      `There is no file of settings ${missing}. Name one that exists with --env-file or VISAVIS_ENV_FILE; ` +
        'without either, settings come from the environment and the .env of the installation.\n',
    )
    expect([code, out]).to.deep.equal([2, ''])
  })

  it('is what config names as the source, by its whole path', () => {
    const file = path.join(directory, 'night.env')
    writeFileSync(file, 'GROUP_STOCK=7\n')
    const { code, out } = run(['config', '--json', `--env-file=${file}`])
    expect(code).to.equal(0)
    const { settings } = JSON.parse(out) as { settings: { name: string; from: string }[] }
    expect(settings.find(({ name }) => name === 'GROUP_STOCK')).to.include({ value: '7', from: file })
  })
})
