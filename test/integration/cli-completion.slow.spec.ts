import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cli } from '../support/cli.js'
import { hasPty, runInPty, type Pty } from '../support/pty.js'

const TAB = '\t'

/** How each shell is started without the settings of whoever runs the tests, with a `visavis` that repeats what it is given. */
const SHELLS = [
  ['bash', ['bash', '--norc', '--noprofile', '-i'], 'visavis() { echo "<$*>"; }'],
  ['zsh', ['zsh', '-f', '-i'], 'visavis() { echo "<$*>"; }'],
  ['fish', ['fish', '--no-config', '-i'], 'function visavis; echo "<$argv>"; end'],
] as const

describe('cli completion in a real shell', function () {
  this.timeout(60_000)
  let directory: string
  let shell: Pty | undefined
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))))
  afterEach(() => {
    shell?.kill()
    rmSync(directory, { recursive: true, force: true })
  })

  for (const [name, command, echo] of SHELLS)
    it(`${name} completes commands, and the words of options, behind other options too`, async function () {
      if (!hasPty() || spawnSync(name, ['--version']).status !== 0) {
        console.log(`[tests] skipped: completion in ${name} needs ${name} and the script command of util-linux`)
        return this.skip()
      }
      const script = path.join(directory, 'completion')
      writeFileSync(script, (await cli(['completion', name], {})).out)
      const { PATH } = process.env
      shell = runInPty(command, { PATH, HOME: directory, PS1: '> ' })
      const { type, shows } = shell
      type(`${echo}; source ${script}; visavis is ready\r`)
      await shows(/<is ready>/)
      for (const [typed, given] of [
        ['--json us', '--json users'],
        ['--env-file x us', '--env-file x users'],
        ['rooms list --limit 3 --stage op', 'rooms list --limit 3 --stage open'],
        ['completion fi', 'completion fish'],
      ] as const) {
        type(`visavis ${typed}`, TAB, '\r')
        await shows(new RegExp(`<${given} ?>`))
      }
    })
})
