import { expect } from 'chai'
import { Writer } from '../../src/sandbox/mtproto/tl/writer.js'

describe('the writer of TL', () => {
  it('writes a string the same wherever its buffer has to grow', () => {
    for (let before = 240; before <= 260; before++) {
      const written = new Writer().raw(Buffer.alloc(before)).bytes('Ann and Ben').done()
      expect(written.subarray(before), `behind ${before} bytes`).to.deep.equal(Buffer.from('\x0bAnn and Ben'))
    }
  })
})
