import { Reader } from './reader.js'
import type { Definition, Field, FieldType } from './schema.js'
import type { TlObject, TlValue } from './types.js'
import { Writer } from './writer.js'

const VECTOR = 0x1cb5c415
const TRUE = 0x997275b5
const FALSE = 0xbc799737

/** A constructor or method that no known layer has. */
export class UnknownConstructor extends Error {
  constructor(readonly id: number) {
    super(`unknown constructor 0x${id.toString(16)}`)
  }
}

/** Answers are written in the layers from this one on. */
const OLDEST_LAYER = 144
/** A client may be some layers ahead: it is answered in the newest that is known. */
const LAYERS_AHEAD = 50

type Names = Map<string, Definition>

/** A definition and the first layer in which it holds. */
export interface LayeredDefinition {
  since: number
  definition: Definition
}

/**
 * Turns TL objects into bytes and back, driven by schemas alone. Ids are unique across layers, so reading uses all of
 * them; writing uses the layer that the client asked for.
 */
export class Codec {
  private readonly byId = new Map<number, Definition>()
  private readonly variants = new Map<string, LayeredDefinition[]>()
  private readonly namesByLayer = new Map<number, Names>()
  private newestLayer = 0

  /** `ownLayer` is the layer of clients that have named none. */
  constructor(
    core: Definition[],
    readonly ownLayer: number,
  ) {
    this.add(core.map((definition) => ({ since: 0, definition })))
  }

  /** The oldest layer that answers are written in, and the newest. */
  get layers(): [number, number] {
    return [OLDEST_LAYER, this.newestLayer]
  }

  /** Whether clients of this layer can be answered. */
  knows(layer: number): boolean {
    return layer >= OLDEST_LAYER && layer <= this.newestLayer + LAYERS_AHEAD
  }

  /** Takes further definitions. One with a known id takes the place of the known one: newer layers only add to it. */
  add(definitions: LayeredDefinition[]): void {
    for (const { since, definition } of definitions) {
      this.newestLayer = Math.max(this.newestLayer, since)
      this.byId.set(definition.id, definition)
      const others = (this.variants.get(definition.name) ?? []).filter((known) => known.definition.id !== definition.id)
      const variants = [...others, { since, definition }].sort((one, other) => one.since - other.since)
      this.variants.set(definition.name, variants)
    }
    this.namesByLayer.clear()
  }

  /** The definition of a name that holds in a layer. */
  definitionOf(name: string, layer?: number): Definition | undefined {
    return this.names(layer).get(name)
  }

  encode(value: TlValue, layer?: number): Buffer {
    const writer = new Writer()
    this.put(writer, value, this.names(layer))
    return writer.done()
  }

  decode(source: Buffer | Reader): TlValue {
    return this.get(source instanceof Reader ? source : new Reader(source))
  }

  /** Like `decode`, for what can only be an object. */
  decodeObject(source: Buffer | Reader): TlObject {
    const value = this.decode(source)
    if (!isObject(value)) throw new TypeError('TL: not an object')
    return value
  }

  private names(layer = this.ownLayer): Names {
    const known = this.namesByLayer.get(layer)
    if (known) return known
    const names: Names = new Map()
    for (const [name, variants] of this.variants) {
      // What is first known of the own layer is the best guess for an earlier one.
      const [first] = variants
      const guess = first?.since === this.ownLayer ? first : undefined
      const fitting = variants.findLast(({ since }) => since <= layer) ?? guess
      if (fitting) names.set(name, fitting.definition)
    }
    this.namesByLayer.set(layer, names)
    return names
  }

  private put(writer: Writer, value: TlValue, names: Names): void {
    if (typeof value === 'boolean') writer.u32(value ? TRUE : FALSE)
    else if (Array.isArray(value)) {
      writer.u32(VECTOR).u32(value.length)
      for (const item of value as readonly TlValue[]) {
        if (typeof item === 'number') writer.u32(item)
        else if (typeof item === 'bigint') writer.i64(item)
        else this.put(writer, item, names)
      }
    } else if (isObject(value)) {
      const definition = names.get(value._)
      if (!definition) throw new Error(`TL: no constructor ${value._}`)
      writer.u32(definition.id)
      this.putFields(writer, value, definition, names)
    } else throw new TypeError('TL: cannot be written without its type')
  }

