import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteStore } from './world/photos.js'

const SAVE_AFTER_MS = 100
/** Saving takes at most this part of the time: a large world is saved more seldom. */
const SAVING_SHARE = 1 / 20

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

/** Files of bytes in a folder, each written once. */
export class BytesInFolder implements ByteStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  put(name: string, bytes: Buffer): void {
    writeFileSync(join(this.folder, name), bytes, { mode: 0o600 })
  }

  get(name: string): Buffer | undefined {
    try {
      return readFileSync(join(this.folder, name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }
}

/** Saves a moment after something changed: many changes cost one save, and a crash loses that moment. */
export class Autosave {
  private timer: NodeJS.Timeout | undefined
  private tookMs = 0

  constructor(private readonly save: () => void) {}

  changed(): void {
    this.timer ??= setTimeout(() => this.flush(), Math.max(SAVE_AFTER_MS, this.tookMs / SAVING_SHARE))
  }

  /** Saves now if anything is unsaved. */
  flush(): void {
    if (!this.timer) return
    clearTimeout(this.timer)
    this.timer = undefined
    const startedAt = performance.now()
    this.save()
    this.tookMs = performance.now() - startedAt
  }
}
