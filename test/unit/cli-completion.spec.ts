import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { cli } from '../support/cli.js'

const scriptFor = async (shell: string): Promise<string> => {
  const { code, out } = await cli(['completion', shell], {})
  expect(code).to.equal(0)
  return out
}

/** What bash offers behind these words, the last of which is being typed. */
const offered = (script: string, words: readonly string[]): string[] => {
  const quoted = ['visavis', ...words].map((word) => `'${word}'`).join(' ')
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '--norc',
      '-uc',
      `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _visavis; echo "\${COMPREPLY[@]}"`,
    ],
    { encoding: 'utf8' },
  )
  expect(stderr).to.equal('')
  return stdout.trim().split(' ')
}

describe('cli completion', () => {
  it('knows every command, in a script that bash can read', async () => {
    const script = await scriptFor('bash')
    expect(offered(script, ['rooms', 'cl'])).to.deep.equal(['close'])
    expect(offered(script, [''])).to.include.members(['status', 'doctor', 'users', 'rooms', 'hosts', 'reconcile'])
    expect(offered(script, ['rooms', 'list', '--st'])).to.deep.equal(['--stage'])
  })

  it('knows where one is behind options, whether they take a value or not', async () => {
    const script = await scriptFor('bash')
    for (const before of [['--json'], ['--env-file', 'x.env'], ['--env-file', '=', 'x.env', '--json'], []]) {
      expect(offered(script, [...before, 'us'])).to.deep.equal(['users'])
      expect(offered(script, [...before, 'users', 'sh'])).to.deep.equal(['show'])
      expect(offered(script, [...before, 'users', ...before, 'show', '--js'])).to.deep.equal(['--json'])
    }
    expect(offered(script, ['status', '--watch', '5', '--js'])).to.deep.equal(['--json'])
  })

  it('offers files where a file is wanted, and nothing where nobody can guess', async () => {
    const script = await scriptFor('bash')
    expect(offered(script, ['--env-file', 'package-l'])).to.deep.equal(['package-lock.json'])
    expect(offered(script, ['rooms', 'list', '--env-file', 'package-l'])).to.deep.equal(['package-lock.json'])
    expect(offered(script, ['broadcast', 'create', '--text-file', 'package-l'])).to.deep.equal(['package-lock.json'])
    expect(offered(script, ['rooms', 'list', '--limit', ''])).to.deep.equal([''])
  })

  it('knows the words of options and arguments that take one of a few', async () => {
    const script = await scriptFor('bash')
    expect(offered(script, ['rooms', 'list', '--stage', ''])).to.deep.equal(['inviting', 'open', 'closing'])
    expect(offered(script, ['rooms', 'close', '--all', '--stage', 'o'])).to.deep.equal(['open'])
    expect(offered(script, ['rooms', 'list', '--stage', '='])).to.deep.equal(['inviting', 'open', 'closing'])
    expect(offered(script, ['rooms', 'list', '--stage', '=', 'o'])).to.deep.equal(['open'])
    expect(offered(script, ['broadcast', 'create', '--gender', ''])).to.deep.equal(['female', 'male', 'other'])
    expect(offered(script, ['broadcast', 'create', '--text', 'x', '--format', ''])).to.deep.equal(['plain', 'html'])
    expect(offered(script, ['groups', 'list', '--status', 's'])).to.deep.equal(['stock'])
    expect(offered(script, ['migrate', '--status', '']), 'which is no such option there').to.include('--json')
    expect(offered(script, ['completion', 'z'])).to.deep.equal(['zsh'])
  })

  it('has scripts for zsh and fish, and for no other shell', async () => {
    expect(await scriptFor('zsh')).to.match(/^autoload -U \+X bashcompinit/m)
    const fish = await scriptFor('fish')
    expect(fish).to.include("'__visavis_at dead-letters retry'")
    expect(fish).to.match(/'__visavis_at rooms list' -l stage -x -a 'inviting open closing'/)
    expect((await cli(['completion', 'tcsh'], {})).code).to.equal(2)
  })
})
