import type {
  ApiMethods,
  BotCommand,
  BotDescription,
  BotName,
  BotShortDescription,
  ChatFullInfo,
  ChatInviteLink,
  ChatMember,
  ChatMemberAdministrator,
  ChatMemberOwner,
  File,
  Message,
  MessageId,
  Update,
  UserFromGetMe,
  UserProfilePhotos,
  WebhookInfo,
} from '@grammyjs/types'

/** What the methods of the Bot API answer, by the published types. Methods that are not here answer `true`. */
export interface BotApiAnswers {
  copyMessage: MessageId
  copyMessages: MessageId[]
  createChatInviteLink: ChatInviteLink
  editChatInviteLink: ChatInviteLink
  editMessageCaption: Message | true
  editMessageReplyMarkup: Message | true
  editMessageText: Message | true
  exportChatInviteLink: string
  forwardMessage: Message
  forwardMessages: MessageId[]
  getChat: ChatFullInfo
  getChatAdministrators: (ChatMemberOwner | ChatMemberAdministrator)[]
  getChatMember: ChatMember
  getChatMemberCount: number
  getFile: File
  getMe: UserFromGetMe
  getMyCommands: BotCommand[]
  getMyDescription: BotDescription
  getMyName: BotName
  getMyShortDescription: BotShortDescription
  getUpdates: Update[]
  getUserProfilePhotos: UserProfilePhotos
  getWebhookInfo: WebhookInfo
  revokeChatInviteLink: ChatInviteLink
  sendMessage: Message
  sendPhoto: Message
  sendSticker: Message
}

/** An update as it comes by webhook. */
export type AnyUpdate = Update

type Returned = { [M in keyof BotApiAnswers]: ReturnType<ApiMethods<never>[M]> }

/** Does not compile when the list above is not what the methods return. */
export const agreesWithMethods: Returned extends BotApiAnswers ? true : never = true
