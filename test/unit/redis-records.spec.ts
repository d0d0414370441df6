import { expect } from 'chai'
import { parseCooldown, parsePerson, parseStocked } from '../../src/redis/records.js'

describe('records', () => {
  const idle = { room: undefined, banned: false, since: undefined }

  it('say where a person is, and since when', () => {
    expect(parsePerson('|1700|12.3|5,6')).to.deep.equal({ ...idle, since: 1700 })
    expect(parsePerson('room00abc|1700|12.3|5')).to.deep.equal({ ...idle, room: 'room00abc', since: 1700 })
    expect(parsePerson('!|||')).to.deep.equal({ ...idle, banned: true })
  })

  it('find nothing special in who is idle, first in line next time, or not known', () => {
    for (const record of ['||12.3|5', '+||12.3|', null, undefined]) expect(parsePerson(record)).to.deep.equal(idle)
  })

  it('know since when somebody searches who was asked whether they are still there', () => {
    expect(parsePerson('|1700?|12.3|').since).to.equal(1700)
  })

  it('say until when a penalty lasts', () => {
    expect(parseCooldown('2|1800|1700')).to.equal(1800)
    expect(parseCooldown(null)).to.equal(0)
  })

  it('say whose a group in stock is', () => {
    expect(parseStocked('-1002400000001:7')).to.deep.equal({ chat: '-1002400000001', host: '7' })
    expect(['nothing', '-1002400000001', '-1002400000001:x', ':7'].map(parseStocked)).to.deep.equal(
      Array(4).fill(undefined),
    )
  })
})
