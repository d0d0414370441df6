import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SAVE_AFTER_MS = 100

/** A folder of JSON files, each of which is replaced as a whole or not at all. */
export class StateFolder {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** The content of a file, or undefined when there is none. Throws when the file is no JSON. */
  read(name: string): unknown {
    const path = join(this.folder, `${name}.json`)
    let content: string
    try {
      content = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    return JSON.parse(content)
  }

  write(name: string, value: unknown): void {
    const path = join(this.folder, `${name}.json`)
    writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
}

/** Saves a moment after something changed: many changes cost one save, and the last moment is lost at most. */
export class Autosave {
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly save: () => void) {}

  changed(): void {
    this.timer ??= setTimeout(() => this.flush(), SAVE_AFTER_MS)
  }

  /** Saves now if anything is unsaved. */
  flush(): void {
    if (!this.timer) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.save()
  }
}
