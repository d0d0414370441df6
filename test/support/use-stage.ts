import { openStage, type Stage, type StageOptions } from './stage.js'

/**
 * One stage for all tests of a `describe`, with a service and so many groups in stock; `opened` is given it before the
 * first. After each test faults are gone, and everything has settled.
 */
export const useStage = (options: StageOptions, groups: number, opened: (stage: Stage) => void): void => {
  let stage: Stage | undefined
  before(async () => {
    opened((stage = await openStage(options)))
    await stage.startService()
    await stage.stocked(groups)
  })
  afterEach(async () => {
    await stage?.people.clearFaults()
    await stage?.settled()
  })
  after(() => stage?.close())
}
