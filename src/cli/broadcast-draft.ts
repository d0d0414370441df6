import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, Option } from 'commander'
import { wordsOf } from '../errors.js'
import { masked } from '../logger.js'
import { GENDERS, type Gender } from '../postgres/users.js'
import { longestBroadcast } from '../telegram/bot-api-message.js'
import { ACTOR, writeAudit } from './acting.js'
import { fromHtml, type Formatted } from './broadcast-markup.js'
import { broadcastsOf } from './broadcast-read.js'
import type { Context } from './context.js'
import { UsageError } from './failures.js'
import { durationArgument } from './options.js'
import { counted } from './words.js'

export interface CreateOptions {
  readonly json?: boolean
  readonly text?: string
  readonly textFile?: string
  readonly format: 'plain' | 'html'
  readonly photo?: string
  readonly buttonText?: string
  readonly buttonUrl?: string
  readonly gender?: Gender
  readonly language?: 'en' | 'ru'
  readonly seen?: number
}

const urlArgument = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('It must begin with https://')
  return text
}

const photoArgument = (text: string): string => {
  const isAddress = /^https:\/\/\S+$/.test(text) && URL.canParse(text)
  if (!isAddress && !/^[\w-]{20,255}$/.test(text))
    throw new InvalidArgumentError(
      "It must be Telegram's file_id of a photo that this bot was sent, or the https:// address of one.",
    )
  return text
}

/** What `broadcast create` is told. */
export const CREATE_OPTIONS: readonly Option[] = [
  new Option('--text <words>', 'the text'),
  new Option('--text-file <file>', 'the text, from a file (UTF-8)').conflicts('text'),
  new Option('--format <format>', 'how the text is written; html as in the Bot API of Telegram')
    .choices(['plain', 'html'])
    .default('plain'),
  new Option('--photo <photo>', 'a file_id of Telegram, or an https:// address').argParser(photoArgument),
  new Option('--button-text <words>', 'a button under it: its words'),
  new Option('--button-url <address>', 'and where it leads').argParser(urlArgument),
  new Option('--gender <gender>', 'only to these').choices(GENDERS),
  new Option('--language <language>', 'only to those who read it').choices(['en', 'ru']),
  new Option(
    '--seen <duration>',
    'only to those who were here within this time, such as 30d; known to within 5 minutes',
  ).argParser(durationArgument),
]

const formattedText = async ({ text, textFile, format }: CreateOptions): Promise<Formatted> => {
  const read = async (file: string) => {
    try {
      return await readFile(file, 'utf8')
    } catch (error) {
      throw new UsageError(`The text cannot be read: ${masked(wordsOf(error))}`)
    }
  }
  const words = (textFile === undefined ? (text ?? '') : await read(textFile)).trim()
  return format === 'html' ? fromHtml(words) : { text: words, entities: [] }
}

/** `broadcast create`. */
export const create = async (context: Context, options: CreateOptions): Promise<void> => {
  const { photo = null, buttonText = null, buttonUrl = null } = options
  if ((buttonText === null) !== (buttonUrl === null))
    throw new UsageError('A button needs both --button-text and --button-url.')
  if (buttonText?.trim() === '') throw new UsageError('A button needs words: --button-text.')
  const { text, entities } = await formattedText(options)
  if (text === '' && photo === null)
    throw new UsageError('There is nothing to send: give --text, --text-file or --photo.')
  const longest = longestBroadcast(photo !== null)
  if (text.length > longest)
    throw new UsageError(`The text has ${text.length} characters; at most ${longest} can be sent.`)
  const table = await broadcastsOf(context)
  const id = await table.create({
    text,
    photo,
    entities: entities.length === 0 ? null : entities,
    buttonText,
    buttonUrl,
    gender: options.gender ?? null,
    language: options.language ?? null,
    seenWithinS: options.seen === undefined ? null : Math.max(1, Math.round(options.seen / 1_000)),
    madeBy: ACTOR,
  })
  await writeAudit(context, 'broadcast create', id)
  const audience = await table.audience(id)
  context.show(
    options,
    { broadcast: id, audience },
    `Broadcast ${id} is a draft. ${counted(audience, 'person', 'people')} would get it now. ` +
      `See it with: broadcast preview ${id}\n`,
  )
}
