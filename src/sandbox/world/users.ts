import { Denied } from './denied.js'
import type { User } from './types.js'
import type { Parts } from './parts.js'

export type NewUser = Omit<User, 'id' | 'bot' | 'deleted'>

const digits = (phone: string): string => phone.replace(/\D/g, '')

/** People and bots. */
export class Users {
  readonly byId = new Map<number, User>()

  constructor(private readonly world: Parts) {}

  /** A new person. The username must be free. */
  add(person: NewUser): User {
    if (person.username) this.requireFreeName(person.username)
    const user: User = { ...person, id: ++this.world.counters.user }
    if (person.phone) user.phone = digits(person.phone)
    this.byId.set(user.id, user)
    this.world.tell({ kind: 'user', user })
    return user
  }

  /** A new bot with its token. */
  addBot(firstName: string, username: string): User {
    const user = this.add({ firstName, username })
    user.bot = { token: `${user.id}:${this.world.secret('bot token', user.id).toString('base64url').slice(0, 35)}` }
    this.world.tell({ kind: 'user', user })
    return user
  }

  get(id: number): User {
    const user = this.byId.get(id)
    if (!user) throw new Denied('USER_ID_INVALID')
    return user
  }

  isBot(id: number): boolean {
    return this.byId.get(id)?.bot !== undefined
  }

  bots(): User[] {
    return [...this.byId.values()].filter((user) => user.bot)
  }

  byPhone(phone: string): User | undefined {
    const wanted = digits(phone)
    return [...this.byId.values()].find((user) => user.phone === wanted && !user.deleted)
  }

  /** With or without the `@`, in any case. */
  byUsername(name: string): User | undefined {
    const wanted = name.replace(/^@/, '').toLowerCase()
    return [...this.byId.values()].find((user) => user.username?.toLowerCase() === wanted && !user.deleted)
  }

  byToken(token: string): User | undefined {
    return [...this.byId.values()].find((user) => user.bot?.token === token)
  }

  /** Refuses a username that a user or a public chat has already. */
  requireFreeName(name: string): void {
    if (!/^[a-z]\w{2,31}$/i.test(name)) throw new Denied('USERNAME_INVALID')
    if (this.byUsername(name) || this.world.chats.byUsername(name)) throw new Denied('USERNAME_OCCUPIED')
  }

  setPassword(id: number, password: User['password']): void {
    const user = this.get(id)
    user.password = password
    this.world.tell({ kind: 'user', user })
  }

  /** What Telegram thinks of an account: frozen, banned, restricted, or nothing bad. What is not given stays. */
  judge(id: number, verdict: Pick<User, 'frozen' | 'banned' | 'restricted' | 'restrictedOn'>): User {
    const user = this.get(id)
    Object.assign(user, verdict)
    this.world.tell({ kind: 'user', user })
    return user
  }

  /** The account lives in another data centre from now on. */
  moveHome(id: number, dcId: number): void {
    const user = this.get(id)
    user.dcId = dcId
    this.world.tell({ kind: 'user', user })
  }

  /** The person deletes their account: out of every chat, and nobody can write to them any more. */
  deleteAccount(id: number): void {
    const user = this.get(id)
    for (const chat of this.world.chats.of(id)) this.world.members.leave(chat.id, id)
    for (const chat of this.world.chats.byId.values()) chat.requests.delete(id)
    user.deleted = true
    user.firstName = ''
    user.lastName = undefined
    user.username = undefined
    user.phone = undefined
    this.world.tell({ kind: 'user', user })
  }
}
