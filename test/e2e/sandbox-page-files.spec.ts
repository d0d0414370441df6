import { expect } from 'chai'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

describe('The files of the sandbox page', () => {
  let sandbox: SandboxHttp

  before(async () => {
    sandbox = await startSandboxHttp()
  })
  after(() => sandbox.close())

  it('are answered to HEAD as to GET, without the body', async () => {
    for (const path of ['/', '/page.js', '/base.css']) {
      const [got, asked] = await Promise.all(
        ['GET', 'HEAD'].map((method) => fetch(`${sandbox.root}${path}`, { method })),
      )
      const own = ([name]: [string, string]) => !['date', 'connection', 'keep-alive'].includes(name)
      const headers = (response?: Response) => [...(response?.headers ?? [])].filter(own)
      expect(asked?.status, path).to.equal(200)
      expect(headers(asked)).to.deep.equal(headers(got))
      expect(await asked?.text()).to.equal('')
      expect(Buffer.byteLength((await got?.text()) ?? '')).to.equal(Number(got?.headers.get('content-length')))
    }
  })

  it('are all there is: nothing else is read, and nothing is written', async () => {
    for (const path of ['/page-files.ts', '/..%2fhttp.ts', '/nothing'])
      expect((await fetch(`${sandbox.root}${path}`, { method: 'HEAD' })).status, path).to.equal(404)
    expect((await fetch(`${sandbox.root}/`, { method: 'PUT' })).status).to.equal(404)
  })
})
