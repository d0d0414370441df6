import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** Whether this is a file that can be run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The paths of a program in the given directories, in their order. */
export function programsIn(directories: readonly string[], names: readonly string[]): string[] {
  return directories.flatMap((directory) => names.map((name) => path.join(directory, name))).filter(isProgram)
}

/** The directories of PATH. */
export function pathDirectories(env: NodeJS.ProcessEnv = process.env): string[] {
  return (env['PATH'] ?? '').split(path.delimiter).filter((directory) => directory !== '')
}

/** Whether a program can be found by PATH. */
export function onPath(name: string): boolean {
  return programsIn(pathDirectories(), [name]).length > 0
}
