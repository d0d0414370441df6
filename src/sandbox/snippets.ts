/** What points a program at the sandbox: two small programs that run as they are. */

/** A bot with Telegraf: it repeats what people write to it. */
export const telegrafSnippet = (http: string, token: string): string => `\
import { Telegraf } from 'telegraf'

const bot = new Telegraf('${token}', { telegram: { apiRoot: '${http}' } })
bot.on('text', (context) => context.reply(\`You said: \${context.message.text}\`))
bot.launch()
`

/** An account with GramJS: it logs in, signing up when the number is new, and creates a group. */
export const gramjsSnippet = ({ http, mtproto, code }: { http: string; mtproto: string; code: string }): string => `\
import bigInt from 'big-integer'
import { Api, TelegramClient } from 'telegram'
import { _serverKeys } from 'telegram/crypto/RSA.js'
import { PromisedNetSockets } from 'telegram/extensions/index.js'
import { StringSession } from 'telegram/sessions/index.js'

// GramJS knows the real Telegram's keys and ports only; the sandbox says its own.
// It answers at ${mtproto}.
const { host, port, key } = await (await fetch('${http}/sandbox/mtproto')).json()
_serverKeys.set(key.fingerprint, { n: bigInt(key.modulus, 16), e: key.exponent })
class SandboxSocket extends PromisedNetSockets {
  connect() {
    return super.connect(port, host)
  }
}

const session = new StringSession('')
session.setDC(2, host, 80)
const client = new TelegramClient(session, 1, 'any', { networkSocket: SandboxSocket })
await client.start({
  phoneNumber: '15550100',
  phoneCode: async () => '${code}',
  firstAndLastNames: async () => ['Ann', ''],
  onError: console.error,
})
await client.invoke(new Api.channels.CreateChannel({ title: 'My group', about: '', megagroup: true }))
for (const { title } of await client.getDialogs()) console.log(title)
await client.destroy()
`
