import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

describe('What the sandbox page reads from the service', () => {
  let sandbox: SandboxHttp

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.root}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
  })
  afterEach(() => sandbox.close())

  it('is passed on once somebody has said where it is', async () => {
    const service = createServer((request, response) => response.end(JSON.stringify({ asked: request.url })))
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
    expect((await call('GET', 'state')).body['ops']).to.equal(false)
    expect(await call('GET', 'ops/live')).to.deep.include({ status: 404 })
    expect(await call('PUT', 'ops', { url: `${url}/readyz` })).to.deep.equal({ status: 200, body: { url } })
    expect((await call('GET', 'state')).body['ops']).to.equal(true)
    expect((await call('GET', 'ops/live')).body).to.deep.equal({ asked: '/live' })
    await new Promise((resolve) => {
      service.close(resolve)
      service.closeAllConnections()
    })
    const silent = await call('GET', 'ops/live')
    expect([silent.status, silent.body['error']]).to.deep.equal([502, 'OPS_SILENT'])
    await call('PUT', 'ops', { url: null })
    expect((await call('GET', 'state')).body['ops']).to.equal(false)
  })

  it('comes from this machine only', async () => {
    for (const url of [
      'http://192.0.2.1:8181',
      'https://127.0.0.1',
      'http://localhost.example:1',
      'file:///etc',
      7,
      undefined,
    ])
      expect((await call('PUT', 'ops', { url })).status, String(url)).to.equal(400)
  })

  it('replaces all rules of faults at once, or none', async () => {
    const rule = { surface: 'bot', method: 'sendMessage', error: '429:3', times: 2 }
    await call('POST', 'faults', { ...rule, method: 'getMe' })
    expect((await call('PUT', 'faults', { rules: [{ ...rule, surface: 'mail' }] })).status).to.equal(400)
    expect(sandbox.faults.list()).to.have.lengthOf(1)
    await call('PUT', 'faults', { rules: [rule] })
    expect(sandbox.faults.list()).to.deep.equal([rule])
  })
})