  private putFields(writer: Writer, object: TlObject, definition: Definition, names: Names): void {
    const flags: Record<string, number> = {}
    for (const field of definition.fields) {
      if (field.type.kind === 'flags') {
        flags[field.name] = flagsOf(object, definition, field.name)
        writer.u32(flags[field.name] ?? 0)
      } else if (isPresent(field, flags) && field.type.kind !== 'true') {
        const value = object[field.name]
        if (value === undefined) throw new Error(`TL: ${definition.name}.${field.name} is required`)
        this.putTyped(writer, value, field.type, names)
      }
    }
  }

  private putTyped(writer: Writer, value: TlValue, type: FieldType, names: Names): void {
    switch (type.kind) {
      case 'int':
        return void writer.u32(value as number)
      case 'long':
        return void writer.i64(value as bigint | number)
      case 'double':
        return void writer.f64(value as number)
      case 'int128':
      case 'int256':
        return void writer.raw(value as Buffer)
      case 'string':
      case 'bytes':
        return void writer.bytes(value as Buffer | string)
      case 'bool':
        return void writer.u32(value ? TRUE : FALSE)
      case 'vector': {
        // What a layer has no word for yet, such as a new kind of button, its clients do without.
        const items = (value as readonly TlValue[]).filter(
          (item) => !isObject(item) || names.has(item._) || !this.variants.has(item._),
        )
        if (type.boxed) writer.u32(VECTOR)
        writer.u32(items.length)
        for (const item of items) this.putTyped(writer, item, type.of, names)
        return
      }
      case 'object':
        return this.put(writer, value, names)
      case 'bare': {
        const definition = names.get(type.constructorName)
        if (!definition) throw new Error(`TL: no constructor ${type.constructorName}`)
        return this.putFields(writer, value as TlObject, definition, names)
      }
      case 'true':
      case 'flags':
        return
    }
  }

  private get(reader: Reader): TlValue {
    const id = reader.u32()
    if (id === TRUE) return true
    if (id === FALSE) return false
    if (id === VECTOR) return Array.from({ length: reader.u32() }, () => this.get(reader))
    const definition = this.byId.get(id)
    if (!definition) throw new UnknownConstructor(id)
    return this.getFields(reader, definition)
  }

  private getFields(reader: Reader, definition: Definition): TlObject {
    const object: Record<string, TlValue> = {}
    const flags: Record<string, number> = {}
    for (const field of definition.fields) {
      if (field.type.kind === 'flags') flags[field.name] = reader.u32()
      else if (isPresent(field, flags)) object[field.name] = this.getTyped(reader, field.type)
    }
    return { ...object, _: definition.name }
  }

  private getTyped(reader: Reader, type: FieldType): TlValue {
    switch (type.kind) {
      case 'int':
        return reader.i32()
      case 'long':
        return reader.i64()
      case 'double':
        return reader.f64()
      case 'int128':
        return reader.raw(16)
      case 'int256':
        return reader.raw(32)
      case 'string':
        return reader.bytes().toString()
      case 'bytes':
        return reader.bytes()
      case 'bool':
        return reader.u32() === TRUE
      case 'true':
        return true
      case 'flags':
        return reader.u32()
      case 'vector':
        if (type.boxed) reader.u32()
        return Array.from({ length: reader.u32() }, () => this.getTyped(reader, type.of))
      case 'object':
        return this.get(reader)
      case 'bare': {
        const definition = this.names().get(type.constructorName)
        if (!definition) throw new Error(`TL: no constructor ${type.constructorName}`)
        return this.getFields(reader, definition)
      }
    }
  }
}

export const isObject = (value: TlValue): value is TlObject =>
  typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value)

const isPresent = (field: Field, flags: Record<string, number>): boolean =>
  field.flag === undefined || ((flags[field.flag.field] ?? 0) & (1 << field.flag.bit)) !== 0

// Several fields may share one bit; then all of them must be given.
function flagsOf(object: TlObject, definition: Definition, name: string): number {
  let flags = 0
  for (const { flag, type, name: field } of definition.fields) {
    const value = object[field]
    if (flag?.field === name && value !== undefined && !(type.kind === 'true' && value === false))
      flags |= 1 << flag.bit
  }
  return flags
}
