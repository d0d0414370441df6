// Runs a TypeScript program in this very process: no second process that signals and exit codes would have to cross.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './bootstrap.mjs'

/**
 * @param {string} file relative to the root of the repository
 * @param {string[]} args what the program shall find in `process.argv`
 */
export async function runTypeScript(file, args) {
  const entry = path.resolve(root, file)
  process.argv = [process.argv[0] ?? process.execPath, entry, ...args]
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(entry).href)
}
