import { InvalidArgumentError } from 'commander'
import { hostsTable } from '../postgres/hosts.js'
import { audited } from './acting.js'
import type { Context } from './context.js'
import { counted } from './words.js'

/** Reads the name of a variable; for commander. The key itself must not stand in the shell's history. */
export const variableArgument = (text: string): string => {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(text))
    throw new InvalidArgumentError('It must be the name of an environment variable, not the key itself.')
  return text
}

/** `hosts rekey`: every session that opens with the old key is put under SECRET_KEY, all or none. */
export const rekey = async (context: Context, options: { json?: boolean; oldKeyEnv: string }): Promise<void> => {
  const { SECRET_KEY } = context.settings.read('SECRET_KEY')
  const old = context.settings.secret(options.oldKeyEnv)
  const { changed, same } = await audited(
    context,
    'hosts rekey',
    (tx) => hostsTable(tx, SECRET_KEY).rekey(old),
    (details) => ({ details }),
  )
  context.show(
    options,
    { changed, same },
    changed > 0
      ? `${counted(changed, 'session is', 'sessions are')} under the new SECRET_KEY now${same === 0 ? '' : `, ${same} had been before`}. ` +
          'Restart the service with it.\n'
      : same > 0
        ? `Nothing was changed: ${counted(same, 'session is', 'sessions are')} under this SECRET_KEY already.\n`
        : 'Nothing was changed: there are no hosts.\n',
  )
}
