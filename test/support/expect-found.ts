import { expect } from 'chai'

/** The oracle found something, and among it what is told by this id (`I1` …) and in such words. */
export const expectFound = (found: readonly string[], id: string, words: RegExp): void => {
  expect(found).not.to.be.empty
  expect(
    found.filter((one) => one.startsWith(id) && words.test(one)),
    found.join('\n'),
  ).not.to.be.empty
}
