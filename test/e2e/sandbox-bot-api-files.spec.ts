import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { startSandboxHttp, type BotApiAnswer, type SandboxHttp } from '../support/sandbox-http.js'

interface PhotoSize {
  file_id: string
  width: number
  height: number
  file_size: number
}
const png = paintPhoto('0123456789abcdef', 40, 30)

describe('Files of the sandbox, by its Bot API', () => {
  let sandbox: SandboxHttp
  let ann: number
  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    ann = sandbox.person('Ann')
  })
  afterEach(() => sandbox.close())

  const upload = async (bytes: Buffer, name = 'photo', more: Record<string, string> = {}): Promise<BotApiAnswer> => {
    const form = new FormData()
    for (const [key, value] of Object.entries({ chat_id: String(ann), ...more })) form.set(key, value)
    form.set(name, new Blob([new Uint8Array(bytes)]), 'a "photo".png')
    const answer = await fetch(`${sandbox.root}/bot${sandbox.token}/sendPhoto`, { method: 'POST', body: form })
    return (await answer.json()) as BotApiAnswer
  }
  const send = (photo: string) => sandbox.call('sendPhoto', { chat_id: ann, photo })
  const sizes = ({ result }: BotApiAnswer) => (result as { photo: PhotoSize[] }).photo
  const download = async (fileId: string) => {
    const { result } = await sandbox.call('getFile', { file_id: fileId })
    const { file_path, file_size } = result as { file_path: string; file_size: number }
    const answer = await fetch(`${sandbox.root}/file/bot${sandbox.token}/${file_path}`)
    expect([answer.status, answer.headers.get('content-length')]).to.deep.equal([200, String(file_size)])
    return Buffer.from(await answer.arrayBuffer())
  }

  it('a photo that was uploaded is had back byte for byte, and sent again by its id', async () => {
    const [size] = sizes(await upload(png, 'photo', { caption: 'Look' }))
    expect(size).to.include({ width: 40, height: 30, file_size: png.length })
    expect((await download(size?.file_id ?? '')).equals(png)).to.equal(true)
    expect(sizes(await send(size?.file_id ?? ''))).to.deep.equal([size])
    const attached = await upload(png, 'mine', { photo: 'attach://mine' })
    expect((await download(sizes(attached)[0]?.file_id ?? '')).equals(png)).to.equal(true)
  })

  it('a painted photo of a person has bytes, too, in each of its sizes', async () => {
    sandbox.world.dialogs.write(ann, sandbox.bot.id, { photo: sandbox.world.photos.paint() })
    const [{ message: heard }] = (await sandbox.call('getUpdates', { offset: -1 })).result as [
      { message: { photo: PhotoSize[] } },
    ]
    expect(heard.photo.map(({ width }) => width)).to.deep.equal([90, 320, 800])
    for (const { file_id, width, height, file_size } of heard.photo) {
      const bytes = await download(file_id)
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.length]).to.deep.equal([width, height, file_size])
    }
  })

  it('what is no photo is refused in the words of Telegram', async () => {
    const words = async (answer: Promise<BotApiAnswer>) => (await answer).description
    expect(await words(upload(Buffer.from('no image at all')))).to.equal('Bad Request: IMAGE_PROCESS_FAILED')
    expect(await words(upload(png.subarray(0, -20)))).to.equal('Bad Request: IMAGE_PROCESS_FAILED')
    expect(await words(upload(Buffer.alloc(0)))).to.equal('Bad Request: file must be non-empty')
    expect(await words(upload(paintPhoto('ab12cd', 210, 10)))).to.equal('Bad Request: PHOTO_INVALID_DIMENSIONS')
    expect(await words(upload(Buffer.alloc(10_485_761)))).to.equal(
      'Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
    )
    expect(await words(sandbox.call('sendPhoto', { chat_id: ann }))).to.equal(
      'Bad Request: there is no photo in the request',
    )
    expect(await words(send('attach://nothing'))).to.equal('Bad Request: there is no photo in the request')
    const remote = 'Bad Request: wrong remote file identifier specified: '
    expect(await words(send('a cat'))).to.equal(`${remote}Wrong character in the string`)
    expect(await words(send('abcde'))).to.equal(`${remote}Wrong string length`)
    expect(await words(send('abcdef'))).to.equal(`${remote}can't unserialize it`)
    expect(await words(send('AgACAgI0000000000000000x'))).to.equal(
      'Bad Request: wrong file identifier/HTTP URL specified',
    )
  })

  it('files that are not there are refused, and nobody downloads with another token', async () => {
    const words = async (fileId?: string) => (await sandbox.call('getFile', { file_id: fileId })).description
    expect(await words()).to.equal('Bad Request: file_id not specified')
    expect(await words('abcdef')).to.equal('Bad Request: invalid file_id')
    expect(await words('AgACAgI0000000000000000x')).to.equal(
      'Bad Request: wrong file_id or the file is temporarily unavailable',
    )
    const status = async (address: string) => (await fetch(`${sandbox.root}/file/${address}`)).status
    const id = sandbox.world.photos.add(png)
    expect(await status(`bot${sandbox.token}/photos/${id}x.png`)).to.equal(200)
    expect(await status(`bot${sandbox.token}/photos/${id}x.jpg`)).to.equal(404)
    expect(await status(`bot${sandbox.token}/photos/0123456789abcdefx.png`)).to.equal(404)
    expect(await status(`bot1:AAA/photos/${id}x.png`)).to.equal(401)
  })

  describe('by address', () => {
    let web: Server
    let root: string
    before(async () => {
      web = createServer(({ url = '' }, answer) => {
        if (url === '/cat.png') answer.writeHead(200, { 'content-type': 'image/png' }).end(png)
        else if (url === '/page.html') answer.writeHead(200, { 'content-type': 'text/html' }).end('<p>A cat</p>')
        else if (url === '/large.png') answer.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(6e6))
        else answer.writeHead(404).end()
      })
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
      root = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    })
    after(() => web.close())

    it('a photo is fetched, and what cannot be is told in the words of Telegram', async () => {
      const [size] = sizes(await send(`${root}/cat.png`))
      expect((await download(size?.file_id ?? '')).equals(png)).to.equal(true)
      const words = async (address: string) => (await send(address)).description
      expect(await words(`${root}/page.html`)).to.equal('Bad Request: wrong type of the web page content')
      for (const lost of [`${root}/nothing.png`, `${root}/large.png`, 'http://127.0.0.1:1/a.png', '127.0.0.1:1/a.png'])
        expect(await words(lost)).to.equal('Bad Request: failed to get HTTP URL content')
      expect(await words('ftp://example.org/a.png')).to.equal('Bad Request: invalid file HTTP URL specified')
    })
  })

  it('photos outlive the sandbox where it has a folder', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'visavis-photos-'))
    const first = await startSandbox({ dataDir })
    const [sent, painted] = [first.world.photos.add(png), first.world.photos.paint()]
    await first.close()
    const second = await startSandbox({ dataDir })
    const { photos } = second.world
    await second.close()
    rmSync(dataDir, { recursive: true })
    expect([photos.sent(sent)?.width, photos.has(painted), photos.sent(painted)]).to.deep.equal([40, true, undefined])
  })
})
