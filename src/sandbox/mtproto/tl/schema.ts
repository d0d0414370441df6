/** The type of a field. */
export type FieldType =
  | {
      kind: 'int' | 'long' | 'int128' | 'int256' | 'double' | 'string' | 'bytes' | 'bool' | 'true' | 'flags' | 'object'
    }
  | { kind: 'bare'; constructorName: string }
  | { kind: 'vector'; boxed: boolean; of: FieldType }

export interface Field {
  name: string
  type: FieldType
  /** Present only when this bit of that flags field is set. */
  flag?: { field: string; bit: number }
}

export interface Definition {
  name: string
  id: number
  fields: Field[]
  /** The type that it belongs to, or for a method what it returns. */
  result: string
}

const SCALARS: Record<string, FieldType> = {
  int: { kind: 'int' },
  long: { kind: 'long' },
  int128: { kind: 'int128' },
  int256: { kind: 'int256' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  bytes: { kind: 'bytes' },
  Bool: { kind: 'bool' },
  true: { kind: 'true' },
  '#': { kind: 'flags' },
}

function parseType(source: string): FieldType {
  const text = source.replace(/^!/, '')
  const vector = /^([Vv])ector<%?(.+)>$/.exec(text)
  if (vector?.[2] !== undefined) return { kind: 'vector', boxed: vector[1] === 'V', of: parseType(vector[2]) }
  const scalar = SCALARS[text]
  if (scalar) return scalar
  const isBare = /^[a-z]/.test(text.split('.').at(-1) ?? '')
  return isBare ? { kind: 'bare', constructorName: text } : { kind: 'object' }
}

function parseField(name: string, source: string): Field {
  const optional = /^(flags\d*)\.(\d+)\?(.+)$/.exec(source)
  if (optional?.[1] === undefined || optional[3] === undefined) return { name, type: parseType(source) }
  return { name, type: parseType(optional[3]), flag: { field: optional[1], bit: Number(optional[2]) } }
}

/** Reads TL schema text. Lines without an explicit constructor id are left out. */
export function parseSchema(text: string): Definition[] {
  const definitions: Definition[] = []
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*/, '').trim()
    const parts = /^([\w.]+)#([0-9a-f]+)\s*(.*?)\s*=\s*([\w.<>%]+);$/i.exec(line)
    const [, name, id, fields, result] = parts ?? []
    if (name === undefined || id === undefined || fields === undefined || result === undefined) continue
    if (name === 'vector') continue
    const found = fields.replace(/\{[^}]*\}/g, '').matchAll(/(\w+):(\S+)/g)
    definitions.push({
      name,
      id: parseInt(id, 16),
      fields: [...found].map(([, field = '', type = '']) => parseField(field, type)),
      result,
    })
  }
  return definitions
}

/** The protocol's own schema calls binary fields `string`; only the text of an error really is one. */
export function withBinaryStrings(definitions: Definition[]): Definition[] {
  return definitions.map((definition) => {
    if (definition.name === 'rpc_error') return definition
    const fields = definition.fields.map((field): Field => {
      return field.type.kind === 'string' ? { ...field, type: { kind: 'bytes' } } : field
    })
    return { ...definition, fields }
  })
}
