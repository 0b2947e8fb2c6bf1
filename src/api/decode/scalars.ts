import type { Codec } from './codec.ts'

/** A string, or a type that Go derives from it and names in messages. */
export const stringCodecOf = (goType: string): Codec => ({
  goType,
  struct: false,
  decode: (value, state) => (typeof value === 'string' ? value : state.mismatch(value, goType)),
  zero: () => '',
  isEmpty: (value) => value === '',
})

export const stringCodec: Codec = stringCodecOf('string')

export const boolCodec: Codec = {
  goType: 'bool',
  struct: false,
  decode: (value, state) => (typeof value === 'boolean' ? value : state.mismatch(value, 'bool')),
  zero: () => false,
  isEmpty: (value) => value === false,
}

function integerCodec(goType: string, max: number): Codec {
  // Integers have one more value below zero than above; JavaScript's exact ones have not.
  const min = Number.isSafeInteger(-max - 1) ? -max - 1 : -max
  const fits = (value: unknown): boolean => Number.isInteger(value) && Number(value) <= max && Number(value) >= min
  return {
    goType,
    struct: false,
    decode: (value, state) => (fits(value) ? value : state.overflow(value, goType)),
    zero: () => 0,
    isEmpty: (value) => value === 0,
  }
}

export const int32Codec = integerCodec('int32', 0x7fff_ffff)
export const int64Codec = integerCodec('int64', Number.MAX_SAFE_INTEGER)

export const floatCodec: Codec = {
  goType: 'float64',
  struct: false,
  decode: (value, state) => (typeof value === 'number' ? value : state.mismatch(value, 'float64')),
  zero: () => 0,
  isEmpty: (value) => value === 0,
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The position that Go's decoder complains of; line breaks are passed over. */
function base64Fault(text: string): number | undefined {
  if (BASE64.test(text)) return undefined
  const bare = text.replace(/[\r\n]/g, '')
  if (BASE64.test(bare)) return undefined
  const odd = /[^A-Za-z0-9+/]/.exec(bare)
  const at = odd?.index ?? bare.length - (bare.length % 4)
  return bare.charAt(at) === '=' && at % 4 >= 2 ? bare.length : at
}

/** Bytes travel as base64; line breaks inside are allowed and vanish. */
export const bytesCodec: Codec = {
  goType: '[]uint8',
  struct: false,
  decode(value, state) {
    if (typeof value !== 'string') return state.mismatch(value, '[]uint8')
    const fault = base64Fault(value)
    if (fault !== undefined) return state.fault(`illegal base64 data at input byte ${fault}`)
    return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]/g, '') : value
  },
  zero: () => null,
  isEmpty: (value) => value === '',
}
