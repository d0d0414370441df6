/**
 * A TL object: its constructor's name in `_`, its fields under the schema's own snake_case names.
 * int → number, long → bigint (a number will do when writing), int128, int256 and bytes → Buffer,
 * flags and Bool → boolean, an absent optional field → undefined.
 */
export interface TlObject {
  readonly _: string
  readonly [field: string]: TlValue
}

export type TlValue = string | number | bigint | boolean | Buffer | TlObject | readonly TlValue[] | undefined
