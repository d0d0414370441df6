import { expect } from 'chai'
import { isMarker, markerPrefix, newMarker } from '../../src/actors/host-markers.js'

describe('markers of groups', () => {
  it('are unique, and begin with the deployment', () => {
    const markers = Array.from({ length: 1_000 }, () => newMarker('visavis'))
    expect(new Set(markers).size).to.equal(1_000)
    for (const marker of markers) {
      expect(marker.startsWith(markerPrefix('visavis'))).to.equal(true)
      expect(isMarker('visavis', marker)).to.equal(true)
    }
  })

  it('of a deployment whose name begins the same are not taken for its own', () => {
    expect(isMarker('visavis', newMarker('visavis-2'))).to.equal(false)
    expect(isMarker('visavis-2', newMarker('visavis'))).to.equal(false)
  })

  it('are not what people call their groups', () => {
    for (const title of ['', 'Visavis', markerPrefix('visavis'), `${markerPrefix('visavis')}our flat 12!`, 'Ann & Bob'])
      expect(isMarker('visavis', title)).to.equal(false)
  })

  it('fit into a title, however long the name', () => expect(newMarker('x'.repeat(500)).length).to.be.at.most(128))
})
