import { badRequest } from './errors.js'
import type { RawParameters } from './request-body.js'

/**
 * Typed reading of a call's parameters. Like Telegram it takes numbers, booleans and JSON also as strings,
 * since forms carry nothing else.
 */
export class Parameters {
  constructor(readonly raw: RawParameters) {}

  has(name: string): boolean {
    return this.raw[name] !== undefined && this.raw[name] !== null
  }

  /** The text of a parameter, or undefined where it is missing or no text. */
  text(name: string): string | undefined {
    const value = this.raw[name]
    if (typeof value === 'string') return value
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
  }

  /** A whole number: what stands in front, as Telegram reads it, so 0 for what is none; undefined where it is missing. */
  integer(name: string): number | undefined {
    const text = this.has(name) ? (this.text(name)?.trim() ?? '-') : ''
    if (text === '') return undefined
    const read = Number(/^-?\d{1,16}/.exec(text)?.[0] ?? 0)
    return Number.isSafeInteger(read) ? read : 0
  }

  /** A whole number within bounds: what is missing is `usual`, what lies beyond a bound is the bound. */
  bounded(name: string, usual: number, least: number, most: number): number {
    return Math.min(Math.max(this.integer(name) ?? usual, least), most)
  }

  /** The bytes of an uploaded file. */
  file(name: string): Buffer | undefined {
    const value = this.raw[name]
    return Buffer.isBuffer(value) ? value : undefined
  }

  flag(name: string): boolean {
    return isTrue(this.raw[name])
  }

  /** A JSON object or array, also where it arrives as a string; throws 400 where the string is no JSON (`what` it is). */
  json(name: string, what = name.replaceAll('_', ' ')): unknown {
    const value = this.raw[name]
    if (typeof value !== 'string') return value ?? undefined
    if (value === '') return undefined
    try {
      return JSON.parse(value)
    } catch {
      throw badRequest(`can't parse ${what} JSON object`)
    }
  }

  /** A JSON object, or undefined where it is missing; throws 400 where it is no JSON or no object. */
  object(name: string, what = name.replaceAll('_', ' ')): Record<string, unknown> | undefined {
    const value = this.json(name, what)
    if (value === undefined) return undefined
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
    throw badRequest(`object expected as ${what}`)
  }

  /** A JSON array; undefined where it is missing, or is none. */
  list(name: string): unknown[] | undefined {
    try {
      const value = this.json(name)
      return Array.isArray(value) ? (value as unknown[]) : undefined
    } catch {
      return undefined
    }
  }
}

/** What Telegram takes for true in a form or in JSON. */
export const isTrue = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(true|yes|1)$/i.test(value))
