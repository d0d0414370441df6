import { NICKNAME_MAX, NICKNAME_MIN, type NicknameRefusal } from '../nickname.js'
import { button } from '../buttons.js'
import { paragraphs, type NoArgs, type Notice, type Reader } from './notice.js'

const namingKeyboard = ({ texts }: Reader) => [[button(texts, 'name:auto')]]

/** `hello`: the person has just come, so who speaks is said first. */
const askGender: Notice<{ hello?: boolean }> = async (reader, { hello }) => {
  const { texts } = reader
  return {
    text: paragraphs(hello === true && texts.say('hello'), texts.say('ask.gender')),
    keyboard: [[button(texts, 'gender:female'), button(texts, 'gender:male')], [button(texts, 'gender:other')]],
  }
}

const askNickname: Notice<NoArgs> = async (reader) => ({
  text: reader.texts.say(reader.profile?.nickname ? 'ask.new_nickname' : 'ask.nickname'),
  keyboard: namingKeyboard(reader),
})

const nicknameRefused: Notice<{ reason: NicknameRefusal }> = async (reader, { reason }) => ({
  text: reader.texts.say('nickname.refused', { reason: reasonText(reader, reason) }),
  keyboard: namingKeyboard(reader),
})

const reasonText = ({ texts }: Reader, reason: NicknameRefusal): string => {
  switch (reason) {
    case 'too_short':
      return texts.say('nickname.too_short', { min: NICKNAME_MIN })
    case 'too_long':
      return texts.say('nickname.too_long', { max: NICKNAME_MAX })
    case 'link':
    case 'mention':
    case 'phone':
    case 'hidden':
    case 'characters':
      return texts.say(`nickname.${reason}`)
  }
}

const registered: Notice<NoArgs> = async ({ texts, profile }) =>
  profile?.nickname ? { text: texts.say('registered', { nickname: profile.nickname }) } : undefined

const profile: Notice<NoArgs> = async ({ texts, profile }) => {
  if (!profile?.nickname || !profile.gender) return undefined
  return {
    text: paragraphs(
      texts.say('profile', { nickname: profile.nickname, gender: texts.say(`gender.${profile.gender}`) }),
      texts.say('profile.mailings', { wanted: profile.mailings ? 'yes' : 'no' }),
    ),
    keyboard: [
      [button(texts, 'edit:name'), button(texts, 'edit:gender')],
      [button(texts, profile.mailings ? 'mailings:off' : 'mailings:on')],
    ],
  }
}

export const registrationNotices = {
  ask_gender: askGender,
  ask_nickname: askNickname,
  nickname_refused: nicknameRefused,
  registered,
  profile,
}
