import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import ts from 'typescript'
import { createKeys } from '../../src/redis/keys.js'

/*
 * The walls of docs/architecture.md, checked on the real imports. A type costs nothing at run time and makes no
 * dependency, so there are two lists: what a part may use, and of what it may only know the shape.
 */

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** The words that everything is said in. They stand beside the parts, not in one. */
const WORDS = ['ids', 'errors', 'clock', 'logger', 'mailboxes']
/** What is given to everybody ready-made: everybody may know what it looks like. */
const GIVEN = ['events', 'metrics']

interface Wall {
  /** Parts whose code it may use, besides the words. */
  uses: readonly string[]
  /** Parts of which it may know the types. */
  knows?: readonly string[]
  /** Packages whose code it may use. Node's own modules are free. */
  packages?: readonly string[]
}

const WALLS: Readonly<Record<string, Wall>> = {
  // Stores: what holds. They know nobody.
  redis: { uses: [], knows: ['postgres'], packages: ['ioredis'] },
  postgres: { uses: [], packages: ['pg-promise', 'lru-cache'] },
  // Ways out.
  telegram: { uses: [], packages: ['telegraf', 'telegram', 'big-integer'] },
  mailbox: { uses: ['redis'] },
  // Who decides: no client library, only what they are given.
  actors: { uses: ['redis', 'telegram'], knows: ['mailbox', 'postgres'] },
  cron: { uses: ['redis'], knows: ['postgres', 'telegram'], packages: ['node-cron'] },
  // Edges: where the world comes in.
  bot: {
    uses: ['redis', 'telegram'],
    knows: ['postgres'],
    packages: ['telegraf', 'lru-cache', 'intl-messageformat'],
  },
  ops: { uses: ['mailbox', 'metrics', 'redis'], knows: ['postgres'], packages: ['prom-client'] },
  // Who puts it together.
  app: {
    uses: ['actors', 'bot', 'cron', 'events', 'mailbox', 'metrics', 'ops', 'postgres', 'redis', 'telegram'],
    knows: ['config'],
    packages: ['zod'],
  },
  cli: {
    uses: ['app', 'config', 'mailbox', 'postgres', 'redis', 'telegram'],
    packages: ['commander', 'uqr', 'zod'],
  },
  main: { uses: ['app', 'config'] },
  // The local Telegram knows nothing of the product.
  sandbox: { uses: [], packages: ['zod'] },
  // The words themselves.
  ids: { uses: [] },
  errors: { uses: [] },
  clock: { uses: [] },
  logger: { uses: [], packages: ['pino'] },
  mailboxes: { uses: [] },
  config: { uses: [], packages: ['zod', 'node-cron'] },
  metrics: { uses: [], packages: ['prom-client'] },
  events: { uses: ['metrics'] },
}

/** Packages whose types anybody may name: they are written into signatures. Actors may not name even those. */
const NAMEABLE = ['ioredis', 'telegraf', 'commander', 'pino']
const CLIENT_LIBRARIES = ['telegraf', 'telegram', 'ioredis', 'pg-promise']

interface Import {
  /** The part: a directory of `src`, or a file beside them without `.ts`; a package by its name. */
  readonly to: string
  readonly isPackage: boolean
  /** The file, or the package's path. */
  readonly target: string
  readonly typeOnly: boolean
  /** What is taken by name, types left out. */
  readonly values: readonly string[]
  /** Loaded only when it is asked for. */
  readonly lazy: boolean
}

interface SourceFile {
  readonly name: string
  readonly part: string
  readonly imports: readonly Import[]
  readonly readsEnvironment: boolean
}

const partOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : path.basename(file, '.ts')

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const describeImport = (
  file: string,
  specifier: string,
  { typeOnly = false, values = [], lazy = false }: Partial<Import>,
): Import => {
  if (!specifier.startsWith('.'))
    return { to: packageOf(specifier), isPackage: true, target: specifier, typeOnly, values, lazy }
  const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
  return { to: partOf(target), isPackage: false, target, typeOnly, values, lazy }
}

const namesIn = (
  clause: ts.ImportClause | ts.ExportDeclaration | undefined,
): { typeOnly: boolean; values: string[] } => {
  if (clause === undefined) return { typeOnly: false, values: [] }
  const bindings = ts.isImportClause(clause) ? clause.namedBindings : clause.exportClause
  const defaultName = ts.isImportClause(clause) && clause.name ? [clause.name.text] : []
  const typeOnly = ts.isImportClause(clause) ? clause.phaseModifier === ts.SyntaxKind.TypeKeyword : clause.isTypeOnly
  if (typeOnly || bindings === undefined) return { typeOnly, values: defaultName }
  if (ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings))
    return { typeOnly, values: [...defaultName, bindings.name.text] }
  const values = bindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text)
  return { typeOnly: values.length === 0 && defaultName.length === 0, values: [...defaultName, ...values] }
}

const read = (name: string): SourceFile => {
  const text = readFileSync(path.join(SRC, name), 'utf8')
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext)
  const imports: Import[] = []
  let readsEnvironment = false
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const names = namesIn(ts.isImportDeclaration(node) ? node.importClause : node)
      imports.push(describeImport(name, (node.moduleSpecifier as ts.StringLiteral).text, names))
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier && ts.isStringLiteral(specifier)) imports.push(describeImport(name, specifier.text, { lazy: true }))
    } else if (ts.isPropertyAccessExpression(node) && node.name.text === 'env')
      readsEnvironment ||= ts.isIdentifier(node.expression) && node.expression.text === 'process'
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { name, part: partOf(name), imports, readsEnvironment }
}

