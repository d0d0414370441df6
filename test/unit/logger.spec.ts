import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { VisavisError } from '../../src/errors.js'
import { createLogger } from '../../src/logger.js'

const LOGGER = new URL('../../src/logger.ts', import.meta.url)

describe('logger', () => {
  const logged = (level: string, error: unknown): { error: Record<string, unknown> } => {
    const lines: string[] = []
    createLogger({ level, pretty: false, to: { write: (line) => void lines.push(line) } }).warn({ error }, 'Failed')
    return JSON.parse(lines[0] ?? '') as { error: Record<string, unknown> }
  }

  it('says where an error came from when nobody foresaw it, or somebody looks for the cause', () => {
    expect(logged('info', new TypeError('x is not a function')).error['at']).to.contain('logger.spec')
    const foreseen = new VisavisError('host_flood', 'Wait.', {
      cause: Object.assign(new Error('a'), { code: 'EPIPE' }),
    })
    expect(logged('info', foreseen).error).to.deep.equal({
      type: 'VisavisError',
      code: 'host_flood',
      message: 'Wait.',
      cause: { type: 'Error', code: 'EPIPE', message: 'a' },
    })
    expect(logged('debug', foreseen).error['at']).to.contain('logger.spec')
  })

  it('writes one event in one line for people too', async () => {
    const script = `const { createLogger } = await import('${LOGGER.href}')
      createLogger({ level: 'info', pretty: true }).warn({ event: 'failed', error: new TypeError('two\\nlines') }, 'Failed')`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
    })
    expect(stdout.trimEnd().split('\n')).to.have.length(1)
    expect(stdout).to.contain('Failed').and.to.contain('"event":"failed"').and.to.contain('TypeError')
  })
})
