// Reads .env into the environment. What is already set wins, so that `LOG_LEVEL=debug npm start` does what it says.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/**
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env is added to; an empty value counts as set
 * @returns {string[]} the names that came from the file; none when there is no such file
 */
export function loadEnvFile(file, env) {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return []
    throw error
  }
  const added = []
  for (const [name, value] of Object.entries(parseEnv(text))) {
    if (env[name] !== undefined) continue
    env[name] = value
    added.push(name)
  }
  return added
}
