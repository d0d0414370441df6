import { Denied } from '../../world/denied.js'
import { isObject } from './codec.js'
import type { TlObject, TlValue } from './types.js'

// Typed access to the fields of decoded requests. A field of another type than expected is the client's mistake.

const wrong = (field: string): Denied => new Denied(`INPUT_${field.toUpperCase()}_INVALID`)

export function text(object: TlObject, field: string): string {
  const value = object[field]
  if (typeof value !== 'string') throw wrong(field)
  return value
}

export function int(object: TlObject, field: string): number {
  const value = object[field]
  if (typeof value !== 'number') throw wrong(field)
  return value
}

export function long(object: TlObject, field: string): bigint {
  const value = object[field]
  if (typeof value !== 'bigint') throw wrong(field)
  return value
}

export function bytes(object: TlObject, field: string): Buffer {
  const value = object[field]
  if (!Buffer.isBuffer(value)) throw wrong(field)
  return value
}

export function object(parent: TlObject, field: string): TlObject {
  const value = parent[field]
  if (!isObject(value)) throw wrong(field)
  return value
}

export function objects(parent: TlObject, field: string): TlObject[] {
  return list(parent, field).map((value) => {
    if (!isObject(value)) throw wrong(field)
    return value
  })
}

export function ints(parent: TlObject, field: string): number[] {
  return list(parent, field).map(Number)
}

export function longs(parent: TlObject, field: string): bigint[] {
  return list(parent, field).map((value) => BigInt(value as bigint))
}

/** A flag or Bool. */
export const flag = (object: TlObject, field: string): boolean => object[field] === true

export const maybeText = (object: TlObject, field: string): string | undefined =>
  object[field] === undefined ? undefined : text(object, field)

export const maybeInt = (object: TlObject, field: string): number | undefined =>
  object[field] === undefined ? undefined : int(object, field)

/** A Bool that may be absent. */
export const maybeFlag = (object: TlObject, field: string): boolean | undefined =>
  object[field] === undefined ? undefined : flag(object, field)

export const maybeObject = (parent: TlObject, field: string): TlObject | undefined =>
  parent[field] === undefined ? undefined : object(parent, field)

/** The names of all flags that are set. */
export const flagNames = (object: TlObject): string[] => Object.keys(object).filter((name) => object[name] === true)

function list(parent: TlObject, field: string): readonly TlValue[] {
  const value = parent[field]
  if (!Array.isArray(value)) throw wrong(field)
  return value as readonly TlValue[]
}
