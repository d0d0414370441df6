import type { Command } from 'commander'
import { migrate, migrationStatus, type Migration } from '../postgres/migrate.js'
import type { Context } from './context.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'
import { counted, instant } from './words.js'

interface MigrateOptions {
  readonly json?: boolean
  readonly status?: boolean
}

const named = ({ version, name }: Migration): string => `${String(version).padStart(4, '0')}-${name}`

const status = async (context: Context, options: MigrateOptions): Promise<void> => {
  const { applied, pending, unknown } = await migrationStatus(await context.database())
  const newer = new Set(unknown.map(({ version }) => version))
  const rows = [
    ...applied.map((migration) => [
      named(migration),
      `applied ${instant(migration.appliedAt)}${newer.has(migration.version) ? ', by a newer Visavis' : ''}`,
    ]),
    ...pending.map((migration) => [named(migration), 'pending']),
  ]
  const text = table([{ title: 'MIGRATION' }, { title: 'STATE (UTC)' }], rows, context.terminal.columns)
  context.show(options, { applied, pending, unknown }, text)
}

const run = async (context: Context, options: MigrateOptions): Promise<void> => {
  const applied = await migrate(await context.database())
  const text =
    applied.length === 0
      ? 'The database is up to date.\n'
      : `Applied ${counted(applied.length, 'migration', 'migrations')}: ${applied.map(named).join(', ')}\n`
  context.show(options, { applied }, text)
}

/** `migrate`: brings the database up to this code, as every start of the service does. */
export const addMigrate = (program: Command, context: Context): void => {
  program
    .command('migrate')
    .description('bring the database up to this version (every start of the service does that too)')
    .option('--status', 'only say what is applied and what is not')
    .option(...JSON_OPTION)
    .action((options: MigrateOptions) => (options.status === true ? status(context, options) : run(context, options)))
}
