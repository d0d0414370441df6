/** What the first word of an error says about a Redis that answers, and takes no changes. */
const WHY: Readonly<Record<string, string>> = {
  MISCONF:
    'it cannot write down what it holds (MISCONF): is its disk full? Its log says why. Once it can, it takes them again by itself.',
  OOM: 'its memory is full (OOM): raise its maxmemory, or give the machine more.',
  READONLY:
    'it is read-only (READONLY): a replica, or a failover is under way. REDIS_URL must lead to the server that takes changes.',
  NOREPLICAS: 'too few of its replicas follow (NOREPLICAS): see its min-replicas-to-write.',
}

/** Words for the operator where a Redis that answers refuses every change; undefined for any other error. */
export const whyWritesRefused = (error: unknown): string | undefined => {
  const why = error instanceof Error ? WHY[error.message.split(' ', 1)[0] ?? ''] : undefined
  return why && `Redis takes no changes, because ${why}`
}
