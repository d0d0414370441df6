/** What Telegraf makes of a call that fails: an error with the words and numbers of the Bot API, or of the way there. */
export type TelegrafFailure = Error & {
  code?: number | string
  description?: string
  parameters?: { retry_after?: number }
}

/** Waits for a call to fail. Throws when it does not. */
export const failureOf = async (call: Promise<unknown>): Promise<TelegrafFailure> => {
  try {
    await call
  } catch (error) {
    return error as TelegrafFailure
  }
  throw new Error('the call did not fail')
}

/** The words with which a call is refused. */
export const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  const failure = await failureOf(call)
  return failure.description ?? String(failure)
}
