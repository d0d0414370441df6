import { Ajv, type ValidateFunction } from 'ajv'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createGenerator, type Schema } from 'ts-json-schema-generator'

const TYPES = 'test/support/bot-api-answers.ts'
const CACHE = 'node_modules/.cache/visavis'

/** What the methods answer and updates, each named by its type, so that one schema holds both. */
type Named = 'BotApiAnswers' | 'AnyUpdate'

const validators = new Map<Named, ValidateFunction>()

/** The JSON Schema of the published types. Making it takes seconds, so it is kept until the types change. */
function schemaOf(type: Named): Schema {
  const { version } = createRequire(import.meta.url)('@grammyjs/types/package.json') as { version: string }
  const key = createHash('sha256')
    .update(`${version}|${readFileSync(TYPES, 'utf8')}`)
    .digest('hex')
    .slice(0, 12)
  const path = `${CACHE}/${type}-${key}.json`
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Schema
  } catch {
    const schema = createGenerator({ path: TYPES, type: '*', skipTypeCheck: true }).createSchema(type)
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(path, JSON.stringify(schema))
    return schema
  }
}

function validate(type: Named, value: unknown): string[] {
  let validator = validators.get(type)
  if (!validator) {
    validator = new Ajv({ strict: false, allErrors: true }).compile(schemaOf(type) as object)
    validators.set(type, validator)
  }
  if (validator(value)) return []
  return (validator.errors ?? []).map(({ instancePath, message, params }) => {
    const extra: unknown = params['additionalProperty']
    return `${instancePath} ${message}${typeof extra === 'string' ? ` (${extra})` : ''}`
  })
}

/** What the published types say against a method's result; empty when all is well. Names in any case. */
export function faultsOfAnswer(asked: string, result: unknown): string[] {
  const methods = Object.keys(answersIn(schemaOf('BotApiAnswers')))
  const method = methods.find((name) => name.toLowerCase() === asked.toLowerCase())
  if (method) return fullAnswer(method, result)
  return result === true ? [] : [`${asked} must answer true`]
}

/** What the published types say against an update. */
export const faultsOfUpdate = (update: unknown): string[] => validate('AnyUpdate', update)

const answersIn = (schema: Schema): object => {
  const answers = schema.definitions?.['BotApiAnswers']
  return typeof answers === 'object' ? (answers.properties ?? {}) : {}
}

// One call answers one of the methods; the others are not to be missed.
const fullAnswer = (method: string, result: unknown): string[] =>
  validate('BotApiAnswers', { [method]: result }).filter((fault) => !/^ must have required property/.test(fault))
