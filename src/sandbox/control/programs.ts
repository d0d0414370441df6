import { LOGIN_CODE } from '../mtproto/rpc/login.js'
import { gramjsSnippet, telegrafSnippet } from '../snippets.js'
import type { World } from '../world/world.js'

/**
 * What points a program at this sandbox, as its start prints it: addresses, the bot's token (it opens nothing but this
 * sandbox) and two programs that run as they are.
 * @param http where the sandbox is reached over HTTP
 * @param mtproto host and port of MTProto; undefined where it is not spoken
 */
export function programsView(world: World, http: string, mtproto: { host: string; port: number } | undefined) {
  const bot = world.users.bots()[0]
  const token = bot?.bot?.token
  const address = mtproto && `${mtproto.host}:${mtproto.port}`
  return {
    apiRoot: http,
    token: token ?? null,
    mtproto: address ?? null,
    loginCode: LOGIN_CODE,
    telegraf: token === undefined ? null : telegrafSnippet(http, token),
    gramjs: address === undefined ? null : gramjsSnippet({ http, mtproto: address, code: LOGIN_CODE }),
  }
}