const files = (readdirSync(SRC, { recursive: true }) as string[])
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map(read)

/** Every import that a rule forbids, in words. */
const offences = (forbids: (file: SourceFile, one: Import) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((one) => forbids(file, one)).map((one) => `src/${file.name} imports ${one.target}`),
  )

const isNode = ({ target }: Import): boolean => target.startsWith('node:') || builtinModules.includes(target)

describe('the walls', () => {
  it('know every part of the tree', () => {
    expect(files.filter(({ part }) => !(part in WALLS)).map(({ name }) => name)).to.deep.equal([])
  })

  for (const [part, { uses, knows = [], packages = [] }] of Object.entries(WALLS)) {
    it(`let src/${part} use ${uses.length === 0 ? 'no other part' : uses.join(', ')}`, () => {
      const words = part === 'sandbox' ? [] : WORDS
      const allowed = (one: Import) =>
        [part, ...words, ...uses].includes(one.to) ||
        (one.typeOnly && [...knows, ...(part === 'sandbox' ? [] : GIVEN)].includes(one.to))
      expect(offences((file, one) => file.part === part && !one.isPackage && !allowed(one))).to.deep.equal([])
    })

    it(`let src/${part} use ${packages.length === 0 ? 'no package' : packages.join(', ')}`, () => {
      const allowed = (one: Import) =>
        isNode(one) || packages.includes(one.to) || (one.typeOnly && NAMEABLE.includes(one.to))
      expect(offences((file, one) => file.part === part && one.isPackage && !allowed(one))).to.deep.equal([])
    })
  }

  it('keep the sandbox out of everything that runs in production', () => {
    expect(offences((file, one) => file.part !== 'sandbox' && one.to === 'sandbox')).to.deep.equal([])
  })

  it('keep client libraries away from the actors, even as types', () => {
    const isClient = ({ isPackage, to }: Import) => isPackage && CLIENT_LIBRARIES.includes(to)
    expect(offences((file, one) => file.part === 'actors' && isClient(one))).to.deep.equal([])
  })

  it('keep scripts and tests out of the source', () => {
    expect(offences((_, one) => !one.isPackage && one.target.startsWith('..'))).to.deep.equal([])
  })

  it('let only app (and the command line, for itself) construct what belongs to another part', () => {
    const constructs = ({ values, isPackage }: Import) =>
      !isPackage && values.some((name) => /^(create|open|start|listen|consume)[A-Z]/.test(name) || name === 'consume')
    // Events bring the metrics along that they count in.
    const mayConstruct = ['app', 'cli', 'main', 'events']
    expect(
      offences((file, one) => !mayConstruct.includes(file.part) && one.to !== file.part && constructs(one)),
    ).to.deep.equal([])
  })

  it('load no client library for commands that ask no server', () => {
    const loaded = new Set(['cli/main.ts', 'cli/config.ts'])
    const packages = new Set<string>()
    for (const name of loaded)
      for (const one of files.find((file) => file.name === name)?.imports ?? [])
        if (!one.typeOnly && !one.lazy) (one.isPackage ? packages : loaded).add(one.isPackage ? one.to : one.target)
    expect([...packages]).to.include('commander')
    expect(CLIENT_LIBRARIES.filter((library) => packages.has(library))).to.deep.equal([])
  })

  it('let only the programs read the environment', () => {
    const readers = files.filter((file) => file.readsEnvironment).map(({ name }) => name)
    expect(readers).to.deep.equal(['cli/main.ts', 'main.ts', 'sandbox/main.ts'])
  })
})

describe('the documents', () => {
  const ROOT = path.join(SRC, '..')
  const documents = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.posix.join('docs', name.replaceAll('\\', '/'))),
  ]
  const textOf = (name: string) => readFileSync(path.join(ROOT, name), 'utf8')

  for (const name of documents)
    it(`${name} names files that exist, and leads nowhere else`, () => {
      const named = [...textOf(name).matchAll(/`((?:src|lua|sql|scripts|test)\/[\w./-]+)`/g)].map(
        ([, file = '']) => file,
      )
      const linked = [...textOf(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) =>
        path.posix.join(path.posix.dirname(name), link),
      )
      expect([...named, ...linked].filter((file) => !existsSync(path.join(ROOT, file)))).to.deep.equal([])
    })

  it('have the walls as they are checked', () => {
    const rows = [...textOf('docs/architecture.md').matchAll(/^\| `src\/(\w+)(?:\.ts)?` +\|/gm)].map(
      ([, part = '']) => part,
    )
    const parts = Object.keys(WALLS).filter((part) => ![...WORDS, ...GIVEN, 'config'].includes(part))
    expect(rows.sort()).to.deep.equal(parts.sort())
  })

  it('know every key of Redis', () => {
    const names = Object.values(createKeys('p')).map((key) =>
      (typeof key === 'string' ? key : key('' as never)).replace(/^\{p\}:/, ''),
    )
    const text = textOf('docs/redis.md')
    expect(names.filter((key) => !text.includes(`\`${key}`))).to.deep.equal([])
  })
})
