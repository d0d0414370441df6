/** What happens to the connection. `drop-before`: nothing was done; the others: it was done. */
export type WireFault = 'drop-before' | 'drop-after' | 'no-answer' | 'duplicate'

export interface FaultRule {
  surface: 'bot' | 'mtproto'
  /**
   * A method's exact name, `channels.*`, or `*`. Beside the methods there are `update` (what is sent unasked; `wire`
   * loses or doubles it) and, on MTProto, `ping`; `*` means neither of them.
   */
  method: string
  /** Only calls by this account: the bot's id, or the MTProto user's. */
  user?: number | undefined
  /** How many matching calls pass first. */
  skip?: number | undefined
  /** How many calls it hits; 1 when not given. */
  times?: number | undefined
  /** MTProto: an error name (`FLOOD_WAIT_7`). Bot API: `429:7` (retry after 7 s), `403:Forbidden: …`. */
  error?: string | undefined
  delayMs?: number | undefined
  wire?: WireFault | undefined
  /** The error is answered although the call did its work. */
  afterEffect?: boolean | undefined
}

/** What fired, for tests. */
export interface FaultHit {
  rule: FaultRule
  method: string
}

/** The ordered list of faults that both surfaces ask before they serve a call. The first rule that matches decides. */
export class Faults {
  readonly hits: FaultHit[] = []
  /** Called when the rules are others than before, or one is nearer to its end. */
  onChanged: () => void = () => undefined
  private rules: FaultRule[] = []

  add(...rules: FaultRule[]): this {
    this.rules.push(...rules.map((rule) => ({ ...rule })))
    this.onChanged()
    return this
  }

  clear(): void {
    this.rules = []
    this.onChanged()
  }

  list(): readonly FaultRule[] {
    return this.rules
  }

  /** The rule that hits this call, used up by one; undefined when the call is to be served normally. */
  take(surface: FaultRule['surface'], method: string, user?: number): FaultRule | undefined {
    const rule = this.rules.find((candidate) => matches(candidate, surface, method, user))
    if (!rule) return undefined
    this.onChanged()
    if (rule.skip !== undefined && rule.skip > 0) {
      rule.skip--
      return undefined
    }
    rule.times = (rule.times ?? 1) - 1
    if (rule.times <= 0) this.rules = this.rules.filter((other) => other !== rule)
    this.hits.push({ rule, method })
    return rule
  }
}

function matches(rule: FaultRule, surface: FaultRule['surface'], method: string, user: number | undefined): boolean {
  if (rule.surface !== surface || (rule.user !== undefined && rule.user !== user)) return false
  if (rule.method === '*') return method !== 'update' && method !== 'ping'
  // Bot API method names are not case-sensitive.
  const [wanted, called] = [rule.method.toLowerCase(), method.toLowerCase()]
  return wanted === called || (wanted.endsWith('.*') && called.startsWith(wanted.slice(0, -1)))
}
