/** What a script's header declares. */
export interface LuaHeader {
  name: string
  keys: string[]
  args: string[]
  rest: boolean
  /** The tags of its replies. */
  replies: Set<string>
  /** Types of messages by mailbox: `room` → `look`. */
  emits: Map<string, Set<string>>
}

/** A call of Redis in a script: the command and its arguments as they are written. */
export interface LuaCall {
  command: string
  args: string[]
}

const BUILT_IN = new Set(
  (
    'KEYS ARGV redis cjson string math table tonumber tostring unpack ipairs pairs pcall type ' +
    'and or not if then else elseif end for in do while repeat until return break local function true false nil'
  ).split(' '),
)

const linesOf = (lua: string, label: string): string[] =>
  [...lua.matchAll(new RegExp(`^-- ${label}: (.*)$`, 'gm'))].map((match) => match[1] ?? '')

export function readHeader(lua: string): LuaHeader {
  const name = /^-- ([a-z-]+): \S/.exec(lua)?.[1] ?? ''
  // Remarks stand in brackets.
  const args = (linesOf(lua, 'ARGV')[0] ?? '').replace(/\(.*\)/g, '').trim()
  const named = args.split(/\s+/).filter(Boolean)
  const emits = new Map<string, Set<string>>()
  for (const part of linesOf(lua, 'EMITS').flatMap((line) => line.split('|'))) {
    const [mailbox = '', types = ''] = part.split(':')
    emits.set(mailbox.trim(), new Set(types.trim().split(/\s+/)))
  }
  return {
    name,
    keys: (linesOf(lua, 'KEYS')[0] ?? '').split(/\s+/).filter(Boolean),
    args: named.filter((arg) => !arg.endsWith('...')),
    rest: named.some((arg) => arg.endsWith('...')),
    replies: new Set(
      linesOf(lua, 'REPLY').flatMap((line) => [...line.matchAll(/\{"([a-z_]+)"/g)].map((match) => match[1] ?? '')),
    ),
    emits,
  }
}

/** The script without comments. */
export const codeOf = (lua: string): string => lua.replace(/--[^\n]*/g, '')

/** Code in which nothing is text any more: string literals are empty. */
export const withoutText = (code: string): string => code.replace(/'[^'\n]*'/g, "''")

/** The arguments of the call whose opening bracket stands at `open`, as they are written. */
function argumentsAt(code: string, open: number): string[] {
  const args: string[] = []
  let depth = 0
  let from = open + 1
  let quoted = false
  for (let i = open; i < code.length; i++) {
    const c = code[i] ?? ''
    if (c === "'") quoted = !quoted
    if (quoted) continue
    if ('({['.includes(c)) depth++
    if (c === ',' && depth === 1) {
      args.push(code.slice(from, i).trim())
      from = i + 1
    }
    if (')}]'.includes(c) && --depth === 0) return [...args, code.slice(from, i).trim()]
  }
  throw new Error('a call without an end')
}

/** Every call of a Redis command. */
export const redisCalls = (code: string): LuaCall[] =>
  [...code.matchAll(/\b(?:redis\.call|call)\(/g)].map((match) => {
    const [command = '', ...args] = argumentsAt(code, match.index + match[0].length - 1)
    return { command: command.replaceAll("'", ''), args }
  })

const names = (list: string): string[] => list.split(',').map((name) => name.trim())

/** Variables that hold keys: the name in the code → the keys it can be. */
export function keyVariables(code: string, keys: readonly string[]): Map<string, string[]> {
  const variables = new Map<string, string[]>()
  const bind = (variable: string, key: string | undefined) => {
    if (key !== undefined) variables.set(variable, [key])
  }
  for (const [, left = '', right = ''] of code.matchAll(/^local ([^=\n]+?) = ([^\n]*KEYS[^\n]*)$/gm)) {
    const targets = names(left)
    if (right.startsWith('unpack(KEYS)')) targets.forEach((target, i) => bind(target, keys[i]))
    else
      [...right.matchAll(/KEYS\[(\d+)\]/g)].forEach(([, n], i) => {
        const target = targets[i]
        if (target !== undefined) bind(target, keys[Number(n) - 1])
      })
  }
  const keysOf = (list: string): string[] => names(list).flatMap((name) => variables.get(name) ?? [])
  for (const [, variable = '', list = ''] of code.matchAll(/for _, (\w+) in ipairs\(\{ ([^}]*) \}\)/g)) {
    const all = keysOf(list)
    if (all.length > 0) variables.set(variable, all)
  }
  // A table of keys, by whatever name: what stands in it is one of them.
  for (const [, table = '', list = ''] of code.matchAll(/^local (\w+) = \{ ((?:\w+ = \w+(?:, )?)+) \}/gm)) {
    const all = keysOf(list.replaceAll(/\w+ = /g, ''))
    if (all.length === 0) continue
    variables.set(`${table}[]`, all)
    for (const [, variable = ''] of code.matchAll(new RegExp(`for _, (\\w+) in pairs\\(${table}\\)`, 'g')))
      variables.set(variable, all)
  }
  // The first parameter of a function that is only ever called with keys.
  for (const [, name = '', parameter = ''] of code.matchAll(/local function (\w+)\((\w+)/g)) {
    const given = [...code.matchAll(new RegExp(`(?<!function )\\b${name}\\((\\w+)`, 'g'))].map(
      (match) => match[1] ?? '',
    )
    if (given.length > 0 && given.every((one) => variables.has(one)))
      variables.set(
        parameter,
        given.flatMap((one) => variables.get(one) ?? []),
      )
  }
  return variables
}

/** Names that are used and nowhere declared: globals. */
export function undeclared(code: string): string[] {
  const plain = withoutText(code)
  const declared = new Set(BUILT_IN)
  for (const [, list = ''] of plain.matchAll(/\blocal (?!function)([\w, ]+)/g))
    names(list).forEach((n) => declared.add(n))
  for (const [, name = '', list = ''] of plain.matchAll(/\bfunction (\w+)\(([^)]*)\)/g))
    for (const one of [name, ...names(list)]) declared.add(one)
  for (const [, list = ''] of plain.matchAll(/\bfor ([\w, ]+?) (?:in|=)/g)) names(list).forEach((n) => declared.add(n))
  // Fields (a.b) and the keys of a table ({ b = 1 }) are not variables.
  const bare = plain.replace(/(?<=[{,]\s*)[A-Za-z_]\w*(?=\s*=(?!=))/g, (name, at: number) =>
    inTable(plain, at) ? '' : name,
  )
  const used = [...bare.matchAll(/(?<![.\w])([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '')
  return [...new Set(used)].filter((name) => !declared.has(name))
}

/** Whether this place is within the braces of a table. */
const inTable = (code: string, at: number): boolean =>
  [...code.slice(0, at)].reduce((depth, c) => depth + (c === '{' ? 1 : c === '}' ? -1 : 0), 0) > 0
